"""What operators (and the service) changed: written before it counts where that can be, and counted all the same.

Who acts on the air can't wait for a disk. What the database doesn't take is remembered and counts at once; it is
written, in order and once, as soon as it can be. Until then only this process knows of it, and `is_written` and the
database's `problems` say so.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, or_, select, true, update

from orchestrator.catalogue import problems
from orchestrator.catalogue.database import Database
from orchestrator.catalogue.records import ChangeRecord
from orchestrator.catalogue.remembered import Remembered
from orchestrator.catalogue.schema import changes
from orchestrator.errors import RefusedError, StorageError
from orchestrator.plan.model import Change, ChangeKind, Until

_log = logging.getLogger(__name__)

_LASTING = (ChangeKind.TAKE, ChangeKind.RELEASE)
"""A take-over counts until it is released, be it after weeks."""

Listener = Callable[[], None]


class ChangeStore:
    """Rows with who and when; never edited, only undone. One process at a time MAY write while the disk takes none."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._numbering = threading.Lock()
        self._undoing = threading.Lock()
        self._memory = Remembered()
        with database.read() as connection:
            self._last, self._undoings = _latest(connection)
        self._listeners: list[Listener] = []

    def add(  # noqa: PLR0913, PLR0917 - a change has that many parts
        self,
        kind: ChangeKind,
        at: datetime,
        who: str,
        venue: str,
        occurrence: str | None = None,
        cue: str | None = None,
        field: str | None = None,
        value: object = None,
        until: Until = "release",
        starts_at: datetime | None = None,
        *,
        hurried: bool = False,
    ) -> Change:
        """Make a change; when this returns it counts, and the listeners were told.

        It survives a power cut from then on if `is_written` says so. A set becomes a sorted list: `value` comes back as
        JSON has it. `hurried`: it is a loop's, which waits for no disk.
        """
        row: dict[str, Any] = {
            "kind": kind.value,
            "at": at,
            "who": who,
            "venue": venue,
            "occurrence": occurrence,
            "cue": cue,
            "field": field,
            "value": as_json(value),
            "until": until,
            "starts_at": starts_at,
        }

        def work(connection: Connection) -> None:
            number = self._number(row, _latest(connection)[0])
            if connection.execute(select(changes.c.id).where(changes.c.id == number)).one_or_none() is None:
                connection.execute(insert(changes).values(row))

        write = self._database.keep(work, hurried=hurried)
        change = Change(
            self._number(row),
            kind,
            at.astimezone(UTC),
            who,
            venue,
            occurrence,
            cue,
            field,
            row["value"],
            until,
            None if starts_at is None else starts_at.astimezone(UTC),
        )
        self._memory.note(ChangeRecord(change), write)
        self._tell()
        return change

    def _number(self, row: dict[str, Any], latest: int = 0) -> int:
        """A new change's number, given once: one above all that are known; `latest`: the highest in the database."""
        with self._numbering:
            if "id" not in row:
                self._last = row["id"] = max(self._last, latest) + 1
            return int(row["id"])

    def undo(self, id: int, who: str, at: datetime) -> None:  # noqa: A002 - the row's own name
        """Take a change back; RefusedError where there is none, or it is undone already."""
        values: dict[str, Any] = {"undone_by": who, "undone_at": at}

        def work(connection: Connection) -> None:
            values.setdefault("undoing", max(self._undoings, _latest(connection)[1]) + 1)
            still = and_(changes.c.id == id, changes.c.undone_by.is_(None))
            connection.execute(update(changes).where(still).values(values))

        with self._undoing:
            record = next(iter(self._read(changes.c.id == id, lambda one: one.change.id == id)), None)
            if record is None:
                raise RefusedError(problems.no_such_change(id))
            if record.undone_by is not None:
                raise RefusedError(problems.undone_already(id, record.undone_by))
            write = self._database.keep(work)
            self._undoings = values.setdefault("undoing", self._undoings + 1)
            self._memory.note(ChangeRecord(record.change, who, at.astimezone(UTC), self._undoings), write)
        self._tell()

    def is_written(self, id: int) -> bool:  # noqa: A002 - the row's own name
        """Whether all that is known of a change is in the database: a restart loses nothing of it."""
        return id not in self._memory.waiting()[0]

    def active(self, since: datetime | None = None, venue: str | None = None) -> list[Change]:
        """All that count: not undone, from `since` on and take-overs however old, in order of writing."""
        records = [record for record in self._window(since) if record.undone_by is None]
        return [
            record.change
            for record in records
            if venue in {None, record.change.venue}
            and (since is None or record.change.at >= since or record.change.kind in _LASTING)
        ]

    def history(self, since: datetime | None = None, until: datetime | None = None) -> list[ChangeRecord]:
        """All that were written for `since` <= at < `until`, undone ones included, in order of writing."""
        wanted: list[ColumnElement[bool]] = [true()]
        if since is not None:
            wanted.append(changes.c.at >= since)
        if until is not None:
            wanted.append(changes.c.at < until)

        def is_wanted(record: ChangeRecord) -> bool:
            at = record.change.at
            return (since is None or at >= since) and (until is None or at < until)

        return self._read(and_(*wanted), is_wanted)

    def recent(self, since: datetime) -> list[ChangeRecord]:
        """All that were written or undone from `since` on, in order of writing."""
        return [
            record
            for record in self._window(since)
            if record.change.at >= since or (record.undone_at is not None and record.undone_at >= since)
        ]

    def _window(self, since: datetime | None) -> list[ChangeRecord]:
        """All that may still count from `since` on: what the air goes by when the database can't be read any more."""
        wanted: ColumnElement[bool] = true()
        if since is not None:
            lasting = and_(changes.c.kind.in_(_LASTING), changes.c.undone_by.is_(None))
            wanted = or_(changes.c.at >= since, changes.c.undone_at >= since, lasting)
        return self._read(wanted, lambda _: True, learn=True)

    def _read(
        self, wanted: ColumnElement[bool], is_wanted: Callable[[ChangeRecord], bool], *, learn: bool = False
    ) -> list[ChangeRecord]:
        """What is wanted, in order of writing; `learn`: it is all that counts.

        Raises:
            StorageError: it can't be read, and never could be since the start.
        """
        waiting, notes = self._memory.waiting()
        known = self._memory.known if self._database.is_silent else None
        if known is None:
            try:
                with self._database.read(at_once=True) as connection:
                    rows = connection.execute(select(changes).where(wanted)).all()
            except StorageError:
                known = self._memory.known
                if known is None:
                    raise
            else:
                known = {row.id: record_of(row) for row in rows}
                if learn:
                    self._memory.learn(known | waiting, notes)
        found = sorted((known | waiting).items())
        return [record for _, record in found if is_wanted(record)]

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` (quickly, it may not block) after each change, once it counts or is undone.

        It is called in the thread of who wrote. Returns what ends it.
        """
        with self._lock:
            self._listeners.append(listener)

        def stop() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return stop

    def _tell(self) -> None:
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            try:
                listener()
            except Exception:  # noqa: BLE001 - the change counts: who made it must not be told that it failed
                _log.exception("a listener failed on a change of an operator")


def _latest(connection: Connection) -> tuple[int, int]:
    """The highest number of a change, and of an undoing; 0 where there is none."""
    row = connection.execute(select(func.max(changes.c.id), func.max(changes.c.undoing))).one()
    return row[0] or 0, row[1] or 0


def change_of(row: Row[Any]) -> Change:
    """A row as a change."""
    return Change(
        id=row.id,
        kind=ChangeKind(row.kind),
        at=row.at,
        who=row.who,
        venue=row.venue,
        occurrence=row.occurrence,
        cue=row.cue,
        field=row.field,
        value=row.value,
        until=row.until,
        starts_at=row.starts_at,
    )


def record_of(row: Row[Any]) -> ChangeRecord:
    """A row as a change with what became of it."""
    return ChangeRecord(change_of(row), row.undone_by, row.undone_at, row.undoing or 0)


def as_json(value: object) -> object:
    """A change's value as it comes back from the database: a set becomes a sorted list."""
    if isinstance(value, (frozenset, set)):
        return sorted(value, key=str)
    if isinstance(value, (tuple, list)):
        return [as_json(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): as_json(item) for key, item in value.items()}
    return value
