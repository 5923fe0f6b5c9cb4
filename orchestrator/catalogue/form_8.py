"""From form 7 to form 8: a change knows which date it was for. A step stands for files and is never edited."""

from __future__ import annotations

from sqlalchemy import Connection, text


def apply(connection: Connection) -> None:
    """Of what was changed so far it isn't known: it counts for whatever date its event has."""
    connection.execute(text("ALTER TABLE changes ADD COLUMN starts_at BIGINT"))
