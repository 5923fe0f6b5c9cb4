"""From form 1 to form 2: accounts, sessions and the audit. A step stands for files out there and is never edited."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Connection, ForeignKey, Index, Integer, MetaData, String, Table, Text
from sqlalchemy import UniqueConstraint as Unique

_metadata = MetaData()
_ID = BigInteger().with_variant(Integer, "sqlite")

Table(
    "accounts",
    _metadata,
    Column("id", _ID, primary_key=True),
    Column("name", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("password", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("password_at", BigInteger, nullable=False),
    Unique("key", name="accounts_one_per_name"),
    sqlite_autoincrement=True,
)

Table(
    "sessions",
    _metadata,
    Column("digest", String(64), primary_key=True),
    Column("account", _ID, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("address", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Index("sessions_by_account", "account"),
)

Table(
    "audit",
    _metadata,
    Column("id", _ID, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("who", Text, nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", Text, nullable=False),
    Index("audit_by_time", "at"),
    sqlite_autoincrement=True,
)


def apply(connection: Connection) -> None:
    """Make the three tables."""
    _metadata.create_all(connection)
