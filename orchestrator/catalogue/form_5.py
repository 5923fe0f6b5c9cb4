"""The step from form 4 to form 5: the schedule's versions. It stands for files and is never edited."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Connection, Index, Integer, MetaData, String, Table, Text

_metadata = MetaData()

Table(
    "schedule_versions",
    _metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("who", Text, nullable=False),
    Column("action", String(16), nullable=False),
    Column("subject", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("content", Text, nullable=False),
    Index("schedule_versions_by_digest", "digest"),
    sqlite_autoincrement=True,
)


def apply(connection: Connection) -> None:
    """Make the table; the first version is written when the service starts."""
    _metadata.create_all(connection)
