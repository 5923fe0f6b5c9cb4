"""Databases with many rows, and damage to their files, page by page."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import insert

from orchestrator.catalogue.schema import asrun
from orchestrator.catalogue.store import Catalogue
from tests.catalogue.conftest import START


def leaves(file: Path, name: str) -> list[int]:
    """The pages that hold the rows of a table or the entries of an index, in their order."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        query = "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY path"
        return [row[0] for row in connection.execute(query, (name,))]


def tear(file: Path, name: str, *places: int, content: bytes | None = None) -> None:
    """Overwrite leaves of a table or an index, by their places in its order, with rubbish unless told with what."""
    pages = leaves(file, name)
    with file.open("r+b") as handle:
        for place in places:
            handle.seek((pages[place] - 1) * 4096)
            handle.write(os.urandom(4096) if content is None else content)


def write_lines(catalogue: Catalogue, numbers: range) -> None:
    """Many lines at once."""
    line = {"venue": "v", "field": "scene", "sent_at": START, "outcome": "done", "at": START}
    rows = [{**line, "id": number + 1, "reason": f"{number} {'x' * 200}"} for number in numbers]
    with catalogue._database.write() as connection:
        connection.execute(insert(asrun), rows)
