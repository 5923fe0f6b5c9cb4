"""Files that are written whole, aside and renamed, or where there is no room over the one before; and synced."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_KNOWS_NO_SYNC = frozenset({errno.EINVAL, errno.ENOTSUP})
"""What a file system says that can't sync: some network shares, of folders above all."""
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


def write_whole(path: Path, text: str, mode: int = 0o644) -> None:
    """Write `text` so that a reader finds the old file or the whole new one, even after a power cut.

    Raises:
        OSError: the folder can't be written; the old file is untouched.
    """
    _write_aside(path, text.encode(), mode, synced=True)


def write_anyhow(path: Path, content: bytes, mode: int = 0o600, *, synced: bool = True) -> None:
    """Have a file say this, also on a disk that is full: what must be written to bring something back needs no room.

    One that says it already is left alone, which a disk that can only be read allows, too. Where there is no room for
    another it goes over the one before, whose place on the disk it has; blanks fill up what is left of a longer one,
    and who reads it meanwhile may find neither.

    Raises:
        OSError: not even that; the old file is untouched.
    """
    if _says(path, content):
        return
    try:
        _write_aside(path, content, mode, synced=synced)
    except OSError as error:
        try:
            _write_over(path, content)
        except OSError:
            raise error from None


def blank(path: Path) -> None:
    """Have a file, if there is one, say nothing any more, and keep its place on the disk.

    Raises:
        OSError: it can't be written.
    """
    if path.exists():
        _write_over(path, b"")


def is_no_room(error: OSError) -> bool:
    """Whether a disk is full, rather than something else wrong with it."""
    return error.errno in _NO_ROOM


def is_read_only(path: Path) -> bool:
    """Whether nothing can be written on the disk of a file or folder.

    Raises:
        OSError: it isn't there, or its disk failed.
    """
    return bool(os.statvfs(path).f_flag & os.ST_RDONLY)


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


def _says(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes().rstrip(b" ") == content.rstrip(b" ")
    except OSError:
        return False


def _write_over(path: Path, content: bytes) -> None:
    with path.open("r+b", buffering=0) as file:
        size = file.seek(0, os.SEEK_END)
        if len(content) > size:
            os.posix_fallocate(file.fileno(), 0, len(content))
        os.pwrite(file.fileno(), content.ljust(size), 0)


def _write_aside(path: Path, content: bytes, mode: int, *, synced: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.new")
    try:
        aside.unlink(missing_ok=True)  # one left by a crash would keep its own mode
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
            file.write(content)
            file.flush()
            if synced:
                os.fsync(file.fileno())
        aside.replace(path)
    except OSError:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        raise
