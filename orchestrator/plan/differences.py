"""What differs between two schedules, in terms that people read: events and their fields, and what takes place when.

An occurrence is the same one before and after if it is of the same event and on the same day; of an event that doesn't
repeat there is only one, whatever its day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from orchestrator.plan.model import Event, Occurrence, Venue
from orchestrator.plan.recurrence import occurrences

FIELDS = tuple(field.name for field in fields(Event) if field.name != "id")
"""What may differ between an event before and after, in the order in which it is told."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Events, and where they take place."""

    events: Sequence[Event]
    """All of them, disabled ones included."""
    venues: Mapping[str, Venue]
    """By id; every one that an event names."""


@dataclass(frozen=True, slots=True)
class EventChange:
    """An event that is new, gone, or says something else."""

    id: str
    """The event's id."""
    before: Event | None
    """None: it is new."""
    after: Event | None
    """None: it is gone."""
    fields: tuple[str, ...] = ()
    """Which fields differ, where it is there before and after."""

    @property
    def kind(self) -> Literal["added", "removed", "changed"]:
        """What became of it."""
        return "added" if self.before is None else "removed" if self.after is None else "changed"

    @property
    def event(self) -> Event:
        """The event as it will be, or as it was."""
        found = self.after or self.before
        if found is None:
            raise ValueError(self.id)
        return found


@dataclass(frozen=True, slots=True)
class OccurrenceChange:
    """Something that will take place, won't any more, or will at another time or venue."""

    before: Occurrence | None
    """None: it is new."""
    after: Occurrence | None
    """None: it doesn't take place any more."""

    @property
    def kind(self) -> Literal["appears", "vanishes", "moves"]:
        """What became of it."""
        return "appears" if self.before is None else "vanishes" if self.after is None else "moves"

    @property
    def occurrence(self) -> Occurrence:
        """The occurrence as it will be, or as it was."""
        found = self.after or self.before
        if found is None:
            raise ValueError
        return found


@dataclass(frozen=True, slots=True)
class Difference:
    """All that differs."""

    events: tuple[EventChange, ...] = ()
    """In the order of the schedule after; events that are gone at the end."""
    occurrences: tuple[OccurrenceChange, ...] = ()
    """In order of time, in the window that was looked at."""

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.events or self.occurrences)


def difference(before: Schedule, after: Schedule, since: datetime, until: datetime) -> Difference:
    """What differs between two schedules.

    Args:
        before: The one.
        after: The other.
        since: From when occurrences are looked at; one that has ended by then is past and counts no more. Aware.
        until: Up to when. Aware.
    """
    found = tuple(event_changes(before.events, after.events))
    moved = [
        change
        for each in found
        for change in _moves(
            _coming(each.before, before.venues, since, until), _coming(each.after, after.venues, since, until)
        )
    ]
    return Difference(found, tuple(sorted(moved, key=_order)))


def event_changes(before: Iterable[Event], after: Iterable[Event]) -> list[EventChange]:
    """Which events are new, gone or changed."""
    old = {event.id: event for event in before}
    new = {event.id: event for event in after}
    found = []
    for name, event in new.items():
        was = old.get(name)
        if was is None:
            found.append(EventChange(name, None, event))
        elif was != event:
            found.append(
                EventChange(name, was, event, tuple(f for f in FIELDS if getattr(was, f) != getattr(event, f)))
            )
    return found + [EventChange(name, event, None) for name, event in old.items() if name not in new]


def _coming(
    event: Event | None, venues: Mapping[str, Venue], since: datetime, until: datetime
) -> tuple[Occurrence, ...]:
    return () if event is None else occurrences(event, venues[event.venue], since, until)


def _moves(before: Sequence[Occurrence], after: Sequence[Occurrence]) -> list[OccurrenceChange]:
    """The occurrences of one event that differ."""
    old, new = {_day(one): one for one in before}, {_day(one): one for one in after}
    if len(before) == len(after) == 1 and not (before[0].event.repeat or after[0].event.repeat):
        old, new = {_day(after[0]): before[0]}, {_day(after[0]): after[0]}
    pairs = [(old.get(day), new.get(day)) for day in sorted(old.keys() | new.keys())]
    return [OccurrenceChange(was, will) for was, will in pairs if _place(was) != _place(will)]


def _day(occurrence: Occurrence) -> date:
    return occurrence.start.astimezone(ZoneInfo(occurrence.event.timezone)).date()


def _place(occurrence: Occurrence | None) -> tuple[datetime, datetime, str] | None:
    return None if occurrence is None else (occurrence.start, occurrence.end, occurrence.event.venue)


def _order(change: OccurrenceChange) -> tuple[datetime, str]:
    return change.occurrence.start, change.occurrence.event.id
