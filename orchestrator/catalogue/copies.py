"""Copies of the database's file: made while it is in use, whole or not at all, and found again when it is needed."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from orchestrator.files import sync

_BUSY = 5.0
"""Seconds to wait for whoever writes."""
_NEEDED = 64_000
"""Bytes of room without which SQLite takes a sound file for one that can't be read."""
_DAMAGE = ("malformed", "not a database", "corrupt", "disk i/o error", "could not decode")
"""Words of SQLite's that speak of the file itself."""


def is_damage(error: BaseException | None) -> bool:
    """Whether an error of SQLite's says that the file is damaged."""
    words = str(getattr(error, "orig", None) or error).lower()
    return any(sign in words for sign in _DAMAGE)


def is_whole(file: Path) -> bool:
    """Whether a file is a database without a flaw.

    Raises:
        sqlite3.Error: it can't be opened at all, or is on a full disk, where even that fails.
    """
    try:
        with closing(sqlite3.connect(file, timeout=_BUSY)) as connection:
            return bool(connection.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",))
    except sqlite3.DatabaseError as error:
        if is_damage(error) and shutil.disk_usage(file.parent).free > _NEEDED:
            return False
        raise


def make(file: Path, to: Path) -> None:
    """Copy a database that is in use, as it is at one moment; the copy appears whole.

    Raises:
        sqlite3.Error: it can't be read whole, or there is no room.
        OSError: the copy can't be put in its place.
    """
    unfinished = to.with_name(f".{to.name}")
    unfinished.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(file, timeout=_BUSY)) as connection:
            connection.execute("VACUUM INTO ?", (str(unfinished),))
        unfinished.chmod(file.stat().st_mode & 0o777)
        appear(unfinished, to)
    finally:
        unfinished.unlink(missing_ok=True)


def regular(file: Path) -> Path:
    """Where the copy lies that is made again and again."""
    return file.with_name(f"{file.name}.copy")


def of_form(file: Path, version: int) -> Path:
    """Where a copy lies that is made before the file's form changes."""
    return free_name(file, f"form-{version}-{stamp(file)}")


def newest_whole(file: Path) -> Path | None:
    """The latest of all copies of a database that is without a flaw."""
    found = [*file.parent.glob(f"{file.name}.copy"), *file.parent.glob(f"{file.name}.form-*Z*")]
    latest_first = sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)
    return next((copy for copy in latest_first if is_whole(copy)), None)


def stamp(file: Path) -> str:
    """When a file was last written, for a name: `20270817T003000Z`."""
    return datetime.fromtimestamp(file.stat().st_mtime, UTC).strftime("%Y%m%dT%H%M%SZ")


def free_name(file: Path, ending: str) -> Path:
    """A name beside a file that nothing has yet."""
    for number in range(1, 1000):
        name = file.with_name(f"{file.name}.{ending}" + (f"-{number}" if number > 1 else ""))
        if not name.exists():
            return name
    raise FileExistsError(f"{file}.{ending}")


def appear(unfinished: Path, to: Path) -> None:
    """Give a finished file its name; after a power cut it has it with all of its content, or not at all."""
    sync(unfinished)
    unfinished.replace(to)
    sync(to.parent)
