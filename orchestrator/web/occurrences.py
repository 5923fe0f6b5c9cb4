"""Finds an occurrence by its name, however far from now it is, and those before and after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from orchestrator.config.model import Configuration
from orchestrator.plan.model import Event, Occurrence
from orchestrator.plan.recurrence import first_start, occurrences, to_utc
from orchestrator.plan.timeline import Span, Timeline
from orchestrator.timetable import LOOK_BACK
from orchestrator.web.desk import Desk

_REACH = (timedelta(days=9), timedelta(days=40), timedelta(days=400))
"""How far is looked for the occurrence before or after another, in steps: most repeat each week."""

_YEARS = range(1900, 9000)
"""In which a name's time is looked for: there is room for a window around it."""


@dataclass(frozen=True, slots=True)
class Found:
    """An occurrence that was found."""

    span: Span
    """Its part of the timeline."""
    timeline: Timeline
    """The timeline that it stands in."""
    is_near: bool
    """Whether that is the one around now, in which operators can change it."""


def find(desk: Desk, name: str) -> Found | None:
    """The occurrence of that name, as operators' changes have it; None where the schedule has none."""
    timeline = desk.timeline()
    if (span := timeline.spans.get(name)) is not None:
        return Found(span, timeline, is_near=True)
    start = _start(desk.configuration(), name)
    if start is None:
        return None
    timeline = desk.plan(start - LOOK_BACK, start + LOOK_BACK)
    span = timeline.spans.get(name)
    return None if span is None else Found(span, timeline, is_near=False)


def event_of(configuration: Configuration, name: str) -> Event | None:
    """The event that an occurrence's name, or its own, speaks of."""
    identifier = name.partition("@")[0]
    return next((event for event in configuration.events if event.id == identifier), None)


def _start(configuration: Configuration, name: str) -> datetime | None:
    """About when an occurrence of that name is."""
    event = event_of(configuration, name)
    if event is None:
        return None
    day = name.partition("@")[2]
    try:
        if day:
            start = to_utc(datetime.fromisoformat(day), event.timezone)
            return start if start.year in _YEARS else None
        return first_start(event, configuration.venues[event.venue])
    except (ValueError, OverflowError):
        return None


def neighbours(configuration: Configuration, occurrence: Occurrence) -> tuple[Occurrence | None, Occurrence | None]:
    """The occurrence of the same event before, and the one after."""
    event, start = occurrence.event, occurrence.start
    if event.repeat is None:
        return None, None
    venue = configuration.venues[event.venue]

    def search(direction: int) -> Occurrence | None:
        for reach in _REACH:
            since, until = sorted((start, start + direction * reach))
            found = occurrences(event, venue, since, until)
            others = [one for one in found if (one.start - start) * direction > timedelta(0)]
            if others:
                return others[-1] if direction < 0 else others[0]
        return None

    return search(-1), search(1)
