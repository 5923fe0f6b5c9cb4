"""What an event that lasts longer than planned takes from others: their venue, or a destination. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from orchestrator.errors import N_, Problem
from orchestrator.plan.model import Destination
from orchestrator.plan.timeline import Span, Timeline
from orchestrator.web.wording import minutes

_SOON = timedelta(minutes=30)
"""Of an event whose end can't be said, what it keeps from its venue within this time is told."""


@dataclass(frozen=True, slots=True)
class Crowded:
    """An event that doesn't get what it wants when it wants it."""

    occurrence: str
    """Its id."""
    problem: Problem
    """What becomes of it."""


def crowded_by(
    timeline: Timeline, span: Span, destinations: Mapping[str, Destination], now: datetime
) -> tuple[Crowded, ...]:
    """The events that would begin while another one still has what they want, in order of time.

    Args:
        timeline: What happens.
        span: The one that has it.
        destinations: By id; for their names.
        now: Aware.
    """
    return (*_at_the_venue(timeline, span, now), *_at_destinations(timeline, span, destinations))


def _at_the_venue(timeline: Timeline, span: Span, now: datetime) -> Iterator[Crowded]:
    there = timeline.venues[span.venue.id]
    wanted = {one.occurrence.id: one.begin for one in there.alone}
    until = now + _SOON if span.last is None else span.last
    for other in there.spans:
        begin = wanted[other.occurrence.id]
        if other.occurrence.id == span.occurrence.id or other.cancelled or begin is None:
            continue
        if not (span.begin or span.opens) <= begin < until or other.begin == begin:
            continue
        values = {"title": other.occurrence.event.title}
        if other.blocked:
            problem = Problem("crowded.waits", N_("“{title}” can't begin until this event is over."), values)
        elif other.begin is None:
            problem = Problem(
                "crowded.no-turn",
                N_("“{title}” can't take place: this event has the venue for all of its time. Reschedule it."),
                values,
            )
        else:
            problem = Problem(
                "crowded.later",
                N_("“{title}” begins only at {time}: until then this event has the venue."),
                {**values, "time": minutes(other.begin, span.venue.timezone)},
            )
        yield Crowded(other.occurrence.id, problem)


def _at_destinations(timeline: Timeline, span: Span, known: Mapping[str, Destination]) -> Iterator[Crowded]:
    own = set(span.occurrence.event.destinations)
    for other in timeline.spans.values():
        shared = own & set(other.occurrence.event.destinations)
        if other.venue.id == span.venue.id or not shared:
            continue
        begin = next(
            (since for since, _ in _streamed(other) if any(_in(since, mine) for mine in _streamed(span))), None
        )
        if begin is None:
            continue
        template = N_("“{title}” at {venue} wants {names} from {time} on, and this event is still streamed there.")
        values = {
            "title": other.occurrence.event.title,
            "venue": other.venue.name,
            "names": ", ".join(sorted(known[name].name if name in known else name for name in shared)),
            "time": minutes(begin, span.venue.timezone),
        }
        yield Crowded(other.occurrence.id, Problem("crowded.destination", template, values))


def _in(t: datetime, stretch: tuple[datetime, datetime | None]) -> bool:
    since, until = stretch
    return since <= t and (until is None or t < until)


def _streamed(span: Span) -> Iterator[tuple[datetime, datetime | None]]:
    """From when to when its cues have it streamed; None: until its end can be said."""
    since = None
    for timed in span.cues:
        if not timed.fires or timed.at is None or timed.cue.do.stream is None:
            continue
        if timed.cue.do.stream and since is None:
            since = timed.at
        elif not timed.cue.do.stream and since is not None:
            yield since, timed.at
            since = None
    if since is not None:
        yield since, None
