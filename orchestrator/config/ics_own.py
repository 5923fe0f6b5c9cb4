"""What our own export wrote beside what every calendar says."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from orchestrator.config import ics_names as names
from orchestrator.config import times
from orchestrator.config.ics_text import Component
from orchestrator.config.refused import Refused
from orchestrator.plan.model import StartSpec


@dataclass(frozen=True, slots=True)
class OwnStart:
    """When an event starts of which each day stands by itself."""

    text: str
    """As schedules.yaml has it."""
    spec: StartSpec
    """What it means."""
    repeat: Mapping[str, object] | None
    """As schedules.yaml has it."""

    def day(self, at: datetime, zone: str) -> date:
        """The day of the repeat whose start an instant is."""
        return (at - self.spec.offset).astimezone(ZoneInfo(zone)).date()

    def without(self, days: Iterable[date]) -> dict[str, object]:
        """The repeat with more days left out."""
        repeat = dict(self.repeat or {})
        out = {*_listed(repeat.get("except", [])), *(day.isoformat() for day in days)}
        return {**repeat, "except": sorted(out)} if out else repeat


def own_start(entry: Component) -> OwnStart:
    """How the schedule had it; ValueError where it can't be read."""
    text, written = entry.text(names.START), entry.first(names.REPEAT)
    try:
        spec = times.start(text)
    except Refused as error:
        raise ValueError(text) from error
    repeat = None if written is None else json.loads(written.value)
    if repeat is not None and not (isinstance(repeat, dict) and isinstance(repeat.get("rrule"), str)):
        raise ValueError(repeat)
    for key in ("except", "also"):
        _listed((repeat or {}).get(key, []))
    return OwnStart(text, spec, repeat)


def own_instant(entry: Component) -> datetime:
    """When the export had a day start, aware; ValueError where it can't be read."""
    return datetime.strptime(entry.text(names.AT), names.STAMP).replace(tzinfo=UTC)


def own_details(entry: Component) -> dict[str, str] | None:
    """The free details; None where there are none. ValueError where they can't be read."""
    written = entry.first(names.DETAILS)
    if written is None:
        return None
    details = json.loads(written.value)
    if not isinstance(details, dict) or not all(isinstance(value, str) for value in details.values()):
        raise ValueError(written.value)
    return details


def own_destinations(entry: Component) -> list[str] | None:
    """The destinations' ids; None where the export wrote nothing of them."""
    written = entry.first(names.DESTINATIONS)
    return None if written is None else [name for name in written.value.split(",") if name]


def _listed(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(day, str) for day in value):
        raise ValueError(value)
    return value
