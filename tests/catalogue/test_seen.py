from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.catalogue.records import ChangeRecord
from orchestrator.catalogue.seen import SERVICE, changed_since, mark
from orchestrator.catalogue.store import Catalogue
from orchestrator.i18n import render
from orchestrator.plan.model import Change, ChangeKind

ZONE = "Asia/Jakarta"
AT = datetime(2027, 8, 17, 0, 40, tzinfo=UTC)
WINDOW = timedelta(days=11)


def record(
    number: int, kind: ChangeKind, who: str = "sari", venue: str = "gedung", undone: int | None = None
) -> ChangeRecord:
    change = Change(number, kind, AT + timedelta(seconds=number), who, venue, "upacara", "bendera")
    if undone is None:
        return ChangeRecord(change)
    return ChangeRecord(change, "budi", AT + timedelta(seconds=undone), undone)


def told(seen: str, *records: ChangeRecord) -> str | None:
    problem = changed_since(seen, records, "gedung", ZONE)
    return None if problem is None else render(problem, "en")


def test_nothing_new() -> None:
    """Who has seen all that was done may act."""
    history = [record(1, ChangeKind.HOLD), record(2, ChangeKind.RESUME, undone=9)]
    assert told(mark(history, "gedung"), *history) is None
    assert told(mark([], "gedung")) is None


def test_what_another_did_is_told() -> None:
    """What somebody did since is told with who and when."""
    seen = mark([record(1, ChangeKind.HOLD)], "gedung")
    assert (
        told(seen, record(1, ChangeKind.HOLD), record(5, ChangeKind.EXTEND))
        == "sari has extended the event at 07:40:05."
    )


def test_an_undo_is_told() -> None:
    """What was taken back since is told too, even where nothing new was done."""
    seen = mark([record(1, ChangeKind.HOLD)], "gedung")
    assert told(seen, record(1, ChangeKind.HOLD, undone=7)) == "budi has taken back change number 1 at 07:40:07."


def test_what_does_not_count() -> None:
    """What the service wrote, and what was done at another venue, keep nobody from acting."""
    seen = mark([], "gedung")
    assert told(seen, record(3, ChangeKind.CLOSED, "service"), record(4, ChangeKind.HOLD, venue="aula")) is None


def test_a_mark_that_cannot_be_read() -> None:
    """A mark of nonsense counts as nothing seen."""
    assert told("?", record(1, ChangeKind.GO)) == "sari has given GO for “bendera” at 07:40:01."


def test_an_undo_that_leaves_the_window_hides_no_other() -> None:
    """However far back either side looks, what was taken back since then is told."""
    old, other = record(1, ChangeKind.HOLD, undone=2), record(5, ChangeKind.EXTEND)
    seen = mark([old, other], "gedung")
    assert told(seen, record(5, ChangeKind.EXTEND, undone=9)) == "budi has taken back change number 5 at 07:40:09."


STEP = st.one_of(
    st.tuples(st.just("add"), st.sampled_from(("gedung", "aula")), st.sampled_from(("sari", SERVICE))),
    st.tuples(st.just("undo"), st.integers(0, 30), st.just("budi")),
    st.tuples(st.just("wait"), st.integers(1, 9), st.just("")),
    st.tuples(st.just("look"), st.just(0), st.just("")),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(STEP, max_size=25))
def test_whatever_was_done_since_a_look_is_told_and_nothing_else(steps: list[tuple[str, Any, str]]) -> None:
    """Over days in which changes come and go out of sight: told is exactly what operators did here since the look."""
    with Catalogue("sqlite://") as catalogue:
        now, changes = AT, catalogue.changes
        seen = mark([], "gedung")
        unseen: list[datetime] = []
        for step, value, who in steps:
            if step == "add":
                changes.add(ChangeKind.HOLD, now, who, value)
                unseen += [now] * (value == "gedung" and who != SERVICE)
            elif step == "undo":
                active = changes.active()
                if active:
                    undone = active[value % len(active)]
                    changes.undo(undone.id, who, now)
                    unseen += [now] * (undone.venue == "gedung" and undone.who != SERVICE)
            elif step == "wait":
                now += timedelta(days=value)
            else:
                seen = mark(changes.recent(now - WINDOW), "gedung")
                unseen = []
            problem = changed_since(seen, changes.recent(now - WINDOW), "gedung", ZONE)
            assert (problem is not None) == any(at >= now - WINDOW for at in unseen)
