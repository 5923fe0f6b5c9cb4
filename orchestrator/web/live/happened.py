"""What became of each cue, of the lines of the as-run log. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from orchestrator.catalogue.records import AsRun, Outcome

_GRAVEST: tuple[Outcome, ...] = ("failed", "missed", "late", "sent", "skipped", "cancelled", "done", "already")
"""Of a cue's lines the first of these tells what became of the whole cue."""


@dataclass(frozen=True, slots=True)
class Happened:
    """What became of one cue."""

    outcome: Outcome
    """The gravest of what became of what it set."""
    sent: datetime | None
    """UTC: when the first of it was sent."""
    confirmed: datetime | None
    """UTC: when the last of it was seen; None while something of it wasn't."""
    late: float | None
    """Seconds from its time to when the last of it was seen."""
    restored: int = 0
    """How often something of it was lost and put back."""


def happened(lines: Iterable[AsRun]) -> Mapping[str, Happened]:
    """By cue, what became of it; a cue without lines has none.

    Args:
        lines: The as-run log of one occurrence.
    """
    by_cue: dict[str, list[AsRun]] = defaultdict(list)
    for line in lines:
        if line.cue is not None:
            by_cue[line.cue].append(line)
    return {cue: found for cue, own in by_cue.items() if (found := _of_cue(own)) is not None}


def _of_cue(lines: list[AsRun]) -> Happened | None:
    own = [line for line in lines if line.outcome != "restored"]
    if not own:
        return None
    # A cue that was taken back and fired again (ASKED, then GO) is told as it was in the end.
    last = max((line.planned_at for line in own if line.planned_at is not None), default=None)
    own = [line for line in own if line.planned_at == last]
    seen = [line.confirmed_at for line in own if line.confirmed_at is not None]
    whole = all(line.confirmed_at is not None for line in own if line.outcome == "sent")
    confirmed = max(seen) if seen and whole else None
    return Happened(
        outcome=min((line.outcome for line in own), key=_GRAVEST.index),
        sent=min((line.sent_at for line in own if line.sent_at is not None), default=None),
        confirmed=confirmed,
        late=None if confirmed is None or last is None else (confirmed - last).total_seconds(),
        restored=len(lines) - sum(line.outcome != "restored" for line in lines),
    )
