"""Whether the archive's disk is there and takes files: cheap enough to be asked every few seconds."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from orchestrator.archive import problems
from orchestrator.errors import Problem


class ArchiveDisk:
    """Watches the archive's folder.

    Args:
        folder: The archive's root, which may be where a disk of its own is mounted.
        has_recordings: Whether anything was ever archived in it.
    """

    def __init__(self, folder: Path, has_recordings: Callable[[], bool]) -> None:
        self._folder = folder
        self._has_recordings = has_recordings
        self._seen: int | None = None

    def look(self) -> Problem | None:
        """What is wrong now. A folder that was never used may be missing: it is made when it is needed.

        An empty folder where recordings were is taken for a mount point without its disk: what was written into it
        would be out of sight as soon as the disk is back.
        """
        try:
            device = self._folder.stat().st_dev
            with os.scandir(self._folder) as entries:
                is_empty = next(entries, None) is None
        except FileNotFoundError:
            device, is_empty = -1, True
        except OSError as error:
            return problems.cannot_write(str(self._folder), (error.strerror or str(error)).lower())
        if is_empty and device != self._seen and (self._seen is not None or self._has_recordings()):
            return problems.disk_gone(str(self._folder))
        if device == -1:
            return None
        why = self._why_not()
        if why is None:
            self._seen = device
        return why

    def _why_not(self) -> Problem | None:
        if os.access(self._folder, os.W_OK | os.X_OK):
            return None
        is_read_only = os.statvfs(self._folder).f_flag & os.ST_RDONLY
        return problems.cannot_write(
            str(self._folder), "read-only file system" if is_read_only else "permission denied"
        )
