"""What an occurrence is, beside its recordings: enough to archive them when schedule and catalogue are lost."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from orchestrator.archive import problems
from orchestrator.config.model import Configuration
from orchestrator.errors import Problem
from orchestrator.files import write_whole
from orchestrator.plan.model import Do, Occurrence
from orchestrator.plan.planned import planned_times
from orchestrator.plan.rundown import Rundown

_NO_TEXTS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class PlannedCue:
    """One line of the run of show, with its time."""

    cue: str
    """Its id."""
    at: datetime | None
    """When it was due by the schedule; None for a GO without a time."""
    do: Mapping[str, Any]
    """What it changes, as the ceremony's file says it."""


@dataclass(frozen=True, slots=True)
class Card:
    """One occurrence, as the archive describes it."""

    occurrence: str
    """Its id."""
    event: str
    """Its event's id."""
    title: str
    """The event's title."""
    venue: str
    """The venue's id."""
    venue_name: str
    """The venue's name."""
    ceremony: str
    """The ceremony's id."""
    ceremony_name: str
    """The ceremony's name."""
    start: datetime
    """Planned start, UTC."""
    end: datetime
    """Planned end, UTC."""
    timezone: str
    """IANA name of the event's zone."""
    station: str
    """The station's name."""
    language: str
    """The station's language."""
    destinations: tuple[str, ...] = ()
    """Destination ids."""
    details: Mapping[str, str] = field(default_factory=lambda: _NO_TEXTS)
    """The event's free fields."""
    archive: Mapping[str, str] = field(default_factory=lambda: _NO_TEXTS)
    """classification, access, retention, rights."""
    plan: tuple[PlannedCue, ...] = ()
    """The run of show."""
    known: bool = True
    """Whether this was read from a card, and not guessed from names of folders."""

    @property
    def local_start(self) -> datetime:
        """The planned start in the event's zone."""
        return self.local(self.start)

    @property
    def where(self) -> str:
        """The place that problems with it are told of."""
        return f"{self.venue}/{self.occurrence}"

    def local(self, moment: datetime) -> datetime:
        """A moment in the event's zone; in UTC where this machine doesn't know that."""
        try:
            return moment.astimezone(ZoneInfo(self.timezone))
        except (ZoneInfoNotFoundError, ValueError):
            return moment.astimezone(UTC)


def card(configuration: Configuration, occurrence: Occurrence) -> Card:
    """What there is to say of an occurrence, by the files as they are."""
    event, station = occurrence.event, configuration.station
    venue, ceremony = configuration.venues[event.venue], configuration.ceremonies[event.ceremony]
    times = planned_times(occurrence, Rundown(ceremony), venue)
    return Card(
        occurrence=occurrence.id,
        event=event.id,
        title=event.title,
        venue=venue.id,
        venue_name=venue.name,
        ceremony=ceremony.id,
        ceremony_name=ceremony.name,
        start=occurrence.start,
        end=occurrence.end,
        timezone=event.timezone,
        station=station.name,
        language=station.language,
        destinations=event.destinations,
        details=dict(event.details),
        archive=dict(event.archive),
        plan=tuple(PlannedCue(cue.id, at, _do(cue.do)) for cue, at in zip(ceremony.cues, times, strict=True)),
    )


def write_card(path: Path, made: Card) -> Problem | None:
    """Put an occurrence's card beside its recordings; why it can't be."""
    try:
        write_whole(path, json.dumps(to_json(made), ensure_ascii=False, indent=1))
    except OSError as error:
        return problems.unwritable_card(str(path), error.strerror or str(error), made.where)
    return None


def read_card(path: Path) -> Card | None:
    """The card of a folder; None where there is none that makes sense."""
    try:
        return from_json(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def to_json(made: Card) -> dict[str, Any]:
    """A card as JSON has it; times in the event's zone."""
    return {
        "occurrence": made.occurrence,
        "event": made.event,
        "title": made.title,
        "venue": made.venue,
        "venue_name": made.venue_name,
        "ceremony": made.ceremony,
        "ceremony_name": made.ceremony_name,
        "start": moment(made, made.start),
        "end": moment(made, made.end),
        "timezone": made.timezone,
        "details": dict(made.details),
        "archive": dict(made.archive),
        "destinations": list(made.destinations),
        "language": made.language,
        "station": made.station,
        "plan": [{"cue": line.cue, "at": moment(made, line.at), "do": dict(line.do)} for line in made.plan],
    }


def from_json(data: Mapping[str, Any]) -> Card:
    """A card from JSON; raises KeyError, ValueError or TypeError where it makes no sense."""
    return Card(
        occurrence=str(data["occurrence"]),
        event=str(data["event"]),
        title=str(data["title"]),
        venue=str(data["venue"]),
        venue_name=str(data["venue_name"]),
        ceremony=str(data["ceremony"]),
        ceremony_name=str(data["ceremony_name"]),
        start=_time(data["start"]),
        end=_time(data["end"]),
        timezone=str(data["timezone"]),
        station=str(data["station"]),
        language=str(data["language"]),
        destinations=tuple(str(name) for name in data["destinations"]),
        details={str(key): str(value) for key, value in data["details"].items()},
        archive={str(key): str(value) for key, value in data["archive"].items()},
        plan=tuple(
            PlannedCue(str(line["cue"]), _time(line["at"]) if line["at"] else None, dict(line["do"]))
            for line in data["plan"]
        ),
    )


def guess_card(venue: str, folder: str, since: datetime) -> Card:
    """A card for recordings that have none: what the folders' names and the first file's time tell."""
    repeated = re.fullmatch(r"(.+@\d{4}-\d{2}-\d{2}T\d{2})(\d{2})", folder)
    return Card(
        occurrence=f"{repeated[1]}:{repeated[2]}" if repeated else folder,
        event=folder.partition("@")[0],
        title=folder,
        venue=venue,
        venue_name=venue,
        ceremony="",
        ceremony_name="",
        start=since,
        end=since,
        timezone="UTC",
        station="",
        language="en",
        known=False,
    )


def moment(made: Card, at: datetime | None) -> str | None:
    """A moment as documents show it: ISO 8601 in the event's zone, with milliseconds and offset."""
    return None if at is None else made.local(at).isoformat(timespec="milliseconds")


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"a time without an offset: {text}")
    return at.astimezone(UTC)


def _do(do: Do) -> dict[str, Any]:
    values: dict[str, Any] = {
        "scene": do.scene,
        "transition": do.transition,
        "stream": do.stream,
        "record": do.record,
        "mute": sorted(do.mute) if isinstance(do.mute, frozenset) else do.mute,
        "text": dict(do.text) or None,
        "source": do.source.value if do.source is not None else None,
        "show": list(do.show) or None,
        "hide": list(do.hide) or None,
    }
    return {key: value for key, value in values.items() if value is not None}
