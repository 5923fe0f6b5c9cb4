"""JSON Schemas of the five kinds of file, so that editors complete and check them while they are written."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from orchestrator.config.entries import Entry
from orchestrator.config.event_files import CeremonyFile, ScheduleFile
from orchestrator.config.items import KINDS
from orchestrator.config.profile_files import DestinationEntry, ItemEntry, StationFile, VenueFile

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_FILES: Mapping[str, type[Entry]] = {
    "schedules": ScheduleFile,
    "ceremony": CeremonyFile,
    "venue": VenueFile,
    "station": StationFile,
}


def json_schemas() -> dict[str, dict[str, Any]]:
    """The schema of each kind of file: schedules, ceremony, venue, destinations, station."""
    found = {kind: model.model_json_schema() for kind, model in _FILES.items()}
    found["destinations"] = _destinations()
    _one_kind(found["venue"]["$defs"][ItemEntry.__name__])
    return {kind: {"$schema": _DIALECT, **_told(schema)} for kind, schema in sorted(found.items())}


def schema_file(kind: str) -> str:
    """The name of a schema's file."""
    return f"{kind}.schema.json"


def schema_text(schema: Mapping[str, Any]) -> str:
    """A schema as its file has it."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def write_schemas(folder: Path) -> tuple[Path, ...]:
    """Write every schema into a folder; returns the files. A file appears whole or not at all.

    Raises:
        OSError: the folder can't be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for kind, schema in json_schemas().items():
        path = folder / schema_file(kind)
        aside = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            with aside.open("w", encoding="utf-8") as file:
                file.write(schema_text(schema))
                file.flush()
                os.fsync(file.fileno())
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)
        written.append(path)
    return tuple(written)


def _destinations() -> dict[str, Any]:
    entry = DestinationEntry.model_json_schema()
    return {
        "title": "DestinationsFile",
        "description": "Where programmes are pushed to: profiles/destinations.yaml.",
        "type": "object",
        "additionalProperties": entry,
    }


def _one_kind(item: dict[str, Any]) -> None:
    """Say of a scene's item what pydantic can't know: exactly one kind, and the options of that kind."""
    item["oneOf"] = [_kind(kind, options) for kind, options in KINDS.items()]


def _kind(kind: str, options: frozenset[str]) -> dict[str, Any]:
    return {
        "title": kind,
        "required": [kind],
        "propertyNames": {"enum": sorted({kind, *options})},
    }


def _told(schema: Any) -> Any:
    """The same schema without defaults that say nothing."""
    if isinstance(schema, list):
        return [_told(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: _told(part) for key, part in schema.items() if key != "default" or isinstance(part, str | int)}
