"""event.json: all that is known of a recording, written into its bag and read back from there."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from babel.dates import format_date

from orchestrator.archive import card as cards
from orchestrator.archive.card import Card
from orchestrator.archive.pieces import (
    RECORDED,
    Contents,
    Interval,
    file_from_json,
    file_to_json,
    gaps,
    source_from_json,
    source_to_json,
)
from orchestrator.catalogue.records import ArchivedRecording, AsRun, ChangeRecord, Incident
from orchestrator.catalogue.search import Field

FORMAT = 1
"""The form of event.json."""
_UNNOTICED = timedelta(seconds=2)
"""A gap this short is the recorders' own starting and stopping."""
_RECORD = "record"

State = Literal["whole", "incomplete"]


@dataclass(frozen=True, slots=True)
class History:
    """What the catalogue knows of an occurrence."""

    lines: tuple[AsRun, ...] = ()
    """Its as-run log."""
    changes: tuple[ChangeRecord, ...] = ()
    """What operators changed."""
    incidents: tuple[Incident, ...] = ()
    """What went wrong meanwhile."""


def wanted(card: Card, lines: Sequence[AsRun]) -> Interval | None:
    """From when to when it was to be recorded: as it was run, else as it was planned; None where it wasn't to be."""
    switched = [(line.sent_at or line.confirmed_at, line.after) for line in lines if _is_record(line.field)]
    on = [at for at, after in switched if at is not None and after == "on"]
    off = [at for at, after in switched if at is not None and after == "off"]
    planned = [(line.at, line.do.get(_RECORD)) for line in card.plan if line.at is not None and _RECORD in line.do]
    begins = on or [at for at, value in planned if at is not None and value is True]
    ends = off or [at for at, value in planned if at is not None and value is False]
    if not begins or not ends or max(ends) <= min(begins):
        return None
    return min(begins), max(ends)


def tolerance(interval: Interval | None) -> float:
    """Seconds that may be missing from a recording that counts as whole."""
    return max(5.0, 0.01 * (interval[1] - interval[0]).total_seconds()) if interval else 5.0


def judge(contents: Contents, interval: Interval | None) -> State:
    """Whether all that was to be recorded is there, in one recorder's files or in all together."""
    if not contents.of("watch"):
        return "incomplete"
    if interval is None:
        return "whole"
    length = (interval[1] - interval[0]).total_seconds()
    longest = max(sum(file.seconds for file in contents.of(role)) for role in RECORDED)
    recorded = [span for file in contents.of(*RECORDED) if (span := file.interval) is not None]
    missing = sum((end - begin).total_seconds() for begin, end in gaps(interval, recorded, timedelta(0)))
    allowed = tolerance(interval)
    return "whole" if longest >= length - allowed or missing <= allowed else "incomplete"


def to_json(
    card: Card, contents: Contents, history: History, software: Mapping[str, str], archived_at: datetime
) -> dict[str, Any]:
    """The document."""

    def show(at: datetime | None) -> str | None:
        return cards.moment(card, at)

    interval = wanted(card, history.lines)
    spans = {role: [s for file in contents.of(role) if (s := file.interval) is not None] for role in RECORDED}
    every = [span for found in spans.values() for span in found]
    return {
        "format": FORMAT,
        **cards.to_json(card),
        "card": "read" if card.known else "guessed",
        "state": judge(contents, interval),
        "recorded": {
            "from": show(min((begin for begin, _ in every), default=None)),
            "to": show(max((end for _, end in every), default=None)),
            "wanted_from": show(interval[0]) if interval else None,
            "wanted_to": show(interval[1]) if interval else None,
            "duration": round(sum(file.seconds for file in contents.of("watch")), 3),
        },
        "gaps": [
            {"role": role, "from": show(begin), "to": show(end), "seconds": round((end - begin).total_seconds(), 3)}
            for role, found in spans.items()
            if found
            for begin, end in gaps(interval, found, _UNNOTICED)
        ],
        "as_run": [_line(line, show) for line in history.lines],
        "changes": [_change(record, show) for record in history.changes],
        "incidents": [_incident(incident, show) for incident in history.incidents],
        "files": [file_to_json(file, show) for file in contents.files],
        "sources": [source_to_json(source) for source in contents.sources],
        "notes": list(contents.notes),
        "software": dict(software),
        "archived_at": show(archived_at),
    }


@dataclass(frozen=True, slots=True)
class Document:
    """What event.json of a bag says."""

    card: Card
    """The occurrence."""
    contents: Contents
    """Its files."""
    state: State
    """Whether all that was planned is in it."""
    archived_at: datetime
    """When it was made."""
    said: tuple[tuple[Field, str], ...] = ()
    """What the as-run log tells: texts that the picture showed, cues and scenes."""


def read(bag: Path) -> Document | None:
    """The document of a bag; None where there is none that makes sense."""
    try:
        data = json.loads((bag / "data" / "event.json").read_text("utf-8"))
        contents = Contents(
            tuple(file_from_json(file) for file in data["files"]),
            tuple(source_from_json(source) for source in data["sources"]),
            tuple(str(note) for note in data["notes"]),
        )
        state: State = "whole" if data["state"] == "whole" else "incomplete"
        archived_at = datetime.fromisoformat(data["archived_at"])
        return Document(cards.from_json(data), contents, state, archived_at, _said(data["as_run"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def says_whole(bag: Path) -> bool:
    """Whether a bag's document says that all that was planned is in it, whatever else it says."""
    try:
        data = json.loads((bag / "data" / "event.json").read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(data, dict) and data.get("state") == "whole"


def recording(document: Document, folder: str, size: int, verified_at: datetime) -> ArchivedRecording:
    """The catalogue's row for a bag."""
    card = document.card
    return ArchivedRecording(
        occurrence=card.occurrence,
        venue=card.venue,
        title=card.title,
        start=card.start,
        folder=folder,
        duration=sum(file.seconds for file in document.contents.of("watch")),
        size=size,
        verified_at=verified_at,
        state=document.state,
        words=words(card),
        ceremony=card.ceremony,
    )


def texts(document: Document) -> dict[Field, str]:
    """What a recording is found by, by where it stands."""
    card = document.card
    day = card.local_start.date()
    days = [format_date(day, "EEEE d MMMM y", locale=language) for language in ("id", "en")]
    shown = [str(text) for line in card.plan for text in dict(line.do.get("text") or {}).values()]
    scenes = [str(line.do["scene"]) for line in card.plan if "scene" in line.do]
    return {
        "title": card.title,
        "venue": f"{card.venue_name} {card.venue}",
        "ceremony": f"{card.ceremony_name} {card.ceremony}",
        "detail": " ".join(card.details.values()),
        "cue": " ".join(
            [*(line.cue for line in card.plan), *scenes, *(t for field, t in document.said if field == "cue")]
        ),
        "text": " ".join([*shown, *(text for field, text in document.said if field == "text")]),
        "about": " ".join([*card.archive.values(), card.station]),
        "day": " ".join([*days, f"{day:%Y%m%d} {day:%Y%m}"]),
        "name": card.occurrence,
    }


def words(card: Card) -> str:
    """What a recording is found by besides its title: names, the day in both languages, details, cues."""
    day = card.local_start.date()
    days = [format_date(day, "d MMMM y", locale=language) for language in ("id", "en")]
    texts = [
        card.venue_name,
        card.ceremony_name,
        *days,
        day.isoformat(),
        *card.details.values(),
        *card.archive.values(),
    ]
    return " ".join([*texts, *(line.cue for line in card.plan)])


def _said(as_run: Sequence[Mapping[str, Any]]) -> tuple[tuple[Field, str], ...]:
    found: list[tuple[Field, str]] = []
    for line in as_run:
        if str(line["field"]).startswith("text:"):
            found.append(("text", str(line["to"] or "")))
        found += [("cue", str(line["cue"] or "")), ("cue", str(line["to"] or "") if line["field"] == "scene" else "")]
    return tuple(dict.fromkeys(pair for pair in found if pair[1]))


def _is_record(field: str) -> bool:
    return field == _RECORD or field.startswith(f"{_RECORD}:")


def _line(line: AsRun, show: Any) -> dict[str, Any]:
    return {
        "event": line.event,
        "cue": line.cue,
        "venue": line.venue,
        "field": line.field,
        "planned_at": show(line.planned_at),
        "sent_at": show(line.sent_at),
        "confirmed_at": show(line.confirmed_at),
        "from": line.before,
        "to": line.after,
        "reason": line.reason,
        "outcome": line.outcome,
    }


def _change(record: ChangeRecord, show: Any) -> dict[str, Any]:
    change = record.change
    return {
        "kind": change.kind.value,
        "at": show(change.at),
        "who": change.who,
        "cue": change.cue,
        "field": change.field,
        "value": change.value,
        "undone_by": record.undone_by,
        "undone_at": show(record.undone_at),
    }


def _incident(incident: Incident, show: Any) -> dict[str, Any]:
    return {
        "code": incident.code,
        "where": incident.where,
        "message": incident.message,
        "since": show(incident.since),
        "until": show(incident.until),
    }
