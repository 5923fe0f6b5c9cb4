"""A calendar (.ics) as events of the schedule: what a calendar says becomes keys of schedules.yaml. Pure.

A calendar knows nothing of ceremonies and destinations: those come from whoever uploads it, or from our own export,
which wrote them down. What the schedule can't say is a problem at its line; the entry that it is about is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from orchestrator.config import ics_problems as problems
from orchestrator.config.findings import Findings
from orchestrator.config.ics_entries import Entries, Said
from orchestrator.config.ics_export import uid_of
from orchestrator.config.ics_text import read
from orchestrator.config.model import Configuration
from orchestrator.config.naming import new_id
from orchestrator.errors import Problem
from orchestrator.plan.model import Ceremony, Venue

_OF_CALENDAR = frozenset({"title", "start", "duration", "end", "repeat", "timezone"})
"""Keys that a calendar decides: where it doesn't say one, the event has none."""
_NOBODY: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Defaults:
    """What is to be known beside the calendar."""

    venues: Mapping[str, Venue]
    """By id."""
    ceremonies: Mapping[str, Ceremony]
    """By id."""
    zone: str
    """The station's zone (IANA)."""
    known: Mapping[str, str] = field(default_factory=lambda: _NOBODY)
    """Of the events that there are: how calendars call them (UID), and their ids."""
    venue: str | None = None
    """The venue of new events whose place is none of the venues."""
    ceremony: str | None = None
    """The ceremony of new events that say none."""
    destinations: tuple[str, ...] = ()
    """The destinations of new events that say none."""
    floating: str | None = None
    """The zone (IANA) of times that name none; None: they are refused."""
    since: datetime | None = None
    """Aware: entries that are over by then are left out; None: none are."""
    file: str = "calendar.ics"
    """What the file is called, for problems."""


def known_in(configuration: Configuration) -> dict[str, str]:
    """For `Defaults.known`: how calendars call the events of a schedule."""
    return {uid_of(event, configuration.station.name): event.id for event in configuration.events}


@dataclass(frozen=True, slots=True)
class Found:
    """An event of a calendar."""

    entry: Mapping[str, object]
    """Its keys, as schedules.yaml has them: texts, true, lists and mappings."""
    line: int
    """Where it stands in the calendar, from 1."""
    lines: Mapping[str, int]
    """Of its keys, such as `start` or `repeat.except`, those that stand on a line of their own: which, from 1."""
    known: bool
    """Whether the schedule has it already; `entry` holds only what the calendar says then."""
    lacks: tuple[Literal["venue", "ceremony"], ...]
    """What must be chosen before it can be an event."""

    def line_of(self, path: str) -> int:
        """Where a key stands, such as `repeat.until` or `destinations[1]`: on its own line, else with the entry."""
        while path and path not in self.lines:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.lines.get(path, self.line)

    def over(self, event: Mapping[str, object]) -> dict[str, object]:
        """What a known event becomes: what a calendar can't say stays as it is."""
        return {**{key: value for key, value in event.items() if key not in _OF_CALENDAR}, **self.entry}


@dataclass(frozen=True, slots=True)
class FromCalendar:
    """What a calendar holds."""

    events: tuple[Found, ...]
    """In the order of the file."""
    problems: tuple[Problem, ...]
    """All that is wrong, each with its place (`file:line:column`)."""


def events_from(text: str, defaults: Defaults) -> FromCalendar:
    """The events of a calendar, and what of it can't be one.

    Args:
        text: The file's text.
        defaults: What a calendar can't say.
    """
    findings = Findings()
    calendar = read(text, defaults.file, findings)
    if calendar is None:
        return FromCalendar((), findings.problems)
    home = defaults.venues[defaults.venue].timezone if defaults.venue else defaults.zone
    entries = Entries(
        calendar, defaults.venues, defaults.ceremonies, home, defaults.floating, defaults.file, findings
    ).read()
    ids = _Ids(defaults.known)
    since = defaults.since
    shown = [said for said in entries if since is None or said.ends is None or said.ends > since]
    events = [_found(said, ids, defaults) for said in shown]
    if not entries and not findings:
        findings.refuse(defaults.file, problems.nothing_in_it())
    return FromCalendar(tuple(one for one in events if one is not None), findings.problems)


class _Ids:
    """Gives every event its id: the one that it has already, else a new one."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self._known = known
        self._present = {name.casefold(): name for name in known.values()}
        self._taken = set(self._present)

    def known(self, said: Said) -> str | None:
        """The id of an event that is there already: known by its UID, or by the id that our own export wrote."""
        return self._known.get(said.uid) or self._present.get(said.own_id.casefold())

    def new(self, said: Said) -> str:
        """An id that nobody has."""
        own = said.own_id.casefold()
        name = said.own_id if own and own not in self._taken else new_id(said.named, said.day, self._taken)
        self._taken.add(name.casefold())
        return name


def _found(said: Said, ids: _Ids, defaults: Defaults) -> Found | None:
    """An event; None for one that was cancelled before the schedule had it."""
    there = ids.known(said)
    if there is None and said.cancelled:
        return None
    entry: dict[str, object] = {"id": there or ids.new(said), "title": said.title}
    chosen = (
        (said.ceremony, said.venue) if there else (said.ceremony or defaults.ceremony, said.venue or defaults.venue)
    )
    entry |= {key: value for key, value in zip(("ceremony", "venue"), chosen, strict=True) if value is not None}
    entry |= said.timing
    if chosen[1] is None or said.zone != defaults.venues[chosen[1]].timezone:
        entry["timezone"] = said.zone
    destinations = said.destinations if there or said.destinations is not None else list(defaults.destinations)
    if destinations is not None:
        entry["destinations"] = destinations
    if said.details is not None:
        entry["details"] = said.details
    if said.cancelled:
        entry["disabled"] = True
    if there is None and said.uid and not (said.own_id and said.uid.startswith(f"{said.own_id}@")):
        entry["uid"] = said.uid
    lacks: list[Literal["venue", "ceremony"]] = []
    if there is None:
        lacks += ["venue"] if "venue" not in entry else []
        lacks += ["ceremony"] if "ceremony" not in entry else []
    return Found(entry, said.line, said.lines, there is not None, tuple(lacks))
