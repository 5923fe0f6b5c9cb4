"""Where in the MP4 what happened is seen: cues, gaps and incidents, by event.json. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Literal

_MADE_FROM = re.compile(r"(?P<name>.+\.mp4) was made from (?P<files>.+)")
_HAPPENED = frozenset({"done", "late", "already", "restored", "sent"})

Kind = Literal["cue", "gap", "incident"]


@dataclass(frozen=True, slots=True)
class Marker:
    """A moment of a recording."""

    kind: Kind
    """What it is."""
    at: datetime
    """When it was."""
    seconds: float
    """Where it is in the MP4."""
    text: str
    """The cue's id; an incident's sentence in English; empty for a gap."""
    lasted: float | None = None
    """Seconds that a gap or an incident lasted; None where it had no end."""
    scene: str | None = None
    """The scene that a cue showed."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the MP4 that was recorded without a break."""

    begun: datetime
    """When it began."""
    seconds: float
    """Its length."""
    place: float
    """Where it begins in the MP4."""


def markers(about: Mapping[str, Any]) -> list[Marker]:
    """The moments of a recording that lie in its MP4, in order; `about` is what event.json says."""
    parts = stretches(about)
    if not parts:
        return []
    try:
        found = [*_cues(about, parts), *_gaps(about, parts), *_incidents(about, parts)]
    except (KeyError, TypeError, ValueError):
        return []
    return sorted(found, key=lambda marker: (marker.seconds, marker.at))


def stretches(about: Mapping[str, Any]) -> list[Stretch]:
    """What the MP4 was made from, in order."""
    try:
        files = {str(file["name"]): file for file in about["files"]}
        watch = next((file for file in about["files"] if file["role"] == "watch"), None)
        if watch is None or "begun_at" not in watch:
            return []
        sources = _sources(about, watch["name"])
        parts: list[Stretch] = []
        place = 0.0
        for file in [files[name] for name in sources if name in files] or [watch]:
            begun, seconds = datetime.fromisoformat(file["begun_at"]), float(file["duration"])
            parts.append(Stretch(begun, seconds, place))
            place += seconds
    except (KeyError, TypeError, ValueError):
        return []
    return parts


def place_of(at: datetime, parts: Sequence[Stretch]) -> float | None:
    """Where a moment is in the MP4: in a gap it is where the picture goes on; None before and after all."""
    for part in parts:
        since = (at - part.begun).total_seconds()
        if since < 0:
            return None if part is parts[0] else part.place
        if since <= part.seconds:
            return part.place + since
    return None


def _sources(about: Mapping[str, Any], name: str) -> list[str]:
    for note in about.get("notes", ()):
        found = _MADE_FROM.fullmatch(str(note))
        if found is not None and found["name"] == name:
            return found["files"].split(", ")
    return []


def _cues(about: Mapping[str, Any], parts: Sequence[Stretch]) -> Iterator[Marker]:
    """One for each cue: when the first of what it changed was seen."""
    first: dict[str, datetime] = {}
    scenes: dict[str, str] = {}
    for line in about["as_run"]:
        at = line["confirmed_at"] or line["sent_at"]
        if not line["cue"] or not at or line["outcome"] not in _HAPPENED:
            continue
        if line["field"] == "scene" and line["to"]:
            scenes[line["cue"]] = str(line["to"])
        when = datetime.fromisoformat(at)
        first[line["cue"]] = min(first.get(line["cue"], when), when)
    for cue, at in first.items():
        # What begins a recording is seen just before its first picture.
        seconds = place_of(at, parts) or place_of(at + timedelta(seconds=2), parts)
        if seconds is not None:
            yield Marker("cue", at, seconds, cue, scene=scenes.get(cue))


def _gaps(about: Mapping[str, Any], parts: Sequence[Stretch]) -> Iterator[Marker]:
    """Where what is watched has a break; what another file fills isn't one."""
    for before, after in pairwise(parts):
        ended = before.begun + timedelta(seconds=before.seconds)
        missing = (after.begun - ended).total_seconds()
        if missing > 0:
            yield Marker("gap", ended, after.place, "", missing)
    recorded = about.get("recorded", {})
    wanted_from, wanted_to = recorded.get("wanted_from"), recorded.get("wanted_to")
    end = parts[-1].begun + timedelta(seconds=parts[-1].seconds)
    if wanted_from and (late := (parts[0].begun - datetime.fromisoformat(wanted_from)).total_seconds()) > 2:
        yield Marker("gap", datetime.fromisoformat(wanted_from), 0.0, "", late)
    if wanted_to and (early := (datetime.fromisoformat(wanted_to) - end).total_seconds()) > 2:
        yield Marker("gap", end, parts[-1].place + parts[-1].seconds, "", early)


def _incidents(about: Mapping[str, Any], parts: Sequence[Stretch]) -> Iterator[Marker]:
    for incident in about["incidents"]:
        since = datetime.fromisoformat(incident["since"])
        until = datetime.fromisoformat(incident["until"]) if incident["until"] else None
        seconds = place_of(since, parts)
        if seconds is None and until is not None and since < parts[0].begun < until:
            seconds = 0.0
        if seconds is not None:
            lasted = (until - since).total_seconds() if until is not None else None
            text = str(incident["message"]).removeprefix(f"{incident['where']}: ")
            yield Marker("incident", since, seconds, text, lasted)
