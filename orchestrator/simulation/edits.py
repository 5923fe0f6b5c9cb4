"""Edits of the schedule while a simulated station runs: the files change, and the real keeper takes them in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from orchestrator.config.model import Configuration
from orchestrator.plan.conflicts import conflicts
from orchestrator.plan.model import Anchor, Ceremony, Cue, Event, StartSpec
from orchestrator.plan.recurrence import occurrences
from orchestrator.plan.rundown import rundown_faults
from orchestrator.plan.secret import Address
from orchestrator.simulation.faults import Fault
from orchestrator.simulation.world import World

_FOR_GOOD = 10.0
"""Seconds up to which a fault's length is only the time that the edit takes: it stays."""
SETTLES = 3.0
"""Seconds after an edit was read, besides those of the cues that it moves, until it must be reached."""
_READ_WITHIN = 1.0
"""Seconds until a change of the files is read."""
_ADDED = "-tambahan"
"""What the id of an event that is added ends in."""
_LATER = timedelta(minutes=2)
"""How long after the end of another an event that is added begins."""


def edit(world: World, fault: Fault) -> None:
    """Change what the files say of one event, the one whose occurrence is on or comes next at the venue.

    Where the fault lasts, what was changed is put back at its end.
    """
    event = _event(world.files, fault.venue, world.now)
    if event is None or world.watches[fault.venue].behind:
        return  # who sees a clock that is an hour behind sets it right first
    if fault.what == UNREADABLE:
        _spoil(world, fault)
        return
    changed = EDITS[fault.what](world.files, event)
    if changed == world.files:
        return
    world.files = changed
    world.note("fault", fault.venue, f"schedule: {event.id}: {fault.what}")
    _read_soon(world)
    if fault.lasts > _FOR_GOOD:
        ceremony = world.first_files.ceremonies[event.ceremony]
        world.agenda.after(fault.lasts, lambda: _put_back(world, fault.venue, event, ceremony))


def _spoil(world: World, fault: Fault) -> None:
    """The file is saved with a mistake in it, and mended after a while."""

    def mend() -> None:
        world.readable = True
        world.note("fault", fault.venue, "schedule: readable again")
        _read_soon(world)

    world.readable = False
    world.note("fault", fault.venue, "schedule: can't be read")
    _read_soon(world)
    world.agenda.after(max(fault.lasts, _READ_WITHIN), mend)


def _put_back(world: World, venue: str, event: Event, ceremony: Ceremony) -> None:
    others = tuple(each for each in world.files.events if each.id not in {event.id, f"{event.id}{_ADDED}"})
    ceremonies = MappingProxyType({**world.files.ceremonies, ceremony.id: ceremony})
    world.files = replace(world.files, events=(*others, event), ceremonies=ceremonies)
    for watch in world.watches.values():
        watch.disturb(2 * _READ_WITHIN, SETTLES)
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


def _moved(event: Event, by: timedelta) -> Event:
    if event.start.time is None:
        return event
    at = datetime.combine(event.start.date, event.start.time, ZoneInfo(event.timezone)) + by
    return replace(event, start=StartSpec(at.date(), at.time()))


Edit = Callable[[Configuration, Event], Configuration]
"""The files after a change that has to do with an event; the same where it can't be made."""


def _of_event(change: Callable[[Event], Event]) -> Edit:
    def edited(files: Configuration, event: Event) -> Configuration:
        return _with(files, event.id, change(event))

    return edited


def _with(files: Configuration, name: str, *instead: Event) -> Configuration:
    events = [each for each in files.events if each.id != name]
    place = next(number for number, each in enumerate(files.events) if each.id == name)
    return replace(files, events=(*events[:place], *instead, *events[place:]))


def _fed_all(files: Configuration, event: Event) -> Configuration:
    return _if_right(files, _with(files, event.id, replace(event, destinations=tuple(sorted(files.destinations)))))


def _added(files: Configuration, event: Event) -> Configuration:
    """Another event at the same place, after this one."""
    if event.repeat is not None or any(each.id == f"{event.id}{_ADDED}" for each in files.events):
        return files
    after = _moved(replace(event, id=f"{event.id}{_ADDED}", duration=timedelta(seconds=40)), event.duration + _LATER)
    return _if_right(files, _with(files, event.id, event, after))


def _elsewhere(files: Configuration, event: Event) -> Configuration:
    """The same event in another house that has its scenes."""
    scenes = {cue.do.scene for cue in files.ceremonies[event.ceremony].cues if cue.do.scene is not None}
    houses = [name for name, venue in files.venues.items() if name != event.venue and scenes <= venue.scenes.keys()]
    return _if_right(files, _with(files, event.id, replace(event, venue=houses[0]))) if houses else files


def _of_ceremony(change: Callable[[tuple[Cue, ...], int], tuple[Cue, ...]]) -> Edit:
    """Change the cue in the middle of the event's run of show."""

    def edited(files: Configuration, event: Event) -> Configuration:
        ceremony = files.ceremonies[event.ceremony]
        cues = change(ceremony.cues, len(ceremony.cues) // 2)
        new = MappingProxyType({**files.ceremonies, ceremony.id: replace(ceremony, cues=cues)})
        return _if_right(files, replace(files, ceremonies=new))

    return edited


def _cue_later(cues: tuple[Cue, ...], place: int) -> tuple[Cue, ...]:
    cue = cues[place]
    if cue.at.anchor in {Anchor.GO, Anchor.CLOCK}:
        return cues
    later = replace(cue, at=replace(cue.at, offset=cue.at.offset + timedelta(seconds=10)))
    return (*cues[:place], later, *cues[place + 1 :])


def _cue_silent(cues: tuple[Cue, ...], place: int) -> tuple[Cue, ...]:
    cue = cues[place]
    return (*cues[:place], replace(cue, do=replace(cue.do, mute="all")), *cues[place + 1 :])


def _if_right(before: Configuration, after: Configuration) -> Configuration:
    """What is wrong with the files as a whole never gets into a plan: it isn't tried here."""
    if any(rundown_faults(ceremony) for ceremony in after.ceremonies.values()):
        return before
    begins = [each.start.date for each in after.events]
    since = datetime.combine(min(begins), time(), UTC) - timedelta(days=1)
    found = [
        occurrence
        for event in after.events
        if not event.disabled
        for occurrence in occurrences(event, after.venues[event.venue], since, since + timedelta(days=400))
    ]
    return before if conflicts(found, after.ceremonies, after.venues, after.destinations) else after


EDITS: Mapping[str, Edit] = MappingProxyType(
    {
        "title": _of_event(lambda event: replace(event, title=f"{event.title} (ubah)")),
        "longer": _of_event(_longer),
        "shorter": _of_event(_shorter),
        "later": _of_event(lambda event: _moved(event, timedelta(seconds=45))),
        "destinations": _of_event(lambda event: replace(event, destinations=event.destinations[:1])),
        "disabled": _of_event(lambda event: replace(event, disabled=True)),
        "deleted": lambda files, event: _with(files, event.id),
        "earlier": _of_event(lambda event: _moved(event, timedelta(seconds=-20))),
        "fed-nowhere": _of_event(lambda event: replace(event, destinations=())),
        "fed-everywhere": _fed_all,
        "details": _of_event(lambda event: replace(event, details=MappingProxyType({"pejabat": "Sekda"}))),
        "relay": _of_event(lambda event: replace(event, relay=Address("rtmp://192.0.2.2/lain"))),
        "added": _added,
        "elsewhere": _elsewhere,
        "archive": _of_event(lambda event: replace(event, archive=MappingProxyType({"access": "terbatas"}))),
        "cue-later": _of_ceremony(_cue_later),
        "cue-silent": _of_ceremony(_cue_silent),
        "cue-dropped": _of_ceremony(lambda cues, place: (*cues[:place], *cues[place + 1 :])),
    }
)
"""What is done to the files."""
UNREADABLE = "unreadable"
"""A file that can't be read for a while."""
