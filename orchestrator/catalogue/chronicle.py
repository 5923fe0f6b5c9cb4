"""All that happened in one order: the as-run log, incidents, operators' changes, and who did what besides."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

from sqlalchemy import Column, ColumnElement, Row, Select, and_, or_, select

from orchestrator.catalogue.asrun import line_of
from orchestrator.catalogue.changes import record_of
from orchestrator.catalogue.database import Database
from orchestrator.catalogue.incidents import incident_of
from orchestrator.catalogue.records import AsRun, Audited, ChangeRecord, Incident
from orchestrator.catalogue.schema import asrun, audit, changes, incidents
from orchestrator.catalogue.seen import SERVICE

Kind = Literal["cue", "incident", "change", "automatic", "audit"]
Record: TypeAlias = AsRun | Incident | ChangeRecord | Audited

KINDS: tuple[Kind, ...] = ("cue", "incident", "change", "automatic", "audit")
"""Kinds of entries. A change is an operator's, or automatic where the service wrote it itself."""
_AT_ONCE = 200
"""Rows of one kind that are read together."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened."""

    at: datetime
    """When: sent or due, began, or done."""
    kind: Kind
    """What it is."""
    number: int
    """Its row's number."""
    record: Record
    """The row."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries are wanted; None: doesn't matter."""

    since: datetime | None = None
    """At or after."""
    until: datetime | None = None
    """Before."""
    venue: str | None = None
    """The venue's id."""
    event: str | None = None
    """An event's id, or an occurrence's."""
    kinds: Collection[Kind] = KINDS
    """Kinds of entries."""


@dataclass(frozen=True, slots=True)
class _Source:
    kind: Kind
    at: Column[Any]
    number: Column[Any]
    make: Callable[[Row[Any]], Record]
    of_venue: Callable[[str], ColumnElement[bool] | None]
    of_event: Callable[[str], ColumnElement[bool] | None]
    only: ColumnElement[bool] | None = None
    """Which rows of its table; None: all."""


def _of_place(venue: str) -> ColumnElement[bool]:
    return or_(incidents.c.place == venue, incidents.c.place.startswith(f"{venue}/", autoescape=True))


def _of(column: Column[Any]) -> Callable[[str], ColumnElement[bool]]:
    return lambda event: or_(column == event, column.startswith(f"{event}@", autoescape=True))


def _changes(kind: Kind, only: ColumnElement[bool]) -> _Source:
    return _Source(
        kind,
        changes.c.at,
        changes.c.id,
        record_of,
        lambda venue: changes.c.venue == venue,
        _of(changes.c.occurrence),
        only,
    )


_SOURCES: tuple[_Source, ...] = (
    _Source("cue", asrun.c.at, asrun.c.id, line_of, lambda venue: asrun.c.venue == venue, _of(asrun.c.event)),
    _Source("incident", incidents.c.since, incidents.c.id, incident_of, _of_place, lambda _: None),
    _changes("change", changes.c.who != SERVICE),
    _changes("automatic", changes.c.who == SERVICE),
    _Source(
        "audit",
        audit.c.at,
        audit.c.id,
        lambda row: Audited(row.at, row.who, row.action, row.subject, row.id),
        lambda venue: audit.c.subject == venue,
        lambda _: None,
    ),
)


class ChronicleStore:
    """Reads all kinds of entries together, a few at a time, however many there are."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def entries(self, wanted: Wanted, *, latest_first: bool = True) -> Iterator[Entry]:
        """What is wanted, in order of time; read as far as it is taken."""
        parts = [
            self._of(source, wanted, latest_first=latest_first) for source in _SOURCES if source.kind in wanted.kinds
        ]
        return heapq.merge(*parts, key=_order, reverse=latest_first)

    def _of(self, source: _Source, wanted: Wanted, *, latest_first: bool) -> Iterator[Entry]:
        query = _query(source, wanted, latest_first=latest_first)
        if query is None:
            return
        reached: ColumnElement[bool] | None = None
        while True:
            part = (query if reached is None else query.where(reached)).limit(_AT_ONCE)
            with self._database.read() as connection:
                rows = connection.execute(part).all()
            for row in rows:
                at, number = row._mapping[source.at], row._mapping[source.number]
                yield Entry(at, source.kind, number, source.make(row))
            if len(rows) < _AT_ONCE:
                return
            reached = _beyond(source, at, number, latest_first=latest_first)


def _order(entry: Entry) -> tuple[datetime, int, int]:
    return entry.at, KINDS.index(entry.kind), entry.number


def _query(source: _Source, wanted: Wanted, *, latest_first: bool) -> Select[Any] | None:
    query = select(source.at.table)
    if source.only is not None:
        query = query.where(source.only)
    if wanted.since is not None:
        query = query.where(source.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(source.at < wanted.until)
    for value, condition in ((wanted.venue, source.of_venue), (wanted.event, source.of_event)):
        if value:
            narrowed = condition(value)
            if narrowed is None:
                return None
            query = query.where(narrowed)
    columns = (source.at, source.number)
    return query.order_by(*(column.desc() if latest_first else column for column in columns))


def _beyond(source: _Source, at: datetime, number: int, *, latest_first: bool) -> ColumnElement[bool]:
    """What comes after a row that was read."""
    if latest_first:
        return or_(source.at < at, and_(source.at == at, source.number < number))
    return or_(source.at > at, and_(source.at == at, source.number > number))
