"""Which cues a SHIFT moves, and what speaks against one."""

from __future__ import annotations

from datetime import datetime, timedelta

from orchestrator.errors import Problem
from orchestrator.plan import problems
from orchestrator.plan.course import COMING
from orchestrator.plan.model import ALONE, BOUND, Change
from orchestrator.plan.span import Span, TimedCue

LONGEST = timedelta(hours=24)
"""By how much a cue may be moved at once."""


def refuse_shift(span: Span, cue: TimedCue, change: Change, now: datetime) -> Problem | None:
    """Why a cue can't be moved so; None if it can."""
    by = _length(change)
    if by is None:
        return problems.bad_shift(change)
    if span.rundown.root(cue.index) in BOUND:
        return problems.bound(change)
    if cue.due is None:
        return problems.no_time(change)
    if cue.due + by <= now:
        return problems.shift_into_past(change)
    coming = [one for one in span.cues if is_coming(one, now) and one.due is not None]
    if change.field == ALONE:
        return _refuse_crossing(span, cue, change, coming, by, now)
    for other in coming:
        if _place(other) < _place(cue) and other.due is not None and other.due > cue.due + by:
            return problems.shift_past(change, other.cue.id)
    limit, extended = span.occurrence.event.max_overrun, span.course.extended
    if limit is not None and by > timedelta(0) and extended + by > limit:
        return problems.past_limit(change, limit, limit - extended)
    return None


def _length(change: Change) -> timedelta | None:
    value = change.value
    if isinstance(value, bool) or not isinstance(value, int | float) or change.field not in {None, ALONE}:
        return None
    return timedelta(seconds=value) if 0 < abs(value) <= LONGEST.total_seconds() else None


def is_coming(cue: TimedCue, now: datetime) -> bool:
    """Whether a cue may still fire."""
    return cue.status in COMING and not (cue.fires and cue.at is not None and cue.at <= now)


def follows(span: Span, other: TimedCue, cue: TimedCue, now: datetime) -> bool:
    """Whether a cue moves by itself when another one does: its time hangs on it, through cues that are to come."""
    timed = {one.index: one for one in span.cues}
    for place in span.rundown.chain(other.index):
        if place == cue.index:
            return True
        if not is_coming(timed[place], now):
            return False
    return False


def _refuse_crossing(
    span: Span, cue: TimedCue, change: Change, coming: list[TimedCue], by: timedelta, now: datetime
) -> Problem | None:
    """Whether a cue that is moved alone, or one that follows it, would pass one that stays."""
    moving = [one for one in coming if follows(span, one, cue, now)]
    for one in moving:
        for other in coming:
            if other in moving or one.due is None or other.due is None:
                continue
            before, after = _place(one) < _place(other), one.due + by <= other.due
            if before and not after:
                return problems.shift_behind(change, one.cue.id, other.cue.id)
            if not before and one.due + by < other.due:
                return problems.shift_past(change, other.cue.id)
    return None


def _place(cue: TimedCue) -> tuple[datetime, int]:
    assert cue.due is not None  # noqa: S101 - only cues that have a time are compared
    return cue.due, cue.index
