"""A folder as one ZIP file that is made while it is sent: nothing is compressed, so its length is known beforehand.

Recordings are compressed already, and a package of 20 GB must neither fill memory nor the disk. Entries carry their
checksum behind their bytes (a data descriptor), in ZIP's 64-bit form throughout: any unpacker of today reads it.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from orchestrator.archive.hashing import chunks

_UTF8_AND_DESCRIPTOR = 0x0808
_VERSION = 45
_STORED = 0
_MOST_16, _MOST_32 = 0xFFFF, 0xFFFFFFFF
_LOCAL = struct.Struct("<4sHHHHHLLLHH")
_LOCAL_64 = struct.Struct("<HHQQ")
_DESCRIPTOR = struct.Struct("<4sLQQ")
_CENTRAL = struct.Struct("<4sHHHHHHLLLHHHHHLL")
_CENTRAL_64 = struct.Struct("<HHQQQ")
_END_64 = struct.Struct("<4sQHHLLQQQQ")
_LOCATOR = struct.Struct("<4sLQL")
_END = struct.Struct("<4sHHHHLLH")
_UNIX = 3 << 8
_MODE = 0o100644 << 16


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the parcel."""

    name: str
    """Its path in the parcel, with slashes."""
    path: Path
    """Where it lies."""
    size: int
    """Bytes."""
    changed: datetime
    """When it was last written, in the time that its readers' clocks show."""


class ChangedError(OSError):
    """A file became shorter or longer while it was sent."""


Read = Callable[[Path], Iterator[bytes]]


def entries(folder: Path, zone: Callable[[float], datetime]) -> list[Entry]:
    """Every file of a folder, under the folder's own name; `zone` makes a time of seconds since 1970.

    Raises:
        OSError: the folder can't be read.
    """
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()):
        there = path.stat()
        name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
        found.append(Entry(name, path, there.st_size, zone(there.st_mtime)))
    return found


def length(files: Sequence[Entry]) -> int:
    """Bytes of the whole parcel."""
    return sum(_around(entry) + entry.size for entry in files) + _END_64.size + _LOCATOR.size + _END.size


def stream(files: Sequence[Entry], read: Read = chunks) -> Iterator[bytes]:
    """The parcel, in pieces.

    Raises:
        OSError: a file can't be read, or isn't as long any more as it was.
    """
    place, directory = 0, bytearray()
    for entry in files:
        name, when = entry.name.encode(), _dos(entry.changed)
        header = _LOCAL.pack(
            b"PK\3\4", _VERSION, _UTF8_AND_DESCRIPTOR, _STORED, *when, 0, _MOST_32, _MOST_32, len(name), _LOCAL_64.size
        )
        yield header + name + _LOCAL_64.pack(1, 16, 0, 0)
        checksum, size = 0, 0
        for piece in read(entry.path):
            checksum, size = zlib.crc32(piece, checksum), size + len(piece)
            yield piece
        if size != entry.size:
            raise ChangedError(f"{entry.path} has {size} bytes, {entry.size} were announced")
        yield _DESCRIPTOR.pack(b"PK\7\10", checksum, size, size)
        directory += _listed(name, when, checksum, size, place)
        place += len(header) + len(name) + _LOCAL_64.size + size + _DESCRIPTOR.size
    yield bytes(directory) + _ending(len(files), len(directory), place)


def _around(entry: Entry) -> int:
    """Bytes of an entry besides its file's."""
    name = 2 * len(entry.name.encode())
    return name + _LOCAL.size + _LOCAL_64.size + _DESCRIPTOR.size + _CENTRAL.size + _CENTRAL_64.size


def _listed(name: bytes, when: tuple[int, int], checksum: int, size: int, place: int) -> bytes:
    extra = _CENTRAL_64.pack(1, 24, size, size, place)
    fixed = _CENTRAL.pack(
        b"PK\1\2",
        _UNIX | _VERSION,
        _VERSION,
        _UTF8_AND_DESCRIPTOR,
        _STORED,
        *when,
        checksum,
        _MOST_32,
        _MOST_32,
        len(name),
        len(extra),
        0,
        0,
        0,
        _MODE,
        _MOST_32,
    )
    return fixed + name + extra


def _ending(count: int, size: int, place: int) -> bytes:
    whole = _END_64.pack(b"PK\6\6", _END_64.size - 12, _VERSION, _VERSION, 0, 0, count, count, size, place)
    locator = _LOCATOR.pack(b"PK\6\7", 0, place + size, 1)
    few = min(count, _MOST_16)
    return whole + locator + _END.pack(b"PK\5\6", 0, 0, few, few, min(size, _MOST_32), _MOST_32, 0)


def _dos(at: datetime) -> tuple[int, int]:
    """A time as ZIP has it: two seconds are the smallest step, 1980 the first year."""
    year = min(max(at.year, 1980), 2107)
    return at.hour << 11 | at.minute << 5 | at.second // 2, (year - 1980) << 9 | at.month << 5 | at.day
