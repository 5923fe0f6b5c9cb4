"""Calendars for tests, and what the schedule's own loader makes of what was taken from them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from orchestrator.config.entries import entry
from orchestrator.config.event_files import EventEntry
from orchestrator.config.findings import Findings
from orchestrator.config.ics import Defaults, FromCalendar, events_from
from orchestrator.config.ics_export import Published
from orchestrator.config.secrets import Secrets
from orchestrator.config.tree import parse
from orchestrator.config.values import Builder
from orchestrator.plan.model import Ceremony, Destination, Event, Occurrence
from orchestrator.plan.recurrence import occurrences
from orchestrator.plan.secret import Secret
from tests.plan.support import make_ceremony, make_venue

VENUES = {
    "gedung-daerah": make_venue(),
    "makassar": make_venue("makassar", "Asia/Makassar", -5.1477, 119.4327),
}
CEREMONIES: Mapping[str, Ceremony] = {"upacara": make_ceremony(name="upacara"), "apel": make_ceremony(name="apel")}
DESTINATIONS = {
    name: Destination(name, name.title(), Secret("rtmp://x"), Secret(""), watch=f"https://example.org/{name}")
    for name in ("youtube", "facebook")
}
NOW = datetime(2027, 1, 1, tzinfo=UTC)


def published(events: Iterable[Event], since: datetime = NOW, days: int = 400, **given: object) -> Published:
    fields: dict[str, object] = {
        "station": "Humas Kepri",
        "events": list(events),
        "venues": VENUES,
        "ceremonies": CEREMONIES,
        "destinations": DESTINATIONS,
        "cancelled": frozenset(),
        "since": since,
        "until": since + timedelta(days=days),
        "stamp": NOW,
        "language": "en",
    }
    return Published(**{**fields, **given})  # type: ignore[arg-type]


def ics(*lines: str) -> str:
    """A calendar of these lines, with what every calendar has around them."""
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *lines, "END:VCALENDAR", ""])


def vevent(*lines: str, uid: str = "a@x", start: str = "DTSTART;TZID=Asia/Jakarta:20270817T073000") -> list[str]:
    end = [] if any(line.startswith(("DTEND", "DURATION")) for line in lines) else ["DURATION:PT50M"]
    title = [] if any(line.startswith("SUMMARY") for line in lines) else ["SUMMARY:Rapat"]
    return ["BEGIN:VEVENT", f"UID:{uid}", *([start] if start else []), *title, *end, *lines, "END:VEVENT"]


def taken(text: str, **given: object) -> FromCalendar:
    fields: dict[str, object] = {
        "venues": VENUES,
        "ceremonies": CEREMONIES,
        "zone": "Asia/Jakarta",
        "venue": "gedung-daerah",
        "ceremony": "upacara",
    }
    return events_from(text, Defaults(**{**fields, **given}))  # type: ignore[arg-type]


def loaded(entries: Sequence[Mapping[str, object]]) -> list[Event]:
    """Events as the schedule's own loader makes them of entries; every problem fails."""
    findings = Findings()
    document = parse("schedules.yaml", json.dumps({"events": entries}, ensure_ascii=False), findings)
    assert document is not None, findings.problems
    builder = Builder(Path(), Secrets(Path(), {}, findings), findings)
    events = []
    for index, value in enumerate(document.root["events"]):
        checked = entry(EventEntry, document, value, "events", index, findings=findings)
        assert checked is not None, findings.problems
        events.append(builder.event(checked, VENUES[checked.venue].timezone, document, "events", index))
    assert not findings, findings.problems
    return [event for event in events if event is not None]


def all_occurrences(events: Iterable[Event], since: datetime, until: datetime) -> list[Occurrence]:
    found = [one for event in events for one in occurrences(event, VENUES[event.venue], since, until)]
    return sorted(found, key=lambda one: (one.start, one.id))
