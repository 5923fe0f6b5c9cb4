"""The plan in force, around now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from orchestrator.catalogue.records import AsRun
from orchestrator.catalogue.store import Catalogue
from orchestrator.plan.model import ChangeKind
from orchestrator.plan.state import state_at
from orchestrator.timetable import Timetable
from tests.fakes.clock import ManualClock
from tests.fakes.station import NOW, a_configuration

VENUE = "gedung-daerah"
HOUR = 3600


@pytest.fixture
def catalogue() -> Iterator[Catalogue]:
    with Catalogue("sqlite://") as opened:
        yield opened


def test_an_event_is_on_air_from_its_first_cue_until_it_is_closed(catalogue: Catalogue, tmp_path: Path) -> None:
    """Neither before its first cue nor once the venue was given free."""
    clock = ManualClock(NOW)
    timetable = Timetable(a_configuration(tmp_path), catalogue.changes, catalogue.asrun, clock)
    assert timetable.on_air() == ["penaikan"]
    clock.forward(3 * 3600)
    catalogue.changes.add(ChangeKind.CLOSED, clock.now(), "service", "gedung-daerah", "penaikan")
    assert timetable.on_air() == []


def test_what_the_next_event_has_overtaken_is_on_air_until_it_is_closed(catalogue: Catalogue, tmp_path: Path) -> None:
    """An event whose venue is the next one's already keeps its place in the files until all was said of it."""
    clock = ManualClock(NOW + timedelta(minutes=25))
    configuration = a_configuration(tmp_path)
    (event,) = configuration.events
    first = replace(event, id="gladi", start=replace(event.start, time=time(6)), duration=timedelta(minutes=30))
    timetable = Timetable(replace(configuration, events=(first, event)), catalogue.changes, catalogue.asrun, clock)
    assert sorted(timetable.on_air()) == ["gladi", "penaikan"]
    catalogue.changes.add(ChangeKind.CLOSED, clock.now(), "service", "gedung-daerah", "gladi")
    assert timetable.on_air() == ["penaikan"]


def test_a_clock_that_was_put_back_takes_nothing_off_the_air(catalogue: Catalogue, tmp_path: Path) -> None:
    """What had begun by the time that the clock showed before still counts as begun."""
    clock = ManualClock(NOW)
    timetable = Timetable(a_configuration(tmp_path), catalogue.changes, catalogue.asrun, clock)
    timetable.timeline()
    clock.step(-7200)
    assert timetable.on_air() == ["penaikan"]
    assert Timetable(a_configuration(tmp_path), catalogue.changes, catalogue.asrun, clock).on_air() == []


def test_a_clock_that_was_put_back_leaves_wanted_what_was(catalogue: Catalogue, tmp_path: Path) -> None:
    """However often it is put, until the event's begin comes again; a file that is edited meanwhile changes nothing."""
    clock = ManualClock(NOW)
    timetable = Timetable(a_configuration(tmp_path), catalogue.changes, catalogue.asrun, clock)
    wanted = state_at(timetable.timeline(), "gedung-daerah", NOW)
    for step in (-7200, 600, -600):
        clock.step(step)
        assert state_at(timetable.timeline(), "gedung-daerah", clock.now()) == wanted
        timetable.replace(timetable.configuration)
    clock.step(7200)
    assert not timetable.timeline().begun


@pytest.mark.parametrize("step", [-2 * HOUR, -30 * 24 * HOUR])
def test_what_is_on_when_the_clock_is_put_back_survives_a_restart(
    catalogue: Catalogue, tmp_path: Path, step: float
) -> None:
    """The log is ahead of the clock, however far: what it told of last is wanted as it was, and keeps its place."""
    configuration, clock = a_configuration(tmp_path), ManualClock(NOW)
    wanted = state_at(Timetable(configuration, catalogue.changes, catalogue.asrun, clock).timeline(), VENUE, NOW)
    line = AsRun("penaikan", "mulai", VENUE, "scene", NOW, NOW, NOW, None, "Lapangan Lebar", "cue mulai", "done")
    catalogue.asrun.add(line)
    clock.step(step)
    catalogue.asrun.add(replace(line, sent_at=clock.now(), confirmed_at=clock.now(), outcome="restored"))
    restarted = Timetable(configuration, catalogue.changes, catalogue.asrun, clock)
    assert state_at(restarted.timeline(), VENUE, clock.now()) == wanted
    assert restarted.on_air() == ["penaikan"]
    catalogue.changes.add(ChangeKind.FINISH, clock.now(), "sari", VENUE, "penaikan")
    assert state_at(restarted.timeline(), VENUE, clock.now()).destinations == frozenset()
    assert restarted.on_air() == []


def test_what_was_asked_since_does_not_deny_what_was_on(catalogue: Catalogue, tmp_path: Path) -> None:
    """Held after the clock was put back an event hasn't begun by its plan: after a restart it is on all the same."""
    configuration, clock = a_configuration(tmp_path), ManualClock(NOW)
    line = AsRun("penaikan", "mulai", VENUE, "scene", NOW, NOW, NOW, None, "Lapangan Lebar", "cue mulai", "done")
    catalogue.asrun.add(line)
    clock.step(-2 * HOUR)
    catalogue.changes.add(ChangeKind.HOLD, clock.now(), "sari", VENUE, "penaikan")
    restarted = Timetable(configuration, catalogue.changes, catalogue.asrun, clock)
    assert state_at(restarted.timeline(), VENUE, clock.now()).scene == "Lapangan Lebar"


def test_what_was_changed_days_ahead_still_counts(catalogue: Catalogue, tmp_path: Path) -> None:
    """A cancellation that was made as soon as the event came in sight holds when its time comes."""
    clock = ManualClock(NOW - timedelta(days=7))
    timetable = Timetable(a_configuration(tmp_path), catalogue.changes, catalogue.asrun, clock)
    catalogue.changes.add(ChangeKind.CANCEL, clock.now(), "sari", "gedung-daerah", "penaikan")
    clock.forward(7 * 24 * 3600)
    assert timetable.timeline().spans["penaikan"].cancelled
    assert timetable.on_air() == []
