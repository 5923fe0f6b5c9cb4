"""What operators (and the service) changed: written for good before it counts."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, or_, select, update

from orchestrator.catalogue import problems
from orchestrator.catalogue.database import Database
from orchestrator.catalogue.records import ChangeRecord
from orchestrator.catalogue.schema import changes
from orchestrator.errors import RefusedError
from orchestrator.plan.model import Change, ChangeKind, Until

_log = logging.getLogger(__name__)

_LASTING = (ChangeKind.TAKE, ChangeKind.RELEASE)
"""A take-over counts until it is released, be it after weeks."""

Listener = Callable[[], None]


class ChangeStore:
    """Rows with who and when; never edited, only undone."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
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
    ) -> Change:
        """Write a change; when this returns it survives a power cut, and the listeners were told.

        A set becomes a sorted list: `value` comes back as JSON has it.
        """
        row = {
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
        with self._database.write(durable=True) as connection:
            written = connection.execute(insert(changes).values(row).returning(changes)).one()
        change = change_of(written)
        self._tell()
        return change

    def undo(self, id: int, who: str, at: datetime) -> None:  # noqa: A002 - the row's own name
        """Take a change back; RefusedError where there is none, or it is undone already."""
        with self._database.write(durable=True) as connection:
            row = connection.execute(select(changes).where(changes.c.id == id)).one_or_none()
            if row is None:
                raise RefusedError(problems.no_such_change(id))
            if row.undone_by is not None:
                raise RefusedError(problems.undone_already(id, row.undone_by))
            last = connection.execute(select(func.max(changes.c.undoing))).scalar() or 0
            values = {"undone_by": who, "undone_at": at, "undoing": last + 1}
            connection.execute(update(changes).where(changes.c.id == id).values(values))
        self._tell()

    def active(self, since: datetime | None = None, venue: str | None = None) -> list[Change]:
        """All that count: not undone, from `since` on and take-overs however old, in order of writing."""
        query = select(changes).where(changes.c.undone_by.is_(None)).order_by(changes.c.id)
        if since is not None:
            query = query.where(or_(changes.c.at >= since, changes.c.kind.in_(_LASTING)))
        if venue is not None:
            query = query.where(changes.c.venue == venue)
        with self._database.read() as connection:
            return [change_of(row) for row in connection.execute(query)]

    def history(self, since: datetime | None = None, until: datetime | None = None) -> list[ChangeRecord]:
        """All that were written for `since` <= at < `until`, undone ones included, in order of writing."""
        query = select(changes).order_by(changes.c.id)
        if since is not None:
            query = query.where(changes.c.at >= since)
        if until is not None:
            query = query.where(changes.c.at < until)
        with self._database.read() as connection:
            return [record_of(row) for row in connection.execute(query)]

    def recent(self, since: datetime) -> list[ChangeRecord]:
        """All that were written or undone from `since` on, in order of writing."""
        recently = or_(changes.c.at >= since, changes.c.undone_at >= since)
        with self._database.read() as connection:
            return [
                record_of(row) for row in connection.execute(select(changes).where(recently).order_by(changes.c.id))
            ]

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` (quickly, it may not block) after each change, once it is written or undone.

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
            except Exception:  # noqa: BLE001 - the change is written: who wrote it must not be told that it failed
                _log.exception("a listener failed on a change of an operator")


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
