"""One service on one data folder: a lock that dies with its holder, and where the holder can be asked."""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import IO

from orchestrator.config.folders import DataFolder
from orchestrator.errors import N_, BusyError, Problem, StorageError


class InstanceLock:
    """Held by the running service; the kernel releases it when the process ends, however it ends."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        self._file: IO[str] | None = None

    def acquire(self, since: str) -> None:
        """Take the lock, unless it is held already.

        Args:
            since: when the service started, for whoever is refused.

        Raises:
            BusyError: another service holds it.
            StorageError: the folder can't be written.
        """
        if self._file is None:
            self._file = self._take(since)

    def _take(self, since: str) -> IO[str]:
        try:
            self._folder.root.mkdir(parents=True, exist_ok=True)
            file = os.fdopen(os.open(self._folder.lock, os.O_RDWR | os.O_CREAT, 0o644), "r+", encoding="utf-8")
        except OSError as error:
            raise StorageError(unwritable(self._folder.root, error)) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _holder(file.read())
            file.close()
            raise BusyError(_held(self._folder.root, holder)) from None
        _sign(file, json.dumps({"pid": os.getpid(), "since": since}))
        return file

    def release(self) -> None:
        """Give the lock back."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _sign(file: IO[str], text: str) -> None:
    """Say who holds it, for whoever is refused; on a full disk over what an earlier holder said, or not at all."""
    with suppress(OSError):
        os.pwrite(file.fileno(), text.encode().ljust(os.fstat(file.fileno()).st_size), 0)


def unwritable(folder: Path, error: OSError) -> Problem:
    """The data folder can't be used."""
    return Problem(
        "data.unwritable",
        N_(
            "Cannot write in the data folder {folder} ({error}). "
            "Give the service the right to, or choose another with --data."
        ),
        {"folder": folder, "error": error.strerror or error},
    )


def _holder(text: str) -> dict[str, object]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _held(folder: Path, holder: dict[str, object]) -> Problem:
    return Problem(
        "data.in-use",
        N_(
            "The data folder {folder} is already in use by a service with process number {pid}, running since {since}. "
            "Use that one, or stop it first."
        ),
        {"folder": folder, "pid": holder.get("pid", "?"), "since": holder.get("since", "?")},
    )
