"""Commands about the files: check, plan."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

import click

from orchestrator.cli import problems
from orchestrator.cli.language import current, say
from orchestrator.cli.options import Options, command, option
from orchestrator.cli.output import print_json, print_problems
from orchestrator.cli.problems import CommandError
from orchestrator.cli.station import changes_of, configuration_of, window_of
from orchestrator.cli.tables import print_table
from orchestrator.clock import SystemClock
from orchestrator.config.model import Configuration
from orchestrator.errors import N_, ConfigError
from orchestrator.plan.model import Anchor, Occurrence
from orchestrator.plan.timeline import TimedCue, build
from orchestrator.timetable import window
from orchestrator.web.documents import do_document, moment, plan_document, problems_document
from orchestrator.web.planned import MARGIN, planned_cues

_HORIZON = timedelta(days=7)
_LOOK_AHEAD = (timedelta(days=8), timedelta(days=70), timedelta(days=400))
"""How far to look for the next events, in steps: near ones are found cheaply."""
_UNREADABLE = frozenset({"config.file-missing", "config.folder-missing", "config.file-unreadable"})


@command(
    "check",
    help=N_(
        "Check the schedule and the profiles, and show every error with its line.\n\n"
        "Exit status 0: nothing is wrong; 1: something is; 2: a file can't be read."
    ),
)
def check(options: Options) -> int:
    """Load everything; tell what is wrong, or what it amounts to."""
    try:
        configuration = configuration_of(options)
    except ConfigError as error:
        if options.as_json:
            print_json(problems_document(error.problems, current()))
        else:
            print_problems(error.problems, err=False)
            click.echo(say("{count} errors. Correct them, and check again.", count=len(error.problems)))
        return 2 if any(problem.code in _UNREADABLE for problem in error.problems) else 1
    upcoming = next_occurrences(configuration, SystemClock().now())
    if options.as_json:
        print_json({"problems": [], **_summary(configuration, upcoming)})
    else:
        _print_summary(configuration, upcoming)
    return 0


def _summary(configuration: Configuration, upcoming: list[Occurrence]) -> dict[str, object]:
    return {
        "events": len(configuration.events),
        "disabled": sum(event.disabled for event in configuration.events),
        "venues": len(configuration.venues),
        "ceremonies": len(configuration.ceremonies),
        "destinations": len(configuration.destinations),
        "next": [
            {
                "event": occurrence.event.id,
                "occurrence": occurrence.id,
                "venue": occurrence.event.venue,
                "title": occurrence.event.title,
                "start": moment(occurrence.start, occurrence.event.timezone),
                "end": moment(occurrence.end, occurrence.event.timezone),
            }
            for occurrence in upcoming
        ],
    }


def _print_summary(configuration: Configuration, upcoming: list[Occurrence]) -> None:
    click.echo(
        say(
            "All is well: {events} events, {venues} venues, {ceremonies} ceremonies, {destinations} destinations.",
            events=len(configuration.events),
            venues=len(configuration.venues),
            ceremonies=len(configuration.ceremonies),
            destinations=len(configuration.destinations),
        )
    )
    print_next(configuration, upcoming)


def print_next(configuration: Configuration, upcoming: list[Occurrence]) -> None:
    """Print the next events as a table."""
    if not upcoming:
        click.echo(say("No event is planned from now on."))
        return
    print_table(
        say("Next events"),
        [N_("Start"), N_("Event"), N_("Venue")],
        [
            [
                _day_and_time(occurrence.start, occurrence.event.timezone),
                occurrence.event.title,
                configuration.venues[occurrence.event.venue].name,
            ]
            for occurrence in upcoming
        ],
    )


def next_occurrences(configuration: Configuration, now: datetime, count: int = 5) -> list[Occurrence]:
    """The next events that aren't over, by their start."""
    found: list[Occurrence] = []
    for ahead in _LOOK_AHEAD:
        found = sorted(
            (occurrence for occurrence in window(configuration, now, now + ahead) if occurrence.end > now),
            key=lambda occurrence: occurrence.start,
        )
        if len(found) >= count:
            break
    return found[:count]


@command(
    "plan",
    help=N_("Show what will happen, cue by cue, in local time; a week from now unless asked for otherwise."),
)
@option("--from", "since", metavar="TIME", help=N_("ISO 8601 date or time: the beginning; now unless given."))
@option("--to", "until", metavar="TIME", help=N_("ISO 8601 time or last day; a week after the beginning unless given."))
@option("--venue", metavar="VENUE", help=N_("Only this venue."))
@option("--event", metavar="EVENT", help=N_("Only this event, or this occurrence of it."))
def plan(options: Options, since: str | None, until: str | None, venue: str | None, event: str | None) -> None:
    """Work the plan out from the files and the operators' changes."""
    configuration = configuration_of(options, secrets=False)
    begin, end = window_of(since, until, configuration.station)
    begin = begin or SystemClock().now()
    end = end or begin + _HORIZON
    if venue is not None and venue not in configuration.venues:
        raise CommandError(problems.unknown_venue(venue, ", ".join(configuration.venues)), status=2)
    occurrences = window(configuration, begin - MARGIN, end + MARGIN)
    timeline = build(
        occurrences, configuration.ceremonies, configuration.venues, changes_of(configuration.station, begin)
    )
    cues = planned_cues(timeline, begin, end, venue, event)
    if options.as_json:
        print_json(plan_document(cues))
    elif cues:
        _print_plan(configuration, cues)
    else:
        click.echo(say("Nothing is planned in that time."))
        print_next(configuration, next_occurrences(configuration, end))


def _print_plan(configuration: Configuration, cues: list[TimedCue]) -> None:
    ordered = sorted(cues, key=lambda timed: (_day(timed), timed.occurrence.event.venue))
    for (day, venue_id), group in groupby(ordered, key=lambda timed: (_day(timed), timed.occurrence.event.venue)):
        print_table(
            f"{day} · {configuration.venues[venue_id].name}",
            [N_("Time"), N_("Event"), N_("Cue"), N_("What happens")],
            _plan_rows(group),
        )
        click.echo()


def _plan_rows(cues: Iterable[TimedCue]) -> Iterable[list[str]]:
    last = None
    for timed in cues:
        title = timed.occurrence.event.title if timed.occurrence.id != last else ""
        last = timed.occurrence.id
        yield [_time(timed), title, timed.cue.id, _actions(timed)]


def _day(timed: TimedCue) -> str:
    at = timed.at or timed.occurrence.start
    return at.astimezone(ZoneInfo(timed.occurrence.event.timezone)).strftime("%Y-%m-%d")


def _time(timed: TimedCue) -> str:
    if timed.at is None:
        return "GO"
    local = timed.at.astimezone(ZoneInfo(timed.occurrence.event.timezone))
    latest = "GO ≤ " if timed.cue.at.anchor is Anchor.GO else ""
    return f"{latest}{local:%H:%M:%S} {local.tzname()}"


def _actions(timed: TimedCue) -> str:
    return " · ".join(f"{name}: {_shown(value)}" for name, value in do_document(timed.cue.do).items())


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{name} = {text}" for name, text in value.items())
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    if isinstance(value, bool):
        return say("on") if value else say("off")
    return str(value)


def _day_and_time(at: datetime, zone: str) -> str:
    local = at.astimezone(ZoneInfo(zone))
    return f"{local:%Y-%m-%d %H:%M} {local.tzname()}"
