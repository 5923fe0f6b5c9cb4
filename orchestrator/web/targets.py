"""What an operator means: a venue or an event by its id, and the cue that waits for GO. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from orchestrator.config.model import Configuration
from orchestrator.errors import OrchestratorError
from orchestrator.plan.course import CueStatus
from orchestrator.plan.model import Anchor
from orchestrator.plan.state import occurrence_at
from orchestrator.plan.timeline import Span, TimedCue, Timeline
from orchestrator.web import problems


class TargetError(OrchestratorError):
    """A name that means nothing here."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a change is to go."""

    venue: str
    """The venue's id."""
    occurrence: str | None
    """The occurrence's id; None where a venue was named at which nothing runs."""


def find(name: str, configuration: Configuration, timeline: Timeline, now: datetime) -> Target:
    """The venue or the occurrence of that name; of a repeating event, the occurrence that runs or comes next."""
    if name in configuration.venues:
        return Target(name, running_at(timeline, name, now))
    span = timeline.spans.get(name) or of_event(name, timeline, now)
    if span is None:
        raise TargetError(problems.unknown_target(name))
    return Target(span.venue.id, span.occurrence.id)


def running_at(timeline: Timeline, venue: str, now: datetime) -> str | None:
    """The occurrence that a venue belongs to now."""
    occurrence = occurrence_at(timeline, venue, now)
    return None if occurrence is None else occurrence.id


def of_event(event: str, timeline: Timeline, now: datetime) -> Span | None:
    """The occurrence of an event that runs or comes next."""
    spans = [span for span in timeline.spans.values() if span.occurrence.event.id == event]
    for span in sorted(spans, key=lambda span: span.occurrence.start):
        if running_at(timeline, span.venue.id, now) == span.occurrence.id or span.occurrence.start > now:
            return span
    return None


def waiting_cue(span: Span, now: datetime) -> str:
    """The cue that a GO without a name means: the first that waits for one after what has fired.

    Raises:
        TargetError: none waits.
    """
    waiting = sorted(timed.index for timed in span.cues if _waits(timed, now))
    if not waiting:
        raise TargetError(problems.no_waiting_cue(span.occurrence.id))
    fired = max(
        (timed.index for timed in span.cues if timed.fires and timed.at is not None and timed.at <= now), default=-1
    )
    place = next((place for place in waiting if place > fired), waiting[0])
    return span.ceremony.cues[place].id


def _waits(timed: TimedCue, now: datetime) -> bool:
    if timed.status is CueStatus.WAITING:
        return True
    by_itself = timed.status in {CueStatus.DUE, CueStatus.HELD} and timed.cue.at.anchor is Anchor.GO
    return by_itself and (timed.at is None or timed.at > now)
