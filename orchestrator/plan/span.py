"""One occurrence's part of its venue's timeline, as if it were alone there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter

from orchestrator.plan.course import Course, CueStatus
from orchestrator.plan.model import Ceremony, Change, Cue, Occurrence, Venue, VenueState
from orchestrator.plan.planned import planned_times
from orchestrator.plan.player import run, unchanged
from orchestrator.plan.rundown import Rundown


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
    states: dict[int, VenueState] = field(init=False, repr=False, compare=False, default_factory=dict)
    """What was worked out of it: the state that it wants after so many of its breaks. Only `state` looks at it."""

    @property
    def ceremony(self) -> Ceremony:
        """Its ceremony."""
        return self.rundown.ceremony

    @property
    def cancelled(self) -> bool:
        """Whether an operator cancelled it."""
        return self.course.cancelled_at is not None

    def is_closed(self, t: datetime) -> bool:
        """Whether it was given up by `t`: all of it is over, and told."""
        return self.course.closed_at is not None and self.course.closed_at <= t


def make_span(occurrence: Occurrence, rundown: Rundown, venue: Venue, changes: Sequence[Change]) -> Span:
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
        cues=in_order(cues),
        planned=tuple(planned),
        course=course,
        opens=opens,
        begin=begin,
        last=last,
        blocked=False,
        breaks=breaks_of(course, begin),
        reach=reach_of(cues, opens),
    )


def in_order(cues: Iterable[TimedCue]) -> tuple[TimedCue, ...]:
    """Cues in order of time; those without one last."""
    timed = [cue for cue in cues if cue.at is not None]
    untimed = [cue for cue in cues if cue.at is None]
    return (*sorted(timed, key=attrgetter("at", "index")), *untimed)


def reach_of(cues: Iterable[TimedCue], opens: datetime) -> datetime:
    """The latest time of any cue; `opens` where none has one."""
    return max((cue.at for cue in cues if cue.at is not None), default=opens)


def breaks_of(course: Course, begin: datetime | None) -> tuple[datetime, ...]:
    """Every time from `begin` on at which what a course wants may change, in order."""
    if begin is None:
        return ()
    times = {begin, *(firing.since for firing in course.firings), *(since for since, _ in course.ends)}
    times.update(firing.until for firing in course.firings if firing.until is not None)
    times.update(time for hold in course.holds for time in hold if time is not None)
    if course.closed_at is not None:
        times.add(course.closed_at)
    return tuple(sorted(time for time in times if time >= begin))
