"""When an OBS that isn't there is a problem to speak of."""

from __future__ import annotations

import errno
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from orchestrator.backoff import Backoff
from orchestrator.clock import SystemClock
from orchestrator.devices.obs import reviver
from orchestrator.devices.obs.link import Link
from orchestrator.devices.problems import files_unwritable
from orchestrator.errors import DeviceError
from tests.devices.obs.studio import make_station, make_venue
from tests.support import until


class DeadLauncher:
    """Starts an OBS that never comes up."""

    process = None

    def __init__(self) -> None:
        self.launches = 0

    def find(self) -> bool:
        return False

    def alive(self) -> bool:
        return self.launches > 0

    def launch(self) -> None:
        self.launches += 1

    def kill(self) -> None:
        """As dead as before."""


class Hindered(DeadLauncher):
    """Stumbles over the disk whenever it is to look for an OBS, or to start one."""

    def __init__(self, at: str, error: Exception) -> None:
        super().__init__()
        self._at, self._error = at, error
        self.tries = 0

    def find(self) -> bool:
        self._stumble("find")
        return super().find()

    def launch(self) -> None:
        self._stumble("launch")
        super().launch()

    def _stumble(self, at: str) -> None:
        if at == self._at:
            self.tries += 1
            raise self._error


MakeLink = Callable[[DeadLauncher | None], Link]


@pytest.fixture
def make_link(tmp_path: Path) -> Iterator[MakeLink]:
    with ExitStack() as stack, socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # nobody listens there, and nobody else can
        venue = make_venue(port=closed.getsockname()[1])

        def make(launcher: DeadLauncher | None) -> Link:
            made = Link(venue, make_station(tmp_path), tmp_path, SystemClock(), launcher)  # type: ignore[arg-type]
            made.start(lambda: None, lambda _name, _data: None)
            stack.callback(made.stop)
            return made

        yield make


def codes(of: Link) -> list[str]:
    return [problem.code for problem in of.problems()]


def test_an_obs_that_is_not_ours_to_start_is_told_at_once(make_link: MakeLink) -> None:
    """Where somebody else is to start OBS, that it isn't there is told, needed or not."""
    theirs = make_link(None)
    until(lambda: codes(theirs) == ["obs.not-there"], 5)


def test_an_obs_that_nobody_needs_is_no_problem(make_link: MakeLink) -> None:
    """Where the service starts OBS itself and no event is near, nothing is wrong."""
    launcher = DeadLauncher()
    idle = make_link(launcher)
    until(lambda: idle._reviver.tries >= 2, 5)
    assert codes(idle) == []
    assert launcher.launches == 0


def test_an_obs_that_is_just_starting_is_no_problem_and_one_that_never_comes_is(
    make_link: MakeLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A first start is given its time without an alarm; after that it is told."""
    monkeypatch.setattr(reviver, "_START_WITHIN", 1.5)
    starting = make_link(DeadLauncher())
    starting.needed(True)
    until(lambda: starting._problem is not None, 5)
    assert codes(starting) == []
    until(lambda: codes(starting) == ["obs.not-there"], 5)


def test_an_obs_that_had_answered_is_missed_at_once(make_link: MakeLink) -> None:
    """An OBS that dies while it is needed is told without delay."""
    lost = make_link(DeadLauncher())
    lost.needed(True)
    lost._reviver._answered = True  # as after a connection
    until(lambda: codes(lost) == ["obs.not-there"], 1)


def test_an_obs_that_is_silent_is_ended_when_its_time_is_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A try to connect that would outlast the patience with a silent OBS doesn't put off its end."""
    monkeypatch.setattr(reviver, "FROZEN_FOR", 2.0)
    monkeypatch.setattr(reviver, "CONNECT_TIMEOUT", 0.9)
    launcher, killed = DeadLauncher(), threading.Event()
    launcher.launches = 1
    monkeypatch.setattr(launcher, "kill", killed.set)
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections, and never says a word
        venue = make_venue(port=silent.getsockname()[1])
        made = Link(venue, make_station(tmp_path), tmp_path, SystemClock(), launcher)  # type: ignore[arg-type]
        made.needed(True)
        since = time.monotonic()  # noqa: TID251 - a measurement
        made._read_at = since
        made.start(lambda: None, lambda _name, _data: None)
        try:
            assert killed.wait(10)
            assert 2.0 <= time.monotonic() - since < 2.6  # noqa: TID251 - a measurement
        finally:
            made.stop()


def test_the_link_leaves_it_to_the_incidents_to_log(make_link: MakeLink, caplog: pytest.LogCaptureFixture) -> None:
    """What the link finds wrong is logged once, by the book of incidents, and not by the link as well."""
    with caplog.at_level(logging.INFO):
        theirs = make_link(None)
        until(lambda: codes(theirs) == ["obs.not-there"], 5)
    assert [record for record in caplog.records if record.name.endswith("obs.link")] == []


def test_a_mistake_does_not_end_the_one_who_brings_the_studio_back(
    make_link: MakeLink, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever a studio says that nobody thought of, it is told once in the log, shown as lost, and tried again."""
    tries = []

    def fail(*_: object) -> None:
        tries.append(1)
        raise KeyError("obsVersion")

    monkeypatch.setattr(Link, "_open", fail)
    monkeypatch.setattr(reviver, "_CONNECT", Backoff(0.01, 0.01))
    theirs = make_link(None)
    until(lambda: len(tries) > 5, 10)
    assert codes(theirs) == ["obs.lost"]
    assert caplog.text.count("the connection to OBS of") == 1


@pytest.mark.parametrize("at", ["find", "launch"])
def test_whatever_goes_wrong_with_a_start_it_is_tried_again(
    make_link: MakeLink, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    """Nothing that is done about an OBS that isn't there ends the thread that does it."""
    monkeypatch.setattr(reviver, "_CONNECT", Backoff(0.01, 0.01))
    launcher = Hindered(at, OSError(errno.ENOSPC, "No space left on device"))
    hindered = make_link(launcher)
    hindered.needed(True)
    hindered._reviver._answered = True  # as after a connection
    until(lambda: launcher.tries > 3, 10)
    assert codes(hindered) == ["obs.lost"]
    assert launcher.launches == 0  # none is started before the one that may run was looked for


def test_what_hinders_a_start_is_told_for_as_long_as_it_does(
    make_link: MakeLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That the disk is full is said once, and not anew with each try, with "not there" in between."""
    monkeypatch.setattr(reviver, "_CONNECT", Backoff(0.01, 0.01))
    full = files_unwritable("OBS", Path("/data"), OSError(errno.ENOSPC, "No space left on device"), "aula")
    launcher = Hindered("launch", DeviceError(full))
    hindered, told = make_link(launcher), []
    hindered._wake = lambda: told.append(codes(hindered))
    hindered.needed(True)
    until(lambda: launcher.tries > 3, 10)
    assert [each for each in told[2:] if each != ["process.disk-full"]] == []
    assert codes(hindered) == ["process.disk-full"]
