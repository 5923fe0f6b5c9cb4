from __future__ import annotations

import json
import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from demo.sinks import free_port
from orchestrator.app import provision, service
from orchestrator.cli.logs import Plain, log_to
from orchestrator.config.folders import DataFolder
from orchestrator.config.model import Configuration
from orchestrator.errors import N_, BusyError, Problem, Saying
from orchestrator.in_force import FilesInForce
from orchestrator.instance import InstanceLock
from tests.cli.conftest import Run
from tests.cli.test_files import station
from tests.support import fill, small_disk, until

__all__ = ["station"]

REAL = service.Service


class FakeService:
    """Runs nothing; remembers how it was stopped."""

    made: list[FakeService]
    busy = False
    leaves: tuple[str, ...] = ()

    def __init__(
        self,
        configuration: Configuration,
        schedule: Path,
        profiles: Path,
        clock: object,
        lock: InstanceLock,
        *,
        flawed: bool,
    ) -> None:
        self.flawed = flawed
        self._lock = lock
        self.address = "http://127.0.0.1:8080"
        self.reloads = 0
        self.stopped: list[bool] = []
        self.unarchived: tuple[str, ...] = FakeService.leaves
        self._done = threading.Event()
        FakeService.made.append(self)

    def start(self) -> None:
        if FakeService.busy:
            raise BusyError(Problem("data.in-use", N_("The data folder is in use."), {}))

    def wait(self) -> None:
        self._done.wait(20)

    def reload(self) -> None:
        self.reloads += 1

    def stop(self, stop_air: bool = False) -> None:
        self.stopped.append(stop_air)
        self._lock.release()
        self._done.set()


@pytest.fixture(autouse=True)
def fake_service(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The service is a fake one; signals and logging are put back."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    root = logging.getLogger()
    handlers, level, hook = root.handlers[:], root.level, threading.excepthook
    FakeService.made = []
    monkeypatch.setattr(FakeService, "busy", False)
    monkeypatch.setattr(service, "Service", FakeService)
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)
    for handler_ in set(root.handlers) - set(handlers):
        handler_.close()
    root.handlers[:], root.level = handlers, level
    threading.excepthook = hook


def when_running(*numbers: signal.Signals) -> threading.Thread:
    """Send signals to this process, one after another, once the service runs."""

    def send() -> None:
        until(lambda: FakeService.made and signal.getsignal(signal.SIGHUP) not in {signal.SIG_DFL, None}, 10)
        for number in numbers:
            before = FakeService.made[0].reloads
            os.kill(os.getpid(), number)
            if number is signal.SIGHUP:
                until(lambda before=before: FakeService.made[0].reloads > before, 10)

    thread = threading.Thread(target=send)
    thread.start()
    return thread


@pytest.mark.parametrize(("arguments", "stop_air"), [((), False), (("--stop-air",), True)])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_the_service_in_order(
    run: Run, station: Path, arguments: tuple[str, ...], stop_air: bool, number: signal.Signals
) -> None:
    """SIGTERM and Ctrl-C end the service in order; the air stays on unless it was asked otherwise."""
    thread = when_running(number)
    result = run("run", *arguments)
    thread.join()
    assert result.exit_code == 0, result.output
    assert FakeService.made[0].stopped == [stop_air]


def test_what_is_not_archived_at_the_end_is_said(run: Run, station: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever stops the service with the air learns which recordings wait for its next run."""
    monkeypatch.setattr(FakeService, "leaves", ("lapangan/apel", "aula/pelantikan"))
    thread = when_running(signal.SIGTERM)
    result = run("run", "--stop-air")
    thread.join()
    assert result.exit_code == 1
    assert "lapangan/apel, aula/pelantikan" in result.stderr


def test_a_second_signal_does_not_wait(run: Run, station: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who presses Ctrl-C twice is let go at once, however long the stop takes."""
    entered, stuck, gone = threading.Event(), threading.Event(), threading.Event()
    monkeypatch.setattr(FakeService, "stop", lambda *_: (entered.set(), stuck.wait(20)))
    first = when_running(signal.SIGINT)

    def again() -> None:
        entered.wait(10)
        # One right behind another may fall between two waits of the main thread: a person would press again.
        while not gone.wait(0.5):
            os.kill(os.getpid(), signal.SIGINT)

    second = threading.Thread(target=again)
    second.start()
    result = run("run")
    gone.set()
    stuck.set()
    first.join()
    second.join()
    assert result.exit_code == 130


def test_a_dead_thread_is_in_the_log(tmp_path: Path) -> None:
    """A fault that ends a thread is written down."""
    log_to(tmp_path)

    def fail() -> None:
        raise ZeroDivisionError("inner detail")

    thread = threading.Thread(target=fail, name="loop gedung-daerah")
    thread.start()
    thread.join()
    text = (tmp_path / "orchestrator.log").read_text()
    assert "the thread loop gedung-daerah died" in text
    assert "ZeroDivisionError: inner detail" in text


def test_a_log_on_a_full_disk_is_on_the_screen_alone(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Each line once, with nothing about the file that doesn't take it."""
    with small_disk(tmp_path, "64k"):
        log_to(tmp_path)
        fill(tmp_path)
        logging.getLogger("orchestrator").warning("said")
        logging.getLogger().handlers.clear()
    lines = capfd.readouterr().err.splitlines()
    assert [line.split()[-1] for line in lines] == ["said"]


def test_sighup_reads_the_files_again(run: Run, station: Path) -> None:
    """SIGHUP reloads without a stop."""
    thread = when_running(signal.SIGHUP, signal.SIGTERM)
    result = run("run")
    thread.join()
    assert result.exit_code == 0
    assert FakeService.made[0].reloads == 1


def test_run_as_json_tells_where_it_listens(run: Run, station: Path) -> None:
    """A program that starts the service learns its address from one JSON document."""
    thread = when_running(signal.SIGTERM)
    result = run("run", "--json")
    thread.join()
    assert json.loads(result.stdout) == {
        "url": "http://127.0.0.1:8080",
        "pid": os.getpid(),
        "venues": ["gedung-daerah"],
    }


def test_a_second_service_is_refused_in_one_sentence(run: Run, station: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second service on the same data folder says who holds it, and exits."""
    monkeypatch.setattr(FakeService, "busy", True)
    result = run("run")
    assert result.exit_code == 1
    assert "The data folder is in use.\n" in result.stderr
    assert "Traceback" not in result.output


def test_a_second_service_is_refused_before_the_schedule_is_read(run: Run, station: Path) -> None:
    """However long a schedule takes to read, and whatever is wrong with it: the refusal comes first."""
    lock = InstanceLock(DataFolder(station / "data"))
    lock.acquire("2027-08-17T00:00:00+00:00")
    (station / "schedules.yaml").write_text("events: [what]\n")
    try:
        result = run("run")
    finally:
        lock.release()
    assert result.exit_code == 1
    assert "already in use" in result.stderr
    assert FakeService.made == []


def test_run_refuses_to_be_reachable_from_elsewhere(run: Run, station: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A web address beyond this machine is refused before anything starts, until somebody can sign in."""
    monkeypatch.setattr(service, "Service", REAL)
    path = station / "profiles/station.yaml"
    path.write_text(path.read_text() + "web: {host: 0.0.0.0, port: 8080}\n")
    result = run("run")
    assert result.exit_code == 2
    assert "orchestrator account add NAME --role admin" in result.stderr
    assert "Traceback" not in result.stderr


def test_provision_tells_what_changed(run: Run, station: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever provisions a venue reads what was changed in its OBS."""
    made = Saying(N_("scene '{scene}' added"), {"scene": "Lapangan"})
    monkeypatch.setattr(provision, "provision", lambda *_: [made])
    assert "scene 'Lapangan' added\n1 things were changed" in run("provision", "gedung-daerah").stdout
    document = json.loads(run("provision", "gedung-daerah", "--json").stdout)
    assert document == {"venue": "gedung-daerah", "changed": ["scene 'Lapangan' added"]}
    assert "tampilan 'Lapangan' ditambahkan" in run("provision", "gedung-daerah", lang="id").stdout
    assert run("provision", "bulan").exit_code == 2


def test_the_log_has_one_line_an_entry(tmp_path: Path) -> None:
    """A message with line breaks can't forge an entry of the log."""
    record = logging.LogRecord("orchestrator.web", logging.INFO, "", 0, "one\n2027 ERROR two", (), None)
    lines = Plain().format(record).splitlines()
    assert lines[0].endswith("INFO    web: one")
    assert lines[1] == "    2027 ERROR two"


def test_the_log_goes_to_its_file(tmp_path: Path) -> None:
    """The service's log lies in the data folder."""
    log_to(tmp_path / "logs")
    logging.getLogger("orchestrator.app").info("started")
    assert "INFO    app: started" in (tmp_path / "logs" / "orchestrator.log").read_text()


def waiting(port: int, then: Callable[[], object]) -> tuple[threading.Thread, list[str]]:
    """Read the page that waits at a port once it is there, then do something."""
    pages: list[str] = []

    def look() -> None:
        def read() -> str:
            try:
                return httpx.get(f"http://127.0.0.1:{port}/?lang=en", trust_env=False).text
            except httpx.HTTPError:
                return ""

        pages.append(until(read, 15))
        then()

    thread = threading.Thread(target=look)
    thread.start()
    return thread, pages


def at_port(station: Path) -> int:
    """A free port, at which the station's panel is from now on."""
    port = free_port()
    path = station / "profiles/station.yaml"
    path.write_text(path.read_text() + f"web: {{port: {port}}}\n")
    return port


def test_a_folder_that_cannot_be_written_is_said(run: Run, station: Path) -> None:
    """A data folder that can't be written is one clear sentence, on the console and at the panel's address."""
    (station / "data").write_text("a file, not a folder")
    thread, pages = waiting(at_port(station), lambda: os.kill(os.getpid(), signal.SIGTERM))
    result = run("run")
    thread.join()
    assert result.exit_code == 1
    assert "Cannot write in the data folder" in result.stderr
    assert "Cannot write in the data folder" in pages[0]


def test_a_schedule_with_an_error_is_waited_for(run: Run, station: Path) -> None:
    """Without a copy of files that were right the panel's address says what is wrong; mended, the service begins."""
    schedule = (station / "schedules.yaml").read_text()
    (station / "schedules.yaml").write_text("events: [what]\n")
    mended = threading.Thread(target=lambda: when_running(signal.SIGTERM).join())
    port = at_port(station)
    thread, pages = waiting(port, lambda: ((station / "schedules.yaml").write_text(schedule), mended.start()))
    result = run("run")
    thread.join()
    mended.join()
    assert result.exit_code == 0, result.output
    assert "schedules.yaml:1:10" in pages[0]
    assert f"http://127.0.0.1:{port}" in result.stderr, "the terminal tells where, too"
    assert [made.flawed for made in FakeService.made] == [False]


def test_a_broken_station_is_waited_for_at_the_address_that_can_be_read(run: Run, station: Path) -> None:
    """Whatever is wrong with station.yaml, the panel's address says where; mended, the service begins."""
    port, path = at_port(station), station / "profiles/station.yaml"
    right = path.read_text()
    path.write_text(right.replace("name:", "nama:").replace(f"port: {port}", f"port: {port}, hots: x"))
    mended = threading.Thread(target=lambda: when_running(signal.SIGTERM).join())
    thread, pages = waiting(port, lambda: (path.write_text(right), mended.start()))
    result = run("run")
    thread.join()
    mended.join()
    assert result.exit_code == 0, result.output
    for wrong in ("nama", "hots", "station.yaml:"):
        assert wrong in pages[0]
    assert [made.flawed for made in FakeService.made] == [False]


def test_a_station_that_broke_since_is_begun_as_it_was(run: Run, station: Path) -> None:
    """After a power cut nobody waits for a mistake in station.yaml: the files that were right last are in force."""
    schedule, profiles = station / "schedules.yaml", station / "profiles"
    FilesInForce(DataFolder(station / "data").in_force, schedule, profiles).keep()
    (profiles / "station.yaml").write_text("name: [")
    thread = when_running(signal.SIGTERM)
    result = run("run")
    thread.join()
    assert result.exit_code == 0, result.output
    assert [made.flawed for made in FakeService.made] == [True]


def test_without_a_station_nothing_is_waited_for(run: Run, station: Path) -> None:
    """Whoever starts it in another folder is told so and gets their prompt back."""
    (station / "profiles/station.yaml").unlink()
    result = run("run")
    assert result.exit_code == 2
    assert "station.yaml" in result.stderr


def test_a_missing_key_stops_nothing_else(run: Run, station: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A destination whose key is nowhere fails alone: the service begins, and reads the files again."""
    monkeypatch.delenv("KEY")
    thread = when_running(signal.SIGTERM)
    result = run("run")
    thread.join()
    assert result.exit_code == 0, result.output
    assert [made.flawed for made in FakeService.made] == [True]
