"""The schedule as it was: each text that was saved, by whom, when and why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from orchestrator.catalogue.database import Database
from orchestrator.catalogue.records import Version, VersionAction, VersionRow
from orchestrator.catalogue.schema import schedule_versions as versions

_ROW = (versions.c.id, versions.c.at, versions.c.who, versions.c.action, versions.c.subject, versions.c.digest)


class VersionStore:
    """One row a version; never edited, never removed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.added = 0
        """How many were added since the start: whoever keeps the newest reads it again when this is another."""

    def add(
        self,
        at: datetime,
        who: str,
        action: VersionAction,
        subject: str,
        digest: str,
        content: str,
        write: Callable[[], None] = lambda: None,
    ) -> VersionRow:
        """Keep a version, durably.

        Args:
            at: when it was saved.
            who: who saved it.
            action: what was done.
            subject: to what.
            digest: SHA-256 of the file's bytes, in hex.
            content: the file's text.
            write: puts the text where it belongs, once this row can be kept; where it raises, no row is kept.
        """
        row = {"at": at, "who": who, "action": action, "subject": subject, "digest": digest, "content": content}
        with self._database.write(durable=True) as connection:
            made = connection.execute(insert(versions).values(row).returning(*_ROW)).one()
            write()
        self.added += 1
        return _row_of(made)

    def latest(self) -> VersionRow | None:
        """The newest; None where there is none yet."""
        return next(iter(self.all(limit=1)), None)

    def all(self, before: int | None = None, limit: int | None = None) -> list[VersionRow]:
        """Versions without their texts, the newest first.

        Args:
            before: only those before this number.
            limit: at most so many.
        """
        query = select(*_ROW).order_by(versions.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(versions.c.id < before)
        with self._database.read() as connection:
            return [_row_of(row) for row in connection.execute(query)]

    def get(self, number: int) -> Version | None:
        """A version with its text."""
        return self._one(select(versions).where(versions.c.id == number))

    def before(self, number: int) -> Version | None:
        """The version before one."""
        return self._one(select(versions).where(versions.c.id < number).order_by(versions.c.id.desc()).limit(1))

    def by_digest(self, digest: str) -> Version | None:
        """The newest version of a content."""
        return self._one(select(versions).where(versions.c.digest == digest).order_by(versions.c.id.desc()).limit(1))

    def since(self, digest: str) -> list[VersionRow] | None:
        """What came after the newest version of a content, the oldest first; None where no version had it."""
        with self._database.read() as connection:
            seen = select(versions.c.id).where(versions.c.digest == digest).order_by(versions.c.id.desc()).limit(1)
            number = connection.execute(seen).scalar()
            if number is None:
                return None
            rows = connection.execute(select(*_ROW).where(versions.c.id > number).order_by(versions.c.id))
            return [_row_of(row) for row in rows]

    def _one(self, query: Any) -> Version | None:
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else Version(_row_of(row), row.content)


def _row_of(row: Any) -> VersionRow:
    return VersionRow(row.id, row.at, row.who, row.action, row.subject, row.digest)
