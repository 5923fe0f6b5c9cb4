"""Which changes still count once their event was moved."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from orchestrator.plan.course import CueStatus
from orchestrator.plan.model import Change, ChangeKind, Occurrence
from orchestrator.plan.state import next_start, occurrence_at
from orchestrator.plan.timeline import with_changes
from tests.plan.support import START, at, make_change, make_occurrence, plan

VENUE = "gedung-daerah"
SKIP = make_change(ChangeKind.SKIP, -500, cue="doa", starts_at=START)
GO = make_change(ChangeKind.GO, 5, cue="bendera", starts_at=START)
CLOSED = make_change(ChangeKind.CLOSED, 54, starts_at=START)


def moved(by: timedelta) -> Occurrence:
    occurrence = make_occurrence()
    return replace(occurrence, start=occurrence.start + by, end=occurrence.end + by)


def status(occurrence: Occurrence, cue: str, *changes: Change) -> CueStatus:
    timeline = plan(occurrence, changes=changes)
    return next(timed.status for timed in timeline.spans["acara"].cues if timed.cue.id == cue)


@pytest.mark.parametrize("by", [timedelta(0), timedelta(minutes=15), timedelta(minutes=-15), timedelta(hours=5)])
def test_moved_within_its_day_it_keeps_what_was_decided(by: timedelta) -> None:
    """It is the same event a little later or earlier."""
    assert status(moved(by), "doa", SKIP) is CueStatus.SKIPPED


@pytest.mark.parametrize("by", [timedelta(days=1), timedelta(days=-1), timedelta(days=7, minutes=15)])
@pytest.mark.parametrize(
    "change",
    [SKIP, make_change(ChangeKind.CANCEL, -500, starts_at=START), make_change(ChangeKind.HOLD, -500, starts_at=START)],
)
def test_on_another_day_it_begins_anew(change: Change, by: timedelta) -> None:
    """What was decided belongs to the old date, a cancellation and a hold too."""
    timeline = plan(moved(by), changes=(change,))
    assert timeline.spans == plan(moved(by)).spans
    assert with_changes(plan(moved(by)), (change,)).spans == timeline.spans


def test_moved_back_it_has_what_was_decided_of_that_day() -> None:
    """It isn't forgotten: it was decided of a date."""
    assert status(moved(timedelta(days=1)), "doa", SKIP) is CueStatus.DUE
    assert status(make_occurrence(), "doa", SKIP) is CueStatus.SKIPPED


def test_a_change_of_an_older_release_counts_for_any_date() -> None:
    """Of those it isn't known which date they were for."""
    assert status(moved(timedelta(days=1)), "doa", replace(SKIP, starts_at=None)) is CueStatus.SKIPPED


def test_the_day_is_the_one_of_the_events_zone() -> None:
    """07:30 in Jakarta moved to 06:30 is the day before in Greenwich, and the same one for everybody there."""
    assert status(moved(timedelta(hours=-1)), "doa", SKIP) is CueStatus.SKIPPED


def test_what_has_taken_place_takes_place_anew_later_that_day() -> None:
    """The GO of the first time doesn't begin the second one, nor is that closed."""
    later = moved(timedelta(hours=5))
    timeline = plan(later, changes=(GO, CLOSED))
    assert occurrence_at(timeline, VENUE, at(60)) is None
    assert next_start(timeline, VENUE, at(60)) == at(280)
    assert timeline.spans == plan(later).spans


def test_what_has_taken_place_stays_over_where_its_time_is_corrected() -> None:
    """Its file says afterwards that it began a little earlier or later."""
    timeline = plan(moved(timedelta(minutes=10)), changes=(GO, CLOSED))
    assert timeline.spans["acara"].is_closed(at(60))
