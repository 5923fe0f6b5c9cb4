"""From form 6 to form 7: links by which calendars see the schedule. A step stands for files and is never edited."""

from __future__ import annotations

from sqlalchemy import BigInteger, Connection, ForeignKey, Integer, MetaData, String, Table
from sqlalchemy import Column as Col

_metadata = MetaData()
_ID = BigInteger().with_variant(Integer, "sqlite")

Table("accounts", _metadata, Col("id", _ID, primary_key=True))
_links = Table(
    "calendar_links",
    _metadata,
    Col("account", _ID, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Col("digest", String(64), nullable=False, unique=True),
    Col("created_at", BigInteger, nullable=False),
    Col("used_at", BigInteger),
)


def apply(connection: Connection) -> None:
    """Make the table; nobody has a link yet."""
    _links.create(connection, checkfirst=True)
