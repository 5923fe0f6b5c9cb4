"""What has begun when the clock is put back to before its begin."""

from __future__ import annotations

from dataclasses import replace

import pytest

from orchestrator.plan.changes import refuse
from orchestrator.plan.model import Change, ChangeKind
from orchestrator.plan.state import left_begun, next_change, occurrence_at, state_at, still_begun
from orchestrator.plan.timeline import Timeline, with_changes
from tests.plan.support import at, make_change, make_occurrence, plan

VENUE = "gedung-daerah"


def put_back(timeline: Timeline, before: float, now: float, *later: Change) -> Timeline:
    """The timeline after the clock was put back, with what operators changed since."""
    begun = still_begun(timeline, at(before), at(now))
    return replace(with_changes(timeline, (*timeline.changes, *later)), begun=begun)


def test_it_is_wanted_as_it_was_until_its_begin_comes_again() -> None:
    """The picture, the stream and the recording stay; from the begin on the plan goes by the new time."""
    timeline = plan()
    after = put_back(timeline, 5, -60)
    assert state_at(after, VENUE, at(-60)) == state_at(timeline, VENUE, at(5))
    assert occurrence_at(after, VENUE, at(-21)) == make_occurrence()
    assert next_change(after, VENUE, at(-60)) == at(-20)
    assert state_at(after, VENUE, at(-20)) == state_at(timeline, VENUE, at(-20))


def test_a_clock_put_back_within_an_event_changes_nothing_but_the_time() -> None:
    """There the schedule goes by the new time, as always."""
    assert not still_begun(plan(), at(5), at(-15))


def test_what_is_on_by_the_new_time_goes_first() -> None:
    """The clock was wrong: the event before is still on, and the next one has begun too early."""
    timeline = plan(make_occurrence(), make_occurrence("kedua", 80, 30))
    after = put_back(timeline, 65, 20)
    assert [begun.span.occurrence.id for begun in after.begun.values()] == ["kedua"]
    assert state_at(after, VENUE, at(20)) == state_at(timeline, VENUE, at(20))


def test_what_was_closed_has_not_begun() -> None:
    """Nothing of it is on the air any more."""
    timeline = plan(changes=(make_change(ChangeKind.CLOSED, 54),))
    assert not still_begun(timeline, at(55), at(-60))


def test_operators_still_take_over() -> None:
    """What they take counts at once, and what they had taken stays."""
    mimbar = make_change(ChangeKind.TAKE, 4, None, field="scene", value="Mimbar")
    end = make_change(ChangeKind.TAKE, -59, None, field="stream", value=False)
    after = put_back(plan(changes=(mimbar,)), 5, -60, end)
    assert state_at(after, VENUE, at(-60)).scene == "Mimbar"
    assert state_at(after, VENUE, at(-60), by_hand=False).scene == "Lapangan Lebar"
    taken = state_at(after, VENUE, at(-58))
    assert (taken.scene, taken.destinations, taken.record) == ("Mimbar", frozenset(), True)


def test_a_hold_leaves_it_as_it_is() -> None:
    """By the new time nothing of it would begin at all, not even once its begin comes again."""
    after = put_back(plan(), 5, -60, make_change(ChangeKind.HOLD, -59))
    assert state_at(after, VENUE, at(-58)).destinations == {"youtube", "facebook"}
    assert state_at(after, VENUE, at(-10)) == state_at(after, VENUE, at(-58))


def test_moved_it_stays_until_its_new_begin() -> None:
    """It isn't taken off the air at the old one."""
    shift = make_change(ChangeKind.SHIFT, -59, cue="layar-tunggu", value=600)
    after = put_back(plan(), 5, -60, shift)
    assert next_change(after, VENUE, at(-58)) == at(-10)
    assert state_at(after, VENUE, at(-11)).scene == "Lapangan Lebar"
    assert state_at(after, VENUE, at(-10)).scene == "Segera Dimulai"


@pytest.mark.parametrize("kind", [ChangeKind.CANCEL, ChangeKind.FINISH])
def test_whoever_ends_it_ends_it(kind: ChangeKind) -> None:
    """Though by the clock it never was on, and has nothing to end; and it doesn't begin when its time comes again."""
    ended = make_change(kind, -59)
    assert refuse(put_back(plan(), 5, -60), ended, at(-59)) is None
    after = put_back(plan(), 5, -60, ended)
    state = state_at(after, VENUE, at(-58))
    assert (state.destinations, state.record, state.mute, state.occurrence) == (frozenset(), False, "all", None)
    assert occurrence_at(after, VENUE, at(-58)) is None
    assert state_at(after, VENUE, at(-20)).record is None


def test_it_is_known_by_what_was_told_last() -> None:
    """A service that is started again knows what its log is ahead of the clock by."""
    timeline = plan()
    begun = left_begun(timeline, VENUE, at(1), at(-60))
    assert begun is not None
    assert begun.state == state_at(timeline, VENUE, at(1))
    assert left_begun(timeline, VENUE, at(1), at(-15)) is None


def test_what_was_closed_after_all_was_told_is_not_left_on() -> None:
    """Its last line is from before it was closed."""
    timeline = plan(changes=(make_change(ChangeKind.CLOSED, 54),))
    assert left_begun(timeline, VENUE, at(53), at(-60)) is None
