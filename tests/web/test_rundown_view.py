"""What a rundown tells of each cue: planned, expected, happened."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from orchestrator.catalogue.records import AsRun
from orchestrator.plan.model import (
    ChangeKind,
)
from orchestrator.web.live.happened import happened
from tests.fakes.air import VENUE
from tests.fakes.desk import FakeDesk
from tests.fakes.station import NOW
from tests.web.rundowns import EVENT, START, K, line, rows, view_of


@pytest.mark.parametrize(
    ("lines", "outcome", "late"),
    [
        ([line("a"), line("a", late=0.5)], "done", 0.5),
        ([line("a"), line("a", "late", 3.2)], "late", 3.2),
        ([line("a"), line("a", "sent")], "sent", None),
        ([line("a"), line("a", "failed", late=9)], "failed", 0.02),
        ([line("a", "restored", 90), line("a")], "done", 0.02),
        # It was taken back and fired again: what became of it in the end counts.
        ([line("a", "missed"), line("a", "done", minute=4)], "done", 0.02),
    ],
)
def test_what_became_of_a_cue(lines: list[AsRun], outcome: str, late: float | None) -> None:
    """Of all that a cue set, the gravest outcome and the last confirmation tell what became of it."""
    told = happened(lines)["a"]
    assert told.outcome == outcome
    assert told.late == (None if late is None else pytest.approx(late))


def test_a_cue_without_lines_has_not_happened() -> None:
    """Nothing is said of what the log doesn't know, nor where it only put back what was lost."""
    assert (
        happened([line("a", "restored"), AsRun(EVENT, None, VENUE, "mute", NOW, NOW, NOW, None, "", "", "done")]) == {}
    )


def test_planned_expected_and_happened(desk: FakeDesk) -> None:
    """A row has the schedule's time, the time as things stand, and what the log says."""
    desk.change(K.EXTEND, "sari", VENUE, EVENT, value=300)
    view = view_of(desk, line("mulai"))
    told = rows(view)
    assert [row.state for row in view.rows] == ["done", "done", "now", "coming", "coming", "coming"]
    assert (told["selesai"].timed.planned_at, told["selesai"].drift) == (START + timedelta(minutes=50), 300)
    assert told["mulai"].happened is not None
    assert told["mulai"].happened.late == pytest.approx(0.02)
    assert view.next is told["bendera"]
    assert told["detik"].bound == "clock"
    assert [text.text for text in told["detik"].texts] == ["Penaikan Bendera"]


def test_a_change_is_of_the_events_date(desk: FakeDesk) -> None:
    """Moved to another day, the event begins there as if nobody had touched it."""
    assert desk.change(K.SKIP, "sari", VENUE, EVENT, cue="detik").starts_at == START


@pytest.mark.parametrize(
    ("kind", "given", "cue", "state"),
    [
        (K.SKIP, {"cue": "detik"}, "detik", "skipped"),
        (K.HOLD, {}, "bendera", "held"),
        (K.CANCEL, {}, "detik", "cancelled"),
        (K.GO, {"cue": "bendera"}, "bendera", "now"),
    ],
)
def test_what_becomes_of_a_row(desk: FakeDesk, kind: ChangeKind, given: dict[str, Any], cue: str, state: str) -> None:
    """What operators do shows on the row that it concerns."""
    desk.change(kind, "sari", VENUE, EVENT, **given)
    assert rows(view_of(desk))[cue].state == state


def test_how_far_an_event_is(desk: FakeDesk) -> None:
    """It is to come, under way, over or cancelled."""
    assert view_of(desk).stage == "running"
    desk.clock.step(-7200)
    assert view_of(desk).stage == "coming"
    desk.clock.step(4 * 3600)
    desk.catalogue.changes.add(K.CLOSED, desk.clock.now(), "service", VENUE, EVENT)
    assert view_of(desk).stage == "over"
