"""What is being recorded is put on the disk each second: a power cut takes what only the kernel has."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from orchestrator.worker import Worker

_EVERY = 1.0
"""Seconds between syncs."""

_END_WITHIN = 1.0
"""Seconds that an end waits for a sync under way."""

Mark = tuple[int, int]
"""A file's size, bytes, and the time of its last change, ns: it is synced when this is another one."""


class Flushing:
    """Syncs the growing files of each spool, by a thread of its own for each disk.

    Nothing waits for these threads: a disk that is slow makes the next sync later, and one that hangs holds its own
    thread alone. Who writes (OBS, ffmpeg) isn't asked: a sync through any descriptor takes a file's whole data along.

    Args:
        spools: The folders of recordings, one a disk: `<venue>/<occurrence>/studio|safety/<file>`.
    """

    def __init__(self, spools: tuple[Path, ...]) -> None:
        self._workers = [
            Worker(
                f"flush-{place}",
                _Spool(spool).flush,
                every=_EVERY,
                failing="recordings couldn't be put on the disk",
                within=_END_WITHIN,
            )
            for place, spool in enumerate(spools)
        ]

    def start(self) -> None:
        """Begin to sync."""
        for worker in self._workers:
            worker.start()

    def stop(self) -> None:
        """Sync no more; a disk that hangs isn't waited for long."""
        for worker in self._workers:
            worker.stop()


class _Spool:
    """One spool, and what of it is on the disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._synced: dict[str, Mark] = {}

    def flush(self) -> None:
        """Sync what has changed since the last time: files, and then the folders that name new ones."""
        found = dict(_files(self._folder))
        self._synced = {path: mark for path, mark in self._synced.items() if path in found}
        changed = {path: mark for path, mark in found.items() if self._synced.get(path) != mark}
        new = {folder for path in changed if path not in self._synced for folder in self._above(path)}
        failed = None
        for path, mark in changed.items():  # the mark is older than the sync: what is written meanwhile comes next
            try:
                _sync(path, os.fdatasync)
                self._synced[path] = mark
            except FileNotFoundError:
                continue
            except OSError as error:  # the others are still tried
                failed = error
        for folder in new:
            with suppress(FileNotFoundError):
                _sync(folder, os.fsync)
        if failed is not None:
            raise failed

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


def _sync(path: str, how: Callable[[int], None]) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        how(descriptor)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:  # a file system that knows no syncing
            raise
    finally:
        os.close(descriptor)
