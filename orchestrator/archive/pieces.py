"""The files of an archived recording, and where each came from: as values, and as JSON in its event.json."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from orchestrator.archive.probe import Inspection

Role = Literal["master", "safety", "segment", "watch", "thumbnail", "contact", "other"]
"""`segment`: a piece of a safety recording that couldn't be joined; `other`: what a recorder left besides."""

KEPT: tuple[Role, ...] = ("master", "safety", "segment", "other")
"""What was recorded; the rest is made from it."""
RECORDED: tuple[Role, ...] = ("master", "safety")
"""What can be watched."""


@dataclass(frozen=True, slots=True)
class PackedFile:
    """One file of a recording."""

    name: str
    """Its name in the bag's `data` folder."""
    role: Role
    """What it is."""
    size: int
    """Bytes."""
    sha256: str
    """Its checksum."""
    begun_at: datetime | None = None
    """When its first picture was recorded, as near as can be told; UTC."""
    inspection: Inspection | None = None
    """What was found in it; None for what isn't a recording."""

    @property
    def seconds(self) -> float:
        """Its length; 0 where nothing in it can be read."""
        return self.inspection.duration if self.inspection is not None and self.inspection.readable else 0.0

    @property
    def interval(self) -> tuple[datetime, datetime] | None:
        """From when to when it recorded."""
        if self.begun_at is None or not self.seconds:
            return None
        return self.begun_at, self.begun_at + timedelta(seconds=self.seconds)


@dataclass(frozen=True, slots=True)
class Source:
    """One file of the spool that went into a recording."""

    path: str
    """Where it lay in the occurrence's folder: `studio/…`, `safety/…`."""
    size: int
    """Bytes."""
    sha256: str
    """Its checksum."""
    file: str
    """The file of the bag that holds it."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a recording is made of."""

    files: tuple[PackedFile, ...] = ()
    """Its files, but for event.json."""
    sources: tuple[Source, ...] = ()
    """What was taken from the spool."""
    notes: tuple[str, ...] = field(default=())
    """What didn't go as it should, in English."""

    def of(self, *roles: Role) -> tuple[PackedFile, ...]:
        """Its files of some roles."""
        return tuple(file for file in self.files if file.role in roles)


def file_to_json(file: PackedFile, show: Any) -> dict[str, Any]:
    """A file as event.json has it; `show` writes a time."""
    found = file.inspection
    about: dict[str, Any] = {"name": file.name, "role": file.role, "size": file.size, "sha256": file.sha256}
    if file.begun_at is not None:
        about["begun_at"] = show(file.begun_at)
    if found is not None:
        about |= {
            "readable": found.readable,
            "duration": round(found.duration, 3),
            "video": found.video,
            "audio": found.audio,
            "frames": found.frames,
            "faults": found.faults,
            "note": found.note,
        }
    return about


def file_from_json(data: Mapping[str, Any]) -> PackedFile:
    """A file from event.json; raises KeyError, TypeError or ValueError where it makes no sense."""
    inspection = None
    if "readable" in data:
        inspection = Inspection(
            bool(data["readable"]),
            float(data["duration"]),
            str(data["video"]),
            str(data["audio"]),
            data["frames"],
            int(data["faults"]),
            str(data["note"]),
        )
    begun = data.get("begun_at")
    begun_at = datetime.fromisoformat(begun).astimezone(UTC) if begun else None
    return PackedFile(data["name"], data["role"], int(data["size"]), str(data["sha256"]), begun_at, inspection)


def source_to_json(source: Source) -> dict[str, Any]:
    """A source as event.json has it."""
    return {"path": source.path, "size": source.size, "sha256": source.sha256, "file": source.file}


def source_from_json(data: Mapping[str, Any]) -> Source:
    """A source from event.json."""
    return Source(str(data["path"]), int(data["size"]), str(data["sha256"]), str(data["file"]))


Interval = tuple[datetime, datetime]


def gaps(wanted: Interval | None, recorded: Sequence[Interval], tolerance: timedelta) -> list[Interval]:
    """Where nothing was recorded for longer than `tolerance`, within `wanted`, else between the recordings."""
    if wanted is None:
        if not recorded:
            return []
        wanted = min(begin for begin, _ in recorded), max(end for _, end in recorded)
    missing: list[Interval] = []
    reached = wanted[0]
    for begin, end in [*sorted(recorded), (wanted[1], wanted[1])]:
        until = min(begin, wanted[1])
        if until - reached > tolerance:
            missing.append((reached, until))
        reached = max(reached, end)
    return missing
