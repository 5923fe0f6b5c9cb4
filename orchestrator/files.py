"""A file appears whole: written aside, synced, renamed; and how surely it is on the disk."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

_KNOWS_NO_SYNC = frozenset({errno.EINVAL, errno.ENOTSUP})
"""What a file system says that can't sync: some network shares, of folders above all."""


def write_whole(path: Path, text: str, mode: int = 0o644) -> None:
    """Write `text` so that a reader finds the old file or the whole new one, even after a power cut.

    Raises:
        OSError: the folder can't be written; the old file is untouched.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.new")
    aside.unlink(missing_ok=True)  # one left by a crash would keep its own mode
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)


def sync(path: Path | str, how: Callable[[int], None] = os.fsync) -> None:
    """Wait until a file's content, or a folder's names, are on the disk; whoever wrote them, through any descriptor.

    A file system that knows no syncing is forgiven: it is no worse than it ever is. Nothing else is: after any other
    error what was written may not be there.

    Args:
        path: The file or folder.
        how: `os.fsync`, or `os.fdatasync` for a file that grows.

    Raises:
        OSError: it isn't there, can't be read, or the disk failed.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # a pipe in its place is no reason to wait
    try:
        how(descriptor)
    except OSError as error:
        if error.errno not in _KNOWS_NO_SYNC:
            raise
    finally:
        os.close(descriptor)
