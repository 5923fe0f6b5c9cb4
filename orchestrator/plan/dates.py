"""Which of an occurrence's changes count, after its event was moved to another date.

A single event keeps its id wherever it is moved. What operators decided was decided of a date: moved within its day it
keeps that, since it is the same event a little later or earlier. On another day it begins anew, as if nobody had
touched it, and so it does on the same day once it has taken place.
"""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from orchestrator.plan.model import Change, ChangeKind, Occurrence


def counting(changes: Sequence[Change], occurrence: Occurrence) -> tuple[Change, ...]:
    """Of changes that name an occurrence those that were made of its present date.

    Args:
        changes: In any order; of one whose date isn't known it is taken to be this.
        occurrence: As it is planned now.
    """
    closed = max((change.id for change in changes if _is_past(change, occurrence)), default=-1)
    return tuple(change for change in changes if change.id > closed and _is_of_day(change, occurrence))


def _is_past(change: Change, occurrence: Occurrence) -> bool:
    """Whether it closed an occurrence that was moved to a later time since."""
    moved = change.starts_at is not None and change.starts_at != occurrence.start
    return change.kind is ChangeKind.CLOSED and moved and change.at < occurrence.start


def _is_of_day(change: Change, occurrence: Occurrence) -> bool:
    if change.starts_at is None or change.starts_at == occurrence.start:
        return True
    zone = ZoneInfo(occurrence.event.timezone)
    return change.starts_at.astimezone(zone).date() == occurrence.start.astimezone(zone).date()
