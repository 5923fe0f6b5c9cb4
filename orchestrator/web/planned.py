"""The cues that a plan shows: those that will fire, wait or are held, in the order in which they come. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from orchestrator.plan.course import CueStatus
from orchestrator.plan.timeline import Span, TimedCue, Timeline

MARGIN = timedelta(days=1)
"""How far before and after its event a cue may lie."""

_MINUTE = timedelta(minutes=1)
_SHOWN = frozenset({CueStatus.DUE, CueStatus.WAITING, CueStatus.HELD})


def planned_cues(
    timeline: Timeline, since: datetime, until: datetime, venue: str | None = None, event: str | None = None
) -> list[TimedCue]:
    """Cues whose time lies in [since, until), with those that have no time yet at their place in the rundown.

    Args:
        timeline: The timeline; it must reach from `since` to `until`.
        since: Aware.
        until: Aware.
        venue: One venue's id; None for all.
        event: One event's or occurrence's id; None for all.
    """
    found: list[tuple[datetime, int, str, TimedCue]] = []
    for span in timeline.spans.values():
        occurrence = span.occurrence
        if venue not in {None, span.venue.id} or event not in {None, occurrence.id, occurrence.event.id}:
            continue
        found += [(at, timed.index, occurrence.id, timed) for at, timed in _placed(span) if since <= at < until]
    return [timed for *_, timed in sorted(found, key=lambda entry: entry[:3])]


def _placed(span: Span) -> Iterator[tuple[datetime, TimedCue]]:
    """Each cue that is shown, with the time that it is sorted by: a cue without one follows the one before it."""
    previous = span.opens
    for timed in sorted(span.cues, key=lambda timed: timed.index):
        at = timed.at or timed.due or previous
        previous = max(previous, at)
        if timed.status in _SHOWN:
            yield at, timed


def end_of(span: Span) -> datetime:
    """An occurrence's end, as operators' changes have it; the planned one where it was cancelled before its start."""
    if span.course.cancelled_at is not None and span.course.cancelled_at <= span.occurrence.start:
        return span.occurrence.end
    return span.course.ends[-1][1] if span.course.ends else span.occurrence.end


def held_since(span: Span, now: datetime) -> datetime | None:
    """UTC: since when an operator holds an occurrence; None: nobody does."""
    held = [since for since, until in span.course.holds if since <= now and (until is None or now < until)]
    return max(held, default=None)


def expected_end(span: Span, now: datetime) -> datetime:
    """An occurrence's end if it went on now: each whole minute of a hold makes it a minute later."""
    end, since = end_of(span), held_since(span, now)
    return end if since is None or end <= since else end + (now - since) // _MINUTE * _MINUTE
