"""Whether an event's cues come in the order in which its ceremony lists them, at that event's times."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from orchestrator.config import check_problems as problems
from orchestrator.config.findings import Findings
from orchestrator.config.parts import EventPart
from orchestrator.config.tree import Document
from orchestrator.errors import Problem
from orchestrator.plan.model import BOUND, Ceremony, Event, Occurrence, Venue
from orchestrator.plan.planned import TimingFault, timing_faults
from orchestrator.plan.recurrence import first_start
from orchestrator.plan.rundown import rundown_faults


class OrderCheck:
    """Checks events one after the other; what can't differ from event to event is worked out once."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._hangs: dict[str, bool] = {}
        self._faulty: dict[str, bool] = {}
        self._sound: set[tuple[str, str, timedelta, datetime | None]] = set()

    def check(self, part: EventPart, ceremony: Ceremony, venue: Venue, document: Document) -> None:
        """Note what is in disorder at the event's first occurrence; a ceremony with faults of its own has them told."""
        event = part.event
        if ceremony.id not in self._hangs:
            self._hangs[ceremony.id] = _hangs_on_day(ceremony)
            self._faulty[ceremony.id] = bool(rundown_faults(ceremony))
        if self._faulty[ceremony.id]:
            return
        start = first_start(event, venue) if self._hangs[ceremony.id] else None
        key = ceremony.id, venue.id, event.duration, start
        if key in self._sound:
            return
        start = start or first_start(event, venue)
        if start is None:
            return
        faults = timing_faults(Occurrence(event.id, event, start, start + event.duration), ceremony, venue)
        if not faults:
            self._sound.add(key)
        for fault in faults:
            document.find(self._findings, _problem(fault, event), "events", part.index, "start")


def _hangs_on_day(ceremony: Ceremony) -> bool:
    """Whether the order of a ceremony's cues can differ from day to day."""
    return any(at.anchor in BOUND for cue in ceremony.cues for at in (cue.at, cue.latest) if at is not None)


def _problem(fault: TimingFault, event: Event) -> Problem:
    if fault.code == "no-sun":
        return problems.cue_without_sun(fault.cue_id)
    zone = ZoneInfo(event.timezone)
    at, other_at = (f"{time.astimezone(zone):%H:%M:%S}" if time else "" for time in (fault.at, fault.other_at))
    return problems.cues_in_disorder(fault.cue_id, at, fault.other, other_at)
