"""Problems with their beginning and end, for the log and the archive."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, insert, or_, select, update

from orchestrator.catalogue.database import Database
from orchestrator.catalogue.records import Incident
from orchestrator.catalogue.schema import incidents


class IncidentStore:
    """At most one incident lasts for a code and a place."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, code: str, where: str, message: str, at: datetime) -> Incident:
        """Write that a problem began; where it lasts already, that stays and comes back."""
        incident = Incident(code, where, message, at, None)

        def write(connection: Connection) -> None:
            nonlocal incident
            row = connection.execute(_lasting(code, where)).one_or_none()
            if row is None:
                values = {"code": code, "place": where, "message": message, "since": at}
                connection.execute(insert(incidents).values(values))
            else:
                incident = incident_of(row)

        self._database.record(write)
        return incident

    def end(self, code: str, where: str, at: datetime) -> None:
        """Write that a problem ended; nothing happens where it doesn't last."""

        def write(connection: Connection) -> None:
            connection.execute(
                update(incidents)
                .where(incidents.c.code == code, incidents.c.place == where, incidents.c.until.is_(None))
                .values(until=at)
            )

        self._database.record(write)

    def lasting(self) -> list[Incident]:
        """All that haven't ended, the oldest first."""
        return self._incidents(incidents.c.until.is_(None))

    def between(
        self, since: datetime | None = None, until: datetime | None = None, where: str | None = None
    ) -> list[Incident]:
        """All that lasted at some time in `since` <= t < `until`; `where`: a place and what lies in it."""
        wanted: list[ColumnElement[bool]] = []
        if since is not None:
            wanted.append(or_(incidents.c.until.is_(None), incidents.c.until >= since))
        if until is not None:
            wanted.append(incidents.c.since < until)
        if where is not None:
            wanted.append(or_(incidents.c.place == where, incidents.c.place.startswith(f"{where}/", autoescape=True)))
        return self._incidents(*wanted)

    def last_of(self, part: str) -> Incident | None:
        """The latest incident of a part of any venue, such as a destination."""
        query = select(incidents).where(incidents.c.place.endswith(f"/{part}", autoescape=True))
        with self._database.read() as connection:
            row = connection.execute(query.order_by(incidents.c.since.desc()).limit(1)).one_or_none()
        return incident_of(row) if row is not None else None

    def _incidents(self, *wanted: ColumnElement[bool]) -> list[Incident]:
        query = select(incidents).where(*wanted).order_by(incidents.c.since, incidents.c.id)
        with self._database.read() as connection:
            return [incident_of(row) for row in connection.execute(query)]


def _lasting(code: str, where: str) -> Select[Any]:
    return select(incidents).where(incidents.c.code == code, incidents.c.place == where, incidents.c.until.is_(None))


def incident_of(row: Row[Any]) -> Incident:
    """A row as an incident."""
    return Incident(row.code, row.place, row.message, row.since, row.until)
