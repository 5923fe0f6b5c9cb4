"""What a shift would do, worked out before it is made: to the cues, to the end, and to the events after it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import dropwhile

from orchestrator.errors import N_, Problem
from orchestrator.plan.model import Change
from orchestrator.plan.shifts import is_coming
from orchestrator.plan.state import state_at
from orchestrator.plan.timeline import Span, TimedCue, Timeline, with_changes
from orchestrator.web.planned import end_of

SOON = timedelta(minutes=1)
"""A cue that would fire within this is told of."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A cue that is still to come, before and after."""

    timed: TimedCue
    """The cue, as it would be."""
    before: datetime | None
    """UTC: its time as things stand."""

    @property
    def after(self) -> datetime | None:
        """UTC: its time as it would be."""
        return self.timed.at or self.timed.due

    @property
    def moves(self) -> bool:
        """Whether its time changes."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Effect:
    """What a shift would do."""

    cues: tuple[Moved, ...]
    """The first cue that would move and all after it, in the order that they would have."""
    end: tuple[datetime, datetime]
    """UTC: the event's end, before and after."""
    dangers: tuple[Problem, ...]
    """What an operator should know before they say yes."""


def effect_of(timeline: Timeline, change: Change, now: datetime) -> Effect:
    """What a shift would do; `refuse` MUST have found nothing against it.

    Args:
        timeline: The timeline without it.
        change: The shift, to count from now.
        now: Aware.
    """
    occurrence = change.occurrence or ""
    number = max((one.id for one in timeline.changes), default=0) + 1
    after = with_changes(timeline, (*timeline.changes, replace(change, id=number, at=now)))
    span, moved = timeline.spans[occurrence], after.spans[occurrence]
    times = {timed.index: timed.at or timed.due for timed in span.cues}
    coming = sorted(
        (timed for timed in moved.cues if is_coming(timed, now)),
        key=lambda timed: (timed.at or timed.due or moved.reach, timed.index),
    )
    cues = tuple(dropwhile(lambda one: not one.moves, (Moved(timed, times[timed.index]) for timed in coming)))
    dangers = (*_sudden(timeline, cues, change, now), *_in_the_way(timeline, after, span, moved))
    return Effect(cues, (end_of(span), end_of(moved)), dangers)


def _sudden(timeline: Timeline, cues: tuple[Moved, ...], change: Change, now: datetime) -> Iterator[Problem]:
    """What would happen at once, or under a locked picture."""
    first = next((one for one in cues if one.moves and one.after is not None), None)
    if first is None or first.after is None or first.before is None or first.after >= first.before:
        return
    values = {"cue": first.timed.cue.id, "seconds": round((first.after - now).total_seconds())}
    if first.after - now <= SOON:
        yield Problem(
            "shift.soon",
            N_("“{cue}” happens {seconds} seconds from now: be ready for it, or move it by less."),
            values,
            change.venue,
        )
    state = state_at(timeline, change.venue, now)
    if state.locked and state.occurrence == change.occurrence:
        yield Problem(
            "shift.locked",
            N_(
                "The picture is locked for “{now}”: “{cue}” would end that earlier. "
                "Move it only if “{now}” may be cut short."
            ),
            {**values, "now": state.cue or ""},
            change.venue,
        )


def _in_the_way(before: Timeline, after: Timeline, span: Span, moved: Span) -> Iterator[Problem]:
    """Other events that would have to wait, or that want a destination that isn't free yet."""
    for name, other in after.spans.items():
        was = before.spans[name]
        if name == span.occurrence.id or other.cancelled:
            continue
        values = {"title": other.occurrence.event.title}
        if other.venue.id == span.venue.id and (was.begin, was.blocked) != (other.begin, other.blocked):
            yield Problem(
                "shift.overlap",
                N_(
                    "“{title}” would have to wait: this event would still have the venue. "
                    "Move by less, or let “{title}” begin later."
                ),
                values,
                span.venue.id,
            )
        shared = set(other.occurrence.event.destinations) & set(span.occurrence.event.destinations)
        opens = other.begin or other.opens
        if other.venue.id != span.venue.id and shared and span.reach <= opens < moved.reach:
            yield Problem(
                "shift.destination",
                N_(
                    "“{title}” wants {names} from {venue} while this event would still use it. "
                    "Move by less, or give “{title}” another destination."
                ),
                {**values, "names": ", ".join(sorted(shared)), "venue": other.venue.name},
                span.venue.id,
            )
