"""CSV that a spreadsheet opens right: its separator and decimal sign by language, and no cell that it would compute."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

from orchestrator.i18n import Language, number

Cell = str | float | None

_COMPUTED = ("=", "+", "-", "@", "\t", "\r")
"""What a cell begins with that a spreadsheet takes for a formula."""
_MARK = "\ufeff"
"""Tells Excel that the file is UTF-8."""


def sheet(rows: Iterable[Sequence[Cell]], language: Language) -> Iterator[str]:
    """The rows as CSV, one after another. Indonesian spreadsheets part cells by semicolons and decimals by commas."""
    line = StringIO()
    writer = csv.writer(line, delimiter=";" if language == "id" else ",", lineterminator="\r\n")
    line.write(_MARK)
    for row in rows:
        writer.writerow([_cell(cell, language) for cell in row])
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def _cell(cell: Cell, language: Language) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return number(cell, language, "0.000")
    return f"'{cell}" if cell.startswith(_COMPUTED) else cell
