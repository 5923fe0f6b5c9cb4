"""Commands that look: status, log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import click

from orchestrator.cli.client import find
from orchestrator.cli.language import current, say
from orchestrator.cli.options import Options, command, option
from orchestrator.cli.output import print_json
from orchestrator.cli.station import catalogue_of, station_of, window_of
from orchestrator.cli.tables import print_table
from orchestrator.errors import N_
from orchestrator.i18n import number
from orchestrator.web.documents import Document, log_document


@command(
    "status",
    help=N_(
        "Show what is on air, what comes next and what is wrong.\n\n"
        "Exit status 0: nothing is wrong; 1: something is, or the service isn't running."
    ),
)
def status(options: Options) -> int:
    """Ask the running service."""
    found = find(options).get("status")
    if options.as_json:
        print_json(found)
    else:
        _print_status(found)
    wrong = bool(found["problems"]) or any(venue["problems"] for venue in found["venues"].values())
    return 1 if wrong else 0


def _print_status(found: Document) -> None:
    print_table(
        None,
        [
            N_("Venue"),
            N_("On air"),
            N_("Event"),
            N_("Cue"),
            N_("Next"),
            N_("Scene"),
            N_("Recording"),
            N_("Destinations"),
        ],
        [_row(name, venue) for name, venue in found["venues"].items()],
    )
    if found.get("storage") is not None:
        click.echo(_room(found["storage"]))
    problems = [("", entry) for entry in found["problems"]]
    problems += [(name, entry) for name, venue in found["venues"].items() for entry in venue["problems"]]
    for place, entry in problems:
        where = entry["where"] or place
        prefix = f"{where}: " if where else ""
        click.echo(
            say(
                "{where}{message} (since {since})", where=prefix, message=entry["message"], since=_clock(entry["since"])
            )
        )


def _room(storage: Document) -> str:
    free = number(storage["free"] / 1e9, current(), "#,##0")
    if storage["hours_left"] is None:
        return say("Storage: {free} GB free.", free=free)
    hours = number(storage["hours_left"], current())
    return say("Storage: {free} GB free, room for {hours} hours of recording.", free=free, hours=hours)


def _row(name: str, venue: Document) -> list[str]:
    observed = venue["observed"]
    return [
        name,
        say("● ON AIR") if venue["on_air"] else "-",
        venue["event"] or "-",
        venue["cue"] or "-",
        _next(venue["next"]),
        observed["scene"] or "-",
        {True: say("running"), False: "-", None: "?"}[observed["record"]],
        ", ".join(f"{key} {say(_STATES.get(value, value))}" for key, value in observed["stream"].items()) or "-",
    ]


_STATES: Mapping[str, str] = {
    "live": N_("live"),
    "connecting": N_("connecting"),
    "failed": N_("failed"),
    "off": N_("off"),
}


def _next(following: Document | None) -> str:
    if following is None:
        return "-"
    return f"{following['cue']} {_when(following['at'])}" if following["at"] else f"{following['cue']} (GO)"


def _when(text: str) -> str:
    return datetime.fromisoformat(text).strftime("%Y-%m-%d %H:%M:%S")


def _clock(text: str) -> str:
    return datetime.fromisoformat(text).strftime("%H:%M:%S")


@command("log", help=N_("Show the as-run log: what was planned, sent and confirmed, and why."))
@option("--from", "since", metavar="TIME", help=N_("ISO 8601 date or time: the beginning."))
@option("--to", "until", metavar="TIME", help=N_("ISO 8601 time, or the last day."))
@option("--venue", metavar="VENUE", help=N_("Only this venue."))
@option("--event", metavar="EVENT", help=N_("Only this event, or this occurrence of it."))
@option("--cue", metavar="CUE", help=N_("Only this cue."))
def log(options: Options, **asked: str | None) -> None:
    """Read the log from the catalogue, whether or not the service runs."""
    station = station_of(options)
    begin, end = window_of(asked["since"], asked["until"], station)
    with catalogue_of(station) as catalogue:
        found = catalogue.asrun.between(begin, end, asked["venue"], asked["event"])
    lines = log_document([line for line in found if asked["cue"] in {None, line.cue}], None, station.timezone)
    if options.as_json:
        print_json(lines)
    elif lines:
        _print_log(lines)
    else:
        click.echo(say("The log has nothing of that time."))


def _print_log(lines: list[dict[str, Any]]) -> None:
    print_table(
        None,
        [N_("Planned"), N_("Confirmed"), N_("Late"), N_("Venue"), N_("Cue"), N_("What"), N_("Value"), N_("Outcome")],
        [
            [
                _when(line["planned_at"]) if line["planned_at"] else "-",
                _clock(line["confirmed_at"]) if line["confirmed_at"] else "-",
                _lateness(line),
                line["venue"],
                line["cue"] or "-",
                line["field"],
                line["to"] or "-",
                say(_OUTCOMES.get(line["outcome"], line["outcome"])),
            ]
            for line in lines
        ],
    )


def _lateness(line: dict[str, Any]) -> str:
    if not line["planned_at"] or not line["confirmed_at"]:
        return "-"
    late = datetime.fromisoformat(line["confirmed_at"]) - datetime.fromisoformat(line["planned_at"])
    return number(late.total_seconds(), current(), "#,##0.000") + f" {say('s')}"


_OUTCOMES: Mapping[str, str] = {
    "sent": N_("sent"),
    "done": N_("done"),
    "late": N_("done late"),
    "already": N_("was so already"),
    "restored": N_("restored"),
    "missed": N_("missed"),
    "skipped": N_("skipped"),
    "cancelled": N_("cancelled"),
    "failed": N_("failed"),
}
