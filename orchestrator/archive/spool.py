"""What lies in the spool, and which of it is due: finished, without a writer, and not wanted any more."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Literal

from orchestrator.clock import Clock
from orchestrator.config.folders import DataFolder

Kind = Literal["studio", "safety"]
Busy = Callable[[str, str], bool]
"""Whether an occurrence of a venue (its id, or its folder's name) may still be recorded."""

KINDS: tuple[Kind, ...] = ("studio", "safety")
SETTLE = 3.0
"""Seconds that a file must have been left alone: a writer on another machine can't be seen."""
_CARD = "occurrence.json"


@dataclass(frozen=True, slots=True)
class SpoolFile:
    """One file that a recorder left."""

    path: Path
    """Where it lies."""
    kind: Kind
    """Which recorder made it."""
    size: int
    """Bytes."""
    changed: int
    """When it was last written, nanoseconds since the epoch."""

    @property
    def name(self) -> str:
        """Where it lies in its occurrence's folder."""
        return f"{self.kind}/{self.path.name}"

    def untouched(self) -> bool:
        """Whether it is still as it was when it was found."""
        try:
            now = self.path.stat()
        except OSError:
            return False
        return (now.st_size, now.st_mtime_ns) == (self.size, self.changed)


@dataclass(frozen=True, slots=True)
class Pending:
    """An occurrence's folder in the spool."""

    venue: str
    """The venue's id."""
    folder: str
    """The folder's name: the occurrence's id as a name."""
    paths: tuple[Path, ...]
    """The folder on each disk that has it, the first disk's first."""
    files: tuple[SpoolFile, ...]
    """What the recorders left in it, by name."""

    @property
    def where(self) -> str:
        """The place that problems with it are told of."""
        return f"{self.venue}/{self.folder}"

    @property
    def card(self) -> Path:
        """What the occurrence is."""
        cards = [path / _CARD for path in self.paths]
        return next((card for card in cards if card.exists()), cards[0])


class Spool:
    """Looks into the spool; remembers only how long a file has been left alone."""

    def __init__(self, folder: DataFolder, clock: Clock) -> None:
        self._roots = folder.spools
        self._clock = clock
        self._seen: dict[Path, tuple[int, int, float]] = {}

    def folders(self) -> list[Pending]:
        """Every occurrence's folder, with recordings or without; one that lies on two disks is one."""
        paths: dict[tuple[str, str], list[Path]] = {}
        for root in self._roots:
            for venue in _subfolders(root):
                for folder in _subfolders(venue):
                    paths.setdefault((venue.name, folder.name), []).append(folder)
        found = [
            Pending(*names, tuple(there), tuple(file for path in there for file in _files(path)))
            for names, there in sorted(paths.items())
        ]
        there = {file.path for pending in found for file in pending.files}
        self._seen = {path: seen for path, seen in self._seen.items() if path in there}
        return found

    def due(self, busy: Busy) -> list[Pending]:
        """Folders whose recordings are finished and can be archived."""
        candidates = [
            pending for pending in self.folders() if pending.files and not busy(pending.venue, pending.folder)
        ]
        settled = [pending for pending in candidates if self._all_left_alone(pending)]
        if not settled:
            return []
        written = being_written()
        return [pending for pending in settled if written.isdisjoint(_inodes(pending.files))]

    def _all_left_alone(self, pending: Pending) -> bool:
        # Each one is looked at, so that their times run side by side.
        return sum(not self._left_alone(file) for file in pending.files) == 0

    def _left_alone(self, file: SpoolFile) -> bool:
        if self._clock.now().timestamp() - file.changed / 1e9 >= SETTLE:
            return True
        # The file's time may be of another machine's clock, or ours was put back: then how long we saw it so counts.
        now = self._clock.monotonic()
        size, changed, since = self._seen.get(file.path, (-1, -1, now))
        if (size, changed) != (file.size, file.changed):
            self._seen[file.path] = (file.size, file.changed, now)
            return False
        return now - since >= SETTLE


def clear(pending: Pending, files: Iterable[SpoolFile]) -> None:
    """Remove files that are archived and verified, then the folder if that is empty; what has changed since stays.

    Raises:
        OSError: a file can't be removed.
    """
    for file in files:
        if file.untouched():
            file.path.unlink()
    for path, kind in product(pending.paths, KINDS):
        with suppress(OSError):
            (path / kind).rmdir()
    if not any((path / kind).exists() for path, kind in product(pending.paths, KINDS)):
        for path, name in product(pending.paths, (f".{_CARD}.new", _CARD)):
            (path / name).unlink(missing_ok=True)
    for path in pending.paths:
        with suppress(OSError):
            path.rmdir()


def being_written() -> set[tuple[int, int]]:
    """Device and inode of every file that a program of this machine has open for writing, as far as we may look."""
    found: set[tuple[int, int]] = set()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            for descriptor in (process / "fdinfo").iterdir():
                with suppress(OSError):
                    if _writes(descriptor):
                        there = (process / "fd" / descriptor.name).stat()
                        found.add((there.st_dev, there.st_ino))
    return found


def _writes(fdinfo: Path) -> bool:
    for line in fdinfo.read_text("ascii", "replace").splitlines():
        if line.startswith("flags:"):
            return int(line.split()[1], 8) & os.O_ACCMODE != os.O_RDONLY
    return False


def _inodes(files: Iterable[SpoolFile]) -> Iterator[tuple[int, int]]:
    for file in files:
        with suppress(OSError):
            there = file.path.stat()
            yield there.st_dev, there.st_ino


def _subfolders(folder: Path) -> list[Path]:
    try:
        return sorted(entry for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    except OSError:
        return []


def _files(folder: Path) -> Iterator[SpoolFile]:
    for kind in KINDS:
        with suppress(OSError):
            for path in sorted((folder / kind).iterdir()):
                if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
                    there = path.stat()
                    yield SpoolFile(path, kind, there.st_size, there.st_mtime_ns)
