"""From one form of the file to the next: numbered steps, each done whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, inspect, select

from orchestrator.catalogue import form_2, form_3, form_4, form_5, form_6, form_7, form_8
from orchestrator.catalogue.schema import metadata, schema_version


@dataclass(frozen=True, slots=True)
class Migration:
    """One step."""

    version: int
    """The form that it leads to; the one before is this less one."""
    name: str
    """What it changes, for the log."""
    apply: Callable[[Connection], None]
    """Makes the change, inside a transaction that also writes the version."""


FIRST = 1
"""The form that the first release wrote: `schema.metadata` of that day."""

MIGRATIONS: Sequence[Migration] = (
    Migration(2, "accounts, sessions and who did what", form_2.apply),
    Migration(3, "words that recordings are found by", form_3.apply),
    Migration(4, "no password in the log", form_4.apply),
    Migration(5, "the schedule's versions", form_5.apply),
    Migration(6, "undoings have numbers", form_6.apply),
    Migration(7, "links for calendars", form_7.apply),
    Migration(8, "changes know their date", form_8.apply),
)
"""In order, without gaps, from FIRST + 1 on. A step, once released, is never edited: it stands for files out there."""


def newest(migrations: Sequence[Migration]) -> int:
    """The form that `schema.metadata` describes."""
    return migrations[-1].version if migrations else FIRST


def version_of(connection: Connection) -> int:
    """The form of the file; 0 where it is empty."""
    if not inspect(connection).has_table(schema_version.name):
        return 0
    return connection.execute(select(func.max(schema_version.c.version))).scalar() or 0


def create(connection: Connection, version: int) -> None:
    """Make all tables of a new file in their present form."""
    metadata.create_all(connection)
    connection.execute(insert(schema_version).values(version=version))


def advance(connection: Connection, migration: Migration) -> None:
    """Apply one step and write that it was applied."""
    migration.apply(connection)
    connection.execute(insert(schema_version).values(version=migration.version))
