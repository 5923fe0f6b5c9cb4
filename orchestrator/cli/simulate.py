"""The command simulate: a schedule on a virtual clock, with or without faults."""

from __future__ import annotations

import shlex
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.progress import Progress

from orchestrator.cli import problems
from orchestrator.cli.language import current, say
from orchestrator.cli.options import Options, command, option
from orchestrator.cli.output import print_json
from orchestrator.cli.problems import CommandError
from orchestrator.cli.station import configuration_of, window_of
from orchestrator.clock import SystemClock
from orchestrator.config.model import Configuration
from orchestrator.errors import N_
from orchestrator.i18n import number, render
from orchestrator.plan.timeline import Span, build
from orchestrator.simulation.chance import SeededDraw
from orchestrator.simulation.faults import Fault
from orchestrator.simulation.invariants import judge
from orchestrator.simulation.plagues import draw_station_faults, stretches
from orchestrator.simulation.run import Result, Scenario
from orchestrator.simulation.run import simulate as run_scenario
from orchestrator.simulation.story import Failure, local, minimal, tell
from orchestrator.simulation.violation import Violation
from orchestrator.timetable import window
from orchestrator.web.documents import moment
from orchestrator.web.problems import backward_window

_YEAR = timedelta(days=365)
_AROUND = 60.0
"""Seconds before and after an event in which faults strike."""
_MOST_TOLD = 10
"""How many things that went wrong are told to people; the JSON document has all."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the command line asks for, to be asked again."""

    since: datetime
    """From when."""
    until: datetime
    """Until when."""
    seed: int | None
    """The seed of the faults; None: none."""
    only: frozenset[int] | None
    """Which of its faults, counted from 1; None: all."""


@command(
    "simulate",
    help=N_(
        "Run the schedule on a virtual clock against modelled devices, a year in seconds; with --faults, with "
        "crashes, dropped events, failing commands, clock steps, operators and edits of the schedule.\n\n"
        "Exit status 0: everything held; 1: something went wrong, and its story is told."
    ),
)
@option("--from", "since", metavar="TIME", help=N_("ISO 8601 date or time: the beginning; now unless given."))
@option("--to", "until", metavar="TIME", help=N_("ISO 8601 time or last day; a year after the beginning unless given."))
@option("--faults", "seed", type=int, metavar="SEED", help=N_("A number: the same faults for the same number."))
@option("--only", "numbers", metavar="N,N", help=N_("Only these of the faults, by the numbers in a story; 0: none."))
def simulate(options: Options, since: str | None, until: str | None, seed: int | None, numbers: str | None) -> int:
    """Simulate, judge, tell."""
    configuration = configuration_of(options, secrets=False)
    begin, end = window_of(since, until, configuration.station)
    begin = begin or SystemClock().now()
    asked = _Asked(begin, end or begin + _YEAR, seed, _numbers(numbers))
    if asked.only is not None and seed is None:
        raise CommandError(problems.numbers_of_nothing(), status=2)
    if asked.until <= asked.since:
        raise CommandError(backward_window(), status=2)
    faults = _faults(configuration, asked)
    scenario = Scenario(configuration, asked.since, asked.until, tuple(fault for _, fault in faults), seed or 0)
    clock = SystemClock()
    started = clock.monotonic()
    with _progress(asked) as told:
        result = run_scenario(scenario, progress=told)
    took = clock.monotonic() - started
    violations = judge(result)
    failure = minimal(result, violations) if violations else None
    kept = [faults[place][0] for place in failure.kept] if failure is not None else []
    if options.as_json:
        print_json(_document(result, asked, faults, violations, failure, kept))
    else:
        _print(result, asked, violations, took)
        if failure is not None:
            _print_story(failure, _again(options, asked, kept))
    return 1 if violations else 0


def _numbers(text: str | None) -> frozenset[int] | None:
    if text is None:
        return None
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise CommandError(problems.bad_numbers(text), status=2)
    return frozenset(map(int, parts)) - {0}


def _faults(configuration: Configuration, asked: _Asked) -> list[tuple[int, Fault]]:
    """The seed's faults with their numbers, as far as they are asked for."""
    if asked.seed is None:
        return []
    found = window(configuration, asked.since, asked.until)
    timeline = build(found, configuration.ceremonies, configuration.venues)
    happens = stretches(timeline, asked.since, asked.until, _AROUND, _AROUND)
    drawn = draw_station_faults(SeededDraw(asked.seed), happens)
    strange = next((number for number in sorted(asked.only or ()) if number > len(drawn)), None)
    if strange is not None:
        raise CommandError(problems.no_such_fault(strange, len(drawn)), status=2)
    return [(number, fault) for number, fault in enumerate(drawn, 1) if asked.only is None or number in asked.only]


@contextmanager
def _progress(asked: _Asked) -> Iterator[Callable[[datetime], None] | None]:
    """A bar on the terminal, where there is one."""
    if not sys.stderr.isatty():
        yield None
        return
    with Progress(console=Console(stderr=True), transient=True) as bar:
        whole = (asked.until - asked.since).total_seconds()
        task = bar.add_task(say("Simulating"), total=whole)
        yield lambda now: bar.update(task, completed=(now - asked.since).total_seconds())


def _again(options: Options, asked: _Asked, kept: Sequence[int]) -> str:
    """The command line that runs the same again, with no more faults than it takes."""
    parts = ["orchestrator", "simulate"]
    default = Options()
    parts += ["--schedule", str(options.schedule)] if options.schedule != default.schedule else []
    parts += ["--profiles", str(options.profiles)] if options.profiles != default.profiles else []
    parts += ["--from", asked.since.isoformat(), "--to", asked.until.isoformat()]
    if asked.seed is not None:
        parts += ["--faults", str(asked.seed)]
        parts += ["--only", ",".join(str(number) for number in kept) or "0"]
    return shlex.join(parts)


def _counts(result: Result) -> dict[str, int]:
    """How often each outcome is in the as-run log; what fell due before the simulation is none of it."""
    begin = result.scenario.begin
    own = (line.outcome for line in result.lines if line.planned_at is None or line.planned_at >= begin)
    return dict(sorted(Counter(own).items()))


def _spans(result: Result) -> list[Span]:
    """The occurrences of which anything was simulated: those of the day before were over when it began."""
    return [span for span in result.spans if span.reach >= result.scenario.begin]


def _document(
    result: Result,
    asked: _Asked,
    faults: Sequence[tuple[int, Fault]],
    violations: Sequence[Violation],
    failure: Failure | None,
    kept: Sequence[int],
) -> dict[str, object]:
    configuration = result.scenario.configuration
    zone = configuration.station.timezone
    return {
        "from": moment(asked.since, zone),
        "to": moment(asked.until, zone),
        "seed": asked.seed,
        "events": len(_spans(result)),
        "cues": sum(len(span.cues) for span in _spans(result)),
        "outcomes": _counts(result),
        "recordings": len(result.recordings),
        "settled": len(result.tape.samples),
        "faults": [
            {
                "number": number,
                "at": moment(asked.since + timedelta(seconds=fault.at), zone),
                "venue": fault.venue,
                "kind": fault.kind,
                "what": fault.what,
                "amount": fault.amount,
                "lasts": fault.lasts,
            }
            for number, fault in faults
        ],
        "violations": [
            {
                "invariant": violation.problem.code,
                "message": render(violation.problem, current()),
                "venue": violation.venue,
                "at": moment(violation.at, configuration.venues[violation.venue].timezone),
            }
            for violation in violations
        ],
        "story": None if failure is None else {"faults": list(kept), "lines": tell(failure)},
    }


def _print(result: Result, asked: _Asked, violations: Sequence[Violation], took: float) -> None:
    configuration = result.scenario.configuration
    zone = configuration.station.timezone
    click.echo(
        say(
            "{begin} to {end}, {seconds} s: {events} events, {cues} cues, {recordings} recordings, {faults} faults.",
            begin=_minute(asked.since, zone),
            end=_minute(asked.until, zone),
            seconds=number(took, current()),
            events=len(_spans(result)),
            cues=sum(len(span.cues) for span in _spans(result)),
            recordings=len(result.recordings),
            faults=len(result.scenario.faults),
        )
    )
    counts = ", ".join(f"{outcome} {count}" for outcome, count in _counts(result).items())
    click.echo(say("As-run log: {counts}.", counts=counts or "-"))
    if not violations:
        click.echo(say("Everything held: all as planned at {count} settled moments.", count=len(result.tape.samples)))
        return
    click.echo(say("{count} things went wrong:", count=len(violations)))
    for violation in violations[:_MOST_TOLD]:
        at = local(violation.at, configuration.venues[violation.venue])
        click.echo(f"  {at} {violation.venue}: {render(violation.problem, current())}")
    if len(violations) > _MOST_TOLD:
        click.echo("  ...")


def _minute(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def _print_story(failure: Failure, again: str) -> None:
    click.echo()
    click.echo(say("What it takes, and what happened (in the words of the log):"))
    for line in tell(failure):
        click.echo(line)
    click.echo()
    click.echo(say("Again: {command}", command=again))
