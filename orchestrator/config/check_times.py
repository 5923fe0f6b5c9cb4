"""What is wrong with the times of events: those that don't exist, exist twice, or never come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from orchestrator.config import check_problems as problems
from orchestrator.config.check_order import OrderCheck
from orchestrator.config.findings import Findings
from orchestrator.config.parts import EventPart, Parts
from orchestrator.config.tree import Document
from orchestrator.errors import Problem
from orchestrator.plan.model import Cue, Event, Occurrence, Repeat, Venue
from orchestrator.plan.planned import clock_fault
from orchestrator.plan.recurrence import first_start, local_time_fault


def check_times(parts: Parts, document: Document, findings: Findings) -> None:
    """Every event takes place, at a time that exists once."""
    order = OrderCheck(findings)
    for part in parts.events:
        found = (parts.venues or {}).get(part.event.venue)
        if found is None or found.venue is None:
            continue
        _check_event(part, found.venue, document, findings)
        ceremony = (parts.ceremonies or {}).get(part.event.ceremony)
        if ceremony is not None and ceremony.ceremony is not None:
            order.check(part, ceremony.ceremony, found.venue, document)
        if ceremony is not None and part.event.repeat is None and not _steady(part.event):
            _check_clock_cues(part, found.venue, [cue for _, cue in ceremony.cues], document, findings)


def _check_event(part: EventPart, venue: Venue, document: Document, findings: Findings) -> None:
    event, here = part.event, ("events", part.index)
    start, repeat = event.start, event.repeat
    if repeat is not None and repeat.until is not None and repeat.until < start.date:
        document.find(findings, problems.until_before_start(str(repeat.until)), *here, "repeat", "until")
    elif start.sun is not None or (repeat is not None and not _on_first_day(event.start.date, repeat)):
        if first_start(event, venue) is None:
            problem = problems.no_sun(str(start.date)) if repeat is None else problems.never_happens()
            document.find(findings, problem, *here, "start" if repeat is None else "repeat")
    elif start.time is not None and not _steady(event):
        fault = local_time_fault(start.date, start.time, event.timezone)
        if fault is not None:
            document.find(findings, _clock_change(fault, f"{start.date} {start.time:%H:%M}", event), *here, "start")


def _on_first_day(first: date, repeat: Repeat) -> bool:
    """Whether an event surely takes place on its first day, which spares working out its days."""
    return "BY" not in repeat.rrule and first not in repeat.exclude


def _clock_change(fault: Literal["gap", "overlap"], value: str, event: Event) -> Problem:
    make = problems.time_gap if fault == "gap" else problems.time_overlap
    return make(value, event.timezone)


def _check_clock_cues(
    part: EventPart, venue: Venue, cues: Sequence[Cue], document: Document, findings: Findings
) -> None:
    """Cues that are bound to the clock have a time that exists once on the event's day."""
    event = part.event
    start = first_start(event, venue)
    if start is None:
        return
    occurrence = Occurrence(event.id, event, start, start + event.duration)
    for cue in cues:
        fault = clock_fault(cue.at, occurrence) if cue.at.clock is not None else None
        if fault is not None:
            value = f"{cue.id}, {event.start.date} {cue.at.clock:%H:%M:%S}"
            document.find(findings, _clock_change(fault, value, event), "events", part.index, "start")


def _steady(event: Event) -> bool:
    """Whether clocks go neither forward nor back in the year that an event starts in."""
    return _steady_zone(event.timezone, event.start.date.year)


@lru_cache(maxsize=1024)
def _steady_zone(zone: str, year: int) -> bool:
    first = datetime(year, 1, 1, tzinfo=UTC) - timedelta(days=2)
    known = ZoneInfo(zone)
    return len({(first + timedelta(days=day)).astimezone(known).utcoffset() for day in range(370)}) == 1
