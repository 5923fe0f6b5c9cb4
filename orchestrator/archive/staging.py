"""Fills a bag's folder, aside: what was recorded gets its name there, and what people look at is made from it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from orchestrator.archive import problems, viewing
from orchestrator.archive.document import tolerance
from orchestrator.archive.hashing import link_or_copy, sha256
from orchestrator.archive.pieces import KEPT, Contents, Interval, PackedFile, Role, Source
from orchestrator.archive.probe import Inspection, inspect, packets, packets_fed
from orchestrator.archive.segments import Run, begun_at, content, is_segment, join, runs
from orchestrator.archive.spool import SpoolFile
from orchestrator.archive.tools import Tools
from orchestrator.config.folders import master_number
from orchestrator.errors import StorageError

_MEDIA = frozenset({".mkv", ".mp4", ".mov", ".flv", ".ts", ".m4v", ".webm"})


@dataclass(slots=True)
class Stage:
    """One recording while it is put together."""

    folder: Path
    """Where its files go; nobody else looks there."""
    base: str
    """What its files' names begin with."""
    where: str
    """The place that problems with it are told of."""
    how: Literal["decode", "probe"]
    """How recordings are verified."""
    tools: Tools
    """Runs ffmpeg."""
    files: list[PackedFile] = field(default_factory=list)
    """What is in it so far."""
    sources: list[Source] = field(default_factory=list)
    """What that was made from."""
    notes: list[str] = field(default_factory=list)
    """What didn't go as it should."""

    @property
    def contents(self) -> Contents:
        """What is in it, as a value."""
        return Contents(tuple(self.files), tuple(self.sources), tuple(self.notes))

    def keep(self, bag: Path, contents: Contents) -> None:
        """Take over what an earlier bag of the same occurrence holds of what was recorded."""
        for file in contents.of(*KEPT):
            link_or_copy(bag / "data" / file.name, self.folder / file.name, self.tools.check)
            self.files.append(file)
        self.sources.extend(contents.sources)

    def take(self, files: Sequence[SpoolFile]) -> None:
        """Take files from the spool: masters as they are, segments joined, and whatever else lies there."""
        segments = [file for file in files if file.kind == "safety" and is_segment(file)]
        masters = [file for file in files if file.kind == "studio" and file.path.suffix.lower() in _MEDIA]
        for file in sorted(masters, key=_in_order):
            self._take_master(file)
        for run in runs(segments):
            self._take_run(run)
        for file in files:
            if file not in segments and file not in masters:
                self._link(file, f"{self.base}_other_{file.kind}_{_safe(file.path.name)}", "other")
        if not all(file.untouched() for file in files):
            raise StorageError(problems.failed("a file is still being written", self.where))

    def make_viewable(self, interval: Interval | None) -> None:
        """Make the MP4, the thumbnail and the contact sheet."""
        name = f"{self.base}.mp4"
        length = (interval[1] - interval[0]).total_seconds() if interval else 0.0
        found = viewing.choices(self.files, length, tolerance(interval))
        made = viewing.make_mp4(self.folder, self.folder / name, found, self.tools)
        if made is None:
            self.notes.append("no recording could be made an MP4 to watch")
            return
        inspection, choice = made
        begun = choice.files[0].begun_at
        self._add(name, "watch", sha256(self.folder / name, self.tools.check), inspection, begun)
        self.notes.append(f"{name} was made from {', '.join(file.name for file in choice.files)}")
        thumbnail, sheet = self.folder / f"{self.base}_thumbnail.jpg", self.folder / f"{self.base}_contact.jpg"
        self.notes += viewing.make_pictures(self.folder / name, inspection.duration, thumbnail, sheet, self.tools)
        pictures: tuple[tuple[Path, Role], ...] = ((thumbnail, "thumbnail"), (sheet, "contact"))
        for path, role in pictures:
            if path.exists():
                self._add(path.name, role, sha256(path))

    def _take_master(self, file: SpoolFile) -> None:
        number = sum(packed.role == "master" for packed in self.files) + 1
        name = f"{self.base}_master_{number:02}{file.path.suffix.lower()}"
        found = inspect(file.path, self.how, self.tools)
        self._link(file, name, "master", found)
        if not found.readable:
            self.notes.append(f"{name} can't be read ({found.note}); it is kept as it is")
        elif found.faults:
            self.notes.append(f"{name} has {found.faults} faults ({found.note})")

    def _take_run(self, run: Run) -> None:
        number = sum(packed.role == "safety" for packed in self.files) + 1
        name = f"{self.base}_safety_{number:02}.ts"
        target = self.folder / name
        joined = join(run, target, self.tools)
        found = inspect(target, self.how, self.tools) if joined.done else Inspection(False, note=joined.why)
        recorded = packets_fed(content(run, self.tools), self.tools) if found.readable else 0
        if not found.readable or packets(target, self.tools) < recorded - 1:
            target.unlink(missing_ok=True)
            self._take_unjoined(run, number, found.note or "pictures were lost")
            return
        first = run.segments[0]
        begun = begun_at(first, inspect(first.path, "probe", self.tools).duration)
        checksum = sha256(target, self.tools.check)
        for segment in run.segments:
            known = joined.checksums.get(segment.path) or sha256(segment.path, self.tools.check)
            self.sources.append(Source(segment.name, segment.size, known, name))
        self._add(name, "safety", checksum, found, begun)
        if found.faults:
            self.notes.append(f"{name} has {found.faults} faults ({found.note})")

    def _take_unjoined(self, run: Run, number: int, why: str) -> None:
        self.notes.append(f"the safety recording {run.name} couldn't be joined ({why}); its segments are kept")
        for place, segment in enumerate(run.segments):
            self._link(segment, f"{self.base}_segments_{number:02}_{_safe(run.name)}_{place:05}.ts", "segment")

    def _link(self, file: SpoolFile, name: str, role: Role, found: Inspection | None = None) -> None:
        name = self._free(name)
        link_or_copy(file.path, self.folder / name, self.tools.check)
        checksum = sha256(file.path, self.tools.check)
        begun = begun_at(file, found.duration) if found is not None and found.readable else None
        self.sources.append(Source(file.name, file.size, checksum, name))
        self._add(name, role, checksum, found, begun)

    def _free(self, name: str) -> str:
        stem, ending = Path(name).stem, Path(name).suffix
        number = 1
        while (self.folder / name).exists():
            number += 1
            name = f"{stem}_{number:02}{ending}"
        return name

    def _add(
        self, name: str, role: Role, checksum: str, found: Inspection | None = None, begun: datetime | None = None
    ) -> None:
        size = (self.folder / name).stat().st_size
        self.files.append(PackedFile(name, role, size, checksum, begun, found))


def _in_order(master: SpoolFile) -> tuple[int, int, str]:
    """As they were recorded: by their numbers, as the clock may have been put back; by it where there are none."""
    return master_number(master.path.name), master.changed, master.name


def _safe(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name)
