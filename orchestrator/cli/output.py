"""What a command prints: one JSON document for programs, or texts and tables for people."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from orchestrator.cli.language import current, say
from orchestrator.errors import Problem
from orchestrator.i18n import render


def print_json(document: Any) -> None:
    """Print the one JSON document."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


def print_problems(problems: Iterable[Problem], *, err: bool = True) -> None:
    """Print problems, a line each, the place first so that editors link it; never wrapped."""
    for problem in problems:
        text = render(problem, current())
        click.echo(f"{problem.where}: {text}" if problem.where else text, err=err)


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
