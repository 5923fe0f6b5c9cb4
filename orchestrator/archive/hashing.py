"""Bytes of files: their checksums, copies and links, and how surely they are on the disk."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from orchestrator.files import sync

Progress = Callable[[int, int], None]
"""Called with bytes done and bytes in all."""
Check = Callable[[], None]
"""Called between pieces of long work; raises to give it up."""

_CHUNK = 1 << 20
"""Bytes read at once."""


def nothing(*_: object) -> None:
    """Nobody wants to know."""


def chunks(path: Path, each: Check = nothing) -> Iterator[bytes]:
    """A file's content, in pieces."""
    with path.open("rb", buffering=0) as file:
        while piece := file.read(_CHUNK):
            each()
            yield piece


def sha256(path: Path, each: Check = nothing, on_bytes: Callable[[int], None] = nothing) -> str:
    """A file's SHA-256."""
    digest = hashlib.sha256()
    for piece in chunks(path, each):
        digest.update(piece)
        on_bytes(len(piece))
    return digest.hexdigest()


def sha256_on_disk(path: Path, each: Check = nothing, on_bytes: Callable[[int], None] = nothing) -> str:
    """A file's SHA-256, as the disk gives it: what memory holds of the file is dropped first."""
    with path.open("rb", buffering=0) as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return sha256(path, each, on_bytes)


def link_or_copy(source: Path, target: Path, each: Check = nothing) -> None:
    """Give a file a second name; where the file system can't, a copy with the same times.

    Raises:
        OSError: it can't be written.
    """
    try:
        target.hardlink_to(source)
    except OSError as error:
        if error.errno not in {errno.EXDEV, errno.EPERM, errno.EMLINK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EACCES}:
            raise
    else:
        return
    with target.open("xb", buffering=0) as file:
        for piece in chunks(source, each):
            file.write(piece)
    shutil.copystat(source, target)


def same_disk(one: Path, other: Path) -> bool:
    """Whether two folders lie on one file system, so that a file of one can get a name in the other."""
    return one.stat().st_dev == other.stat().st_dev


def sync_tree(root: Path) -> None:
    """Wait until a folder with all that is in it is on the disk."""
    for folder, _, files in os.walk(root, topdown=False):
        for name in files:
            sync(Path(folder, name))
        sync(Path(folder))


def size_of(root: Path) -> int:
    """Bytes of all files in a folder."""
    return sum(path.stat().st_size for path in root.rglob("*") if path.is_file())
