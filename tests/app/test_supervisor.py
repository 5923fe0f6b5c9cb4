"""What systemd is told."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from shutil import which

import pytest

from orchestrator.app.supervisor import Watchdog, tell
from tests.support import until

UNIT = Path(__file__).parents[2] / "packaging" / "orchestrator.service"


@pytest.fixture(params=["path", "abstract"])
def systemd(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """A supervisor's socket, of either kind."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.settimeout(5)
        receiver.bind(str(tmp_path / "s") if request.param == "path" else "")  # "": the kernel chooses an abstract name
        name = receiver.getsockname()
        address = name if isinstance(name, str) else "@" + name[1:].decode()
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        monkeypatch.setenv("WATCHDOG_USEC", "150000")
        yield receiver


def assert_silent(systemd: socket.socket) -> None:
    """Nothing has come."""
    with pytest.raises(BlockingIOError):
        systemd.recv(100)


def test_the_service_says_that_it_is_ready(systemd: socket.socket) -> None:
    """One datagram, as sd_notify has it."""
    tell("READY=1")
    assert systemd.recv(100) == b"READY=1"


def test_a_loop_that_hangs_is_told_by_silence(systemd: socket.socket) -> None:
    """Systemd hears of the service within its patience while all loops turn, and nothing while one hangs."""
    turning, asked = [True], []

    def is_turning() -> bool:
        asked.append(turning[0])
        return turning[0]

    watchdog = Watchdog(is_turning)
    watchdog.start()
    try:
        assert [systemd.recv(100) for _ in range(3)] == [b"WATCHDOG=1"] * 3
        turning[0] = False
        until(lambda: asked.count(False))
        systemd.setblocking(False)
        with suppress(BlockingIOError):
            while True:  # what came before that
                systemd.recv(100)
        until(lambda: asked.count(False) >= 3)
        assert_silent(systemd)
    finally:
        watchdog.stop()


def test_without_a_supervisor_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """By hand, the service runs as before."""
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    monkeypatch.delenv("WATCHDOG_USEC", raising=False)
    tell("READY=1")
    watchdog = Watchdog(lambda: pytest.fail("asked without a reason"))
    watchdog.start()
    watchdog.stop()


def test_a_restart_by_the_watchdog_leaves_the_air_alone(tmp_path: Path) -> None:
    """The unit has systemd wait for the service's word, kill the service alone, and is one that systemd takes."""
    lines = UNIT.read_text().splitlines()
    assert {"Type=notify", "WatchdogSec=15", "KillMode=process", "Restart=always"} <= set(lines)
    verify = which("systemd-analyze")
    if verify is None:
        pytest.skip("systemd-analyze isn't here")
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text().replace("/opt/orchestrator/.venv/bin/orchestrator", "/bin/true"))
    done = subprocess.run([verify, "verify", "--man=no", unit], capture_output=True, text=True, check=False)
    assert UNIT.name not in done.stderr, done.stderr
