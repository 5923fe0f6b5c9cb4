"""Room for the database on a full disk: a file that lies beside it for nothing, and goes when its room is needed.

An operator's GO counts though it can't be written, but it shouldn't be lost with a restart either, also while something
has filled the disk to the last byte.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

SIZE = 8_000_000
"""Bytes: thousands of changes, and the lines of days."""
NEEDED_UNDER = 256_000
"""Bytes free under which the room is needed."""
NEEDED_FOR = 6
"""Looks in a row for which it must be so: recordings end for want of room first, else they would take this too."""
MADE_OVER = 64_000_000
"""Bytes free over which it is kept again."""


class Reserve:
    """The file beside a database."""

    def __init__(self, database: Path) -> None:
        self.path = database.with_name(f"{database.name}.reserve")
        """Where it lies."""
        self._short = 0

    def look(self) -> None:
        """Give the room up, or keep it, as the disk has it now; where neither can be done, nothing is lost."""
        with suppress(OSError):
            free = shutil.disk_usage(self.path.parent).free
            self._short = self._short + 1 if free < NEEDED_UNDER else 0
            if self._short >= NEEDED_FOR:
                self.path.unlink(missing_ok=True)
            elif free > MADE_OVER and not self._is_kept():
                self._keep()

    def give_up(self) -> None:
        """Give the room up at once where the disk is full: a database can't be opened without any."""
        with suppress(OSError):
            if shutil.disk_usage(self.path.parent).free < NEEDED_UNDER:
                self.path.unlink(missing_ok=True)

    def _is_kept(self) -> bool:
        return self.path.exists() and self.path.stat().st_size >= SIZE

    def _keep(self) -> None:
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.posix_fallocate(descriptor, 0, SIZE)
        finally:
            os.close(descriptor)
