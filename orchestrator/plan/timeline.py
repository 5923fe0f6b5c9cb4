"""Occurrences, run of show and operators' changes to cues with absolute times, venue by venue.

A venue belongs to one occurrence at a time: from its first cue until all of it is over (see `course`). Where an
earlier one runs longer than planned, the next one's take-over waits for it; its cues that fell due meanwhile take
effect together at the take-over, as the state of then. One that had no time left at its turn doesn't take place.

After its last cue an occurrence's final state stays wanted until a CLOSED change says that it was reached, or the next
one begins.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import accumulate
from operator import attrgetter
from types import MappingProxyType

from orchestrator.plan.course import Course, CueStatus, run, unchanged
from orchestrator.plan.model import Ceremony, Change, ChangeKind, Cue, Occurrence, Venue
from orchestrator.plan.planned import planned_times
from orchestrator.plan.rundown import Rundown
from orchestrator.plan.takes import Overrides, overrides

_OF_VENUE = frozenset({ChangeKind.TAKE, ChangeKind.RELEASE})
_COMING = frozenset({CueStatus.DUE, CueStatus.WAITING, CueStatus.HELD})


@dataclass(frozen=True, slots=True)
class TimedCue:
    """A cue of an occurrence with its time."""

    occurrence: Occurrence
    """Whose it is."""
    cue: Cue
    """The line of the run of show."""
    index: int
    """Its place in the file, from 0."""
    at: datetime | None
    """UTC: when it fires, or would have (skipped, cancelled); None while it waits for a GO or is held."""
    planned_at: datetime | None
    """UTC: its time before operators' changes; None for a GO without `latest`."""
    due: datetime | None
    """UTC: as `at`; for a held one the time that it would have if the hold ended at once."""
    status: CueStatus
    """What becomes of it."""

    @property
    def fires(self) -> bool:
        """Whether it takes effect at its time."""
        return self.status is CueStatus.DUE

    @property
    def skipped(self) -> bool:
        """Whether an operator skipped it."""
        return self.status is CueStatus.SKIPPED


@dataclass(frozen=True, slots=True)
class Span:
    """An occurrence's part of its venue's timeline."""

    occurrence: Occurrence
    """Whose."""
    rundown: Rundown
    """Its run of show."""
    venue: Venue
    """Where."""
    cues: tuple[TimedCue, ...]
    """In order of time; those without a time last, in the order of the file."""
    planned: tuple[datetime | None, ...]
    """UTC: each cue's time before operators' changes, in the order of the file."""
    course: Course
    """How it runs."""
    opens: datetime
    """UTC: its first cue by the schedule, or as moved; its start if no cue has a time. Orders the spans."""
    begin: datetime | None
    """UTC: when the venue became its; None if it doesn't take place, or can't be said yet."""
    last: datetime | None
    """UTC: when all is over; None while that can't be said."""
    blocked: bool
    """Whether it waits for an occurrence whose end can't be said yet."""
    breaks: tuple[datetime, ...]
    """UTC: every time at which the state that it wants may change, in order."""
    reach: datetime
    """UTC: the latest `at` of its cues; `opens` where none has one."""

    @property
    def ceremony(self) -> Ceremony:
        """Its ceremony."""
        return self.rundown.ceremony

    @property
    def cancelled(self) -> bool:
        """Whether an operator cancelled it."""
        return self.course.cancelled_at is not None


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


_NO_SPANS: Mapping[str, Span] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Timeline:
    """What happens, at every venue."""

    venues: Mapping[str, VenueTimeline]
    """By venue id; a venue without occurrences and takes may be absent."""
    spans: Mapping[str, Span] = field(default_factory=lambda: _NO_SPANS)
    """By occurrence id."""
    changes: tuple[Change, ...] = ()
    """What it was made with."""

    def is_over(self, venue: str, occurrence: str, t: datetime) -> bool:
        """Whether all of an occurrence's cues have had their time by `t`."""
        span = self.spans.get(occurrence)
        if span is None or span.venue.id != venue:
            return True
        if span.begin is None:
            return all(cue.status not in _COMING for cue in span.cues)
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
    by_occurrence = _by_occurrence(changes)
    by_venue: dict[str, list[Span]] = defaultdict(list)
    for occurrence in occurrences:
        event = occurrence.event
        own = by_occurrence.get(occurrence.id, ())
        by_venue[event.venue].append(_span(occurrence, rundowns[event.ceremony], venues[event.venue], own))
    made = {
        name: _venue_timeline(venue, by_venue.get(name, []), by_occurrence, [c for c in changes if c.venue == name])
        for name, venue in venues.items()
    }
    return _timeline(made, changes)


def with_changes(timeline: Timeline, changes: Sequence[Change]) -> Timeline:
    """The same occurrences under other changes; works out again only what the difference touches."""
    before, after = _by_occurrence(timeline.changes), _by_occurrence(changes)
    touched = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    made = dict(timeline.venues)
    for name, old in timeline.venues.items():
        own = [change for change in changes if change.venue == name]
        if not any(span.occurrence.id in touched for span in old.spans) and own == [
            change for change in timeline.changes if change.venue == name
        ]:
            continue
        spans = [
            _span(span.occurrence, span.rundown, span.venue, after.get(span.occurrence.id, ()))
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


def _by_occurrence(changes: Iterable[Change]) -> dict[str, tuple[Change, ...]]:
    sorted_changes: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        if change.occurrence is not None and change.kind not in _OF_VENUE:
            sorted_changes[change.occurrence].append(change)
    return {name: tuple(own) for name, own in sorted_changes.items()}


def _span(occurrence: Occurrence, rundown: Rundown, venue: Venue, changes: Sequence[Change]) -> Span:
    """An occurrence's span as if it were alone at its venue."""
    planned = planned_times(occurrence, rundown, venue)
    course = run(planned, rundown, occurrence, changes) if changes else unchanged(planned, rundown, occurrence)
    cues = tuple(
        TimedCue(occurrence, cue, index, c.at, planned[index], c.due, c.status)
        for index, (cue, c) in enumerate(zip(rundown.ceremony.cues, course.cues, strict=True))
    )
    begin, last = (course.active[0][0], course.active[-1][1]) if course.active else (None, None)
    opens = min((due for c in course.cues if (due := c.due) is not None), default=occurrence.start)
    if begin is not None:
        opens = min(opens, begin)
    return Span(
        occurrence=occurrence,
        rundown=rundown,
        venue=venue,
        cues=_in_order(cues),
        planned=tuple(planned),
        course=course,
        opens=opens,
        begin=begin,
        last=last,
        blocked=False,
        breaks=_breaks(course, begin),
        reach=_reach(cues, opens),
    )


def _in_order(cues: Iterable[TimedCue]) -> tuple[TimedCue, ...]:
    timed = [cue for cue in cues if cue.at is not None]
    untimed = [cue for cue in cues if cue.at is None]
    return (*sorted(timed, key=attrgetter("at", "index")), *untimed)


def _reach(cues: Iterable[TimedCue], opens: datetime) -> datetime:
    return max((cue.at for cue in cues if cue.at is not None), default=opens)


def _breaks(course: Course, begin: datetime | None) -> tuple[datetime, ...]:
    if begin is None:
        return ()
    times = {begin, *(firing.since for firing in course.firings), *(since for since, _ in course.ends)}
    times.update(firing.until for firing in course.firings if firing.until is not None)
    times.update(time for hold in course.holds for time in hold if time is not None)
    if course.closed_at is not None:
        times.add(course.closed_at)
    return tuple(sorted(time for time in times if time >= begin))


def _venue_timeline(
    venue: Venue, alone: Sequence[Span], by_occurrence: Mapping[str, tuple[Change, ...]], changes: Sequence[Change]
) -> VenueTimeline:
    taken_turns = _take_turns(alone, by_occurrence)
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
        overrides=overrides(changes, lambda t: _firing_after(owners, begins, t)),
    )


def _firing_after(owners: Sequence[Span], begins: Sequence[datetime], t: datetime) -> datetime | None:
    """When the venue's next cue after a time fires."""
    place = bisect_right(begins, t)
    own = owners[place - 1].course.firings if place else ()
    return min((*(firing.since for firing in own if firing.since > t), *begins[place : place + 1]), default=None)


def _take_turns(alone: Sequence[Span], by_occurrence: Mapping[str, tuple[Change, ...]]) -> list[Span]:
    """Give the venue to one after another, in the order in which they want it."""
    done = [span for span in alone if span.begin is None]
    wanting = [
        (span.begin, span.occurrence.start, span.occurrence.id, span) for span in alone if span.begin is not None
    ]
    owner: Span | None = None
    for begin, _, _, span in sorted(wanting, key=lambda entry: entry[:3]):
        free = begin if owner is None or owner.begin is None else _free_at(owner, max(begin, owner.begin))
        turn = _blocked(span) if free is None else _turn(span, free)
        if turn.begin is None:
            done.append(turn)
            continue
        if owner is not None:
            done.append(_cut(owner, turn.begin, by_occurrence))
        owner = turn
    return done if owner is None else [*done, owner]


def _free_at(owner: Span, wanted: datetime) -> datetime | None:
    """When the venue is free for the next one that wants it from `wanted` on; None: not to be said yet."""
    for begin, over in owner.course.active:
        if begin > wanted:
            break
        if over is None:
            return None
        wanted = max(wanted, over)
    return wanted


def _cut(owner: Span, taken_over: datetime, by_occurrence: Mapping[str, tuple[Change, ...]]) -> Span:
    """The owner without what was asked of it after another had taken over its venue."""
    changes = by_occurrence.get(owner.occurrence.id, ())
    counting = [change for change in changes if change.at <= taken_over]
    if len(counting) == len(changes) or owner.begin is None:
        return owner
    return _turn(_span(owner.occurrence, owner.rundown, owner.venue, counting), owner.begin)


def _blocked(span: Span) -> Span:
    """A span whose turn can't be said yet."""
    cues = tuple(replace(cue, at=None, status=CueStatus.HELD) if cue.fires else cue for cue in span.cues)
    return replace(span, cues=cues, begin=None, last=None, blocked=True, breaks=(), reach=_reach(cues, span.opens))


def _turn(span: Span, free: datetime) -> Span:
    """A span that gets its venue at `free`, or when it wants it if that is later."""
    if span.begin is None or free <= span.begin:
        return span
    course = span.course
    over = course.active[0][1]
    too_late = over is not None and over <= free
    if too_late or (course.cancelled_at is not None and course.cancelled_at <= free):
        cues = tuple(replace(cue, status=CueStatus.CANCELLED) if cue.status in _COMING else cue for cue in span.cues)
        return replace(span, cues=cues, begin=None, last=None, breaks=())
    course = replace(
        course,
        firings=tuple(
            replace(firing, since=max(firing.since, free))
            for firing in course.firings
            if firing.until is None or firing.until > free
        ),
        active=tuple((max(begin, free), over) for begin, over in course.active if over is None or over > free),
    )
    cues = tuple(cue if cue.at is None or not cue.fires else replace(cue, at=max(cue.at, free)) for cue in span.cues)
    return replace(
        span,
        cues=_in_order(cues),
        course=course,
        begin=free,
        breaks=_breaks(course, free),
        reach=_reach(cues, span.opens),
    )
