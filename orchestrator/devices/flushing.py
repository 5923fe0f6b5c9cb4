"""What is being recorded is put on the disk each second: a power cut takes what only the kernel has."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from orchestrator.clock import Clock
from orchestrator.devices import problems
from orchestrator.errors import Problem
from orchestrator.files import is_no_room, sync
from orchestrator.worker import Worker

_EVERY = 1.0
"""Seconds between syncs."""

_END_WITHIN = 1.0
"""Seconds that an end waits for a sync under way."""

LATE_AFTER = 5.0
"""Seconds of a sync after which a disk is told to be slow."""

WELL_FOR = 30.0
"""Seconds without another fault after which one is over: under strain, slow and quick syncs take turns."""

Mark = tuple[int, int]
"""A file's size, bytes, and the time of its last change, ns: it is synced when this is another one."""


class Flushing:
    """Syncs the growing files of each spool, by a thread of its own for each disk, and tells of slow ones.

    Nothing waits for these threads: a disk that is slow makes the next sync later, and one that hangs holds its own
    thread alone. Who writes (OBS, ffmpeg) isn't asked: a sync through any descriptor takes a file's whole data along.

    Args:
        spools: The folders of recordings, one a disk: `<venue>/<occurrence>/studio|safety/<file>`.
        clock: The clock.
    """

    def __init__(self, spools: tuple[Path, ...], clock: Clock) -> None:
        self._spools = [_Spool(spool, clock) for spool in spools]
        self._workers = [
            Worker(
                f"flush-{place}",
                spool.flush,
                every=_EVERY,
                failing="recordings couldn't be put on the disk",
                within=_END_WITHIN,
            )
            for place, spool in enumerate(self._spools)
        ]

    def start(self) -> None:
        """Begin to sync."""
        for worker in self._workers:
            worker.start()

    def stop(self) -> None:
        """Sync no more; a disk that hangs isn't waited for long."""
        for worker in self._workers:
            worker.stop()

    def problems(self) -> Sequence[Problem]:
        """Which disks don't take what is recorded, or take it late; waits for none of them."""
        return [problem for spool in self._spools if (problem := spool.problem()) is not None]


class Strain:
    """How a disk has taken its syncs lately. Pure but for its own memory; times are monotonic seconds."""

    def __init__(self) -> None:
        self._late_at: float | None = None
        self._failed: tuple[float, str] | None = None

    def synced(self, begun: float, now: float, failed: str | None) -> None:
        """A sync has ended; `failed` says why it didn't succeed."""
        if now - begun >= LATE_AFTER:
            self._late_at = now
        if failed is not None:
            self._failed = (now, failed)

    def problem(self, folder: str, begun: float | None, now: float) -> Problem | None:
        """What is to be told of it, the worse of two faults.

        Args:
            folder: Whose disk it is.
            begun: When the sync under way began; None while there is none.
            now: The time.
        """
        if self._failed is not None and now - self._failed[0] < WELL_FOR:
            return problems.sync_failed(folder, self._failed[1])
        is_late = begun is not None and now - begun >= LATE_AFTER
        was_late = self._late_at is not None and now - self._late_at < WELL_FOR
        return problems.sync_late(folder, round(LATE_AFTER)) if is_late or was_late else None


class _Spool:
    """One spool, and what of it is on the disk."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._synced: dict[str, Mark] = {}
        self._begun: float | None = None
        self._strain = Strain()

    def problem(self) -> Problem | None:
        """What is wrong with its disk, as far as syncs tell."""
        return self._strain.problem(str(self._folder.parent), self._begun, self._clock.monotonic())

    def flush(self) -> None:
        """Sync what has changed since the last time, and remember how that went."""
        begun = self._begun = self._clock.monotonic()
        failed: OSError | None = None
        try:
            failed = self._flush()
        except OSError as error:
            failed = error
        why = None
        if failed is not None and not is_no_room(failed):  # a full disk is told by others: it ends the recording itself
            why = failed.strerror or str(failed)
        self._strain.synced(begun, self._clock.monotonic(), why)
        self._begun = None

    def _flush(self) -> OSError | None:
        """Sync files, and then the folders that name new ones; what couldn't be synced, and is tried again."""
        found = dict(_files(self._folder))
        self._synced = {path: mark for path, mark in self._synced.items() if path in found}
        changed = {path: mark for path, mark in found.items() if self._synced.get(path) != mark}
        new = {folder for path in changed if path not in self._synced for folder in self._above(path)}
        failed = None
        for path, mark in changed.items():  # the mark is older than the sync: what is written meanwhile comes next
            try:
                sync(path, os.fdatasync)
                self._synced[path] = mark
            except FileNotFoundError:
                continue
            except OSError as error:  # the others are still tried
                failed = error
        for folder in new:
            with suppress(FileNotFoundError):
                sync(folder, os.fsync)
        return failed

    def _above(self, path: str) -> Iterator[str]:
        """The folders whose entries lead to a file, up to the one that holds the spool."""
        for folder in Path(path).parents:
            yield str(folder)
            if folder == self._folder.parent:
                return


def _files(spool: Path) -> Iterator[tuple[str, Mark]]:
    """Every recording in a spool, with how it is now."""
    for venue in _entries(spool):
        for occurrence in _entries(venue.path):
            for kind in _entries(occurrence.path):
                for file in _entries(kind.path):
                    with suppress(FileNotFoundError):
                        if file.is_file(follow_symlinks=False):
                            told = Path(file.path).stat()  # not the entry's: that is as old as the listing
                            yield file.path, (told.st_size, told.st_mtime_ns)


def _entries(folder: str | Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return []
