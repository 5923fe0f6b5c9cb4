"""The office opens late, or not at all; the air is looked after all the same."""

from __future__ import annotations

import logging
import socket
import sys
import types
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from orchestrator.app import opening, service
from orchestrator.app.opening import Opening
from orchestrator.app.service import Service
from orchestrator.backoff import Backoff
from orchestrator.clock import SystemClock
from orchestrator.config.model import Configuration
from orchestrator.errors import ConfigError, Problem
from orchestrator.status import Storage
from tests.fakes.station import a_configuration
from tests.support import until

SOON = Backoff(first=0.01, most=0.02)
LATER = Backoff(first=600.0, most=600.0)


@pytest.fixture
def configuration(tmp_path: Path) -> Configuration:
    """A small station at a port of its own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    made = a_configuration(tmp_path)
    return replace(made, station=replace(made.station, web=replace(made.station.web, port=port)))


class FakeAir:
    """What is on air, as far as the service asks."""

    is_clear = False

    def __init__(self, *_: object) -> None:
        self.stopped = False

    def start(self) -> None:
        pass

    def wait_seen(self, within: float) -> None:
        pass

    def stop(self, *, end: bool) -> None:
        self.stopped = True

    def problems(self) -> list[Problem]:
        return []

    def is_ready(self) -> bool:
        return True


class FakeOffice:
    """Opens once it has failed so many times; each failure of another kind of its work."""

    failures = 0
    abandoned = 0

    def __init__(self, *_: object) -> None:
        self.archivist = self.storage = self

    def start(self) -> str:
        if FakeOffice.failures:
            FakeOffice.failures -= 1
            raise ZeroDivisionError("a mistake")
        return "http://127.0.0.1:1"

    def abandon(self) -> None:
        FakeOffice.abandoned += 1

    def stop(self) -> None:
        pass

    def problems(self) -> list[Problem]:
        return []

    def look(self) -> Storage:
        return Storage((), None, 0.0, 0, 0)


@pytest.fixture
def running(configuration: Configuration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """A service with a modelled air, and an office that doesn't open."""
    module = types.ModuleType("orchestrator.app.office")
    module.Office = FakeOffice  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "orchestrator.app.office", module)
    monkeypatch.setattr(service, "Air", FakeAir)
    monkeypatch.setattr(FakeOffice, "failures", 1)
    monkeypatch.setattr(FakeOffice, "abandoned", 0)
    monkeypatch.setattr(opening, "_RETRY", LATER)
    (tmp_path / "schedules.yaml").write_text("events: []\n")
    made = Service(configuration, tmp_path / "schedules.yaml", tmp_path / "profiles", SystemClock())
    made.start()
    yield made
    made.stop()


def codes(made: Service) -> list[str]:
    return [standing.problem.code for standing in made._ground.board.latest.problems]


def test_a_mistake_in_the_office_leaves_the_air_alone(running: Service) -> None:
    """It is one problem in the status and the log, and the panel's address says it, until the office is open."""
    until(lambda: "service.office-closed" in codes(running))
    assert not running._air.stopped  # type: ignore[attr-defined]
    answer = httpx.get(f"{running.address}/api/v1/status")
    assert (answer.status_code, answer.json()["code"]) == (503, "service.office-closed")
    assert FakeOffice.abandoned == 1
    assert httpx.post(f"{running.address}/again", headers={"origin": running.address}).status_code == 303
    until(lambda: not codes(running))
    assert running.address == "http://127.0.0.1:1"


def test_it_is_tried_again_for_as_long_as_it_takes(
    configuration: Configuration, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What goes wrong meanwhile is told as it is, a mistake once."""
    monkeypatch.setattr(opening, "_RETRY", SOON)
    taken = ConfigError(Problem("web.cannot-listen", "taken"))
    outcomes: list[Exception | None] = [ValueError("first"), ValueError("second"), taken, None]
    told = []

    def attempt() -> None:
        told.append([problem.code for problem in made.problems()])
        outcome = outcomes.pop(0)
        if outcome is not None:
            raise outcome

    made = Opening(configuration.station, attempt)
    with caplog.at_level(logging.ERROR):
        made.begin()
        until(lambda: not outcomes and not made.problems())
    made.stop()
    assert told == [[], ["service.office-closed"], ["service.office-closed"], ["web.cannot-listen"]]
    assert [record.getMessage() for record in caplog.records] == ["the office failed to open"]


def test_an_address_that_is_taken_is_told_at_once(configuration: Configuration) -> None:
    """Whoever starts the service can mend it: nothing is tried again behind their back."""

    def attempt() -> None:
        raise ConfigError(Problem("web.cannot-listen", "taken"))

    made = Opening(configuration.station, attempt)
    with pytest.raises(ConfigError):
        made.begin()
    made.stop()
