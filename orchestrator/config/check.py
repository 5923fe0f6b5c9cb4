"""What only shows when the files are seen together: names, details, times, and events that want one thing at once.

A fault that is only the consequence of another isn't noted: what hangs on something wrong is left alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from orchestrator.config import check_problems as problems
from orchestrator.config.check_ceremonies import check_ceremony, check_ceremony_at, details_shown, needs_relay, streamed
from orchestrator.config.check_conflicts import check_conflicts
from orchestrator.config.check_times import check_times
from orchestrator.config.check_venues import check_studios, check_venue
from orchestrator.config.findings import Findings
from orchestrator.config.near import nearest, shown
from orchestrator.config.parts import EventPart, Parts
from orchestrator.config.tree import Document, Entries, Items
from orchestrator.plan.model import Destination


def check(parts: Parts, findings: Findings) -> None:
    """Note all that is wrong between the files."""
    for venue in (parts.venues or {}).values():
        check_venue(venue, findings)
    check_studios(parts.venues or {}, findings)
    for ceremony in (parts.ceremonies or {}).values():
        check_ceremony(ceremony, findings)
    if parts.schedule is None:
        return
    _check_ids(parts.schedule, findings)
    if parts.venues is None or parts.ceremonies is None:
        return
    for part in parts.events:
        _check_references(part, parts, parts.schedule, findings)
    _check_pairs(parts, findings)
    _check_needs(parts, parts.schedule, findings)
    check_times(parts, parts.schedule, findings)
    check_conflicts(parts, parts.schedule, findings)


def _check_ids(document: Document, findings: Findings) -> None:
    """Every event's id, right or wrong otherwise, is its own."""
    listed = document.root.get("events") if isinstance(document.root, Entries) else None
    seen: dict[str, int] = {}
    for index, value in enumerate(listed if isinstance(listed, Items) else ()):
        name = value.get("id") if isinstance(value, Entries) else None
        if not isinstance(name, (str, int)):
            continue
        first = seen.setdefault(shown(name).casefold(), index)
        if first != index:
            line = document.line("events", first, "id")
            document.find(findings, problems.duplicate_event(shown(name), line), "events", index, "id")


def _check_references(part: EventPart, parts: Parts, document: Document, findings: Findings) -> None:
    """The ceremony, the venue and the destinations that an event names are there."""
    event, here = part.event, ("events", part.index)
    if parts.ceremonies is not None and event.ceremony not in parts.ceremonies:
        problem = problems.unknown_ceremony(event.ceremony, parts.ceremonies)
        document.find(findings, problem, *here, "ceremony")
    if parts.venues is not None and event.venue not in parts.venues:
        document.find(findings, problems.unknown_venue(event.venue, parts.venues), *here, "venue")
    for place, name in enumerate(event.destinations):
        if name in event.destinations[:place]:
            document.find(findings, problems.twice(name), *here, "destinations", place)
        elif parts.destinations is not None and name not in parts.destinations:
            problem = problems.unknown_destination(name, parts.destinations)
            document.find(findings, problem, *here, "destinations", place)


def _check_pairs(parts: Parts, findings: Findings) -> None:
    """Each venue has what the ceremonies that take place there name."""
    pairs = dict.fromkeys((part.event.ceremony, part.event.venue) for part in parts.events)
    for ceremony_name, venue_name in pairs:
        ceremony, venue = (parts.ceremonies or {}).get(ceremony_name), (parts.venues or {}).get(venue_name)
        if ceremony is not None and venue is not None and venue.names is not None:
            check_ceremony_at(ceremony, venue_name, venue.names, findings)


def _check_needs(parts: Parts, document: Document, findings: Findings) -> None:
    """Each event gives what its ceremony needs of it, and no destination is streamed to longer than it takes."""
    by_ceremony: dict[str, list[EventPart]] = defaultdict(list)
    for part in parts.events:
        by_ceremony[part.event.ceremony].append(part)
    for name, events in by_ceremony.items():
        found = (parts.ceremonies or {}).get(name)
        if found is None:
            continue
        details = details_shown(found, events, findings)
        relayed, extra = needs_relay(found), streamed(found)
        for part in events:
            for detail, cue in details.items():
                if detail not in part.event.details:
                    _note_detail(part, name, detail, cue, details, document, findings)
            if relayed and part.event.relay is None:
                document.find(findings, problems.missing_relay(name), "events", part.index)
            if extra is not None:
                _check_length(part, part.event.duration + extra, parts.destinations or {}, document, findings)


def _note_detail(
    part: EventPart,
    ceremony: str,
    detail: str,
    cue: str,
    wanted: Mapping[str, str],
    document: Document,
    findings: Findings,
) -> None:
    idle = [name for name in part.event.details if name not in wanted]
    near = nearest(detail, idle)
    if near is None:
        problem = problems.missing_detail(detail, ceremony, cue)
    else:
        problem = problems.missing_detail_near(detail, ceremony, cue, near)
    where: Sequence[Any] = ("events", part.index, *(("details",) if part.event.details else ()))
    document.find(findings, problem, *where)


def _check_length(
    part: EventPart,
    length: timedelta,
    destinations: Mapping[str, Destination | None],
    document: Document,
    findings: Findings,
) -> None:
    for place, name in enumerate(part.event.destinations):
        destination = destinations.get(name)
        if destination is not None and destination.max_duration is not None and length > destination.max_duration:
            problem = problems.too_long_for(name, length, destination.max_duration)
            document.find(findings, problem, "events", part.index, "destinations", place)
