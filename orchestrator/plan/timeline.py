"""Occurrences, run of show and operators' changes to cues with absolute times, venue by venue.

A venue belongs to one occurrence at a time: from its first cue until all of it is over (see `player`). Where an
earlier one runs longer than planned, the next one's take-over waits for it; its cues that fell due meanwhile take
effect together at the take-over, as the state of then. One that had no time left at its turn doesn't take place.

After its last cue an occurrence's final state stays wanted until a CLOSED change says that it was reached, or the next
one begins.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate
from types import MappingProxyType

from orchestrator.plan.course import COMING
from orchestrator.plan.dates import counting
from orchestrator.plan.model import Ceremony, Change, ChangeKind, Occurrence, Venue, VenueState
from orchestrator.plan.rundown import Rundown
from orchestrator.plan.span import Span, TimedCue, make_span
from orchestrator.plan.takes import Overrides, overrides
from orchestrator.plan.turns import take_turns

__all__ = ["Begun", "Span", "TimedCue", "Timeline", "VenueTimeline", "build", "cues_between", "with_changes"]

_OF_VENUE = frozenset({ChangeKind.TAKE, ChangeKind.RELEASE})


@dataclass(frozen=True, slots=True)
class VenueTimeline:
    """What happens at one venue."""

    venue: Venue
    """Which."""
    alone: tuple[Span, ...]
    """Every occurrence as if it were alone at the venue; what the turns are worked out from."""
    spans: tuple[Span, ...]
    """Every occurrence, in order."""
    owners: tuple[Span, ...]
    """Those that take place, in order of taking over."""
    begins: tuple[datetime, ...]
    """`begin` of each owner."""
    opens: tuple[datetime, ...]
    """`opens` of each span."""
    reach: tuple[datetime, ...]
    """For each span the latest cue of it and all before it."""
    overrides: Overrides
    """What operators took over."""

    def owner(self, t: datetime) -> Span | None:
        """The last that took over by `t`; its final state may be long closed."""
        place = bisect_right(self.begins, t) - 1
        return self.owners[place] if place >= 0 else None


@dataclass(frozen=True, slots=True)
class Begun:
    """What was on the air when the clock was put back to before its begin: it stays so until that comes again."""

    span: Span
    """Whose it is, as its plan was then; it has begun."""
    state: VenueState
    """What was wanted then."""
    untouched: VenueState
    """The same without what operators had taken over."""


_NO_SPANS: Mapping[str, Span] = MappingProxyType({})
_NOTHING_BEGUN: Mapping[str, Begun] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Timeline:
    """What happens, at every venue."""

    venues: Mapping[str, VenueTimeline]
    """By venue id; a venue without occurrences and takes may be absent."""
    spans: Mapping[str, Span] = field(default_factory=lambda: _NO_SPANS)
    """By occurrence id."""
    changes: tuple[Change, ...] = ()
    """What it was made with."""
    begun: Mapping[str, Begun] = field(default_factory=lambda: _NOTHING_BEGUN)
    """By venue id, what has begun though the clock says that it hasn't."""

    def is_over(self, venue: str, occurrence: str, t: datetime) -> bool:
        """Whether all of an occurrence's cues have had their time by `t`."""
        span = self.spans.get(occurrence)
        if span is None or span.venue.id != venue:
            return True
        if span.begin is None:
            return all(cue.status not in COMING for cue in span.cues)
        begun = [over for begin, over in span.course.active if begin <= t]
        return bool(begun) and begun[-1] is not None and begun[-1] <= t


def build(
    occurrences: Iterable[Occurrence],
    ceremonies: Mapping[str, Ceremony],
    venues: Mapping[str, Venue],
    changes: Sequence[Change] = (),
) -> Timeline:
    """The timeline of these occurrences under these changes.

    Args:
        occurrences: In any order.
        ceremonies: By id; every one that an event names.
        venues: By id; every one that an event names.
        changes: Those that aren't undone, in any order.
    """
    rundowns = {name: Rundown(ceremony) for name, ceremony in ceremonies.items()}
    found = tuple(occurrences)
    by_occurrence = _by_occurrence(changes, found)
    by_venue: dict[str, list[Span]] = defaultdict(list)
    for occurrence in found:
        event = occurrence.event
        own = by_occurrence.get(occurrence.id, ())
        by_venue[event.venue].append(make_span(occurrence, rundowns[event.ceremony], venues[event.venue], own))
    made = {
        name: _venue_timeline(venue, by_venue.get(name, []), by_occurrence, [c for c in changes if c.venue == name])
        for name, venue in venues.items()
    }
    return _timeline(made, changes)


def with_changes(timeline: Timeline, changes: Sequence[Change]) -> Timeline:
    """The same occurrences under other changes; works out again only what the difference touches."""
    known = [span.occurrence for span in timeline.spans.values()]
    before, after = _by_occurrence(timeline.changes, known), _by_occurrence(changes, known)
    touched = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    made = dict(timeline.venues)
    for name, old in timeline.venues.items():
        own = [change for change in changes if change.venue == name]
        if not any(span.occurrence.id in touched for span in old.spans) and own == [
            change for change in timeline.changes if change.venue == name
        ]:
            continue
        spans = [
            make_span(span.occurrence, span.rundown, span.venue, after.get(span.occurrence.id, ()))
            if span.occurrence.id in touched
            else span
            for span in old.alone
        ]
        made[name] = _venue_timeline(old.venue, spans, after, own)
    return _timeline(made, changes)


def cues_between(
    timeline: Timeline, since: datetime, until: datetime, venue: str | None = None
) -> tuple[TimedCue, ...]:
    """Cues whose `at` lies in [since, until), in order of time, whatever becomes of them.

    Args:
        timeline: The timeline.
        since: Aware.
        until: Aware.
        venue: One venue's id; None for all.
    """
    found: list[tuple[datetime, int, TimedCue]] = []
    for name in timeline.venues if venue is None else (venue,):
        there = timeline.venues.get(name)
        if there is None:
            continue
        for span in there.spans[bisect_left(there.reach, since) : bisect_left(there.opens, until)]:
            found += [(cue.at, cue.index, cue) for cue in span.cues if cue.at is not None and since <= cue.at < until]
    return tuple(cue for _, _, cue in sorted(found, key=lambda entry: entry[:2]))


def _timeline(made: dict[str, VenueTimeline], changes: Sequence[Change]) -> Timeline:
    spans = {span.occurrence.id: span for there in made.values() for span in there.spans}
    return Timeline(MappingProxyType(made), MappingProxyType(spans), tuple(changes))


def _by_occurrence(changes: Iterable[Change], occurrences: Iterable[Occurrence]) -> dict[str, tuple[Change, ...]]:
    """What counts for each of these occurrences that anything counts for."""
    sorted_changes: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        if change.occurrence is not None and change.kind not in _OF_VENUE:
            sorted_changes[change.occurrence].append(change)
    if not sorted_changes:
        return {}
    touched = (occurrence for occurrence in occurrences if occurrence.id in sorted_changes)
    return {one.id: own for one in touched if (own := counting(sorted_changes[one.id], one))}


def _venue_timeline(
    venue: Venue, alone: Sequence[Span], by_occurrence: Mapping[str, tuple[Change, ...]], changes: Sequence[Change]
) -> VenueTimeline:
    taken_turns = take_turns(alone, by_occurrence)
    spans = sorted(taken_turns, key=lambda span: (span.opens, span.occurrence.start, span.occurrence.id))
    owners = tuple(span for span in taken_turns if span.begin is not None)
    begins = tuple(span.begin for span in owners if span.begin is not None)
    return VenueTimeline(
        venue=venue,
        alone=tuple(alone),
        spans=tuple(spans),
        owners=owners,
        begins=begins,
        opens=tuple(span.opens for span in spans),
        reach=tuple(accumulate((span.reach for span in spans), max)),
        overrides=overrides(changes, lambda t: _firing_after(owners, begins, t), lambda t: first_after(begins, t)),
    )


def _firing_after(owners: Sequence[Span], begins: Sequence[datetime], t: datetime) -> datetime | None:
    """When the venue's next cue after a time fires."""
    place = bisect_right(begins, t)
    own = owners[place - 1].course.firings if place else ()
    times = (*(firing.since for firing in own), first_after(begins, t))
    return min((time for time in times if time is not None and time > t), default=None)


def first_after(times: Sequence[datetime], t: datetime) -> datetime | None:
    """The first of these ascending times that lies after `t`."""
    place = bisect_right(times, t)
    return times[place] if place < len(times) else None
