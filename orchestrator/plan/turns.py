"""Whose a venue is: one occurrence's at a time, in the order in which they want it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from orchestrator.plan.course import COMING, CueStatus
from orchestrator.plan.model import Change, ChangeKind
from orchestrator.plan.span import Span, breaks_of, in_order, make_span, reach_of


def take_turns(alone: Sequence[Span], by_occurrence: Mapping[str, tuple[Change, ...]]) -> list[Span]:
    """Give the venue to one after another, in the order in which they want it."""
    done = [span for span in alone if span.begin is None]
    wanting = [
        (span.begin, span.occurrence.start, span.occurrence.id, span) for span in alone if span.begin is not None
    ]
    owner: Span | None = None
    for begin, _, _, span in sorted(wanting, key=lambda entry: entry[:3]):
        free = begin if owner is None or owner.begin is None else _free_at(owner, max(begin, owner.begin))
        turn = _blocked(span) if free is None else _turn(span, free)
        if turn.begin is None:
            done.append(turn)
            continue
        if owner is not None:
            done.append(_cut(owner, turn.begin, by_occurrence))
        owner = turn
    return done if owner is None else [*done, owner]


def _free_at(owner: Span, wanted: datetime) -> datetime | None:
    """When the venue is free for the next one that wants it from `wanted` on; None: not to be said yet."""
    for begin, over in owner.course.active:
        if begin > wanted:
            break
        if over is None:
            return None
        wanted = max(wanted, over)
    return wanted


def _cut(owner: Span, taken_over: datetime, by_occurrence: Mapping[str, tuple[Change, ...]]) -> Span:
    """The owner without what was asked of it after another had taken over its venue; that it is closed counts."""
    changes = by_occurrence.get(owner.occurrence.id, ())
    counting = [change for change in changes if change.at <= taken_over or change.kind is ChangeKind.CLOSED]
    if len(counting) == len(changes) or owner.begin is None:
        return owner
    return _turn(make_span(owner.occurrence, owner.rundown, owner.venue, counting), owner.begin)


def _blocked(span: Span) -> Span:
    """A span whose turn can't be said yet."""
    cues = tuple(replace(cue, at=None, status=CueStatus.HELD) if cue.fires else cue for cue in span.cues)
    return replace(span, cues=cues, begin=None, last=None, blocked=True, breaks=(), reach=reach_of(cues, span.opens))


def _turn(span: Span, free: datetime) -> Span:
    """A span that gets its venue at `free`, or when it wants it if that is later."""
    if span.begin is None or free <= span.begin:
        return span
    course = span.course
    over = course.active[0][1]
    too_late = over is not None and over <= free
    if too_late or (course.cancelled_at is not None and course.cancelled_at <= free):
        cues = tuple(replace(cue, status=CueStatus.CANCELLED) if cue.status in COMING else cue for cue in span.cues)
        return replace(span, cues=cues, begin=None, last=None, breaks=())
    course = replace(
        course,
        firings=tuple(
            replace(firing, since=max(firing.since, free))
            for firing in course.firings
            if firing.until is None or firing.until > free
        ),
        active=tuple((max(begin, free), over) for begin, over in course.active if over is None or over > free),
    )
    cues = tuple(cue if cue.at is None or not cue.fires else replace(cue, at=max(cue.at, free)) for cue in span.cues)
    return replace(
        span,
        cues=in_order(cues),
        course=course,
        begin=free,
        breaks=breaks_of(course, free),
        reach=reach_of(cues, span.opens),
    )
