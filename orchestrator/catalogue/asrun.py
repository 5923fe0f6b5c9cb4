"""The as-run log: what was due, what was sent, what was seen, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import ColumnElement, Connection, Executable, Row, and_, func, insert, or_, select, update

from orchestrator.catalogue.database import Database
from orchestrator.catalogue.records import AsRun, Outcome
from orchestrator.catalogue.schema import asrun


class AsRunStore:
    """Lines are added as they are sent, settled once, and never removed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        with database.read() as connection:
            self._numbers = count((connection.execute(select(func.max(asrun.c.id))).scalar() or 0) + 1)

    def add(self, line: AsRun) -> AsRun:
        """Write a line; it comes back with its id."""
        number = next(self._numbers)
        row = {
            "id": number,
            "event": line.event,
            "cue": line.cue,
            "venue": line.venue,
            "field": line.field,
            "planned_at": line.planned_at,
            "sent_at": line.sent_at,
            "confirmed_at": line.confirmed_at,
            "before": line.before,
            "after": line.after,
            "reason": line.reason,
            "outcome": line.outcome,
            "at": _happened(line),
        }
        self._database.record(lambda connection: _do(connection, insert(asrun).values(row)))
        return replace(line, id=number)

    def settle(
        self,
        id: int,  # noqa: A002 - the row's own name
        *,
        sent_at: datetime | None = None,
        confirmed_at: datetime | None = None,
        outcome: Outcome,
    ) -> None:
        """Write what became of a line; a time that isn't given stays as it was."""
        values: dict[str, object] = {"outcome": outcome}
        if sent_at is not None:
            values |= {"sent_at": sent_at, "at": sent_at}
        if confirmed_at is not None:
            values["confirmed_at"] = confirmed_at
        self._database.record(lambda connection: _do(connection, update(asrun).where(asrun.c.id == id).values(values)))

    def between(
        self,
        since: datetime | None = None,
        until: datetime | None = None,
        venue: str | None = None,
        event: str | None = None,
    ) -> list[AsRun]:
        """Lines that were due, or happened, at `since` <= t < `until`, in the order in which they happened."""
        wanted: list[ColumnElement[bool]] = []
        if since is not None or until is not None:
            wanted.append(or_(_within(asrun.c.at, since, until), _within(asrun.c.planned_at, since, until)))
        if venue is not None:
            wanted.append(asrun.c.venue == venue)
        if event is not None:
            # A repeating event's id finds its occurrences too; ids hold no character that LIKE takes as a pattern.
            wanted.append(or_(asrun.c.event == event, asrun.c.event.like(f"{event}@%")))
        return self._lines(*wanted)

    def of(self, occurrence: str) -> list[AsRun]:
        """All lines of one occurrence, in the order in which they happened."""
        return self._lines(asrun.c.event == occurrence)

    def open(self) -> list[AsRun]:
        """Lines that wait for their confirmation."""
        return self._lines(asrun.c.outcome == "sent")

    def last_on(self, field: str) -> AsRun | None:
        """The latest line in which a field was seen to be on."""
        wanted = (asrun.c.field == field, asrun.c.after == "on", asrun.c.confirmed_at.is_not(None))
        query = select(asrun).where(*wanted).order_by(asrun.c.confirmed_at.desc()).limit(1)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return line_of(row) if row is not None else None

    def last_after(self, at: datetime) -> list[AsRun]:
        """Of each venue the line written last of those that were sent or confirmed after a time."""
        after = or_(asrun.c.sent_at > at, asrun.c.confirmed_at > at)
        last = select(func.max(asrun.c.id)).where(after).group_by(asrun.c.venue)
        return self._lines(asrun.c.id.in_(last))

    def counts(self) -> dict[str, int]:
        """How many lines there are of each outcome."""
        with self._database.read() as connection:
            rows = connection.execute(select(asrun.c.outcome, func.count()).group_by(asrun.c.outcome)).all()
        return {str(outcome): int(count) for outcome, count in rows}

    def _lines(self, *wanted: ColumnElement[bool]) -> list[AsRun]:
        query = select(asrun).where(*wanted).order_by(asrun.c.at, asrun.c.id)
        with self._database.read() as connection:
            return [line_of(row) for row in connection.execute(query)]


def _do(connection: Connection, statement: Executable) -> None:
    connection.execute(statement)


def _happened(line: AsRun) -> datetime:
    at = line.sent_at or line.confirmed_at or line.planned_at
    if at is None:
        raise ValueError(f"a line of the as-run log without any time: {line}")
    return at


def _within(column: ColumnElement[Any], since: datetime | None, until: datetime | None) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = []
    if since is not None:
        conditions.append(column >= since)
    if until is not None:
        conditions.append(column < until)
    return and_(*conditions)


def line_of(row: Row[Any]) -> AsRun:
    """A row as a line."""
    return AsRun(
        id=row.id,
        event=row.event,
        cue=row.cue,
        venue=row.venue,
        field=row.field,
        planned_at=row.planned_at,
        sent_at=row.sent_at,
        confirmed_at=row.confirmed_at,
        before=row.before,
        after=row.after,
        reason=row.reason,
        outcome=row.outcome,
    )
