from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given

from orchestrator.plan.model import Ceremony, Cue, Occurrence
from orchestrator.plan.planned import clock_fault, timing_faults
from orchestrator.plan.rundown import Rundown, rundown_faults
from tests.plan import strategies
from tests.plan.support import FLAG, START, make_ceremony, make_cue, make_event, make_occurrence, make_venue, when

ON = make_cue("on", when("start"), stream=True, record=True)
OFF = make_cue("off", when("end"), stream=False, record=False)


@pytest.mark.parametrize(
    ("cues", "wanted"),
    [
        ((ON, OFF), []),
        ((ON, ON, OFF), [("on", "duplicate-id")]),
        ((ON, make_cue("x", when("tidak-ada", 1)), OFF), [("x", "unknown-cue")]),
        ((make_cue("a", when("b", 1)), make_cue("b", when("a", 1))), [("a", "cycle"), ("b", "cycle")]),
        ((make_cue("a", when("a", 1)),), [("a", "cycle")]),
        ((make_cue("a", when("start"), latest=when("end")),), [("a", "latest-without-go")]),
        ((make_cue("a", when("go"), latest=when("go")),), [("a", "latest-is-go")]),
        ((make_cue("a", when("go")), make_cue("b", when("a", -1))), [("b", "before-go")]),
        ((make_cue("a", when("start", 5)), make_cue("b", when("start"))), [("b", "order")]),
        ((make_cue("a", when("end", 1)), make_cue("b", when("a", -2))), [("b", "order")]),
        ((make_cue("b", when("a", 1)), make_cue("a", when("go"))), [("a", "order")]),
        ((make_cue("a", when("start"), stream=True),), [("a", "stream-never-ends")]),
        ((make_cue("a", when("start"), record=True),), [("a", "record-never-ends")]),
        ((make_cue("a", when("start"), stream=False),), [("a", "ends-before-start")]),
        (
            (ON, make_cue("g", when("go")), make_cue("x", when("g", 1), stream=False, record=False)),
            [("x", "ends-on-go"), ("x", "ends-on-go")],
        ),
        (
            (
                ON,
                make_cue("g", when("go"), latest=when("end")),
                make_cue("x", when("g", 1), stream=False, record=False),
            ),
            [],
        ),
    ],
)
def test_each_fault_of_a_run_of_show(cues: tuple[Cue, ...], wanted: list[tuple[str, str]]) -> None:
    """Each thing that can't be in a run of show is told, with its cue."""
    faults = rundown_faults(make_ceremony(*cues))
    assert [(fault.cue_id, fault.code) for fault in faults] == wanted


def test_a_real_ceremony_is_fine() -> None:
    """A flag ceremony has no fault."""
    assert rundown_faults(FLAG) == ()
    assert timing_faults(make_occurrence(), FLAG, make_venue()) == ()


@given(strategies.ceremonies())
def test_every_run_of_show_is_judged(ceremony: Ceremony) -> None:
    """Whatever a run of show says, it is judged, and its cues are put in an order that can be worked out."""
    rundown_faults(ceremony)
    rundown = Rundown(ceremony)
    seen: set[int] = set()
    for place in rundown.order:
        up = rundown.parents[place]
        assert up is None or up in seen
        seen.add(place)


def test_an_event_too_short_for_its_ceremony() -> None:
    """Cues that come in another order than they stand, because the event is short, are told with their times."""
    (fault,) = timing_faults(
        make_occurrence(length=8),
        make_ceremony(make_cue("a", when("start", 10), scene="A"), make_cue("b", when("end"), scene="B")),
        make_venue(),
    )
    assert (fault.cue_id, fault.code, fault.other) == ("b", "order", "a")
    assert fault.at is not None
    assert fault.other_at is not None
    assert (fault.other_at - START).total_seconds() == 600


def test_a_go_may_come_early() -> None:
    """A GO cue's `latest` may lie after cues that stand below it and hang on the start, but not after the end."""
    ceremony = make_ceremony(
        make_cue("g", when("go"), latest=when("start", 12)),
        make_cue("a", when("start", 10)),
        make_cue("b", when("end")),
    )
    assert timing_faults(make_occurrence(length=30), ceremony, make_venue()) == ()
    assert [fault.cue_id for fault in timing_faults(make_occurrence(length=11), ceremony, make_venue())] == ["b"]


def test_a_cue_without_a_sun() -> None:
    """A cue that hangs on a sunset that doesn't come is told."""
    tromso = make_venue(latitude=78.2, longitude=15.6)
    ceremony = make_ceremony(make_cue("a", when("sunset")))
    assert [fault.code for fault in timing_faults(make_occurrence(), ceremony, tromso)] == ["no-sun"]


def test_clock_cues_around_midnight() -> None:
    """A clock time far before the start is the next day's; far after the end the day before's."""
    late = make_occurrence(begin=16 * 60)
    ceremony = make_ceremony(make_cue("a", when("00:10")), make_cue("b", when("22:00")))
    assert timing_faults(late, ceremony, make_venue())[0].other == "a"
    early = make_occurrence(begin=-7 * 60)
    assert (
        timing_faults(early, make_ceremony(make_cue("a", when("23:55")), make_cue("b", when("00:20"))), make_venue())
        == ()
    )


def test_a_clock_cue_in_a_gap() -> None:
    """A clock-bound cue whose time doesn't exist, or exists twice, on the event's day is told."""
    event = make_event(timezone="Europe/Berlin")
    forward = Occurrence("a", event, datetime(2027, 3, 28, 0, 30, tzinfo=UTC), datetime(2027, 3, 28, 2, 0, tzinfo=UTC))
    back = Occurrence("a", event, datetime(2027, 10, 31, 0, 30, tzinfo=UTC), datetime(2027, 10, 31, 2, 0, tzinfo=UTC))
    assert clock_fault(when("02:30"), forward) == "gap"
    assert clock_fault(when("02:30"), back) == "overlap"
    assert clock_fault(when("03:30"), forward) is None
