from __future__ import annotations

from datetime import UTC, datetime, timedelta

from orchestrator.catalogue.records import ChangeRecord
from orchestrator.catalogue.seen import changed_since, mark
from orchestrator.i18n import render
from orchestrator.plan.model import Change, ChangeKind

ZONE = "Asia/Jakarta"
AT = datetime(2027, 8, 17, 0, 40, tzinfo=UTC)


def record(
    number: int, kind: ChangeKind, who: str = "sari", venue: str = "gedung", undone: int | None = None
) -> ChangeRecord:
    change = Change(number, kind, AT + timedelta(seconds=number), who, venue, "upacara", "bendera")
    return ChangeRecord(
        change, None if undone is None else "budi", None if undone is None else AT + timedelta(seconds=undone)
    )


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
