"""The options that every command takes, before or after its name, and the parts that speak the reader's language."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from orchestrator.cli.language import say
from orchestrator.errors import N_


@dataclass
class Options:
    """What the common options say."""

    schedule: Path = Path("schedules.yaml")
    """The file of events."""
    profiles: Path = Path("profiles")
    """The folder of profiles."""
    data: Path | None = None
    """The data folder, where it isn't the station's."""
    as_json: bool = False
    """Whether stdout gets one JSON document and nothing else."""


class Option(click.Option):
    """An option whose help is in the reader's language."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The option and its help, for the help page."""
        if self.hidden:
            return None
        record = super().get_help_record(ctx)
        return None if record is None or self.help is None else (record[0], say(self.help))


class _Spoken:
    """What commands and groups share: their own texts are translated when they are shown."""

    help: str | None
    short_help: str | None
    options_metavar: str | None
    _own_help: Option

    def get_help_option(self, ctx: click.Context) -> click.Option | None:  # noqa: ARG002 - Click's signature
        """The help option; ours, for Click would keep its text in the language of the first use."""
        return self._own_help

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        """The command's own text."""
        if self.help:
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(say(self.help))

    def get_short_help_str(self, limit: int = 45) -> str:  # noqa: ARG002 - as above
        """The command's text in the list of commands."""
        return say(self.help).split("\n", 1)[0] if self.help else ""


class Command(_Spoken, click.Command):
    """A command that takes the common options."""

    def __init__(self, name: str | None, params: Sequence[click.Parameter] | None = None, **rest: Any) -> None:
        super().__init__(name, params=[*(params or ()), *common_options()], **rest)
        self._own_help = _help_option()

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """The parts of the usage line."""
        return [say(piece) for piece in super().collect_usage_pieces(ctx)]


class Group(_Spoken, click.Group):
    """A group of commands that takes the common options."""

    command_class = Command

    def __init__(
        self,
        name: str | None = None,
        commands: MutableMapping[str, click.Command] | Sequence[click.Command] | None = None,
        params: Sequence[click.Parameter] | None = None,
        **rest: Any,
    ) -> None:
        super().__init__(
            name,
            commands,
            params=[*(params or ()), *common_options()],
            no_args_is_help=False,
            **rest,
        )
        self._own_help = _help_option()

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """The parts of the usage line."""
        return [say(piece) for piece in super().collect_usage_pieces(ctx)]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The arguments; without any the help is shown, as people expect, and that is no error."""
        if not args and not ctx.resilient_parsing:
            click.echo(ctx.get_help())
            ctx.exit(0)
        return super().parse_args(ctx, args)


def common_options() -> list[click.Parameter]:
    """New instances of the common options."""
    return [
        _common("--schedule", Path, "FILE", N_("File of events; schedules.yaml unless given.")),
        _common("--profiles", Path, "DIR", N_("Folder of profiles; profiles unless given.")),
        _common("--data", Path, "DIR", N_("Folder that the service writes in; the station's unless given.")),
        Option(
            ["--json", "as_json"],
            is_flag=True,
            default=None,
            expose_value=False,
            callback=_keep,
            help=N_("Print one JSON document and nothing else."),
        ),
        Option(
            ["--lang"],
            type=click.Choice(["id", "en"]),
            expose_value=False,
            help=N_("Language: id (Indonesian) or en (English); the station's unless given."),
        ),
    ]


def _help_option() -> Option:
    return Option(
        ["--help", "show_help"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_show_help,
        help=N_("Show this message and exit."),
    )


def _common(flag: str, kind: type, metavar: str, text: str) -> Option:
    convert = click.Path(path_type=kind)
    return Option([flag], type=convert, metavar=metavar, default=None, expose_value=False, callback=_keep, help=text)


def _keep(ctx: click.Context, parameter: click.Parameter, value: Any) -> Any:
    if value is not None and parameter.name is not None:
        setattr(ctx.ensure_object(Options), parameter.name, value)
    return value


def _show_help(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        click.echo(ctx.get_help(), color=ctx.color)
        ctx.exit()


pass_options = click.pass_obj
"""Gives a command's function the Options first."""


def option(*declarations: str, **rest: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Click's decorator, for our Option."""
    return click.option(*declarations, cls=Option, **rest)


def command(name: str, **rest: Any) -> Callable[[Callable[..., Any]], Command]:
    """Click's decorator for a command of ours: the function gets the Options first; its texts stand in the table."""
    decorate = click.command(name, cls=Command, **rest)
    return lambda function: decorate(pass_options(function))
