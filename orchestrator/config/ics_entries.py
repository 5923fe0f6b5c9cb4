"""The entries of a calendar: what each says, with its exceptions made events of their own."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType

from orchestrator.config import ics_names as names
from orchestrator.config import ics_own as own
from orchestrator.config import ics_problems as problems
from orchestrator.config import times
from orchestrator.config.findings import Findings
from orchestrator.config.ics_export import repeat_entry, start_text
from orchestrator.config.ics_places import ceremony_of, venue_of
from orchestrator.config.ics_rules import RuleReader
from orchestrator.config.ics_text import Component, Property
from orchestrator.config.ics_times import Moment, Reader
from orchestrator.config.ics_when import When, WhenReader
from orchestrator.config.near import length_text
from orchestrator.config.refused import Refused
from orchestrator.errors import Problem
from orchestrator.plan.model import Ceremony, Repeat, StartSpec, Venue

_WRITTEN_AS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "id": (names.EVENT,),
        "title": ("SUMMARY",),
        "ceremony": (names.CEREMONY, "CATEGORIES"),
        "venue": (names.VENUE, "LOCATION"),
        "start": ("DTSTART",),
        "timezone": ("DTSTART",),
        "duration": ("DTEND", "DURATION"),
        "repeat": ("RRULE", "RDATE", names.REPEAT),
        "repeat.except": ("EXDATE", names.REPEAT),
        "repeat.also": ("RDATE", names.REPEAT),
        "destinations": (names.DESTINATIONS,),
        "details": (names.DETAILS,),
        "uid": ("UID",),
    }
)
"""An event's key to the properties of an entry that say it; the first that is there counts."""
_DAY_OF_UID = re.compile(r"^\d{4}-\d{2}-\d{2}/")
"""How the UID of an entry begins that is one day of an event."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a calendar says of one event."""

    line: int
    """Where it stands, from 1."""
    lines: Mapping[str, int]
    """Of its keys, such as `start` or `repeat.except`, those that stand on a line of their own: which, from 1."""
    uid: str
    """What the calendar calls it; empty where it has no name."""
    own_id: str
    """The event's id, where our own export wrote it; else empty."""
    title: str
    """For people."""
    named: str
    """What a new id is made of."""
    day: date
    """Its first day."""
    zone: str
    """Of its times (IANA)."""
    timing: Mapping[str, object]
    """start, duration and repeat, as schedules.yaml has them."""
    ends: datetime | None
    """Aware: when all of it is over; None where that isn't known."""
    cancelled: bool
    """Whether it doesn't take place."""
    venue: str | None = None
    """The venue's id; this and what follows is None where the calendar doesn't say it."""
    ceremony: str | None = None
    """The ceremony's id."""
    destinations: Sequence[str] | None = None
    """The destinations' ids."""
    details: Mapping[str, str] | None = None
    """The free details."""


class Entries:
    """Reads the entries of one calendar.

    Args:
        calendar: The calendar.
        venues: By id.
        ceremonies: By id.
        zone: The zone of entries whose venue isn't known.
        floating: The zone of times that name none.
        file: What the file is called.
        findings: Where problems are noted.
    """

    def __init__(
        self,
        calendar: Component,
        venues: Mapping[str, Venue],
        ceremonies: Mapping[str, Ceremony],
        zone: str,
        floating: str | None,
        file: str,
        findings: Findings,
    ) -> None:
        self._calendar = calendar
        self._venues = venues
        self._ceremonies = ceremonies
        self._file = file
        self._findings = findings
        reader = Reader(calendar, floating, file, findings)
        self._times = WhenReader(reader, venues, zone, file, findings)
        self._rules = RuleReader(reader, file, findings)
        self._off = calendar.text("METHOD").upper() == "CANCEL"

    def read(self) -> list[Said]:
        """All that can be used, in the order of the file."""
        masters: list[Component] = []
        days: dict[str, list[Component]] = defaultdict(list)
        changed: dict[str, list[Component]] = defaultdict(list)
        seen: dict[str, Component] = {}
        for entry in self._calendar.parts:
            uid = entry.text("UID")
            if entry.kind != "VEVENT":
                continue
            if entry.first("RECURRENCE-ID") is not None:
                changed[uid].append(entry)
            elif uid and (first := seen.setdefault(uid, entry)) is not entry:
                self._note(problems.twice(uid, first.line + 1), entry)
            elif entry.first(names.START) is not None and entry.text(names.EVENT):
                days[entry.text(names.EVENT)].append(entry)
            else:
                masters.append(entry)
        found: list[Said] = []
        for master in masters:
            found += self._whole(self._event(master, changed.pop(master.text("UID"), [])))
        for of_event in days.values():
            found += self._whole(self._day_by_day(of_event))
        for alone in changed.values():
            found += self._whole(self._without_master(alone))
        return sorted(found, key=lambda said: said.line)

    def _whole(self, said: Iterator[Said]) -> list[Said]:
        """What an entry says, unless something is wrong with it: then the schedule would say something else."""
        before = len(self._findings)
        made = list(said)
        return made if len(self._findings) == before else []

    def _event(self, entry: Component, changed: Sequence[Component]) -> Iterator[Said]:
        when, title = self._times.when(entry), self._title(entry)
        if when is None or title is None:
            return
        repeats = self._rules.repeats(entry, when.start)
        repeat = repeats.repeat
        if repeat is None:
            when = self._times.at_home(when, entry)
        days = self._days(changed, when.start)
        out = frozenset(days)
        if repeat is not None and out:
            repeat = replace(repeat, exclude=repeat.exclude | out, also=repeat.also - out)
        if repeat is not None or not out:
            ends = _end_of(repeat, when)
            yield self._said(entry, title, when, ends, repeat=None if repeat is None else repeat_entry(repeat))
        for wall in repeats.others:
            if wall.date() not in out:
                yield self._apart(entry, title, when.at(wall), wall.date())
        for day, other in days.items():
            yield from self._moved(other, day)

    def _days(self, changed: Sequence[Component], start: Moment) -> dict[date, Component]:
        """Which days the changes of single days are about."""
        days: dict[date, Component] = {}
        for other in changed:
            day = self._times.day_of(other, start)
            if day is not None and (first := days.setdefault(day, other)) is not other:
                self._note(problems.override_twice(first.line + 1), other)
        return days

    def _day_by_day(self, entries: Sequence[Component]) -> Iterator[Said]:
        """Entries of our own export that are one event."""
        first = entries[0]
        title, whens = self._title(first), [self._times.when(entry) for entry in entries]
        when = whens[0]
        try:
            began, instants = own.own_start(first), [own.own_instant(entry) for entry in entries]
        except ValueError:
            self._note(problems.own_unreadable(), first.first(names.START) or first)
            return
        if when is None or title is None:
            return
        if began.repeat is None:
            stays = when.start.instant == instants[0]
            yield self._said(first, title, when, when.end, start=began.text if stays else "")
            return
        moved: dict[date, Component] = {}
        for entry, now, instant in zip(entries, whens, instants, strict=True):
            if now is not None and (now.start.instant != instant or self._cancelled(entry)):
                moved[began.day(instant, now.start.zone)] = entry
        repeat = began.without(moved)
        said = self._said(first, title, when, None, repeat=repeat, start=began.text)
        yield replace(said, uid=_DAY_OF_UID.sub("", said.uid), cancelled=self._off)
        for day, entry in moved.items():
            yield from self._moved(entry, day)

    def _without_master(self, changed: Sequence[Component]) -> Iterator[Said]:
        """Single days of an entry that isn't in the file itself."""
        for entry in changed:
            when = self._times.when(entry)
            if when is not None and (day := self._times.day_of(entry, when.start)) is not None:
                yield from self._moved(entry, day)

    def _moved(self, entry: Component, day: date) -> Iterator[Said]:
        """A day that is unlike the others, as an event of its own."""
        when, title = self._times.when(entry), self._title(entry)
        if when is not None and title is not None and not self._cancelled(entry):
            yield self._apart(entry, title, self._times.at_home(when, entry), day)

    def _apart(self, entry: Component, title: str, when: When, day: date) -> Said:
        said = self._said(entry, title, when, when.end)
        uid = said.uid if _DAY_OF_UID.match(said.uid) else f"{day}/{said.uid}"
        return replace(said, uid=uid if said.uid else "", own_id="", named=f"{said.own_id or title} {day}")

    def _said(
        self,
        entry: Component,
        title: str,
        when: When,
        ends: datetime | None,
        *,
        repeat: Mapping[str, object] | None = None,
        start: str = "",
    ) -> Said:
        wall = when.start.wall
        timing: dict[str, object] = {"start": start or start_text(StartSpec(wall.date(), wall.time()))}
        timing["duration"] = length_text(when.length)
        if repeat is not None:
            timing["repeat"] = repeat
        try:
            times.start(str(timing["start"]))
        except Refused as refused:
            self._note(refused.faults[0][0], entry.first("DTSTART") or entry)
        try:
            details = own.own_details(entry)
        except ValueError:
            details = None
            self._note(problems.own_unreadable(), entry.first(names.DETAILS) or entry)
        return Said(
            line=entry.line + 1,
            lines=_lines(entry),
            uid=entry.text("UID"),
            own_id=entry.text(names.EVENT),
            title=title,
            named=title,
            day=wall.date(),
            zone=when.start.zone,
            timing=timing,
            ends=ends,
            cancelled=self._cancelled(entry),
            venue=venue_of(entry, self._venues),
            ceremony=ceremony_of(entry, self._ceremonies),
            destinations=own.own_destinations(entry),
            details=details,
        )

    def _title(self, entry: Component) -> str | None:
        title = entry.text("SUMMARY")
        if not title:
            self._note(problems.no_title(), entry)
        return title or None

    def _cancelled(self, entry: Component) -> bool:
        return self._off or entry.text("STATUS").upper() == "CANCELLED"

    def _note(self, problem: Problem, at: Component | Property) -> None:
        self._findings.add(self._file, problem, at.line)


def _lines(entry: Component) -> dict[str, int]:
    """Where an entry says the keys of its event."""
    first = {found.name: found.line + 1 for found in reversed(entry.properties)}
    written = {key: [first[name] for name in said if name in first] for key, said in _WRITTEN_AS.items()}
    return {key: found[0] for key, found in written.items() if found}


def _end_of(repeat: Repeat | None, when: When) -> datetime | None:
    """When all of it is over; None where that can't be told without working it out."""
    if repeat is None:
        return when.end
    if repeat.until is None or repeat.also:
        return None
    return when.at(datetime.combine(repeat.until, when.start.wall.time())).end
