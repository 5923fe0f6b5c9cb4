"""From form 3 to form 4: no address stands whole in what people read. A step stands for files and is never edited."""

from __future__ import annotations

import re

from sqlalchemy import Connection, column, or_, select, table, update

from orchestrator.plan.secret import showable

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s”]*")
_lines = table("asrun", column("id"), column("field"), column("before"), column("after"))
_incidents = table("incidents", column("id"), column("code"), column("message"))


def apply(connection: Connection) -> None:
    """Leave of relays' addresses what may be shown: earlier releases wrote them down with their passwords."""
    relays = select(_lines).where(or_(_lines.c.field == "relay", _lines.c.field.like("relay:%")))
    for line in connection.execute(relays).all():
        values = {"before": _shown(line.before), "after": _shown(line.after)}
        connection.execute(update(_lines).where(_lines.c.id == line.id).values(values))
    for said in connection.execute(select(_incidents).where(_incidents.c.code == "loop.without-effect")).all():
        values = {"message": _shown(said.message)}
        connection.execute(update(_incidents).where(_incidents.c.id == said.id).values(values))


def _shown(written: str | None) -> str | None:
    return None if written is None else _ADDRESS.sub(lambda found: showable(found.group()), written)
