"""Programs that outlive the service."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from orchestrator.catalogue.records import ProcessRow
from orchestrator.clock import SystemClock
from orchestrator.devices import process
from orchestrator.devices.process import Process, ProcessSpec, adopt, launch
from orchestrator.errors import DeviceError
from tests.fakes.processes import MemoryStore
from tests.support import until

MISBEHAVE = Path(__file__).parents[1] / "programs" / "misbehave.py"


class Bench:
    """Launches programs and leaves none behind."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = MemoryStore()
        self.clock = SystemClock()
        self.started: list[Process] = []

    def spec(self, *arguments: str, key: str = "venue/child") -> ProcessSpec:
        return ProcessSpec(key, (sys.executable, str(MISBEHAVE), *arguments), self.folder / "child.log")

    def launch(self, spec: ProcessSpec) -> Process:
        self.started.append(launch(spec, self.store, self.clock))
        return self.started[-1]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    for each in bench.started:
        each.end(((signal.SIGKILL, 2.0),))


def test_a_program_runs_in_a_session_of_its_own(bench: Bench) -> None:
    """A signal to the service's terminal or group never reaches what is on the air."""
    child = bench.launch(bench.spec("beat", str(bench.folder / "progress")))
    assert os.getsid(child.pid) == child.pid
    assert child.alive()
    assert bench.store.rows["venue/child"].pid == child.pid


def test_an_exit_is_told_at_once_and_leaves_no_zombie(bench: Bench) -> None:
    """Who waits for a program hears of its end at once, with its exit code, and nothing of it stays behind."""
    told = threading.Event()
    child = bench.launch(bench.spec("exit", "-", "3", "bye"))
    child.on_exit(told.set)
    assert told.wait(5)
    assert child.exit_code() == 3
    assert not psutil.pid_exists(child.pid)
    assert bench.store.rows == {}
    assert (bench.folder / "child.log").read_text() == "bye\n"


def test_a_program_that_ignores_the_polite_signal_is_killed(bench: Bench) -> None:
    """A program that ignores SIGINT is killed after its time."""
    progress = bench.folder / "progress"
    child = bench.launch(bench.spec("stubborn", str(progress)))
    until(progress.exists)
    ended = child.end(((signal.SIGINT, 0.3), (signal.SIGKILL, 2.0)))
    assert (ended.by, ended.step, ended.code) == (signal.SIGKILL, 2, -signal.SIGKILL)


def test_a_program_that_is_slow_to_exit_gets_its_time(bench: Bench) -> None:
    """A program that needs a moment to finish its file gets it."""
    progress = bench.folder / "progress"
    child = bench.launch(bench.spec("slow", str(progress)))
    until(progress.exists)
    ended = child.end(((signal.SIGINT, 4.0), (signal.SIGKILL, 2.0)))
    assert (ended.by, ended.step, ended.code) == (signal.SIGINT, 1, 0)


def test_a_running_program_is_adopted(bench: Bench) -> None:
    """A new service finds a running program by its key, and sees its end though it isn't its own child."""
    spec = replace(bench.spec("beat", str(bench.folder / "progress")), files={"progress": "p"})
    first = bench.launch(spec)
    found = adopt(spec, bench.store, bench.clock)
    assert found is not None
    assert (found.pid, found.same_argv, found.adopted, found.files) == (first.pid, True, True, {"progress": "p"})
    told = threading.Event()
    found.on_exit(told.set)
    ended = found.end(((signal.SIGTERM, 2.0),))
    assert (ended.by, ended.code, ended.gone) == (signal.SIGTERM, None, True)
    assert told.wait(2)


def test_adoption_tells_another_argv(bench: Bench) -> None:
    """A program whose argv has changed in the profile is found, and known to differ."""
    bench.launch(bench.spec("beat", str(bench.folder / "progress")))
    found = adopt(bench.spec("beat", "other"), bench.store, bench.clock)
    assert found is not None
    assert not found.same_argv


def test_a_reused_process_number_is_not_adopted(bench: Bench) -> None:
    """A stranger that got the number of a program of ours is left alone."""
    spec = bench.spec("beat", str(bench.folder / "progress"))
    child = bench.launch(spec)
    row = bench.store.rows[spec.key]
    bench.store.put(replace(row, files="{}", created=row.created - 100))
    assert adopt(spec, bench.store, bench.clock) is None
    assert bench.store.rows == {}
    assert child.alive()


def test_a_stepped_wall_clock_loses_no_program(bench: Bench) -> None:
    """A wall clock stepped by an hour doesn't hide a running program."""
    spec = bench.spec("beat", str(bench.folder / "progress"))
    bench.launch(spec)
    row = bench.store.rows[spec.key]
    bench.store.put(replace(row, created=row.created - 3600))
    assert adopt(spec, bench.store, bench.clock) is not None


def test_a_program_outlives_the_killed_service(bench: Bench) -> None:
    """What a killed service had started runs on and is adopted by the next."""
    spec = bench.spec("beat", str(bench.folder / "progress"))
    script = (
        "import json,sys,os,signal\n"
        "from dataclasses import asdict\n"
        "from pathlib import Path\n"
        "from orchestrator.clock import SystemClock\n"
        "from orchestrator.devices.process import ProcessSpec, launch\n"
        "class Store:\n"
        "    def put(self, row): print(json.dumps(asdict(row), default=str), flush=True)\n"
        f"launch(ProcessSpec({spec.key!r}, {spec.argv!r}, Path({str(spec.log)!r})), Store(), SystemClock())\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == -signal.SIGKILL
    import json

    row = ProcessRow(**{**json.loads(done.stdout), "started_at": bench.clock.now()})
    bench.store.put(row)
    found = adopt(spec, bench.store, bench.clock)
    assert found is not None
    bench.started.append(found)
    assert found.end(((signal.SIGTERM, 2.0),)).gone


def test_a_missing_program_names_its_package(bench: Bench) -> None:
    """Who has no ffmpeg is told which package to install."""
    spec = ProcessSpec("venue/pusher", ("/nowhere/ffmpeg", "-version"), bench.folder / "x.log")
    with pytest.raises(DeviceError) as caught:
        launch(spec, bench.store, bench.clock)
    assert str(caught.value) == (
        "venue/pusher: The program ffmpeg isn't installed: install it with `sudo apt install ffmpeg`"
    )


def test_a_large_log_is_put_aside(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log that has grown large is put aside at the next launch, and only one old one is kept."""
    monkeypatch.setattr(process, "LOG_LIMIT", 10)
    log = bench.folder / "child.log"
    log.write_text("an old and long log")
    bench.launch(bench.spec("exit", "-", "0", "new"))
    until(lambda: log.exists() and log.read_text() == "new\n")
    assert (bench.folder / "child.log.1").read_text() == "an old and long log"


def test_a_log_that_cannot_be_written_keeps_no_program_from_its_start(bench: Bench) -> None:
    """What it says is lost, its work isn't."""
    spec = replace(bench.spec("exit", "-", "3", "lost"), log=Path("/proc/nowhere/child.log"))
    started = bench.launch(spec)
    assert until(started.exit_code, 10) == 3


def test_secrets_show_nowhere(bench: Bench) -> None:
    """A key in a program's argv is in no repr."""
    assert "KEY123" not in repr(ProcessSpec("v/p", ("ffmpeg", "rtmp://x/KEY123"), bench.folder / "x.log"))
