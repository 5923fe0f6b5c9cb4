"""Recordings of the archive: found by name, shown with all that is known, verified."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from orchestrator.archive.hashing import Progress, nothing
from orchestrator.archive.verify import verify
from orchestrator.catalogue.records import ArchivedRecording
from orchestrator.catalogue.store import Catalogue
from orchestrator.errors import Problem
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
        "about": _about(folder),
    }


def check(
    catalogue: Catalogue, recording: ArchivedRecording, root: Path, now: datetime, progress: Progress = nothing
) -> list[Problem]:
    """Verify a recording, and keep what was found."""
    wrong = verify(recording, root, progress)
    catalogue.recordings.set_state(recording.id, _state(recording, root, wrong), now)
    return wrong


def _state(recording: ArchivedRecording, root: Path, wrong: list[Problem]) -> Literal["whole", "incomplete", "damaged"]:
    if wrong:
        return "damaged"
    if recording.state != "damaged":
        return recording.state
    # Mended since: whether all is in it was written down when it was made.
    about = _about(root / recording.folder)
    return "whole" if about is not None and about.get("state") == "whole" else "incomplete"


def _files(folder: Path) -> list[Document]:
    data = folder / "data"
    try:
        found = sorted(path for path in data.rglob("*") if path.is_file())
        return [{"name": str(path.relative_to(folder)), "size": path.stat().st_size} for path in found]
    except OSError:
        return []


def _about(folder: Path) -> dict[str, Any] | None:
    try:
        about = json.loads((folder / "data" / "event.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return about if isinstance(about, dict) else None
