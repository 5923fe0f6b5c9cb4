"""Who is signed in: of a browser's secret only its hash is kept, so that a copy of the database signs nobody in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from orchestrator.catalogue.accounts import account_of, key_of
from orchestrator.catalogue.database import Database
from orchestrator.catalogue.records import Account, Session
from orchestrator.catalogue.schema import accounts, sessions


class SessionStore:
    """One row a browser."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, session: Session) -> None:
        """Begin a session."""
        row = {
            "digest": session.digest,
            "account": session.account,
            "created_at": session.created_at,
            "seen_at": session.seen_at,
            "address": session.address,
            "agent": session.agent,
        }
        with self._database.write(durable=True) as connection:
            connection.execute(insert(sessions).values(row))

    def find(self, digest: str) -> tuple[Session, Account] | None:
        """A session and whose it is."""
        with self._database.read() as connection:
            row = connection.execute(select(sessions).where(sessions.c.digest == digest)).one_or_none()
            if row is None:
                return None
            owner = connection.execute(select(accounts).where(accounts.c.id == row.account)).one()
        return _session(row), account_of(owner)

    def of(self, name: str) -> list[Session]:
        """An account's sessions, the latest seen first."""
        query = (
            select(sessions)
            .join(accounts, accounts.c.id == sessions.c.account)
            .where(accounts.c.key == key_of(name))
            .order_by(sessions.c.seen_at.desc())
        )
        with self._database.read() as connection:
            return [_session(row) for row in connection.execute(query)]

    def seen(self, digest: str, at: datetime) -> None:
        """Write that a session was used."""

        def work(connection: Connection) -> None:
            connection.execute(update(sessions).where(sessions.c.digest == digest).values(seen_at=at))

        self._database.record(work)

    def end(self, digest: str) -> None:
        """End one session."""
        with self._database.write(durable=True) as connection:
            connection.execute(delete(sessions).where(sessions.c.digest == digest))

    def end_all(self, name: str) -> int:
        """End all sessions of an account; how many there were."""
        whose = select(accounts.c.id).where(accounts.c.key == key_of(name)).scalar_subquery()
        with self._database.write(durable=True) as connection:
            return connection.execute(delete(sessions).where(sessions.c.account == whose)).rowcount

    def forget(self, created_before: datetime, seen_before: datetime) -> None:
        """Remove sessions that are over."""

        def work(connection: Connection) -> None:
            connection.execute(
                delete(sessions).where((sessions.c.created_at < created_before) | (sessions.c.seen_at < seen_before))
            )

        self._database.record(work)


def _session(row: Row[Any]) -> Session:
    return Session(row.digest, row.account, row.created_at, row.seen_at, row.address, row.agent)
