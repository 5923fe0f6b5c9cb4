"""Recordings of the archive: found by name, and shown with all that is known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from orchestrator.catalogue.records import ArchivedRecording
from orchestrator.catalogue.store import Catalogue
from orchestrator.web.documents import Document, recording_document


def find(catalogue: Catalogue, name: str) -> ArchivedRecording | None:
    """The recording of an occurrence, or the one that lies in a folder of that name."""
    recording = catalogue.recordings.find(name)
    if recording is not None:
        return recording
    wanted = name.strip("/")
    by_folder = (entry for entry in catalogue.recordings.all() if wanted in {entry.folder, Path(entry.folder).name})
    return next(by_folder, None)


def whole_document(recording: ArchivedRecording, root: Path, zone: str) -> Document:
    """A recording with its files and what is written beside it; what can't be read is left out."""
    folder = root / recording.folder
    return {
        **recording_document(recording, zone),
        "path": str(folder),
        "files": _files(folder),
        "about": about(folder),
    }


def about(folder: Path) -> dict[str, Any] | None:
    """What event.json of a bag says; None where there is none that makes sense."""
    try:
        found = json.loads((folder / "data" / "event.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def file_of(folder: Path, name: str) -> Path | None:
    """A bag's file by its name; only what really lies there has one, so that no name leads elsewhere."""
    return next((path for path in contents(folder) if path.name == name), None)


def contents(folder: Path) -> list[Path]:
    """The files that a bag holds, by name."""
    try:
        return sorted(path for path in (folder / "data").iterdir() if path.is_file() and not path.is_symlink())
    except OSError:
        return []


def _files(folder: Path) -> list[Document]:
    data = folder / "data"
    try:
        found = sorted(path for path in data.rglob("*") if path.is_file())
        return [{"name": str(path.relative_to(folder)), "size": path.stat().st_size} for path in found]
    except OSError:
        return []
