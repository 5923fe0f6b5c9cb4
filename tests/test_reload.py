"""The files, read again while events are on the air, and after a restart."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.catalogue.store import Catalogue
from orchestrator.config.model import Configuration
from orchestrator.errors import ConfigError, Problem
from orchestrator.reload import ScheduleKeeper
from orchestrator.timetable import Timetable
from tests.fakes.clock import ManualClock
from tests.fakes.station import NOW, a_configuration

BROKEN = Problem("config.broken", "broken", where="schedules.yaml:1:1")


class Desk:
    """A keeper with files that a test changes, and a copy that outlives a restart."""

    def __init__(self, catalogue: Catalogue, files: Configuration) -> None:
        self.catalogue = catalogue
        self.files: Configuration | None = files
        self.copy = files
        self.on_air: list[str] = []
        self.restart()

    def restart(self) -> None:
        self.timetable = Timetable(self.copy, self.catalogue.changes, self.catalogue.asrun, ManualClock(NOW))
        self.keeper = ScheduleKeeper((), self.read, self.timetable, lambda: self.on_air, self.keep)

    def read(self) -> Configuration:
        if self.files is None:
            raise ConfigError(BROKEN)
        return self.files

    def keep(self) -> None:
        if self.files is not None:
            self.copy = self.files

    def names(self) -> list[str]:
        return [event.id for event in self.timetable.configuration.events if not event.disabled]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Catalogue("sqlite://") as catalogue:
        yield Desk(catalogue, a_configuration(tmp_path))


def test_what_is_on_air_survives_its_deletion_and_a_restart(desk: Desk) -> None:
    """An event that was deleted while it was on the air goes on to its end, even if the service dies meanwhile."""
    desk.on_air = ["penaikan"]
    desk.files = replace(desk.copy, events=())
    desk.keeper.reload()
    desk.restart()
    desk.keeper.reload()
    assert desk.names() == ["penaikan"]
    assert [problem.code for problem in desk.keeper.problems()] == ["schedule.on-air-kept"]
    desk.on_air = []
    desk.keeper.reload()
    assert (desk.names(), desk.copy.events) == ([], ())


def test_files_that_are_wrong_after_a_restart_leave_the_last_good_ones(desk: Desk) -> None:
    """A service that finds broken files at its start goes on with what was in force before."""
    desk.files = None
    desk.restart()
    assert desk.keeper.reload() == (BROKEN,)
    assert desk.names() == ["penaikan"]


def test_what_differs_is_logged(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """Each field that a reload changes is told old → new, what has to wait too; the same files are no news."""
    caplog.set_level(logging.INFO, "orchestrator.reload")
    (event,) = desk.copy.events
    desk.files = replace(desk.copy, events=(replace(event, title="Apel dan Upacara"),))
    desk.keeper.reload()
    desk.keeper.reload()
    desk.on_air = ["penaikan"]
    desk.files = replace(desk.copy, events=())
    desk.keeper.reload()
    assert caplog.messages == [
        f"schedule: event penaikan has changed: title: “{event.title}” → “Apel dan Upacara”",
        "waits until it is over: schedule: event penaikan is gone",
    ]
