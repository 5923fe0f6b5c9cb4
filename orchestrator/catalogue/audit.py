"""Who did what, beside operators' changes of the air: written once, never edited, never removed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select

from orchestrator.catalogue.database import Database
from orchestrator.catalogue.records import Audited
from orchestrator.catalogue.schema import audit


class AuditStore:
    """Lines in order of time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, at: datetime, who: str, action: str, subject: str = "") -> None:
        """Write that `who` did `action` to `subject`; what was done is done, so a full disk fails nothing here."""
        row = {"at": at, "who": who, "action": action, "subject": subject}

        def work(connection: Connection) -> None:
            connection.execute(insert(audit).values(row))

        self._database.record(work)

    def between(
        self,
        since: datetime | None = None,
        until: datetime | None = None,
        who: str | None = None,
        action: str | None = None,
        subject: str | None = None,
        limit: int | None = None,
    ) -> list[Audited]:
        """Lines at `since` <= at < `until`, in order of time; with `limit` the latest so many.

        Args:
            since: the beginning, included.
            until: the end, excluded.
            who: only this person's.
            action: only this action's, or a whole area's (`account`).
            subject: only what was done to this.
            limit: how many at most.
        """
        query = select(audit)
        if since is not None:
            query = query.where(audit.c.at >= since)
        if until is not None:
            query = query.where(audit.c.at < until)
        if who is not None:
            query = query.where(audit.c.who == who)
        if action is not None:
            query = query.where((audit.c.action == action) | audit.c.action.startswith(f"{action}.", autoescape=True))
        if subject is not None:
            query = query.where(audit.c.subject == subject)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(audit.c.at.desc(), audit.c.id.desc()).limit(limit)).all()
        return [Audited(row.at, row.who, row.action, row.subject, row.id) for row in reversed(rows)]
