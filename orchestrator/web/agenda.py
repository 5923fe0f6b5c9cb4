"""A stretch of the schedule as days and occurrences, for the calendar. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from orchestrator.config.model import Configuration
from orchestrator.plan.conflicts import Conflict, conflicts
from orchestrator.plan.model import Venue
from orchestrator.plan.timeline import Span, Timeline
from orchestrator.web.live.dayline import BarState, state_of
from orchestrator.web.planned import end_of

View = Literal["week", "month"]
State = BarState | Literal["dropped"]
"""As on the day's page; `dropped`: it had no time left when its venue was free."""

_DAY = timedelta(days=1)
_SHAPES = 6
"""How many marks of venues differ in shape and colour."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How a venue is told apart."""

    letters: str
    """Two letters or a number, different for every venue."""
    shape: int
    """Which shape and colour, from 1."""


@dataclass(frozen=True, slots=True)
class Item:
    """An occurrence on a day."""

    id: str
    """The occurrence's id."""
    event: str
    """The event's id."""
    title: str
    """For people."""
    venue: Venue
    """Where."""
    zone: str
    """Its venue's zone (IANA)."""
    start: datetime
    """UTC."""
    end: datetime
    """UTC: as operators' changes have it."""
    destinations: tuple[str, ...]
    """Names of the destinations."""
    state: State
    """What has become of it."""
    repeats: bool
    """Whether it is one of several."""
    archived: bool
    """Whether the archive has its recording."""
    clashes: tuple[Conflict, ...]
    """What it gets into the way of."""

    @property
    def over(self) -> bool:
        """Whether nothing of it is to come."""
        return self.state in {"past", "cancelled", "dropped"}


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar."""

    date: date
    """In the station's zone."""
    items: tuple[Item, ...]
    """What begins on it, in order."""
    within: bool
    """Whether it belongs to the month that is shown; always so in a week."""

    def before(self, now: datetime) -> int:
        """How many of its occurrences have begun by now: where now stands among them."""
        return sum(item.start <= now for item in self.items)


def days_of(view: View, day: date) -> tuple[date, date]:
    """The first day that is shown, and the one after the last: whole weeks from Monday on."""
    if view == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + 7 * _DAY
    first = day.replace(day=1)
    last = step(view, first, 1) - _DAY
    return first - timedelta(days=first.weekday()), last + timedelta(days=7 - last.weekday())


def step(view: View, day: date, count: int) -> date:
    """The day so many weeks or months on; of a month its first."""
    if view == "week":
        return day + timedelta(weeks=count)
    years, month = divmod(day.month - 1 + count, 12)
    return date(day.year + years, month + 1, 1)


def instants(first: date, last: date, zone: str) -> tuple[datetime, datetime]:
    """When days begin and end, aware."""
    since, until = (datetime.combine(day, time(), ZoneInfo(zone)) for day in (first, last))
    return since, until


def marks(venues: Iterable[Venue]) -> dict[str, Mark]:
    """A mark for each venue: the capitals of its name, or its number where another has the same."""
    found: dict[str, Mark] = {}
    taken: set[str] = set()
    for number, venue in enumerate(venues):
        words = [word for word in venue.name.replace(",", " ").split() if word[0].isalnum()]
        letters = "".join(word[0] for word in words[:2]).upper() or str(number + 1)
        if letters in taken:
            letters = f"{letters[0]}{number + 1}"
        taken.add(letters)
        found[venue.id] = Mark(letters, number % _SHAPES + 1)
    return found


def agenda(
    timeline: Timeline,
    configuration: Configuration,
    now: datetime,
    span: tuple[date, date],
    *,
    on_air: Collection[str],
    archived: Collection[str],
    venue: str | None = None,
    month: int | None = None,
) -> tuple[Day, ...]:
    """The days of a calendar.

    Args:
        timeline: Reaches over all of them.
        configuration: What it was made from.
        now: Aware.
        span: The first day, and the one after the last.
        on_air: Ids of occurrences that are seen on air.
        archived: Ids of occurrences of which the archive has a recording.
        venue: One venue's id; None for all.
        month: The month that is shown; None for a week.
    """
    zone = ZoneInfo(configuration.station.timezone)
    clashes: dict[str, list[Conflict]] = defaultdict(list)
    shown = [one for one in timeline.spans.values() if not one.cancelled]
    for clash in conflicts(
        (one.occurrence for one in shown), configuration.ceremonies, configuration.venues, configuration.destinations
    ):
        clashes[clash.first.id].append(clash)
        clashes[clash.second.id].append(clash)
    by_day: dict[date, list[Item]] = defaultdict(list)
    for one in timeline.spans.values():
        if venue in {None, one.venue.id}:
            item = _item(one, configuration, now, on_air, archived, clashes)
            by_day[item.start.astimezone(zone).date()].append(item)
    first, last = span
    days = (first + timedelta(days=number) for number in range((last - first).days))
    return tuple(
        Day(day, tuple(sorted(by_day[day], key=lambda item: (item.start, item.id))), month in {None, day.month})
        for day in days
    )


def _item(
    span: Span,
    configuration: Configuration,
    now: datetime,
    on_air: Collection[str],
    archived: Collection[str],
    clashes: Mapping[str, list[Conflict]],
) -> Item:
    occurrence, event = span.occurrence, span.occurrence.event
    state: State = state_of(span, now, on_air)
    if span.begin is None and not span.blocked and state in {"past", "coming"} and span.reach <= now:
        state = "dropped"
    return Item(
        id=occurrence.id,
        event=event.id,
        title=event.title,
        venue=span.venue,
        zone=span.venue.timezone,
        start=occurrence.start,
        end=end_of(span),
        destinations=tuple(configuration.destinations[name].name for name in event.destinations),
        state=state,
        repeats=event.repeat is not None,
        archived=occurrence.id in archived,
        clashes=tuple(clashes.get(occurrence.id, ())),
    )
