"""Occurrences that want one thing at the same time: a venue, or a destination's stream key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from heapq import heappop, heappush
from typing import Literal

from orchestrator.plan.model import Ceremony, Destination, Occurrence, Venue
from orchestrator.plan.planned import planned_times
from orchestrator.plan.rundown import Rundown

MOST = 1000
"""How many conflicts are told; who has more has one mistake many times."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two occurrences that want one thing at once."""

    kind: Literal["venue", "destination"]
    """What kind of thing."""
    subject: str
    """The venue's or the destination's id; of two destinations with one key, the second occurrence's."""
    first: Occurrence
    """The one that wants it first."""
    second: Occurrence
    """The other."""
    since: datetime
    """UTC: both want it from then."""
    until: datetime
    """UTC: until then."""


@dataclass(frozen=True, slots=True, order=True)
class _Wish:
    since: datetime
    until: datetime
    occurrence_id: str
    subject: str


def conflicts(
    occurrences: Iterable[Occurrence],
    ceremonies: Mapping[str, Ceremony],
    venues: Mapping[str, Venue],
    destinations: Mapping[str, Destination] | None = None,
    most: int = MOST,
) -> tuple[Conflict, ...]:
    """Every two occurrences that want one venue or one stream key at once, by the schedule alone, in order of time.

    A venue is wanted from the first cue to the last, a destination while the cues have it streamed to. An end and a
    beginning at the same instant don't clash.

    Args:
        occurrences: In any order.
        ceremonies: By id.
        venues: By id.
        destinations: By id; tells which of them share a stream key.
        most: How many to tell at most.
    """
    rundowns = {name: Rundown(ceremony) for name, ceremony in ceremonies.items()}
    known = {occurrence.id: occurrence for occurrence in occurrences}
    keys = {name: (one.url.reveal(), one.key.reveal()) for name, one in (destinations or {}).items()}
    wishes: dict[tuple[Literal["venue", "destination"], Hashable], list[_Wish]] = defaultdict(list)
    for occurrence in known.values():
        event = occurrence.event
        rundown = rundowns[event.ceremony]
        times = planned_times(occurrence, rundown, venues[event.venue])
        timed = [time for time in times if time is not None]
        if not timed:
            continue
        whole = (min(timed), max(timed))
        wishes["venue", event.venue].append(_Wish(*whole, occurrence.id, event.venue))
        for since, until in _streaming(rundown, times, whole) if event.destinations else ():
            for name in event.destinations:
                wishes["destination", keys.get(name, name)].append(_Wish(since, until, occurrence.id, name))
    found: list[Conflict] = []
    for (kind, _), wanted in wishes.items():
        found += _clashes(kind, wanted, known, most - len(found))
    return tuple(sorted(found, key=lambda one: (one.since, one.kind, one.subject, one.second.id)))


def _streaming(
    rundown: Rundown, times: list[datetime | None], whole: tuple[datetime, datetime]
) -> list[tuple[datetime, datetime]]:
    """When an occurrence streams; a cue whose time only a GO can tell counts from the earliest, or to the latest."""
    switches: list[tuple[datetime, bool]] = []
    earliest = whole[0]
    for place, cue in enumerate(rundown.ceremony.cues):
        earliest = max(earliest, times[place] or earliest)
        if cue.do.stream is not None:
            switches.append((times[place] or (earliest if cue.do.stream else whole[1]), cue.do.stream))
    found, since = [], None
    for time, on in sorted(switches, key=lambda switch: switch[0]):
        if on and since is None:
            since = time
        elif not on and since is not None:
            found.append((since, time))
            since = None
    return found if since is None else [*found, (since, max(since, whole[1]))]


def _clashes(
    kind: Literal["venue", "destination"], wishes: list[_Wish], known: Mapping[str, Occurrence], most: int
) -> list[Conflict]:
    found: list[Conflict] = []
    running: list[tuple[datetime, _Wish]] = []
    for wish in sorted(wishes):
        while running and running[0][0] <= wish.since:
            heappop(running)
        for until, other in sorted(running):
            if other.occurrence_id != wish.occurrence_id and wish.since < wish.until:
                if len(found) >= most:
                    return found
                first, second = known[other.occurrence_id], known[wish.occurrence_id]
                found.append(Conflict(kind, wish.subject, first, second, wish.since, min(until, wish.until)))
        heappush(running, (wish.until, wish))
    return found
