"""The day as a line of time, a lane a venue. Pure: places are parts of the whole width."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from orchestrator.plan.timeline import Span
from orchestrator.web.live.observer import Sight
from orchestrator.web.planned import end_of, expected_end

_LEAST = timedelta(hours=6)
"""How much of the day is shown at least."""
_AHEAD = timedelta(hours=2)
"""How much of what comes is shown at least."""
_HOUR = timedelta(hours=1)
_BEFORE = timedelta(hours=4)
_AFTER = timedelta(hours=6)
"""How far beyond its midnights a day reaches at most: an event of many days doesn't make this one narrow."""
_MOST_MARKS = 12
"""How many hours are written at most."""

Place = Callable[[datetime], float]
BarState = Literal["past", "air", "running", "coming", "cancelled"]


@dataclass(frozen=True, slots=True)
class Bar:
    """An event on its lane."""

    occurrence: str
    """Its id."""
    title: str
    """For people."""
    start: datetime
    """UTC: its start."""
    end: datetime
    """UTC: its end, as operators' changes have it; while it is held, if it went on now."""
    state: BarState
    """What has become of it."""
    left: float
    """Where it begins, percent of the width."""
    width: float
    """How wide it is, percent."""
    cues: tuple[float, ...]
    """Where its cues are, percent of the whole width."""


@dataclass(frozen=True, slots=True)
class Lane:
    """A venue's day."""

    venue: str
    """Its id."""
    name: str
    """For people."""
    zone: str
    """IANA name."""
    bars: tuple[Bar, ...]
    """Its events."""


@dataclass(frozen=True, slots=True)
class DayLine:
    """The day."""

    since: datetime
    """UTC: where the line begins."""
    until: datetime
    """UTC: where it ends."""
    marks: tuple[tuple[datetime, float], ...]
    """Full hours and their places, percent."""
    lanes: tuple[Lane, ...]
    """Every venue."""
    now: float
    """Where now is, percent, to the minute."""

    @property
    def empty(self) -> bool:
        """Whether nothing happens."""
        return not any(lane.bars for lane in self.lanes)


def day_line(sight: Sight) -> DayLine:
    """The day of a sight, in the station's zone."""
    now, zone = sight.moment.now, ZoneInfo(sight.moment.configuration.station.timezone)
    local = now.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    ends = midnight + timedelta(days=1)
    spans = {view.id: _of_day(sight, view.id, midnight, ends) for view in sight.venues}
    since, until = _window([span for found in spans.values() for span in found], now, midnight - _BEFORE, ends + _AFTER)
    whole = (until - since).total_seconds()

    def place(at: datetime) -> float:
        return round(min(max((at - since).total_seconds() / whole, 0.0), 1.0) * 100, 3)

    on_air = {view.event.occurrence.id for view in sight.venues if view.on_air and view.event}
    lanes = tuple(
        Lane(view.id, view.name, view.zone, tuple(_bar(span, now, on_air, place) for span in spans[view.id]))
        for view in sight.venues
    )
    return DayLine(since, until, _marks(since, until, place), lanes, place(local.replace(second=0, microsecond=0)))


def _of_day(sight: Sight, venue: str, begin: datetime, end: datetime) -> list[Span]:
    there = sight.moment.timeline.venues.get(venue)
    spans = there.spans if there else ()
    return [span for span in spans if span.opens < end and max(span.reach, end_of(span)) >= begin]


def _window(spans: list[Span], now: datetime, earliest: datetime, latest: datetime) -> tuple[datetime, datetime]:
    """From the first event's hour to the last one's; `earliest` and `latest` are in the station's zone."""
    first = max(min([span.opens for span in spans] + [now]) - _HOUR / 4, earliest)
    last = min(max([max(span.reach, end_of(span)) for span in spans] + [now + _AHEAD]), latest)
    since = first.astimezone(earliest.tzinfo).replace(minute=0, second=0, microsecond=0)
    until = max(last, since + _LEAST).astimezone(earliest.tzinfo)
    whole = until.replace(minute=0, second=0, microsecond=0)
    return since, whole if whole == until else whole + _HOUR


def _marks(since: datetime, until: datetime, place: Place) -> tuple[tuple[datetime, float], ...]:
    hours = round((until - since) / _HOUR)
    step = next(n for n in (1, 2, 3, 4) if hours / n <= _MOST_MARKS)
    return tuple((at, place(at)) for n in range(0, hours, step) if (at := since + n * _HOUR) < until)


def state_of(span: Span, now: datetime, on_air: Container[str]) -> BarState:
    """What has become of an occurrence.

    Args:
        span: Its part of its venue's timeline.
        now: Aware.
        on_air: The ids of occurrences that are seen on air.
    """
    if span.cancelled:
        return "cancelled"
    if span.occurrence.id in on_air:
        return "air"
    begin, over = span.begin or span.opens, span.last or max(span.reach, end_of(span))
    if begin > now:
        return "coming"
    return "running" if over > now or span.last is None else "past"


def _bar(span: Span, now: datetime, on_air: set[str], place: Place) -> Bar:
    end, occurrence = expected_end(span, now), span.occurrence
    begin, over = span.begin or span.opens, span.last or max(span.reach, end)
    state = state_of(span, now, on_air)
    left, right = place(begin), place(max(over, end))
    cues = tuple(place(cue.at) for cue in span.cues if cue.at is not None and cue.fires)
    return Bar(occurrence.id, occurrence.event.title, occurrence.start, end, state, left, max(right - left, 0.8), cues)
