"""A damaged database: set aside, a copy put in its place, and whatever can still be read of it added.

Nothing is lost quietly: the damaged file stays, and what couldn't be saved is said. It can be cut off at any moment by
the next power cut: then it goes on at the next start.
"""

from __future__ import annotations

import json
import logging
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

from sqlalchemy import JSON, Column, Connection, Engine, Float, Integer, Table, delete, insert, text, update
from sqlalchemy.exc import IntegrityError

from orchestrator.catalogue import copies, migrations, problems
from orchestrator.catalogue.records import Outcome
from orchestrator.catalogue.schema import (
    Instant,
    archive_index,
    archive_words,
    calendar_links,
    metadata,
    recordings,
    schema_version,
    sessions,
)
from orchestrator.errors import Problem
from orchestrator.plan.model import ChangeKind, Until

_log = logging.getLogger(__name__)

_BESIDE = ("-wal", "-shm")
"""Endings of the files that belong to a database's."""
_MADE_AGAIN = frozenset({archive_words.name, archive_index.name})
"""Tables that the archivist fills from the archive's own folders."""
_ALL_OR_NONE = _MADE_AGAIN | {sessions.name, calendar_links.name}
"""Tables of which a part is worse than nothing: a session that was ended, a link that was removed would live again."""
_VALUES = {
    ("changes", "kind"): frozenset(kind.value for kind in ChangeKind),
    ("changes", "until"): frozenset(get_args(Until)),
    ("asrun", "outcome"): frozenset(get_args(Outcome)),
}
"""Columns that have no other values than these."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rescue:
    """What there is to make a database of again."""

    aside: Path | None
    """Where the damaged file is now; None where it was gone."""
    copy: Path | None
    """The latest copy; None where there is none."""


def set_aside(file: Path) -> Rescue | None:
    """Set a damaged database aside; None where it isn't damaged, or there never was one.

    Raises:
        OSError: the files can't be moved.
        sqlite3.Error: it can't be opened at all.
    """
    if file.exists():
        if copies.is_whole(file):
            return None
        aside: Path | None = copies.free_name(file, f"damaged-{copies.stamp(file)}")
        file.rename(str(aside))
    else:
        aside = _last_aside(file)
    copy = copies.newest_whole(file)
    for ending in _BESIDE:
        # They are of the damaged file, also where a start that was cut off set it aside without them.
        with suppress(FileNotFoundError):
            Path(f"{file}{ending}").rename(f"{aside or copies.free_name(file, 'damaged')}{ending}")
    return None if aside is None and copy is None else Rescue(aside, copy)


def begin(rescue: Rescue, file: Path) -> Path:
    """Where the new database is made, out of the copy if there is one, before it takes its place."""
    made = file.with_name(f".{file.name}.new")
    for ending in ("", *_BESIDE):
        Path(f"{made}{ending}").unlink(missing_ok=True)
    if rescue.copy is not None:
        shutil.copyfile(rescue.copy, made)
        made.chmod(rescue.copy.stat().st_mode & 0o777)
    return made


def _last_aside(file: Path) -> Path | None:
    """The damaged file of a start that was cut off before anything was in its place; None where there was none."""
    found = [path for path in file.parent.glob(f"{file.name}.damaged-*Z*") if not path.name.endswith(_BESIDE)]
    last = max(found, key=lambda path: path.stat().st_mtime, default=None)
    copy = copies.regular(file)
    if last is None or (copy.exists() and copy.stat().st_mtime > last.stat().st_mtime):
        return None
    return last


def read_into(engine: Engine, rescue: Rescue, place: str) -> Problem:
    """Add to the new database what can be read of the damaged one, and say what was saved."""
    whole = rescue.aside is not None and _read(engine, rescue.aside)
    when = _when(rescue.copy) if rescue.copy is not None else ""
    if rescue.aside is None:
        problem = problems.gone(place, when)
    elif whole:
        problem = problems.damaged_but_saved(place, str(rescue.aside))
    elif when:
        problem = problems.damaged_since(place, str(rescue.aside), when)
    else:
        problem = problems.damaged(place, str(rescue.aside))
    _log.error("%s", problem)
    return problem


def _when(copy: Path) -> str:
    """When a copy was made, in the machine's own zone."""
    return datetime.fromtimestamp(copy.stat().st_mtime, UTC).astimezone().strftime("%d-%m-%Y %H:%M")


def _read(engine: Engine, aside: Path) -> bool:
    """Whether everything could be read."""
    with closing(sqlite3.connect(aside)) as damaged:
        damaged.row_factory = sqlite3.Row
        if not _is_of_this_form(damaged, engine):
            return False
        with engine.connect() as connection, connection.execution_options(writes=True, level="FULL").begin():
            # Who refers to whom is right again only when all tables are in.
            connection.execute(text("PRAGMA defer_foreign_keys=ON"))
            whole = {table.name: _take(connection, damaged, table) for table in metadata.sorted_tables}
            if not all(whole[name] for name in _MADE_AGAIN):
                for table in (archive_index, archive_words):
                    connection.execute(delete(table))
                connection.execute(update(recordings).values(indexed=0))
    return all(whole[name] for name in whole.keys() - _ALL_OR_NONE)


def _is_of_this_form(damaged: sqlite3.Connection, engine: Engine) -> bool:
    """A file that an older release wrote isn't read in part: its copy is brought up to date instead."""
    with engine.connect() as connection:
        version = migrations.version_of(connection)
    try:
        return bool(damaged.execute(f"SELECT max(version) FROM {schema_version.name}").fetchone()[0] == version)  # noqa: S608
    except sqlite3.DatabaseError:
        return False


def _take(connection: Connection, damaged: sqlite3.Connection, table: Table) -> bool:
    """Take a table's rows over: in place of the copy's if all can be read, else added to them; whether all could."""
    if table is schema_version:
        return True
    rows, whole = _rows(damaged, table)
    if whole or table.name in _ALL_OR_NONE:
        connection.execute(delete(table))
    if not whole and table.name in _ALL_OR_NONE:
        return False
    return _put(connection, table, rows) and whole


def _put(connection: Connection, table: Table, rows: Sequence[Row]) -> bool:
    """Write rows, in place of those of the same number; whether all of them can be right together."""
    if not rows:
        return True
    try:
        with connection.begin_nested():
            connection.execute(insert(table).prefix_with("OR REPLACE"), rows)
    except IntegrityError:
        half = len(rows) // 2
        for part in (rows[:half], rows[half:]) if half else ():
            _put(connection, table, part)
        return False
    return True


def _rows(damaged: sqlite3.Connection, table: Table) -> tuple[list[Row], bool]:
    """What can be read of a table, from its beginning and from its end, and whether that is all of it."""
    found: dict[int, Row] = {}
    for order in ("ASC", "DESC"):
        if _read_rows(damaged, table, order, found):
            fit = [row for row in found.values() if row]
            return fit, len(fit) == len(found)
    return [row for row in found.values() if row], False


def _read_rows(damaged: sqlite3.Connection, table: Table, order: str, found: dict[int, Row]) -> bool:
    """Read rows by their number into `found` (empty: one that can't be right); whether the end was reached."""
    try:
        for row in damaged.execute(f'SELECT rowid AS "_at", * FROM "{table.name}" ORDER BY rowid {order}'):  # noqa: S608
            if row["_at"] in found:
                break  # the other way came as far as here
            found[row["_at"]] = _fitting(row, table.columns.values())
    except sqlite3.Error:
        return False
    return True


def _fitting(row: sqlite3.Row, columns: Sequence[Column[Any]]) -> Row:
    """A row as it is written again; empty where a value can't have been written by this program."""
    names = set(row.keys())
    values = {column.name: _value(row[column.name], column) for column in columns if column.name in names}
    return {} if _WRONG in values.values() else values


_WRONG = object()


def _value(value: Any, column: Column[Any]) -> Any:
    if value is None:
        return None if column.nullable else _WRONG
    kind = column.type
    allowed = _VALUES.get((column.table.name, column.name))
    if allowed is not None and value not in allowed:
        return _WRONG
    if isinstance(kind, Instant):
        return kind.process_result_value(value, None) if isinstance(value, int) and 0 <= value < 1 << 53 else _WRONG  # type: ignore[arg-type]
    if isinstance(kind, JSON):
        return _from_json(value)
    if isinstance(kind, Float):
        return value if isinstance(value, (int, float)) else _WRONG
    if isinstance(kind, Integer):
        return value if isinstance(value, int) else _WRONG
    return value if isinstance(value, str) else _WRONG


def _from_json(value: Any) -> Any:
    try:
        return json.loads(value)
    except (TypeError, ValueError):
        return _WRONG
