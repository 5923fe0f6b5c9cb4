"""Who may sign in, and what they may do."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from orchestrator.catalogue import problems
from orchestrator.catalogue.database import Database
from orchestrator.catalogue.records import Account, Role
from orchestrator.catalogue.schema import accounts, sessions
from orchestrator.errors import RefusedError


def key_of(name: str) -> str:
    """What two names have in common that count as one."""
    return unicodedata.normalize("NFKC", name).casefold()


class AccountStore:
    """One row an account; there is always an admin as long as there is any account."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, name: str, role: Role, password: str, at: datetime) -> Account:
        """Make an account; `password` is its hash.

        Raises:
            RefusedError: there is one of that name, or it would be the first and no admin.
        """
        row = {
            "name": name,
            "key": key_of(name),
            "role": role,
            "password": password,
            "created_at": at,
            "password_at": at,
        }
        with self._database.write(durable=True) as connection:
            try:
                made = connection.execute(insert(accounts).values(row).returning(accounts)).one()
            except IntegrityError as error:
                raise RefusedError(problems.name_taken(name)) from error
            if _lacks_admin(connection):
                raise RefusedError(problems.first_is_admin(name))
        return account_of(made)

    def refuse(self, name: str, role: Role) -> None:
        """Raise RefusedError where `add` would: before anybody is asked for a password."""
        if self.find(name) is not None:
            raise RefusedError(problems.name_taken(name))
        if role != "admin" and not self.any():
            raise RefusedError(problems.first_is_admin(name))

    def find(self, name: str) -> Account | None:
        """An account by its name, whatever its capitals."""
        with self._database.read() as connection:
            row = connection.execute(select(accounts).where(accounts.c.key == key_of(name))).one_or_none()
        return None if row is None else account_of(row)

    def all(self) -> list[Account]:
        """All accounts, by name."""
        with self._database.read() as connection:
            return [account_of(row) for row in connection.execute(select(accounts).order_by(accounts.c.key))]

    def any(self) -> bool:
        """Whether there is an account at all: without one, whoever sits at this machine may do everything."""
        with self._database.read() as connection:
            return connection.execute(select(accounts.c.id).limit(1)).first() is not None

    def set_role(self, name: str, role: Role) -> None:
        """Let an account do more or less, from its next request on.

        Raises:
            RefusedError: there is no such account, or nobody would be an admin any more.
        """
        with self._database.write(durable=True) as connection:
            done = connection.execute(update(accounts).where(accounts.c.key == key_of(name)).values(role=role))
            if done.rowcount == 0:
                raise RefusedError(problems.no_such_account(name))
            if _lacks_admin(connection):
                raise RefusedError(problems.last_admin(name))

    def set_password(self, name: str, password: str, at: datetime) -> None:
        """Set an account's password (its hash), and end all its sessions.

        Raises:
            RefusedError: there is no such account.
        """
        with self._database.write(durable=True) as connection:
            row = connection.execute(select(accounts.c.id).where(accounts.c.key == key_of(name))).one_or_none()
            if row is None:
                raise RefusedError(problems.no_such_account(name))
            connection.execute(
                update(accounts).where(accounts.c.id == row.id).values(password=password, password_at=at)
            )
            connection.execute(delete(sessions).where(sessions.c.account == row.id))

    def rehash(self, account: int, password: str) -> None:
        """Write the same password's hash anew, made with today's parameters; sessions go on."""
        with self._database.write() as connection:
            connection.execute(update(accounts).where(accounts.c.id == account).values(password=password))

    def remove(self, name: str) -> None:
        """Remove an account and end its sessions; the very last one goes too, and leaves the panel without accounts.

        Raises:
            RefusedError: there is no such account, or nobody would be an admin any more.
        """
        with self._database.write(durable=True) as connection:
            row = connection.execute(select(accounts.c.id).where(accounts.c.key == key_of(name))).one_or_none()
            if row is None:
                raise RefusedError(problems.no_such_account(name))
            connection.execute(delete(sessions).where(sessions.c.account == row.id))
            connection.execute(delete(accounts).where(accounts.c.id == row.id))
            if _lacks_admin(connection):
                raise RefusedError(problems.last_admin(name))


def _lacks_admin(connection: Connection) -> bool:
    roles = connection.execute(select(accounts.c.role).distinct()).scalars().all()
    return bool(roles) and "admin" not in roles


def account_of(row: Row[Any]) -> Account:
    """An account from its row."""
    return Account(row.name, row.role, row.password, row.created_at, row.password_at, row.id)
