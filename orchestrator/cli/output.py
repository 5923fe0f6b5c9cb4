"""What a command prints: one JSON document for programs, or texts for people; tables are in `tables`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import click

from orchestrator.cli.language import current
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
