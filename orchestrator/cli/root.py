"""The command `orchestrator`: which commands there are, and how every one of them ends."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from orchestrator import __version__
from orchestrator.cli import problems
from orchestrator.cli.language import choose, current, say, speak, teach_click, value_of
from orchestrator.cli.options import Group, Option, Options
from orchestrator.cli.output import print_json, print_problems
from orchestrator.errors import N_, ConfigError, OrchestratorError, Problem
from orchestrator.i18n import render

INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells expect it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A command, without loading its module: the help page must come at once."""

    module: str
    """The module that has it, under its name with underscores."""
    section: str
    """Under which heading of the help page it stands."""
    summary: str
    """One line for the help page."""


_PLAN = N_("Prepare")
_SERVICE = N_("Run and watch")
_CHANGES = N_("Act on the air")
_ARCHIVE = N_("Archive")
_PEOPLE = N_("People")

COMMANDS: Mapping[str, Entry] = {
    "check": Entry("files", _PLAN, N_("Check the schedule and the profiles, and show every error with its line.")),
    "plan": Entry("files", _PLAN, N_("Show what will happen, cue by cue, in local time.")),
    "simulate": Entry(
        "simulate", _PLAN, N_("Run the schedule on a virtual clock, a year in seconds, with faults if asked for.")
    ),
    "preflight": Entry("preflight", _PLAN, N_("Check whether the events to come can go on air.")),
    "provision": Entry("service", _PLAN, N_("Build a venue's scenes and sound in its OBS.")),
    "schema": Entry("schema", _PLAN, N_("Write the JSON Schemas with which editors check the files.")),
    "run": Entry("service", _SERVICE, N_("Run the service.")),
    "status": Entry("watch", _SERVICE, N_("Show what is on air, what comes next and what is wrong.")),
    "log": Entry("watch", _SERVICE, N_("Show the as-run log: what was planned, sent and confirmed.")),
    "go": Entry("air", _CHANGES, N_("Fire the cue that waits for GO.")),
    "hold": Entry("air", _CHANGES, N_("Hold the rundown; later cues shift, clock-locked ones don't.")),
    "resume": Entry("air", _CHANGES, N_("Let a held rundown go on.")),
    "extend": Entry("air", _CHANGES, N_("Move an event's end, such as by 15m.")),
    "finish": Entry("air", _CHANGES, N_("End an event now, in order.")),
    "skip": Entry("air", _CHANGES, N_("Leave out a cue.")),
    "cancel": Entry("air", _CHANGES, N_("Cancel an event.")),
    "take": Entry("air", _CHANGES, N_("Take over a venue's scene, stream, record, mute or source by hand.")),
    "release": Entry("air", _CHANGES, N_("Give a venue back to automation.")),
    "undo": Entry("air", _CHANGES, N_("Take back a change that hasn't happened yet.")),
    "archive": Entry("archive", _ARCHIVE, N_("List, show and verify recordings.")),
    "account": Entry("account", _PEOPLE, N_("List, add and change the accounts with which people sign in.")),
}


class Root(Group):
    """The command itself: loads a command's module when it is asked for, and ends every run in order."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - Click's signature
        """The names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        """A command by its name."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        found = getattr(import_module(f"orchestrator.cli.{entry.module}"), cmd_name)
        assert isinstance(found, click.Command)  # noqa: S101 - the table is tested
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        """The list of commands, by section."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for name, entry in COMMANDS.items():
            sections.setdefault(entry.section, []).append((name, say(entry.summary)))
        for section, rows in sections.items():
            with formatter.section(say(section)):
                formatter.write_dl(rows)

    def main(  # type: ignore[override]
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> int:
        """Run a command line; a traceback never reaches the user."""
        arguments = list(sys.argv[1:] if args is None else args)
        speak(choose(arguments, os.environ))
        teach_click()
        options = Options(as_json="--json" in arguments)

        def work() -> Any:
            return super(Root, self).main(
                arguments, prog_name or "orchestrator", complete_var, standalone_mode=False, obj=options, **extra
            )

        status = _ended(work, options, arguments)
        if standalone_mode:
            sys.exit(status)
        return status


def _ended(work: Callable[[], Any], options: Options, arguments: Sequence[str]) -> int:
    try:
        done = work()
        _flush()
    except (click.Abort, KeyboardInterrupt) as error:
        return _aborted(error)
    except BrokenPipeError:
        _close_stdout()
        return 0
    except click.ClickException as error:
        return _wrong_usage(error, options)
    except OrchestratorError as error:
        return _told(error.problems, options, _status_of(error))
    except SystemExit as ending:
        return ending.code if isinstance(ending.code, int) else 1
    except Exception:  # noqa: BLE001 - the last line of defence: logged whole, told in one sentence
        return _told([problems.broken(_keep_traceback(options, arguments))], options, 1)
    return done if isinstance(done, int) else 0


def _status_of(error: OrchestratorError) -> int:
    if isinstance(error, problems.CommandError):
        return error.status
    return 2 if isinstance(error, ConfigError) else 1


def _told(found: Sequence[Problem], options: Options, status: int) -> int:
    try:
        if options.as_json:
            language = current()
            print_json(
                {"problems": [{"code": p.code, "message": render(p, language), "where": p.where} for p in found]}
            )
        else:
            print_problems(found)
        _flush()
    except BrokenPipeError:
        _close_stdout()
    return status


def _wrong_usage(error: click.ClickException, options: Options) -> int:
    context = error.ctx if isinstance(error, click.UsageError) else None
    command = context.command_path if context else "orchestrator"
    if options.as_json:
        return _told([problems.usage(error.format_message(), command)], options, 2)
    if context is not None:
        click.echo(context.get_usage(), err=True)
    click.echo(say("Error: {message}", message=error.format_message()), err=True)
    click.echo(say("Try '{command} {option}' for help.", command=command, option="--help"), err=True)
    return 2


def _aborted(error: BaseException) -> int:
    """Ctrl-C is quiet; who said no is told that nothing happened."""
    if isinstance(error, KeyboardInterrupt) or isinstance(error.__cause__, KeyboardInterrupt):
        return INTERRUPTED
    click.echo(say("Aborted!"), err=True)
    return 1


def _flush() -> None:
    """Find out now whether the reader has gone; there is no stdout at all where the shell closed it."""
    if sys.stdout is not None:
        sys.stdout.flush()


def _close_stdout() -> None:
    """Let nothing more be written to a reader who has gone, not even at the interpreter's end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    with suppress(OSError):
        os.dup2(nowhere, sys.stdout.fileno())


def _keep_traceback(options: Options, arguments: Sequence[str]) -> Path | None:
    """Append the traceback to a log; returns where, or None where nothing can be written."""
    data = options.data or Path(value_of("--data", arguments) or "data")
    for folder in (data / "logs", Path(tempfile.gettempdir())):
        path = folder / "orchestrator-errors.log"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            handler = logging.FileHandler(path, encoding="utf-8")
        except OSError:
            continue
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        name = next((argument for argument in arguments if argument in COMMANDS), "?")
        record = logging.LogRecord("orchestrator.cli", logging.ERROR, __file__, 0, "%s failed", (name,), sys.exc_info())
        handler.emit(record)
        handler.close()
        return path
    return None


def _show_version(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        click.echo(f"orchestrator {__version__}")
        ctx.exit()


cli = Root(
    "orchestrator",
    params=[
        Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_show_version,
            help=N_("Show the version and exit."),
        )
    ],
    help=N_("Puts ceremonies on air by a schedule, records them and archives the recordings."),
)
