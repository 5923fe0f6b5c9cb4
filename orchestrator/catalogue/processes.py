"""Children that may outlive the service, so that the next start finds them."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from orchestrator.catalogue.database import Database
from orchestrator.catalogue.records import ProcessRow
from orchestrator.catalogue.schema import processes


class ProcessStore:
    """One row a child, by its key."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, row: ProcessRow) -> None:
        """Write a child down, in place of what its key stood for before."""
        values = {
            "key": row.key,
            "pid": row.pid,
            "created": row.created,
            "argv_digest": row.argv_digest,
            "files": row.files,
            "started_at": row.started_at,
        }

        def write(connection: Connection) -> None:
            connection.execute(delete(processes).where(processes.c.key == row.key))
            connection.execute(insert(processes).values(values))

        self._database.record(write)

    def drop(self, key: str) -> None:
        """Forget a child; nothing happens where it isn't known."""

        def write(connection: Connection) -> None:
            connection.execute(delete(processes).where(processes.c.key == key))

        self._database.record(write)

    def all(self) -> list[ProcessRow]:
        """All children that were written down, by key."""
        with self._database.read() as connection:
            rows = connection.execute(select(processes).order_by(processes.c.key)).all()
        return [ProcessRow(row.key, row.pid, row.created, row.argv_digest, row.files, row.started_at) for row in rows]
