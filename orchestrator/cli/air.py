"""Commands that act on the air, through the running service."""

from __future__ import annotations

import re
from typing import Any

import click

from orchestrator.cli import problems
from orchestrator.cli.client import Service, find, user
from orchestrator.cli.language import say
from orchestrator.cli.options import Options, command, option
from orchestrator.cli.output import print_json
from orchestrator.cli.problems import CommandError
from orchestrator.errors import N_

_DURATION = re.compile(r"(?:(\d{1,3})h)?(?:(\d{1,4})m)?(?:(\d{1,6})s)?")
_AT_ONCE = frozenset({"go", "release"})
"""Changes that have happened as soon as they are made."""
_ON = frozenset({"true", "on", "yes", "ya", "1"})
_OFF = frozenset({"false", "off", "no", "tidak", "0"})


def seconds_of(text: str) -> float:
    """The seconds of `90s`, `15m`, `1h30m`."""
    found = _DURATION.fullmatch(text.removeprefix("+").lower())
    if found is None or not any(found.groups()):
        raise CommandError(problems.bad_duration(text), status=2)
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return float(3600 * hours + 60 * minutes + seconds)


def _change(options: Options, kind: str, target: str, **rest: Any) -> None:
    _report(options, _ask(find(options), kind, target, **rest))


def _ask(service: Service, kind: str, target: str, **rest: Any) -> dict[str, Any]:
    given = {name: value for name, value in rest.items() if value is not None}
    made: dict[str, Any] = service.post("changes", {"kind": kind, "target": target, "who": user(), **given})
    return made


def _report(options: Options, made: dict[str, Any]) -> None:
    if options.as_json:
        print_json(made)
        return
    click.echo(made["message"])
    if made["kind"] == "take":
        click.echo(
            say("To give it back: orchestrator release {venue} {field}", venue=made["venue"], field=made["field"])
        )
    elif made["kind"] not in _AT_ONCE:
        click.echo(say("To take it back: orchestrator undo {number}", number=made["id"]))


@command(
    "go",
    help=N_("Fire the cue that waits for GO.\n\nTARGET is a venue, or an event's id; CUE where several cues wait."),
)
@click.argument("target")
@click.argument("cue", required=False)
def go(options: Options, target: str, cue: str | None) -> None:
    """Fire a cue."""
    _change(options, "go", target, cue=cue)


@command("hold", help=N_("Hold the rundown: nothing changes by itself, later cues shift, clock-locked ones don't."))
@click.argument("target")
def hold(options: Options, target: str) -> None:
    """Hold an occurrence."""
    _change(options, "hold", target)


@command("resume", help=N_("Let a held rundown go on."))
@click.argument("target")
def resume(options: Options, target: str) -> None:
    """Resume an occurrence."""
    _change(options, "resume", target)


@command("extend", help=N_("Move an event's end, by such as 15m or 1h30m."))
@click.argument("target")
@click.argument("length")
def extend(options: Options, target: str, length: str) -> None:
    """Extend an occurrence."""
    _change(options, "extend", target, value=seconds_of(length))


@command("finish", help=N_("End an event now, in order: its closing cues follow."))
@click.argument("target")
def finish(options: Options, target: str) -> None:
    """Finish an occurrence."""
    _change(options, "finish", target)


@command("skip", help=N_("Leave out a cue."))
@click.argument("target")
@click.argument("cue")
def skip(options: Options, target: str, cue: str) -> None:
    """Skip a cue."""
    _change(options, "skip", target, cue=cue)


@command("cancel", help=N_("Cancel an event: its streams and recordings end, and nothing more of it happens."))
@click.argument("target")
@option("--yes", is_flag=True, help=N_("Don't ask first."))
def cancel(options: Options, target: str, yes: bool) -> None:
    """Cancel an occurrence, after asking once."""
    service = find(options)
    service.get("status")  # nobody is asked about a service that isn't there
    if not yes and not click.confirm(
        say("Cancel {target}? Its streams and recordings end, and nothing more of it happens.", target=target), err=True
    ):
        raise click.Abort
    _report(options, _ask(service, "cancel", target))


@command(
    "take",
    help=N_(
        "Take over a field of a venue by hand: scene NAME, stream on|off|DESTINATION,…, record on|off, "
        "mute all|none|INPUT,…, source studio|relay|slate."
    ),
)
@click.argument("venue")
@click.argument("field", type=click.Choice(["scene", "stream", "record", "mute", "source"]))
@click.argument("value")
@option(
    "--until",
    type=click.Choice(["release", "next-cue", "next-event"]),
    default="release",
    help=N_("How long it holds: until it is released, or at most until the next cue or the next event."),
)
def take(options: Options, venue: str, field: str, value: str, until: str) -> None:
    """Take over a field."""
    _change(options, "take", venue, field=field, value=_taken(field, value), until=until)


def _taken(field: str, value: str) -> bool | str | list[str]:
    if field in {"stream", "record"} and value.lower() in _ON | _OFF:
        return value.lower() in _ON
    if field == "stream" or (field == "mute" and value not in {"all", "none"}):
        return [name.strip() for name in value.split(",") if name.strip()]
    return value


@command("release", help=N_("Give a venue, or one field of it, back to automation."))
@click.argument("venue")
@click.argument("field", required=False, type=click.Choice(["scene", "stream", "record", "mute", "source"]))
def release(options: Options, venue: str, field: str | None) -> None:
    """Release a venue or one field."""
    _change(options, "release", venue, field=field)


@command("undo", help=N_("Take back a change that hasn't happened yet, by its number."))
@click.argument("number", type=int)
def undo(options: Options, number: int) -> None:
    """Undo a change."""
    undone = find(options).delete(f"changes/{number}", who=user())
    if options.as_json:
        print_json(undone)
    else:
        click.echo(say("Change number {number} was taken back.", number=number))
