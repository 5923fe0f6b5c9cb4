"""The command for editors: schema."""

from __future__ import annotations

from pathlib import Path

import click

from orchestrator.cli import problems
from orchestrator.cli.options import Options, command
from orchestrator.cli.output import print_json
from orchestrator.cli.problems import CommandError
from orchestrator.config.schema import write_schemas
from orchestrator.errors import N_


@command("schema", help=N_("Write the JSON Schemas with which editors check and complete the files."))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), required=False)
def schema(options: Options, folder: Path | None) -> None:
    """Write one schema for each kind of file."""
    target = folder or options.profiles / "schemas"
    try:
        written = write_schemas(target)
    except OSError as error:
        raise CommandError(problems.unwritable(target, error.strerror or str(error))) from error
    if options.as_json:
        print_json({"written": [str(path) for path in written]})
    else:
        for path in written:
            click.echo(str(path))
