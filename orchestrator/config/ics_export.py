"""The schedule as a calendar (RFC 5545) that office programs subscribe to.

What a calendar can say of an event is one VEVENT: its start, its rule, the days left out and added. What hangs on the
sun, and the few rules that programs read differently, stands there day by day instead. In both cases a UID stays the
same for as long as the event's id does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

from orchestrator.config import ics_names as names
from orchestrator.config.ics_zones import description
from orchestrator.config.near import length_text
from orchestrator.errors import N_
from orchestrator.i18n import Language, translate
from orchestrator.plan.model import Ceremony, Destination, Event, Occurrence, Repeat, StartSpec, Venue
from orchestrator.plan.recurrence import occurrences, to_utc
from orchestrator.plan.rules import LATEST, days_of

_UTC = "UTC"
_LAST_SECOND = time(23, 59, 59)
_LONGEST = 75
"""Bytes of a line."""
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
"""What would mean something else in a text."""
_REFRESH = "PT15M"
"""How often a program is asked to look again."""
_ZONE_BACK, _ZONE_AHEAD = 5, 15
"""Years before and after now for which a zone is described."""
_NUMBERED = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Published:
    """What a calendar is written of."""

    station: str
    """The station's name."""
    events: Iterable[Event]
    """The events; disabled ones are left out."""
    venues: Mapping[str, Venue]
    """By id."""
    ceremonies: Mapping[str, Ceremony]
    """By id."""
    destinations: Mapping[str, Destination]
    """By id."""
    cancelled: frozenset[str]
    """Ids of occurrences that operators cancelled."""
    since: datetime
    """Aware: what is over by then, or stands day by day before it, is left out; what repeats is whole."""
    until: datetime
    """Aware: until when what stands day by day is written."""
    stamp: datetime
    """Aware: when it is written."""
    language: Language
    """Of what people read in it."""


def calendar(what: Published, title: str) -> bytes:
    """The calendar's file.

    Args:
        what: The schedule.
        title: What programs call the calendar.
    """
    shown = [event for event in what.events if not event.disabled]
    zones = sorted({event.timezone for event in shown} - {_UTC})
    head = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//orchestrator//schedule//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        _text("NAME", title),
        _text("X-WR-CALNAME", title),
        f"REFRESH-INTERVAL;VALUE=DURATION:{_REFRESH}",
        f"X-PUBLISHED-TTL:{_REFRESH}",
    ]
    writer = _Writer(what)
    lines = chain(
        head, *(_described(zone, what.stamp) for zone in zones), *map(writer.entries, shown), ["END:VCALENDAR"]
    )
    return b"".join(folded(line) for line in lines)


def uid_of(event: Event, station: str) -> str:
    """What an event is called in calendars: as where it came from, else by its id and the station's name."""
    if event.uid is not None:
        return event.uid
    return f"{event.id}@{re.sub(r'[^a-z0-9]+', '-', station.lower()).strip('-') or 'orchestrator'}"


def folded(line: str) -> bytes:
    """A line as a file has it: none of its pieces is longer than 75 bytes."""
    raw = line.encode()
    if len(raw) <= _LONGEST:
        return raw + b"\r\n"
    pieces = []
    while len(raw) > _LONGEST:
        cut = _LONGEST
        while raw[cut] & 0xC0 == 0x80:  # no character is cut in two
            cut -= 1
        pieces.append(raw[:cut])
        raw = b" " + raw[cut:]
    return b"\r\n".join((*pieces, raw, b""))


def _text(name: str, value: str) -> str:
    return f"{name}:{value.translate(_ESCAPED)}"


def _described(zone: str, now: datetime) -> tuple[str, ...]:
    return description(zone, now.year - _ZONE_BACK, now.year + _ZONE_AHEAD)


def _time(name: str, walls: Iterable[datetime], zone: str) -> str:
    """A property of times of the day in a zone."""
    if zone == _UTC:
        return f"{name}:{','.join(f'{wall:%Y%m%dT%H%M%SZ}' for wall in walls)}"
    return f"{name};TZID={zone}:{','.join(f'{wall:%Y%m%dT%H%M%S}' for wall in walls)}"


class _Writer:
    """Makes the entries of events."""

    def __init__(self, what: Published) -> None:
        self._what = what
        self._stamp = f"DTSTAMP:{what.stamp.astimezone(UTC):{names.STAMP}}"
        self._cancelled: dict[str, list[str]] = {}
        for occurrence in what.cancelled:
            event, _, wall = occurrence.partition("@")
            self._cancelled.setdefault(event, []).append(wall)

    def entries(self, event: Event) -> Iterator[str]:
        """The lines of an event's entries: one, and one for each day that is unlike the others; or each day's own."""
        series = _series(event)
        if series is None:
            yield from self._day_by_day(event)
            return
        uid, when = uid_of(event, self._what.station), _when(event, series.first)
        if event.repeat is None:
            if when.until > self._what.since:
                yield from self._entry(event, uid, when.lines, cancelled=event.id in self._what.cancelled)
            return
        repeating = [*when.lines, f"RRULE:{series.rule}"]
        if event.repeat.exclude:
            repeating.append(_time("EXDATE", _walls(event, event.repeat.exclude), event.timezone))
        if added := event.repeat.also - event.repeat.exclude:
            repeating.append(_time("RDATE", _walls(event, added), event.timezone))
        yield from self._entry(event, uid, repeating)
        for text in sorted(self._cancelled.get(event.id, ())):
            (wall,) = _walls(event, [date.fromisoformat(text[:10])])
            of_day = [*_when(event, wall).lines, _time("RECURRENCE-ID", [wall], event.timezone)]
            yield from self._entry(event, uid, of_day, cancelled=True)

    def _day_by_day(self, event: Event) -> Iterator[str]:
        what, zone = self._what, ZoneInfo(event.timezone)
        uid = uid_of(event, what.station)
        for occurrence in occurrences(event, what.venues[event.venue], what.since, what.until):
            lines = [
                _time("DTSTART", [occurrence.start.astimezone(zone)], event.timezone),
                _time("DTEND", [occurrence.end.astimezone(zone)], event.timezone),
                _text(names.START, start_text(event.start)),
                _text(names.AT, f"{occurrence.start:{names.STAMP}}"),
            ]
            if event.repeat is not None:
                lines.append(_text(names.REPEAT, json.dumps(repeat_entry(event.repeat))))
            of_day = uid if event.repeat is None else f"{_day_of(occurrence)}/{uid}"
            yield from self._entry(event, of_day, lines, cancelled=occurrence.id in what.cancelled)

    def _entry(self, event: Event, uid: str, when: Iterable[str], *, cancelled: bool = False) -> Iterator[str]:
        what, venue = self._what, self._what.venues[event.venue]
        ceremony = what.ceremonies[event.ceremony].name
        yield "BEGIN:VEVENT"
        yield _text("UID", uid)
        yield self._stamp
        yield from when
        yield _text("SUMMARY", event.title)
        yield _text("LOCATION", venue.name)
        yield f"GEO:{venue.latitude};{venue.longitude}"
        yield _text("DESCRIPTION", self._description(event, ceremony))
        yield _text("CATEGORIES", ceremony)
        yield f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}"
        if watch := next((page for name in event.destinations if (page := what.destinations[name].watch)), None):
            yield f"URL:{watch}"
        yield _text(names.EVENT, event.id)
        yield _text(names.VENUE, event.venue)
        yield _text(names.CEREMONY, event.ceremony)
        yield _text(names.DESTINATIONS, ",".join(event.destinations))
        if event.details:
            yield _text(names.DETAILS, json.dumps(dict(event.details), ensure_ascii=False))
        yield "END:VEVENT"

    def _description(self, event: Event, ceremony: str) -> str:
        what = self._what
        lines = [ceremony]
        lines += [f"{name.replace('_', ' ').capitalize()}: {value}" for name, value in event.details.items()]
        live = translate(N_("Live on {destination}"), what.language)
        for name in event.destinations:
            destination = what.destinations[name]
            shown = f"{destination.name}, {destination.watch}" if destination.watch else destination.name
            lines.append(live.format(destination=shown))
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class _Series:
    """An event as a calendar says it."""

    first: datetime
    """Its first start, naive wall-clock time."""
    rule: str
    """Its recurrence rule with UNTIL; empty for a single event."""


def _series(event: Event) -> _Series | None:
    """None where a calendar can't say it, or programs would read it differently."""
    if event.start.time is None:
        return None
    begin = datetime.combine(event.start.date, event.start.time)
    if event.repeat is None:
        return _Series(begin, "")
    repeat = event.repeat
    parts = dict(part.split("=", 1) for part in repeat.rrule.upper().split(";"))
    last = LATEST if repeat.until is None else datetime.combine(repeat.until, _LAST_SECOND)
    first = next(days_of(repeat.rrule, begin, begin, last), None) if _plain(parts) else None
    if first is None or any(day < first.date() for day in repeat.also - repeat.exclude):
        return None
    if repeat.until is not None:
        until = last
        if parts.pop("COUNT", None) is not None:
            *_, until = days_of(repeat.rrule, begin, begin, last)
            until = datetime.combine(until, _LAST_SECOND)
        parts["UNTIL"] = f"{to_utc(until, event.timezone):{names.STAMP}}"
    return _Series(first, ";".join(f"{name}={value}" for name, value in parts.items()))


def _plain(parts: Mapping[str, str]) -> bool:
    """Whether every program takes a rule as this one does."""
    frequency, numbered = parts["FREQ"], bool(_NUMBERED.search(parts.get("BYDAY", "")))
    if {"BYEASTER", "BYWEEKNO"} & parts.keys():
        return False
    if frequency in {"DAILY", "WEEKLY"}:
        month_day = frequency == "WEEKLY" and "BYMONTHDAY" in parts
        return not (numbered or month_day or "BYSETPOS" in parts)
    return "BYSETPOS" not in parts or bool({"BYDAY", "BYMONTHDAY", "BYYEARDAY"} & parts.keys())


@dataclass(frozen=True, slots=True)
class _When:
    """When an event takes place."""

    lines: tuple[str, str]
    """Its start and its end."""
    until: datetime
    """UTC: its end."""


def _when(event: Event, wall: datetime) -> _When:
    """An end by the clock where it is the same on every day, else the length: clocks may change meanwhile."""
    until = to_utc(wall, event.timezone) + event.duration
    end = until.astimezone(ZoneInfo(event.timezone))
    start = _time("DTSTART", [wall], event.timezone)
    if event.repeat is None and not end.fold:
        return _When((start, _time("DTEND", [end], event.timezone)), until)
    return _When((start, f"DURATION:PT{length_text(event.duration).upper()}"), until)


def _walls(event: Event, days: Iterable[date]) -> list[datetime]:
    return [datetime.combine(day, event.start.time or time.min) for day in sorted(days)]


def _day_of(occurrence: Occurrence) -> str:
    return occurrence.id.rpartition("@")[2].partition("T")[0]


def start_text(start: StartSpec) -> str:
    """A start as schedules.yaml has it."""
    if start.sun is None:
        clock = start.time or time.min
        return f"{start.date} {clock:%H:%M:%S}" if clock.second else f"{start.date} {clock:%H:%M}"
    if not start.offset:
        return f"{start.date} {start.sun}"
    sign = "-" if start.offset < timedelta(0) else "+"
    return f"{start.date} {start.sun}{sign}{length_text(abs(start.offset))}"


def repeat_entry(repeat: Repeat) -> dict[str, str | list[str]]:
    """A repeat as schedules.yaml has it."""
    found: dict[str, str | list[str]] = {"rrule": repeat.rrule}
    if repeat.until is not None:
        found["until"] = repeat.until.isoformat()
    for key, days in (("except", repeat.exclude), ("also", repeat.also)):
        if days:
            found[key] = [day.isoformat() for day in sorted(days)]
    return found
