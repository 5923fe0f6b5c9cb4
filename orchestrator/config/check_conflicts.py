"""Events that want one venue or one stream key at the same time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from operator import itemgetter
from zoneinfo import ZoneInfo

from orchestrator.config import check_problems as problems
from orchestrator.config.findings import Findings
from orchestrator.config.parts import EventPart, Parts
from orchestrator.config.tree import Document
from orchestrator.plan.conflicts import Conflict, conflicts
from orchestrator.plan.model import Ceremony, Occurrence, Venue
from orchestrator.plan.planned import planned_times
from orchestrator.plan.recurrence import occurrences
from orchestrator.plan.rundown import Rundown

_SPANS = tuple(timedelta(days=days) for days in (3653, 1827, 731, 370, 92, 35, 8, 2))
"""How far repeats are followed from their first day: as far as keeps the occurrences below _MOST_OCCURRENCES."""
_MOST_OCCURRENCES = 40_000
_MANY = 2000
"""From so many conflicts on, those over a venue are looked for event by event: all pairs would be far too many."""
_A_YEAR = {"DAILY": 365, "WEEKLY": 52, "MONTHLY": 12, "YEARLY": 1}


def check_conflicts(parts: Parts, document: Document, findings: Findings) -> None:
    """No two events want one venue or one stream key at once."""
    ceremonies = {name: part.ceremony for name, part in (parts.ceremonies or {}).items() if part.ceremony is not None}
    venues = {name: part.venue for name, part in (parts.venues or {}).items() if part.venue is not None}
    known = {name: found for name, found in (parts.destinations or {}).items() if found is not None}
    destinations = {name: found for name, found in known.items() if name not in parts.keyless}
    events = {
        part.event.id: part
        for part in parts.events
        if part.event.ceremony in ceremonies and part.event.venue in venues and not part.event.disabled
    }
    waiting = _all_occurrences(tuple(events.values()), venues)
    told: set[tuple[str, str]] = set()
    found = conflicts(waiting, ceremonies, venues, destinations, most=_MANY)
    if len(found) >= _MANY:
        found = _venues_taken(waiting, ceremonies, venues)
        done = {conflict.second.event.id for conflict in found}
        others = [occurrence for occurrence in waiting if occurrence.event.id not in done]
        found += conflicts(others, ceremonies, venues, destinations, most=len(events) * _MANY)
    for conflict in found:
        _note(conflict, events, told, document, findings)


def _venues_taken(
    waiting: Sequence[Occurrence], ceremonies: Mapping[str, Ceremony], venues: Mapping[str, Venue]
) -> tuple[Conflict, ...]:
    """For each occurrence that finds its venue taken, the one that has it longest."""
    rundowns = {name: Rundown(ceremony) for name, ceremony in ceremonies.items()}
    wishes = []
    for occurrence in waiting:
        event = occurrence.event
        planned = planned_times(occurrence, rundowns[event.ceremony], venues[event.venue])
        if timed := [at for at in planned if at is not None]:
            wishes.append((min(timed), max(timed), occurrence))
    found = []
    having: dict[str, tuple[datetime, Occurrence]] = {}
    for since, until, occurrence in sorted(wishes, key=itemgetter(0)):
        venue = occurrence.event.venue
        last = having.get(venue)
        if last is not None and since < last[0] and since < until:
            found.append(Conflict("venue", venue, last[1], occurrence, since, min(until, last[0])))
        if last is None or until > last[0]:
            having[venue] = (until, occurrence)
    return tuple(found)


def _note(
    conflict: Conflict,
    events: Mapping[str, EventPart],
    told: set[tuple[str, str]],
    document: Document,
    findings: Findings,
) -> None:
    """Tell an event's first conflict of a kind: the others are most often the same mistake."""
    event, other = conflict.second.event, conflict.first.event
    if (event.id, conflict.kind) in told or (event.id, "venue") in told:
        return
    told.add((event.id, conflict.kind))
    zone = ZoneInfo(event.timezone)
    since, until = f"{conflict.since.astimezone(zone):%Y-%m-%d %H:%M}", f"{conflict.until.astimezone(zone):%H:%M}"
    make = problems.venue_taken if conflict.kind == "venue" else problems.destination_taken
    problem = make(conflict.subject, other.id, since, until)
    document.find(findings, problem, "events", events[event.id].index, "start")


def _all_occurrences(parts: Sequence[EventPart], venues: Mapping[str, Venue]) -> list[Occurrence]:
    span = next((span for span in _SPANS if _count(parts, span) <= _MOST_OCCURRENCES), _SPANS[-1])
    found: list[Occurrence] = []
    for part in parts:
        event = part.event
        first, last = event.start.date, _last_day(part, span)
        since = datetime.combine(first, time.min, UTC) - timedelta(days=2)
        until = datetime.combine(last, time.min, UTC) + timedelta(days=3)
        found += occurrences(event, venues[event.venue], since, until)
    return found


def _last_day(part: EventPart, span: timedelta) -> date:
    """The last day on which an event's occurrences are looked at."""
    event = part.event
    if event.repeat is None:
        return event.start.date
    last: date = event.start.date + span
    if event.repeat.until is not None:
        last = min(last, event.repeat.until)
    return max(last, event.start.date, *event.repeat.also)


def _count(parts: Sequence[EventPart], span: timedelta) -> float:
    """About how many occurrences all events have."""
    count = 0.0
    for part in parts:
        repeat = part.event.repeat
        if repeat is None:
            count += 1
            continue
        rule = dict(pair.partition("=")[::2] for pair in repeat.rrule.upper().split(";"))
        days = max(len(rule.get(name, "").split(",")) for name in ("BYDAY", "BYMONTHDAY", "BYYEARDAY"))
        a_year = min(_A_YEAR.get(rule.get("FREQ", ""), 365) / int(rule.get("INTERVAL", "1")) * days, 366)
        if rule.get("FREQ") == "DAILY":
            a_year = 365 / int(rule.get("INTERVAL", "1"))
        years = (_last_day(part, span) - part.event.start.date).days / 365
        count += min(a_year * years, int(rule.get("COUNT", "1000000"))) + len(repeat.also)
    return count
