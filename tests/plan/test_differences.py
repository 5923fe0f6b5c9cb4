"""What differs between two schedules."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.plan.differences import Difference, Schedule, difference
from orchestrator.plan.model import Event, StartSpec
from tests.plan.support import make_event, make_venue, minutes, repeated

SINCE = datetime(2027, 8, 1, tzinfo=UTC)
UNTIL = datetime(2027, 8, 31, tzinfo=UTC)
VENUES = {name: make_venue(name) for name in ("gedung-daerah", "graha-kepri")}
SINGLE = make_event()
WEEKLY = repeated("FREQ=WEEKLY;BYDAY=MO", datetime(2027, 1, 4, 7, 30))  # noqa: DTZ001


def compared(before: list[Event], after: list[Event]) -> Difference:
    return difference(Schedule(before, VENUES), Schedule(after, VENUES), SINCE, UNTIL)


def told(found: Difference) -> list[tuple[str, str]]:
    return [(change.kind, f"{change.occurrence.start:%m-%d %H:%M}") for change in found.occurrences]


def test_the_same_schedule_differs_in_nothing() -> None:
    """Nothing is told where nothing changed."""
    assert not compared([SINGLE, replace(WEEKLY, id="apel")], [SINGLE, replace(WEEKLY, id="apel")])


def test_new_and_removed_events_bring_and_take_their_occurrences() -> None:
    """A new event appears, a removed one vanishes, as often as it takes place in the days looked at."""
    found = compared([WEEKLY], [replace(SINGLE, id="baru")])
    assert [(change.kind, change.id) for change in found.events] == [("added", "baru"), ("removed", "acara")]
    assert told(found) == [
        ("vanishes", "08-02 00:30"),
        ("vanishes", "08-09 00:30"),
        ("vanishes", "08-16 00:30"),
        ("appears", "08-17 00:30"),
        ("vanishes", "08-23 00:30"),
        ("vanishes", "08-30 00:30"),
    ]


def test_a_changed_event_tells_its_fields() -> None:
    """What else an event says is told field by field, and moves nothing."""
    found = compared([SINGLE], [replace(SINGLE, title="Lain", destinations=("youtube",))])
    assert [(change.kind, change.fields) for change in found.events] == [("changed", ("title", "destinations"))]
    assert found.occurrences == ()


def test_a_single_event_moves_to_whatever_day() -> None:
    """One that doesn't repeat is the same one on another day, venue or at another length."""
    later = replace(SINGLE, start=StartSpec(date(2027, 8, 20), time(9, 0)))
    assert told(compared([SINGLE], [later])) == [("moves", "08-20 02:00")]
    assert told(compared([SINGLE], [replace(SINGLE, venue="graha-kepri")])) == [("moves", "08-17 00:30")]
    assert told(compared([SINGLE], [replace(SINGLE, duration=minutes(55))])) == [("moves", "08-17 00:30")]


def test_a_repeat_on_other_days_is_told_day_by_day() -> None:
    """Of a repeating event the days count: what stays on its day moves, what doesn't vanishes and appears."""
    assert WEEKLY.repeat is not None
    without = replace(WEEKLY, repeat=replace(WEEKLY.repeat, exclude=frozenset({date(2027, 8, 16)})))
    assert told(compared([WEEKLY], [without])) == [("vanishes", "08-16 00:30")]
    earlier = replace(WEEKLY, start=StartSpec(date(2027, 1, 4), time(7, 0)))
    assert told(compared([without], [earlier]))[1:4] == [
        ("moves", "08-09 00:00"),
        ("appears", "08-16 00:00"),
        ("moves", "08-23 00:00"),
    ]


def test_a_disabled_event_vanishes() -> None:
    """What is left out of every plan doesn't take place, though it is still there."""
    found = compared([SINGLE], [replace(SINGLE, disabled=True)])
    assert [change.fields for change in found.events] == [("disabled",)]
    assert told(found) == [("vanishes", "08-17 00:30")]


EVENTS = st.lists(
    st.builds(
        lambda name, day, repeats, length: replace(
            repeated("FREQ=DAILY;INTERVAL=5", datetime(2027, 8, day, 7, 0)) if repeats else SINGLE,  # noqa: DTZ001
            id=name,
            start=StartSpec(date(2027, 8, day), time(7, 0)),
            duration=minutes(length),
        ),
        st.sampled_from("abc"),
        st.integers(1, 30),
        st.booleans(),
        st.integers(10, 12),
    ),
    max_size=3,
    unique_by=lambda event: event.id,
)


@given(EVENTS, EVENTS)
def test_a_difference_read_backwards_is_the_way_back(before: list[Event], after: list[Event]) -> None:
    """What one direction adds the other removes; what moves, moves back."""
    there, back = compared(before, after), compared(after, before)
    assert {str((c.id, c.before, c.after)) for c in there.events} == {
        str((c.id, c.after, c.before)) for c in back.events
    }
    pairs = {(c.before and c.before.start, c.after and c.after.start) for c in there.occurrences}
    assert pairs == {(c.after and c.after.start, c.before and c.before.start) for c in back.occurrences}
    assert all(c.occurrence.start < UNTIL and c.occurrence.end > SINCE - timedelta(1) for c in there.occurrences)
