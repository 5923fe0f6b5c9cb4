"""The safety recording: segments of a few seconds, joined to one file for each run of its recorder."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from orchestrator.archive.hashing import chunks
from orchestrator.archive.spool import SpoolFile
from orchestrator.archive.tools import Tools
from orchestrator.config.folders import run_number

_SEGMENT = re.compile(r"^(?P<run>.*?)[-_.]?(?P<number>\d+)\.ts$")


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of the recorder left: segments that continue each other's clock."""

    name: str
    """What its segments' names begin with."""
    segments: tuple[SpoolFile, ...]
    """In order."""


@dataclass(slots=True)
class Joined:
    """What became of joining a run."""

    done: bool = False
    """Whether the joined file is there."""
    why: str = ""
    """Why not."""
    checksums: dict[Path, str] = field(default_factory=dict)
    """Of each segment as it was read."""


def runs(files: Sequence[SpoolFile]) -> list[Run]:
    """Segments by run, the runs in the order in which they began: the clock may have been put back since."""
    found: dict[str, list[tuple[int, SpoolFile]]] = {}
    for file in files:
        match = _SEGMENT.match(file.path.name)
        if match:
            found.setdefault(match["run"], []).append((int(match["number"]), file))
    grouped = [
        Run(name, tuple(file for _, file in sorted(numbered, key=lambda entry: (entry[0], entry[1].path.name))))
        for name, numbered in found.items()
    ]
    return sorted(grouped, key=lambda run: (run_number(run.name), run.segments[0].changed, run.name))


def is_segment(file: SpoolFile) -> bool:
    """Whether a file is a segment, by its name."""
    return _SEGMENT.match(file.path.name) is not None


def join(run: Run, target: Path, tools: Tools) -> Joined:
    """Write a run's segments as one transport stream, packet by packet, nothing encoded.

    They are read one after another as the single stream that the recorder cut them from, so that no rounding of
    lengths shifts sound against picture.

    Raises:
        OSError: a segment can't be read.
    """
    joined = Joined()
    argv = ["ffmpeg", "-hide_banner", "-v", "error", "-progress", "pipe:1", "-f", "mpegts", "-i", "pipe:0"]
    argv += ["-map", "0:v?", "-map", "0:a?", "-c", "copy", "-f", "mpegts", str(target)]
    done = tools.run(argv, feed=content(run, tools, joined.checksums), on_line=lambda _line: None)
    joined.done = done.code == 0 and target.exists() and target.stat().st_size > 0
    joined.why = "" if joined.done else done.why
    return joined


def begun_at(file: SpoolFile, seconds: float) -> datetime:
    """When a file's recording began: its last write, less its length."""
    return datetime.fromtimestamp(file.changed / 1e9, UTC) - timedelta(seconds=seconds)


def content(run: Run, tools: Tools, checksums: dict[Path, str] | None = None) -> Iterator[bytes]:
    """A run's segments, one after another; `checksums` takes each one's when it was read to its end."""
    for segment in run.segments:
        digest = hashlib.sha256()
        for piece in chunks(segment.path, tools.check):
            digest.update(piece)
            yield piece
        if checksums is not None:
            checksums[segment.path] = digest.hexdigest()
