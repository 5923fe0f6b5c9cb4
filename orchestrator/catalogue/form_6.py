"""From form 5 to form 6: each undoing of a change has a number. A step stands for files and is never edited."""

from __future__ import annotations

from sqlalchemy import Connection, column, select, table, text, update

_changes = table("changes", column("id"), column("undone_at"), column("undoing"))


def apply(connection: Connection) -> None:
    """Number what was undone so far, in its order."""
    connection.execute(text("ALTER TABLE changes ADD COLUMN undoing INTEGER"))
    undone = (
        select(_changes.c.id).where(_changes.c.undone_at.is_not(None)).order_by(_changes.c.undone_at, _changes.c.id)
    )
    for number, row in enumerate(connection.execute(undone).all(), start=1):
        connection.execute(update(_changes).where(_changes.c.id == row.id).values(undoing=number))
