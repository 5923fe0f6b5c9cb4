"""Edits of the schedule while a simulated station runs: the files change, and the real keeper takes them in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from orchestrator.config.model import Configuration
from orchestrator.plan.model import Event, StartSpec
from orchestrator.plan.recurrence import occurrences

if TYPE_CHECKING:
    from orchestrator.simulation.faults import Fault
    from orchestrator.simulation.world import World

_FOR_GOOD = 10.0
"""Seconds up to which a fault's length is only the time that the edit takes: it stays."""
_READ_WITHIN = 1.0
"""Seconds until a change of the files is read."""


def edit(world: World, fault: Fault) -> None:
    """Change one event of the files, the one whose occurrence is on or comes next at the venue.

    Where the fault lasts, the event is put back at its end.
    """
    event = _event(world.files, fault.venue, world.now)
    if event is None or world.watches[fault.venue].behind:
        return  # who sees a clock that is an hour behind sets it right first
    changed = EDITS[fault.what](event)
    events = [changed if each.id == event.id else each for each in world.files.events]
    if changed is None:
        events = [each for each in events if each is not None]
    world.files = replace(world.files, events=tuple(each for each in events if each is not None))
    world.note("fault", fault.venue, f"schedule: {event.id}: {fault.what}")
    _read_soon(world)
    if fault.lasts > _FOR_GOOD:
        world.agenda.after(fault.lasts, lambda: _put_back(world, fault.venue, event))


def _put_back(world: World, venue: str, event: Event) -> None:
    others = tuple(each for each in world.files.events if each.id != event.id)
    world.files = replace(world.files, events=(*others, event))
    world.watches[venue].disturb(2 * _READ_WITHIN)
    world.note("fault", venue, f"schedule: {event.id}: as before")
    _read_soon(world)


def _read_soon(world: World) -> None:
    service = world.service

    def read() -> None:
        service.keeper.reload()

    service.life.after(_READ_WITHIN, read)


def _event(files: Configuration, venue: str, now: datetime) -> Event | None:
    """The event of a venue that is on, or comes next."""
    found = [
        occurrence
        for event in files.events
        if event.venue == venue
        for occurrence in occurrences(event, files.venues[venue], now - timedelta(minutes=10), now + timedelta(days=1))
    ]
    return min(found, key=lambda occurrence: occurrence.start).event if found else None


def _longer(event: Event) -> Event:
    return replace(event, duration=event.duration + timedelta(seconds=30))


def _shorter(event: Event) -> Event:
    return replace(event, duration=max(event.duration - timedelta(seconds=30), timedelta(seconds=30)))


def _later(event: Event) -> Event:
    if event.start.time is None:
        return event
    zone = ZoneInfo(event.timezone)
    at = datetime.combine(event.start.date, event.start.time, zone) + timedelta(seconds=45)
    return replace(event, start=StartSpec(at.date(), at.time()))


EDITS: Mapping[str, Callable[[Event], Event | None]] = MappingProxyType(
    {
        "title": lambda event: replace(event, title=f"{event.title} (ubah)"),
        "longer": _longer,
        "shorter": _shorter,
        "later": _later,
        "destinations": lambda event: replace(event, destinations=event.destinations[:1]),
        "disabled": lambda event: replace(event, disabled=True),
        "deleted": lambda _: None,
    }
)
"""What is done to an event."""
