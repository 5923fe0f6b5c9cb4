"""Each file by itself: read, checked entry by entry, and built, keeping what is good beside what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestrator.config import file_problems, problems, times
from orchestrator.config.entries import Entry, entry
from orchestrator.config.event_files import CeremonyFile, CueEntry, EventEntry, ScheduleFile
from orchestrator.config.fields import as_text
from orchestrator.config.findings import Findings
from orchestrator.config.items import SOUNDING
from orchestrator.config.model import Station
from orchestrator.config.profile_files import DestinationEntry, StationFile, VenueFile
from orchestrator.config.source import read_text, text_of
from orchestrator.config.tree import Document, Entries, Items, parse
from orchestrator.config.values import Builder
from orchestrator.errors import Problem
from orchestrator.plan.model import Ceremony, Cue, Destination, Event, Source, Venue


@dataclass(frozen=True, slots=True)
class VenueNames:
    """What a ceremony can name at a venue, taken from its file even where other things in it are wrong."""

    scenes: frozenset[str]
    """Its scenes."""
    sounds: frozenset[str]
    """Sound inputs, and items that have sound."""
    texts: frozenset[str]
    """Text items."""
    items: frozenset[str]
    """Items of all scenes."""


@dataclass(frozen=True, slots=True)
class VenuePart:
    """A venue's file."""

    document: Document | None
    """None where it can't be read."""
    entry: VenueFile | None
    """None where a field is wrong."""
    venue: Venue | None
    """None where anything is wrong."""
    names: VenueNames | None
    """None where they can't be told."""


@dataclass(frozen=True, slots=True)
class CeremonyPart:
    """A ceremony's file."""

    document: Document | None
    """None where it can't be read."""
    ceremony: Ceremony | None
    """None where anything is wrong."""
    cues: tuple[tuple[int, Cue], ...]
    """The cues that are right, with their places in the file."""


@dataclass(frozen=True, slots=True)
class EventPart:
    """An event that has no fault of its own."""

    index: int
    """Its place in the file."""
    event: Event
    """The event; in UTC where its venue's zone isn't known."""


@dataclass(frozen=True, slots=True)
class Parts:
    """All files."""

    station: Station | None
    """None where anything is wrong."""
    venues: Mapping[str, VenuePart] | None
    """By id; None where there is no profiles folder."""
    ceremonies: Mapping[str, CeremonyPart] | None
    """By id; None where there is no profiles folder."""
    destinations: Mapping[str, Destination | None] | None
    """By id, None for a wrong one; None where the file can't be read."""
    schedule: Document | None
    """None where it can't be read."""
    events: tuple[EventPart, ...]
    """Those without a fault of their own, in the order of the file."""
    keyless: frozenset[str] = frozenset()
    """Destinations of which it can't be said which channel they are, for an excused secret is missing."""


def read_document(path: Path, findings: Findings, content: bytes | None = None) -> Document | None:
    """A file's values, or those of a content in its place; None where it can't be read, which is noted."""
    text = read_text(path, findings) if content is None else text_of(str(path), content, findings)
    return None if text is None else parse(str(path), text, findings)


def read_parts(schedule: Path, builder: Builder, data: Path | None, content: bytes | None = None) -> Parts:
    """Read all files, `content` in place of the schedule's own; what is wrong is noted."""
    findings, profiles = builder.findings, builder.profiles
    events = read_document(schedule, findings, content)
    if not profiles.is_dir():
        findings.refuse(str(profiles), file_problems.folder_missing())
        return Parts(None, None, None, None, events, _events(events, {}, builder))
    station = read_station(builder, data)
    destinations = _destinations(builder)
    venues = {name: _venue(name, path, builder) for name, path in _named_files(profiles / "venues", findings)}
    ceremonies = {
        name: _ceremony(name, path, builder) for name, path in _named_files(profiles / "ceremonies", findings)
    }
    found = _events(events, venues, builder)
    return Parts(station, venues, ceremonies, destinations, events, found, frozenset(builder.keyless))


def read_station(builder: Builder, data: Path | None) -> Station | None:
    """profiles/station.yaml."""
    document = read_document(builder.profiles / "station.yaml", builder.findings)
    if document is None or not _has_keys(document, builder.findings, "name"):
        return None
    found = entry(StationFile, document, document.root, findings=builder.findings)
    return None if found is None else builder.station(found, data, document)


def guess_station(builder: Builder, data: Path | None) -> Station | None:
    """What a page needs of a station.yaml that can't be used whole: each of these keys where it is right by itself.

    None where there is no such file.
    """
    path = builder.profiles / "station.yaml"
    document = read_document(path, builder.findings) if path.is_file() else None
    if document is None:
        document = Document(str(path), None, 0)
        if not path.is_file():
            return None
    root = document.root if isinstance(document.root, Entries) else Entries()
    kept: dict[str, Any] = {"name": "orchestrator"}
    for key in _FOR_A_PAGE:
        for value in _pieces(root.get(key)):
            tried = {**kept, key: {**kept.get(key, {}), **value} if isinstance(value, dict) else value}
            if value is not None and entry(StationFile, document, tried, findings=Findings()) is not None:
                kept = tried
    return builder.station(StationFile.model_validate(kept), data, document)


_FOR_A_PAGE = ("name", "timezone", "language", "data", "web")


def _pieces(value: object) -> list[object]:
    """A value, or a mapping's values one by one."""
    return [{key: one} for key, one in value.items()] if isinstance(value, Entries) else [value]


def _has_keys(document: Document, findings: Findings, first: str) -> bool:
    """Whether a file consists of keys and values."""
    if isinstance(document.root, Entries):
        return True
    empty = document.root is None
    document.find(findings, file_problems.empty_file(first) if empty else file_problems.not_a_mapping_file(first))
    return False


def _named_files(folder: Path, findings: Findings) -> Iterator[tuple[str, Path]]:
    """The files of a folder that are named by an id."""
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.suffix not in {".yaml", ".yml"}:
            continue
        if path.suffix == ".yml":
            findings.refuse(str(path), file_problems.file_ending())
        elif not times.IDENTIFIER.fullmatch(path.stem):
            findings.refuse(str(path), file_problems.file_name(path.stem))
        yield path.stem, path


def _destinations(builder: Builder) -> Mapping[str, Destination | None] | None:
    path = builder.profiles / "destinations.yaml"
    if not path.exists():
        return {}
    document = read_document(path, builder.findings)
    if document is None:
        return None
    if document.root is None:
        return {}
    if not _has_keys(document, builder.findings, "youtube"):
        return None
    found: dict[str, Destination | None] = {}
    for name, value in document.root.items():
        if not times.IDENTIFIER.fullmatch(name):
            document.find(builder.findings, problems.not_an_id(name), name, key=True)
        checked = _entry_or_empty(DestinationEntry, document, value, name, findings=builder.findings)
        found[name] = None if checked is None else builder.destination(name, checked, document)
    return found


def _entry_or_empty(
    model: type[Any], document: Document, value: object, *loc: str | int, findings: Findings
) -> Any | None:
    if value is None:
        document.find(findings, problems.empty_value(), *loc)
        return None
    return entry(model, document, value, *loc, findings=findings)


def _venue(name: str, path: Path, builder: Builder) -> VenuePart:
    document = read_document(path, builder.findings)
    if document is None or not _has_keys(document, builder.findings, "name"):
        return VenuePart(None, None, None, None)
    checked = entry(VenueFile, document, document.root, findings=builder.findings)
    venue = None if checked is None else builder.venue(name, checked, document)
    return VenuePart(document, checked, venue, _names(document.root))


def _names(root: Entries) -> VenueNames | None:
    scenes, audio = root.get("scenes") or Entries(), root.get("audio") or Entries()
    if not isinstance(scenes, Entries) or not isinstance(audio, Entries):
        return None
    items: set[str] = set()
    texts: set[str] = set()
    sounds = set(audio)
    for scene, entries in scenes.items():
        for index, item in enumerate(entries if isinstance(entries, Items) else ()):
            if not isinstance(item, Entries):
                continue
            name = item.get("scene") or item.get("name") or f"{scene} {index + 1}"
            if isinstance(name, (Entries, Items)):
                continue
            items.add(as_text(name))
            texts.update({as_text(name)} if "text" in item else ())
            sounds.update({as_text(name)} if SOUNDING & item.keys() else ())
    return VenueNames(frozenset(scenes), frozenset(sounds), frozenset(texts), frozenset(items))


def _ceremony(name: str, path: Path, builder: Builder) -> CeremonyPart:
    findings = builder.findings
    document = read_document(path, findings)
    if document is None or not _has_keys(document, findings, "name"):
        return CeremonyPart(None, None, ())
    checked = entry(CeremonyFile, document, document.root, findings=findings)
    if checked is not None:
        cues = tuple(builder.cue(cue) for cue in checked.cues)
        ceremony = Ceremony(name, checked.name, cues, Source(checked.source))
        return CeremonyPart(document, ceremony, tuple(enumerate(cues)))
    listed = document.root.get("cues")
    right = []
    for index, value in enumerate(listed if isinstance(listed, Items) else ()):
        # All that is wrong has been noted above; this only looks for the cues that are right.
        cue = entry(CueEntry, document, value, "cues", index, findings=Findings())
        if cue is not None:
            right.append((index, builder.cue(cue)))
    return CeremonyPart(document, None, tuple(right))


def _events(document: Document | None, venues: Mapping[str, VenuePart], builder: Builder) -> tuple[EventPart, ...]:
    findings = builder.findings
    if document is None or not _has_keys(document, findings, "events"):
        return ()
    listed = document.root.get("events")
    _other_keys(ScheduleFile, document, findings)
    if not isinstance(listed, Items):
        _no_list(document, listed, findings)
        return ()
    found = []
    for index, value in enumerate(listed):
        checked = _entry_or_empty(EventEntry, document, value, "events", index, findings=findings)
        if checked is None:
            continue
        part = venues.get(checked.venue)
        zone = part.entry.timezone if part is not None and part.entry is not None else "UTC"
        event = builder.event(checked, zone, document, "events", index)
        if event is not None:
            found.append(EventPart(index, event))
    return tuple(found)


def _other_keys(model: type[Entry], document: Document, findings: Findings) -> None:
    for key in document.root.keys() - model.known_keys():
        document.find(findings, problems.unknown_key(key, model.known_keys()), key, key=True)


def _no_list(document: Document, value: object, findings: Findings) -> None:
    if "events" not in document.root:
        document.find(findings, problems.missing_key("events"))
        return
    problem: Problem | None = problems.not_a_list(value) if value is not None else None
    if problem is not None:
        document.find(findings, problem, "events")
