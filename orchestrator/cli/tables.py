"""Tables for people; apart from `output`, since the service prints none and needn't load what draws them."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table

from orchestrator.cli.language import say


def console() -> Console:
    """Where tables go; as wide as they need when nobody looks."""
    wide = None if sys.stdout.isatty() else 200
    return Console(width=wide, highlight=False)


def print_table(title: str | None, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table for people; `columns` are texts of the catalogue."""
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, header_style="dim")
    for column in columns:
        table.add_column(say(column), overflow="fold")
    for row in rows:
        table.add_row(*row)
    console().print(table)
