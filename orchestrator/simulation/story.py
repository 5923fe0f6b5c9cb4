"""Of a simulation that failed: which of its faults it takes, and what happened, line by line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from orchestrator.plan.model import Venue
from orchestrator.simulation.faults import Fault
from orchestrator.simulation.invariants import Violation, judge
from orchestrator.simulation.run import Result, Scenario, simulate
from orchestrator.simulation.tape import Note

_MOST_RUNS = 150
"""How often a simulation is repeated to find what it takes."""
_LONG = timedelta(days=3)
"""A simulation that is longer than this is first tried again around its failure alone."""
_AROUND = timedelta(hours=30)
"""How much of it before the failure."""
_BEFORE, _AFTER = 5.0, 2.0
"""Seconds before the first fault and after the failure that the story tells of."""
_MOST_LINES = 60
"""How many lines a story has at most; the latest count."""
_MARKS = {"fault": "!", "sent": ">", "seen": "=", "cue": "#", "wrong": "x"}


@dataclass(frozen=True, slots=True)
class Failure:
    """A simulation that failed, with as few faults as it takes."""

    result: Result
    """What came of it."""
    violation: Violation
    """The first thing that was wrong."""
    kept: tuple[int, ...]
    """The places of its faults in the list that it began with, from 0."""


def minimal(result: Result, violations: Sequence[Violation]) -> Failure:
    """The failure with as few faults as it takes: those that it doesn't need are left out one after another."""
    first = violations[0]
    runs = _Runs(first)
    every = tuple(range(len(result.scenario.faults)))
    best = Failure(result, first, every)
    for scenario, places in _openings(result.scenario, first, every):
        found = runs.fails(scenario)
        if found is not None:
            best = Failure(*found, places)
            break
    return _shortened(best, runs)


def tell(failure: Failure) -> list[str]:
    """The story, in plain lines of the venue's local time."""
    scenario, violation = failure.result.scenario, failure.violation
    venue = scenario.configuration.venues[violation.venue]
    lines = [f"{local(violation.at, venue)}  {violation.venue}: {violation.problem}", "", "done to it:"]
    begin = scenario.begin
    for fault in scenario.faults:
        at = local(begin + timedelta(seconds=fault.at), venue)
        lines.append(f"  {at}  {fault.venue}: {fault}")
    if not scenario.faults:
        lines.append("  nothing")
    lines += ["", "what happened (! done to it, > sent by the loop, = came of it):"]
    notes = _around(failure)
    lines += ["  ..."] if len(notes) > _MOST_LINES else []
    lines += [f"  {local(note.at, venue)} {_MARKS[note.kind]} {note.text}" for note in notes[-_MOST_LINES:]]
    lines.append(f"  {local(violation.at, venue)} {_MARKS['wrong']} {violation.problem}")
    return lines


def local(at: datetime, venue: Venue) -> str:
    """A time in a venue's zone, with milliseconds."""
    return f"{at.astimezone(ZoneInfo(venue.timezone)):%Y-%m-%d %H:%M:%S.%f}"[:-3]


def _around(failure: Failure) -> list[Note]:
    first = min((fault.at for fault in failure.result.scenario.faults), default=0.0)
    violation = failure.violation
    return [
        note
        for note in failure.result.tape.notes
        if note.venue in {None, violation.venue} and first - _BEFORE <= note.second <= violation.second + _AFTER
    ]


class _Runs:
    """Repeats a simulation, a limited number of times."""

    def __init__(self, violation: Violation) -> None:
        self._code, self._venue = violation.problem.code, violation.venue
        self._left = _MOST_RUNS

    @property
    def left(self) -> bool:
        """Whether there may be more."""
        return self._left > 0

    def fails(self, scenario: Scenario) -> tuple[Result, Violation] | None:
        """What came of it if the same is wrong at the same venue."""
        self._left -= 1
        result = simulate(scenario)
        same = (v for v in judge(result) if (v.problem.code, v.venue) == (self._code, self._venue))
        violation = next(same, None)
        return None if violation is None else (result, violation)


def _openings(
    scenario: Scenario, violation: Violation, every: tuple[int, ...]
) -> list[tuple[Scenario, tuple[int, ...]]]:
    """Shorter simulations to begin with: only what came before the failure, and only what was around it."""
    places = tuple(place for place in every if scenario.faults[place].at <= violation.second)
    before = (replace(scenario, faults=tuple(scenario.faults[place] for place in places)), places)
    if scenario.end - scenario.begin <= _LONG:
        return [before] if len(places) < len(every) else []
    begin = max(scenario.begin, violation.at - _AROUND)
    shift = (begin - scenario.begin).total_seconds()
    near = tuple(place for place in places if scenario.faults[place].at >= shift)
    moved = tuple(_moved(scenario.faults[place], -shift) for place in near)
    end = max(begin + timedelta(minutes=1), violation.at + timedelta(minutes=5))
    return [(replace(scenario, begin=begin, end=end, faults=moved), near), before]


def _moved(fault: Fault, seconds: float) -> Fault:
    return replace(fault, at=fault.at + seconds)


def _shortened(failure: Failure, runs: _Runs) -> Failure:
    """Delta debugging: leave out halves, then quarters, down to single faults."""
    size = max(1, len(failure.kept) // 2)
    while failure.kept and runs.left:
        shorter = _without_some(failure, size, runs.fails)
        if shorter is not None:
            failure = shorter
            size = min(size, max(1, len(failure.kept) // 2))
        elif size == 1:
            break
        else:
            size //= 2
    return failure


def _without_some(
    failure: Failure, size: int, fails: Callable[[Scenario], tuple[Result, Violation] | None]
) -> Failure | None:
    scenario = failure.result.scenario
    for start in range(0, len(failure.kept), size):
        faults = (*scenario.faults[:start], *scenario.faults[start + size :])
        found = fails(replace(scenario, faults=faults))
        if found is not None:
            return Failure(*found, (*failure.kept[:start], *failure.kept[start + size :]))
    return None
