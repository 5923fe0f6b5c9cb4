"""The plan in force, around now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from orchestrator.catalogue.store import Catalogue
from orchestrator.plan.model import ChangeKind
from orchestrator.timetable import Timetable
from tests.fakes.clock import ManualClock
from tests.fakes.station import NOW, a_configuration


@pytest.fixture
def catalogue() -> Iterator[Catalogue]:
    with Catalogue("sqlite://") as opened:
        yield opened


def test_an_event_is_on_air_from_its_first_cue_until_it_is_closed(catalogue: Catalogue, tmp_path: Path) -> None:
    """Neither before its first cue nor once the venue was given free."""
    clock = ManualClock(NOW)
    timetable = Timetable(a_configuration(tmp_path), catalogue.changes, clock)
    assert timetable.on_air() == ["penaikan"]
    clock.forward(3 * 3600)
    catalogue.changes.add(ChangeKind.CLOSED, clock.now(), "service", "gedung-daerah", "penaikan")
    assert timetable.on_air() == []


def test_a_clock_that_was_put_back_takes_nothing_off_the_air(catalogue: Catalogue, tmp_path: Path) -> None:
    """What had begun by the time that the clock showed before still counts as begun."""
    clock = ManualClock(NOW)
    timetable = Timetable(a_configuration(tmp_path), catalogue.changes, clock)
    timetable.timeline()
    clock.step(-7200)
    assert timetable.on_air() == ["penaikan"]
    assert Timetable(a_configuration(tmp_path), catalogue.changes, clock).on_air() == []


def test_what_was_changed_days_ahead_still_counts(catalogue: Catalogue, tmp_path: Path) -> None:
    """A cancellation that was made as soon as the event came in sight holds when its time comes."""
    clock = ManualClock(NOW - timedelta(days=7))
    timetable = Timetable(a_configuration(tmp_path), catalogue.changes, clock)
    catalogue.changes.add(ChangeKind.CANCEL, clock.now(), "sari", "gedung-daerah", "penaikan")
    clock.forward(7 * 24 * 3600)
    assert timetable.timeline().spans["penaikan"].cancelled
    assert timetable.on_air() == []
