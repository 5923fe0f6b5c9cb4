"""When an occurrence's cues are due by the schedule alone, before any operator's change.

A clock time and the sun are taken on the occurrence's first day in the event's zone; on the next day if that is over
12 h before the start, on the day before if it is over 12 h after the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from orchestrator.plan.model import Anchor, At, Ceremony, Occurrence, Venue
from orchestrator.plan.recurrence import local_time_fault, to_utc
from orchestrator.plan.rundown import Rundown
from orchestrator.plan.sun import NoSun, sun_time

_DAY = timedelta(days=1)
_FAR = timedelta(hours=12)


def planned_times(occurrence: Occurrence, rundown: Rundown, venue: Venue) -> list[datetime | None]:
    """Each cue's time in UTC, in the order of the file; None for one that only a GO fires, or that has no time."""
    start, end = occurrence.start, occurrence.end
    times: list[datetime | None] = [None] * len(rundown.ats)
    for place in rundown.order:
        at = rundown.ats[place]
        if at is None:
            continue
        anchor = at.anchor
        if anchor is Anchor.START:
            times[place] = start + at.offset
        elif anchor is Anchor.END:
            times[place] = end + at.offset
        elif anchor is Anchor.CUE:
            up = rundown.parents[place]
            above = None if up is None else times[up]
            times[place] = None if above is None else above + at.offset
        else:
            times[place] = _bound_time(at, occurrence, venue)
    return times


@dataclass(frozen=True, slots=True)
class TimingFault:
    """What is wrong with a run of show for one event's times."""

    cue_index: int
    """Which cue, counted from 0 in the order of the file."""
    cue_id: str
    """Its id."""
    code: Literal["order", "no-sun"]
    """`order`: it stands after one that comes later; `no-sun`: the sun doesn't rise or set that day."""
    at: datetime | None
    """UTC: when it would be due."""
    other: str = ""
    """The cue that stands before it and comes later."""
    other_at: datetime | None = None
    """UTC: when that one is due."""


def timing_faults(occurrence: Occurrence, ceremony: Ceremony, venue: Venue) -> tuple[TimingFault, ...]:
    """Cues that at this event's times come in another order than they stand, or that have no time.

    What hangs on a GO may come before its `latest`, so such a cue may stand before others that hang on the start.
    """
    rundown = Rundown(ceremony)
    times = planned_times(occurrence, rundown, venue)
    faults: list[TimingFault] = []
    latest: list[tuple[datetime, int]] = []
    for place, (cue, time) in enumerate(zip(ceremony.cues, times, strict=True)):
        at = rundown.ats[place]
        if time is None:
            if at is not None and at.anchor in {Anchor.SUNRISE, Anchor.SUNSET}:
                faults.append(TimingFault(place, cue.id, "no-sun", None))
            continue
        loose = rundown.root(place) is Anchor.START
        before = max((entry for entry in latest if not (loose and rundown.waits(entry[1]))), default=None)
        if before is not None and time < before[0]:
            faults.append(TimingFault(place, cue.id, "order", time, ceremony.cues[before[1]].id, before[0]))
        latest.append((time, place))
    return tuple(faults)


def clock_fault(at: At, occurrence: Occurrence) -> Literal["gap", "overlap"] | None:
    """Whether a clock-bound cue's time doesn't exist or is there twice on the occurrence's day."""
    found = _bound_time(at, occurrence, None)
    if at.clock is None or found is None:
        return None
    day = found.astimezone(ZoneInfo(occurrence.event.timezone)).date()
    return local_time_fault(day, at.clock, occurrence.event.timezone)


def _bound_time(at: At, occurrence: Occurrence, venue: Venue | None) -> datetime | None:
    """The time of a cue that hangs on the clock or the sun."""
    first = occurrence.start.astimezone(ZoneInfo(occurrence.event.timezone)).date()
    found = _time_on(at, first, occurrence.event.timezone, venue)
    if found is None:
        return None
    if occurrence.start - found > _FAR:
        return _time_on(at, first + _DAY, occurrence.event.timezone, venue)
    if found - occurrence.end > _FAR:
        return _time_on(at, first - _DAY, occurrence.event.timezone, venue)
    return found


def _time_on(at: At, day: date, zone: str, venue: Venue | None) -> datetime | None:
    if at.clock is not None:
        return to_utc(datetime.combine(day, at.clock), zone)
    if venue is None:
        return None
    sun = sun_time("sunrise" if at.anchor is Anchor.SUNRISE else "sunset", venue, day, zone)
    return None if isinstance(sun, NoSun) else sun + at.offset
