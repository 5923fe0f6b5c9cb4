"""The database's file, held open, so that one that is removed while the service runs is not lost but written anew."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from orchestrator.catalogue import copies

_BESIDE = ("-wal", "-shm")
"""Endings of the files that belong to a database's."""


class HeldFile:
    """A connection of its own to a file: what was removed lasts as long as somebody has it open.

    Args:
        file: The database, which exists.

    Raises:
        sqlite3.Error: it can't be read.
        OSError: it isn't there.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        """Its name."""
        self._connection = sqlite3.connect(file, check_same_thread=False)
        self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # opens what belongs to it, too
        self._which = _which(file)

    def close(self) -> None:
        """Let it go."""
        self._connection.close()

    @property
    def is_gone(self) -> bool:
        """Whether its name leads nowhere, or to another file."""
        try:
            return _which(self.file) != self._which
        except OSError:
            return True

    @property
    def is_replaced(self) -> bool:
        """Whether somebody put another database in its place: more than the empty one that a connection makes."""
        try:
            if not self.file.stat().st_size:
                return False
            with closing(sqlite3.connect(f"{self.file.as_uri()}?mode=ro", uri=True)) as other:
                return bool(other.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
        except sqlite3.Error:
            return True
        except OSError:
            return False

    def write_anew(self) -> None:
        """Give the name a file with all that was in the one that is gone.

        Raises:
            sqlite3.Error, OSError: there is no room, or no folder; nothing has changed.
        """
        unfinished = self.file.with_name(f".{self.file.name}.anew")
        unfinished.unlink(missing_ok=True)
        try:
            self._connection.execute("VACUUM INTO ?", (str(unfinished),))
            unfinished.chmod(0o600)
            for ending in _BESIDE:
                Path(f"{self.file}{ending}").unlink(missing_ok=True)
            copies.appear(unfinished, self.file)
        finally:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)


def _which(file: Path) -> tuple[int, int]:
    found = file.stat()
    return found.st_dev, found.st_ino
