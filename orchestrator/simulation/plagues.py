"""Which faults strike: drawn by chance, around what happens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from types import MappingProxyType

from orchestrator.plan.timeline import Timeline
from orchestrator.simulation.chance import Draw, choose
from orchestrator.simulation.edits import EDITS, UNREADABLE
from orchestrator.simulation.faults import RELAY_FAULTS, Fault

_SHORT = (1, 12)
"""Seconds that most faults last: between these."""
_DOWN = (1, 40)
"""The same for what takes longer: a dead orchestrator, an unreachable destination."""
_REQUESTS = ("SetCurrentProgramScene", "StartRecord", "StartStream", "StopRecord", "StopStream", "SetInputMute")
_PROGRAMS = ("splicer", "recorder", "pusher", "relay")
_CHANGES = (
    "go",
    "hold",
    "extend",
    "skip",
    "finish",
    "take",
    "take-next-cue",
    "take-next-event",
    "cancel",
    "undo",
    "shift",
    "shift-alone",
    "text",
)
_WHAT: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "operator": _CHANGES,
        "schedule-edited": (*EDITS, UNREADABLE),
        "program-killed": _PROGRAMS,
        "program-stalled": _PROGRAMS,
        "output-drops": ("publish", "record"),
        "relays-faulty": tuple(RELAY_FAULTS),
        "obs-refuses": _REQUESTS,
        "obs-ignores": _REQUESTS,
    }
)
"""What each kind may strike."""
_AMOUNTS: Mapping[str, tuple[int, int, float]] = MappingProxyType(
    {"obs-slow": (1, 12, 0.5), "events-late": (1, 8, 0.25), "schedule-edited": (0, 0, 1.0)}
)
"""By how much: between two numbers, and of what unit."""
_STEPS = (-2, 2, -30, 30, -3600, 3600)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time in which something happens at a venue."""

    venue: str
    """The venue's id."""
    begin: float
    """Seconds after the simulation's beginning."""
    end: float
    """The same."""


KINDS: Sequence[str] = (
    "operator",
    "operator",
    "operator",
    "scene-by-hand",
    "mute-by-hand",
    "program-killed",
    "program-killed",
    "program-stalled",
    "output-drops",
    "sink-away",
    "events-lost",
    "events-late",
    "obs-slow",
    "obs-refuses",
    "obs-ignores",
    "obs-killed",
    "obs-killed",
    "obs-frozen",
    "schedule-edited",
    "schedule-edited",
    "orchestrator-killed",
    "orchestrator-killed",
    "orchestrator-killed-at-step",
    "orchestrator-killed-at-step",
    "orchestrator-frozen",
    "clock-stepped",
    "hub-down",
    "relays-away",
    "relays-faulty",
    "disk-full",
    "power-cut",
)
"""By how often they strike; the simplest first."""
_PUT_RIGHT_AFTER: Mapping[str, float] = MappingProxyType({"clock-stepped": 300.0, "schedule-edited": 1800.0})
"""Seconds until a lasting change of a real schedule's year is put right."""
_LASTS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "program-killed": (0, 0),
        "program-stalled": (0, 0),
        "output-drops": (0, 0),
        "scene-by-hand": (0, 0),
        "mute-by-hand": (0, 0),
        "clock-stepped": (0, 0),
        "schedule-edited": (2, 2),
        "operator": (0, 30),
        "sink-away": _DOWN,
        "orchestrator-killed": _DOWN,
        "orchestrator-killed-at-step": _DOWN,
        "orchestrator-frozen": _DOWN,
        "power-cut": _DOWN,
    }
)


def draw_faults(draw: Draw, stretches: Sequence[Stretch], most: int) -> tuple[Fault, ...]:
    """One to `most` faults, in order of time; none where `most` is 0 or nothing happens."""
    if not stretches or not most:
        return ()
    found = draw.many(1, most, lambda one: draw_fault(one, choose(one, stretches)))
    found += [died for fault in found if fault.amount < 0 for died in _die_after(draw, fault)]
    return tuple(sorted(found, key=lambda fault: (fault.at, fault.kind)))


def draw_station_faults(draw: Draw, stretches: Sequence[Stretch]) -> tuple[Fault, ...]:
    """Up to two faults around every occurrence; what would change the rest of the year is put right again."""
    found = [
        replace(fault, lasts=_PUT_RIGHT_AFTER.get(fault.kind, fault.lasts))
        for stretch in stretches
        for fault in draw.many(0, 2, partial(draw_fault, stretch=stretch))
    ]
    return tuple(sorted(found, key=lambda fault: (fault.at, fault.kind)))


def draw_fault(draw: Draw, stretch: Stretch) -> Fault:
    """One fault in a stretch of time; at tenths of a second, so that it meets cues in every way."""
    kind = choose(draw, KINDS)
    tenths = draw.integer(0, max(1, int((stretch.end - stretch.begin) * 10)))
    what, amount = _details(draw, kind)
    lasts = draw.integer(*_LASTS.get(kind, _SHORT))
    return Fault(kind, stretch.begin + tenths / 10, stretch.venue, float(lasts), what, amount)


def _die_after(draw: Draw, put_back: Fault) -> list[Fault]:
    """Who dies after the clock was put back: of what was on the air the living know without being told."""
    who = choose(draw, ("", "orchestrator-killed", "power-cut"))
    after = draw.integer(5, 150) / 10
    return [Fault(who, put_back.at + after, put_back.venue, float(draw.integer(*_SHORT)))] if who else []


def _details(draw: Draw, kind: str) -> tuple[str, float]:
    """What it strikes, and by how much."""
    what = choose(draw, _WHAT[kind]) if kind in _WHAT else ""
    if kind == "clock-stepped":
        return what, float(choose(draw, _STEPS))
    low, high, unit = _AMOUNTS.get(kind, (0, 20, 1.0))
    return what, draw.integer(low, high) * unit


def stretches(timeline: Timeline, begin: datetime, end: datetime, before: float, after: float) -> list[Stretch]:
    """When something happens, with some seconds before and after, as seconds after `begin`."""
    found = []
    for name, there in timeline.venues.items():
        for span in there.spans:
            if span.begin is None or span.begin < begin or span.reach > end:
                continue
            first, last = (span.begin - begin).total_seconds(), (span.reach - begin).total_seconds()
            found.append(Stretch(name, max(0.0, first - before), last + after))
    return found
