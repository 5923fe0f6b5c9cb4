"""Cues whose time has come: which may no longer be joined, and what is to be said of those that set nothing. Pure.

Once an occurrence is closed all was said of it, wherever its event has moved meanwhile and whatever cues it has got.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from datetime import datetime
from operator import attrgetter

from orchestrator.catalogue.records import Outcome
from orchestrator.plan.course import CueStatus
from orchestrator.plan.model import Cause, Change, ChangeKind, Do, Late, VenueState
from orchestrator.plan.timeline import TimedCue, Timeline
from orchestrator.reconciler.ledger import LATE
from orchestrator.timetable import LOOK_BACK

Told = Callable[[str, str, datetime], bool]
"""Whether a cue (occurrence, cue, its time) has a line in the as-run log."""


def too_late(timeline: Timeline, venue: str, now: datetime, told: Told) -> Iterator[tuple[TimedCue, ChangeKind, Cause]]:
    """Cues that came due, can't have been reached in their grace, and aren't to be joined late.

    A cue that ends the stream or the recording counts however late: without it they would go on for ever.
    """
    for timed in _due(timeline, venue, now):
        cue, at = timed.cue, timed.at
        if cue.late is Late.JOIN or at is None or now - at <= cue.grace or not timed.fires:
            continue
        if False in {cue.do.stream, cue.do.record}:
            continue
        if not told(timed.occurrence.id, cue.id, at):
            kind = ChangeKind.MISSED if cue.late is Late.SKIP else ChangeKind.ASKED
            late = (now - at).total_seconds()
            yield timed, kind, _cause(timed, f"{late:.1f} s late, and its rule for being late is {cue.late}")


def passed_over(
    timeline: Timeline, venue: str, state: VenueState, now: datetime, told: Told
) -> Iterator[tuple[Cause, Outcome]]:
    """Cues that came due, of which nothing is in the state, and that have no line yet; with what became of them."""
    owners = {(cause.occurrence, cause.cue) for cause in state.causes.values()}
    for timed in _due(timeline, venue, now):
        if timeline.spans[timed.occurrence.id].begin is None:
            continue  # one that hasn't had its turn may still get it, here or elsewhere; else `left_behind` tells
        key = timed.occurrence.id, timed.cue.id
        if key not in owners and not told(*key, timed.at or now):
            outcome, reason = _fate(timed, now)
            yield _cause(timed, reason), outcome


def never_came(timeline: Timeline, occurrence: str, now: datetime, told: Told) -> Iterator[tuple[Cause, Outcome]]:
    """Cues of an occurrence that is over whose time never came: a GO that nobody gave."""
    for timed in timeline.spans[occurrence].cues:
        if not told(occurrence, timed.cue.id, timed.at or now):
            outcome: Outcome = "skipped" if timed.skipped else "cancelled"
            yield Cause(occurrence, timed.cue.id, timed.at or now, timed.planned_at, "the event ended before"), outcome


def left_behind(timeline: Timeline, venue: str, state: VenueState, now: datetime) -> Iterator[str]:
    """Occurrences to be closed that have lost their venue to the next one, or never had it.

    One of which something is still wanted (that its stream ends) isn't left behind yet.
    """
    wanting = {cause.occurrence for cause in state.causes.values()}
    there = timeline.venues.get(venue)
    if there is None:
        return
    owner = there.owner(now)
    for span in there.spans[bisect_left(there.reach, now - LOOK_BACK) : bisect_left(there.opens, now)]:
        waits = any(cue.status is CueStatus.HELD for cue in span.cues) if span.begin is None else False
        lost = (
            span is not owner
            and span.occurrence.id not in wanting
            and not waits
            and max(span.occurrence.end, span.reach) <= now
        )
        over = span.begin is None or timeline.is_over(venue, span.occurrence.id, now)
        if lost and over and not span.is_closed(now):
            yield span.occurrence.id


def closed_ahead(timeline: Timeline, venue: str, now: datetime) -> Iterator[int]:
    """Changes that close, later than now, the occurrence that has the venue: the clock was put back since.

    Left as they are they would hide that it ends, if the service is away when it does.
    """
    there = timeline.venues.get(venue)
    span = None if there is None else there.owner(now)
    if span is not None and span.course.closed_at is not None and not span.is_closed(now):
        for change in timeline.changes:
            if change.kind is ChangeKind.CLOSED and change.occurrence == span.occurrence.id and change.at > now:
                yield change.id


def ended_takes(timeline: Timeline, venue: str, now: datetime) -> Iterator[tuple[str, datetime]]:
    """Fields whose take the next cue or event has ended, with its time, where no RELEASE says so yet."""
    there = timeline.venues.get(venue)
    if there is None:
        return
    for field, taken in there.overrides.fields.items():
        for one in taken:
            over = one.change.until != "release" and not one.settling and one.until is not None and one.until <= now
            if over and one.until is not None and not _is_released(timeline, one.change, one.until):
                yield field, one.until


def _is_released(timeline: Timeline, take: Change, at: datetime) -> bool:
    """Whether a later row ends a take by a time, whatever becomes of the cues."""
    return any(
        change.kind in {ChangeKind.TAKE, ChangeKind.RELEASE}
        and (change.venue, change.id > take.id) == (take.venue, True)
        and change.field in {take.field, None}
        and change.at <= at
        for change in timeline.changes
    )


def _due(timeline: Timeline, venue: str, now: datetime) -> list[TimedCue]:
    """Cues of what isn't closed whose time has come, in order of time."""
    there = timeline.venues.get(venue)
    if there is None:
        return []
    since = now - LOOK_BACK
    found = [
        cue
        for span in there.spans[bisect_left(there.reach, since) : bisect_right(there.opens, now)]
        if not span.is_closed(now)
        for cue in span.cues
        if cue.at is not None and since <= cue.at <= now
    ]
    return sorted(found, key=attrgetter("at", "index"))


def _fate(timed: TimedCue, now: datetime) -> tuple[Outcome, str]:
    if timed.skipped:
        return "skipped", "skipped by an operator"
    if timed.status is CueStatus.MISSED:
        return "missed", f"late, and its rule for being late is {timed.cue.late}"
    if not timed.fires:
        return "cancelled", "the event ended before"
    if timed.cue.do == Do():
        return "done", "sets nothing"
    if timed.at is not None and now - timed.at <= LATE:
        return "skipped", "what it sets was taken over by an operator or by another cue"
    return "missed", "a later cue had taken its place when it could be reached"


def _cause(timed: TimedCue, reason: str) -> Cause:
    if timed.at is None:
        raise ValueError(f"cue {timed.cue.id} has no time")
    return Cause(timed.occurrence.id, timed.cue.id, timed.at, timed.planned_at, reason)
