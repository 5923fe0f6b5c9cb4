"""One event to its occurrences in a window.

A repeat is worked out in wall-clock time of the event's zone, then turned into UTC, so that an apel at 07:30 stays
at 07:30 when clocks change. A repeating occurrence whose wall-clock time doesn't exist (clocks go forward) moves
forward by the gap; of two equal wall-clock times (clocks go back) the first counts. `check` refuses such times for a
single event; here they are treated alike. An occurrence's id has its wall-clock time as the schedule says it.

`except` wins over everything, `also` over the rule's `until`. As in dateutil, the event's first day is an occurrence
only if the rule says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from orchestrator.plan.model import Event, Occurrence, Repeat, Venue
from orchestrator.plan.rules import EARLIEST, LATEST, days_of
from orchestrator.plan.sun import NoSun, sun_time

_DAY = timedelta(days=1)
_LAST_TIME = time(23, 59, 59)


def local_time_fault(day: date, clock: time, zone: str) -> Literal["gap", "overlap"] | None:
    """Whether a wall-clock time doesn't exist or is there twice in a zone on a day."""
    first = datetime.combine(day, clock.replace(fold=0), ZoneInfo(zone))
    if first.utcoffset() == first.replace(fold=1).utcoffset():
        return None
    there_and_back = first.astimezone(UTC).astimezone(ZoneInfo(zone))
    return "overlap" if there_and_back.replace(tzinfo=None) == first.replace(tzinfo=None) else "gap"


def to_utc(wall: datetime, zone: str) -> datetime:
    """A wall-clock time (naive) in UTC: in a gap moved forward by it, of two equal ones the first."""
    return wall.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


def occurrences(event: Event, venue: Venue, since: datetime, until: datetime) -> tuple[Occurrence, ...]:
    """The event's occurrences that overlap [since, until), in order of time.

    Args:
        event: The event; a disabled one has no occurrence.
        venue: Its venue, for the sun.
        since: Aware.
        until: Aware.
    """
    if event.disabled:
        return ()
    if event.repeat is None:
        # No zone is over a day from UTC: of years of single events most are seen to be far away by their day alone.
        far = event.start.sun is None and not (
            since.date() - event.duration - 2 * _DAY <= event.start.date <= until.date() + 2 * _DAY
        )
        found = None if far else _single(event, venue)
        return (found,) if found is not None and _overlaps(found, since, until) else ()
    zone = ZoneInfo(event.timezone)
    # A day each side: the sun and gaps move a start away from its nominal wall-clock time.
    first = (since - event.duration).astimezone(zone).replace(tzinfo=None) - _DAY
    last = until.astimezone(zone).replace(tzinfo=None) + _DAY
    made = (_repeated(event, venue, wall) for wall in _walls(event, event.repeat, first, last))
    return tuple(
        sorted(
            (found for found in made if found is not None and _overlaps(found, since, until)),
            key=lambda found: found.start,
        )
    )


def first_start(event: Event, venue: Venue) -> datetime | None:
    """When the event first starts, in UTC, disabled or not; None if it never does."""
    if event.repeat is None:
        single = _single(event, venue)
        return None if single is None else single.start
    starts = (_repeated(event, venue, wall) for wall in _walls(event, event.repeat, EARLIEST, LATEST))
    return next((found.start for found in starts if found is not None), None)


def _overlaps(found: Occurrence, since: datetime, until: datetime) -> bool:
    return found.start < until and (found.end > since or found.start >= since)


def _single(event: Event, venue: Venue) -> Occurrence | None:
    start = _start(event, venue, datetime.combine(event.start.date, event.start.time or time.min))
    return None if start is None else Occurrence(event.id, event, start, start + event.duration)


def _repeated(event: Event, venue: Venue, wall: datetime) -> Occurrence | None:
    start = _start(event, venue, wall)
    if start is None:
        return None
    nominal = start.astimezone(ZoneInfo(event.timezone)) if event.start.sun else wall
    return Occurrence(f"{event.id}@{nominal:%Y-%m-%dT%H:%M}", event, start, start + event.duration)


def _start(event: Event, venue: Venue, wall: datetime) -> datetime | None:
    if event.start.sun is None:
        return to_utc(wall, event.timezone)
    sun = sun_time(event.start.sun, venue, wall.date(), event.timezone)
    return None if isinstance(sun, NoSun) else sun + event.start.offset


def _walls(event: Event, repeat: Repeat, first: datetime, last: datetime) -> Iterator[datetime]:
    """Nominal wall-clock starts in [first, last]: in order but for the days added, which come in their place too."""
    clock = event.start.time or time.min
    begin = datetime.combine(event.start.date, clock)
    end = last if repeat.until is None else min(last, datetime.combine(repeat.until, _LAST_TIME))
    ruled = days_of(repeat.rrule, begin, max(first, begin), end)
    added = sorted(
        wall for day in repeat.also - repeat.exclude if first <= (wall := datetime.combine(day, clock)) <= last
    )
    waiting = iter(added)
    extra = next(waiting, None)
    for wall in ruled:
        while extra is not None and extra < wall:
            yield extra
            extra = next(waiting, None)
        if extra == wall:
            extra = next(waiting, None)
        if wall.date() not in repeat.exclude:
            yield wall
    while extra is not None:
        yield extra
        extra = next(waiting, None)
