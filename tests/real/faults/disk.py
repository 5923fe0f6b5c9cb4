"""A small disk of its own for what a station writes, and a file that fills it up."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

MB = 1_000_000
MakeDisk = Callable[[Path], "Disk"]


class Disk:
    """A file system of its own; what is written to it counts against its size."""

    def __init__(self, folder: Path) -> None:
        """The one that is mounted at `folder`."""
        self.folder = folder
        self._ballast = folder / "film-orang-lain.mp4"

    def free(self) -> int:
        """Bytes that may still be written."""
        return shutil.disk_usage(self.folder).free

    def fill(self, leave: int) -> None:
        """Another's file grows until so many bytes are free."""
        with self._ballast.open("ab") as file:
            while (more := self.free() - leave) > 0:
                with suppress(OSError):  # others write, too: there is less by now
                    os.posix_fallocate(file.fileno(), file.seek(0, os.SEEK_END), more)

    def relieve(self) -> None:
        """Somebody deletes it."""
        self._ballast.unlink()


def hashes(files: Iterable[Path]) -> Mapping[str, str]:
    """What is in files, by name."""
    return {each.name: hashlib.sha256(each.read_bytes()).hexdigest() for each in files}
