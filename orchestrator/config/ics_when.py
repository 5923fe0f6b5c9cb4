"""When an entry of a calendar takes place, and which day of its event it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from orchestrator.config import ics_problems as problems
from orchestrator.config import times
from orchestrator.config.findings import Findings
from orchestrator.config.ics_places import venue_of
from orchestrator.config.ics_text import Component, Property
from orchestrator.config.ics_times import UTC_ZONE, Moment, Reader, dates, is_days, length
from orchestrator.errors import Problem
from orchestrator.plan.model import Venue


@dataclass(frozen=True, slots=True)
class When:
    """When an entry takes place."""

    start: Moment
    """Its start."""
    length: timedelta
    """From start to end."""

    @property
    def end(self) -> datetime:
        """Aware: its end."""
        return self.start.instant + self.length

    def at(self, wall: datetime) -> When:
        """The same at another wall-clock time."""
        return replace(self, start=Moment(wall, self.start.zone))


class WhenReader:
    """Reads when the entries of one calendar take place; what can't be used is noted.

    Args:
        times: Reads the calendar's times.
        venues: By id.
        zone: The zone of entries whose venue isn't known.
        file: What the file is called.
        findings: Where problems are noted.
    """

    def __init__(self, times: Reader, venues: Mapping[str, Venue], zone: str, file: str, findings: Findings) -> None:
        self._times = times
        self._venues = venues
        self._zone = zone
        self._file = file
        self._findings = findings

    def when(self, entry: Component) -> When | None:
        """When an entry takes place; None where that can't be used, which is noted."""
        began = entry.first("DTSTART")
        if began is None:
            self._note(problems.no_start(), entry)
            return None
        start = self._times.moment(began, self._home(entry))
        long = None if start is None else self._length(entry, began, start)
        return None if start is None or long is None else When(start, long)

    def _length(self, entry: Component, began: Property, start: Moment) -> timedelta | None:
        """From its start to its end; None where that can't be used, which is noted."""
        long, at = None, entry.first("DURATION")
        if (until := entry.first("DTEND")) is not None:
            end = self._times.moment(until, start.zone)
            if end is None:
                return None
            long, at = end.instant - start.instant, until
        elif at is not None and (long := length(at.value)) is None:
            self._note(problems.bad_length(at.value), at)
            return None
        if long is None or at is None:
            self._note(problems.no_end(), began)
            return None
        if not timedelta(0) < long <= times.LONGEST:
            self._note(problems.bad_end() if long <= timedelta(0) else problems.too_long(times.LONGEST.days), at)
            return None
        return long

    def at_home(self, when: When, entry: Component) -> When:
        """A single time that is given in UTC, in the zone of its place."""
        home = self._home(entry)
        return replace(when, start=Moment(when.start.within(home), home)) if when.start.zone == UTC_ZONE else when

    def day_of(self, entry: Component, start: Moment) -> date | None:
        """Which day of its event a single day's entry is about."""
        found = entry.first("RECURRENCE-ID")
        if found is None:
            return None
        if found.parameters.get("RANGE", "").upper() == "THISANDFUTURE":
            self._note(problems.this_and_future(), found)
            return None
        if is_days(found):
            days = dates(found)
            return days[0] if days else None
        moment = self._times.moment(found, start.zone)
        return None if moment is None else moment.within(start.zone).date()

    def _home(self, entry: Component) -> str:
        venue = venue_of(entry, self._venues)
        return self._zone if venue is None else self._venues[venue].timezone

    def _note(self, problem: Problem, at: Component | Property) -> None:
        self._findings.add(self._file, problem, at.line)
