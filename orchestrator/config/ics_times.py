"""Times of a calendar: clocks on the wall of a zone, whatever the program that wrote them calls it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from icalendar import vDate, vDatetime, vDuration, vUTCOffset
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from orchestrator.config import ics_problems as problems
from orchestrator.config import times
from orchestrator.config.findings import Findings
from orchestrator.config.ics_text import Component, Property

UTC_ZONE = "UTC"


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as a calendar has it."""

    wall: datetime
    """Naive wall-clock time."""
    zone: str
    """IANA name."""

    def within(self, zone: str) -> datetime:
        """The wall-clock time of another zone at the same moment, naive."""
        if zone == self.zone:
            return self.wall
        return self.instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)

    @property
    def instant(self) -> datetime:
        """Aware."""
        return self.wall.replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC)


class Reader:
    """Reads the times of one calendar, and notes what is wrong with them.

    Args:
        calendar: The calendar, with its own descriptions of zones.
        floating: The zone of times that name none; None: they are refused.
        file: The file's name.
        findings: Where problems are noted.
    """

    def __init__(self, calendar: Component, floating: str | None, file: str, findings: Findings) -> None:
        self._zones = {part.text("TZID"): part for part in calendar.parts if part.kind == "VTIMEZONE"}
        self._floating = floating
        self._file = file
        self._findings = findings

    def moment(self, found: Property, home: str) -> Moment | None:
        """A property's time; None where it can't be used, which is noted.

        Args:
            found: A property that holds one time.
            home: The zone to choose where the calendar leaves a choice: its venue's.
        """
        moments = self.moments(found, home)
        return moments[0] if moments else None

    def moments(self, found: Property, home: str) -> list[Moment]:
        """A property's times; what can't be used is noted."""
        if is_days(found):
            self._findings.add(self._file, problems.all_day(), found.line)
            return []
        read = (self._one(found, text.strip(), home) for text in found.value.split(","))
        return [moment for moment in read if moment is not None]

    def _one(self, found: Property, text: str, home: str) -> Moment | None:
        try:
            wall = cast("datetime", vDatetime.from_ical(text)).replace(tzinfo=None)
        except ValueError:
            self._findings.add(self._file, problems.bad_time(text), found.line)
            return None
        if text.upper().endswith("Z"):
            return Moment(wall, UTC_ZONE)
        name = found.parameters.get("TZID")
        if name is None and self._floating is None:
            self._findings.add(self._file, problems.floating(), found.line)
            return None
        zone = self._floating if name is None else self._zone(name.strip('"'), wall, home)
        if zone is None:
            self._findings.add(self._file, problems.unknown_zone(name or ""), found.line)
            return None
        return Moment(wall, zone)

    def _zone(self, name: str, wall: datetime, home: str) -> str | None:
        """The IANA name of what a calendar calls a zone."""
        described = self._zones.get(name)
        located = described.text("X-LIC-LOCATION") if described is not None else ""
        pieces = name.split("/")
        for candidate in (name, located, *("/".join(pieces[-count:]) for count in (3, 2))):
            if candidate and times.zone_exists(candidate):
                return candidate
        offsets = {ZoneInfo(home).utcoffset(wall)}
        windows = WINDOWS_TO_OLSON.get(name)
        if windows is not None:
            return home if offsets == {ZoneInfo(windows).utcoffset(wall)} else windows
        return home if described is not None and offsets == set(_offsets(described)) else None


def is_days(found: Property) -> bool:
    """Whether a property holds days, not times."""
    first = found.value.split(",")[0].strip()
    return found.parameters.get("VALUE", "").upper() == "DATE" or (len(first) == 8 and first.isdigit())


def dates(found: Property) -> list[date]:
    """The days that a property holds; what isn't one is left out."""
    days = []
    for text in found.value.split(","):
        try:
            days.append(vDate.from_ical(text.strip()))
        except ValueError:
            continue
    return days


def length(text: str) -> timedelta | None:
    """The length of a DURATION; None where it can't be read."""
    try:
        return cast("timedelta", vDuration.from_ical(text.strip()))
    except ValueError:
        return None


def _offsets(zone: Component) -> Iterable[timedelta | None]:
    for part in zone.parts:
        try:
            yield cast("timedelta", vUTCOffset.from_ical(part.text("TZOFFSETTO")))
        except ValueError:
            yield None
