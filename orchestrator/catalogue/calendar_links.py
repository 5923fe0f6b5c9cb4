"""Links by which an account's calendar programs see the schedule: only the hash of what is in one is kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from orchestrator.catalogue.accounts import account_of, key_of
from orchestrator.catalogue.database import Database
from orchestrator.catalogue.records import Account, CalendarLink
from orchestrator.catalogue.schema import accounts, calendar_links


class CalendarLinkStore:
    """At most one link an account."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, name: str, digest: str, at: datetime) -> None:
        """Give an account a link, in place of the one that it had."""
        whose = select(accounts.c.id).where(accounts.c.key == key_of(name)).scalar_subquery()
        with self._database.write(durable=True) as connection:
            connection.execute(delete(calendar_links).where(calendar_links.c.account == whose))
            connection.execute(insert(calendar_links).values(account=whose, digest=digest, created_at=at))

    def find(self, digest: str) -> tuple[CalendarLink, Account] | None:
        """A link and whose it is."""
        with self._database.read() as connection:
            row = connection.execute(select(calendar_links).where(calendar_links.c.digest == digest)).one_or_none()
            if row is None:
                return None
            owner = connection.execute(select(accounts).where(accounts.c.id == row.account)).one()
        return CalendarLink(row.created_at, row.used_at), account_of(owner)

    def of(self, name: str) -> CalendarLink | None:
        """An account's link."""
        query = select(calendar_links).join(accounts).where(accounts.c.key == key_of(name))
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else CalendarLink(row.created_at, row.used_at)

    def used(self, digest: str, at: datetime) -> None:
        """Write that a link was used."""

        def work(connection: Connection) -> None:
            connection.execute(update(calendar_links).where(calendar_links.c.digest == digest).values(used_at=at))

        self._database.record(work)

    def remove(self, name: str) -> bool:
        """Remove an account's link; whether there was one."""
        whose = select(accounts.c.id).where(accounts.c.key == key_of(name)).scalar_subquery()
        with self._database.write(durable=True) as connection:
            return bool(connection.execute(delete(calendar_links).where(calendar_links.c.account == whose)).rowcount)
