"""Of a simulation that failed: which of its faults it takes, and what happened, line by line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from orchestrator.plan.model import Venue
from orchestrator.simulation.faults import Fault
from orchestrator.simulation.invariants import judge
from orchestrator.simulation.run import Result, Scenario, simulate
from orchestrator.simulation.tape import Note
from orchestrator.simulation.violation import Violation

_MOST_RUNS = 150
"""How often a simulation is repeated to find what it takes."""
_LONG = timedelta(days=3)
"""A simulation that is longer than this is first tried again around its failure alone."""
_AROUND = timedelta(hours=30)
"""How much of it before what failed, and at most after it."""
_REST = timedelta(minutes=5)
"""How much of it after the failure was seen."""
_NEAR = 7200.0
"""Seconds by which a failure that is found again may come at another time and be the same."""
_BEFORE, _AFTER = 5.0, 2.0
"""Seconds before the first fault or what failed, and after the last fault or the failure, that the story tells of."""
_MOST_LINES = 40
"""How many lines of what happened a story has at most: those nearest to the faults and the failure."""
_MARKS = {"fault": "!", "sent": ">", "seen": "=", "cue": "#", "wrong": "x"}


@dataclass(frozen=True, slots=True)
class Failure:
    """A simulation that failed, with as few faults as it takes."""

    result: Result
    """What came of it."""
    violation: Violation
    """What was wrong first."""
    kept: tuple[int, ...]
    """The places of its faults in the list that it began with, from 0."""


def minimal(result: Result, violations: Sequence[Violation]) -> Failure:
    """The earliest failure with as few faults as it takes: those that it doesn't need are left out one after another.

    With these alone the whole of the simulation fails in the same way, too.
    """
    first = violations[0]
    whole = result.scenario
    runs = _Runs(first, whole.begin)
    failure = Failure(result, first, tuple(range(len(whole.faults))))
    for scenario, places in _openings(whole, first):
        found = runs.fails(scenario)
        if found is None:
            continue
        shorter = _shortened(Failure(*found, places), runs)
        again = runs.fails(replace(whole, faults=tuple(whole.faults[place] for place in shorter.kept)))
        if again is not None:
            return shorter
    return _shortened(failure, runs)


def tell(failure: Failure) -> list[str]:
    """The story, in plain lines of the venue's local time."""
    scenario, violation = failure.result.scenario, failure.violation
    venue = scenario.configuration.venues[violation.venue]
    lines = [f"{local(violation.at, venue)}  {violation.problem}", "", "done to it:"]
    begin = scenario.begin
    for fault in scenario.faults:
        at = local(begin + timedelta(seconds=fault.at), venue)
        lines.append(f"  {at}  {fault.venue}: {fault}")
    if not scenario.faults:
        lines.append("  nothing")
    lines += ["", "what happened (! done to it, > sent by the loop, = came of it, x wrong):"]
    notes = _around(failure)
    notes.append(Note(violation.at, violation.second, violation.venue, "wrong", str(violation.problem)))
    notes.sort(key=lambda note: round(note.second, 3))
    told = _nearest(notes, failure)
    for before, place in zip((-1, *told), (*told, len(notes)), strict=True):
        lines += ["  ..."] if place > before + 1 else []
        lines += [f"  {local(note.at, venue)} {_MARKS[note.kind]} {note.text}" for note in notes[place : place + 1]]
    return lines


def local(at: datetime, venue: Venue) -> str:
    """A time in a venue's zone, with milliseconds."""
    return f"{at.astimezone(ZoneInfo(venue.timezone)):%Y-%m-%d %H:%M:%S.%f}"[:-3]


def _around(failure: Failure) -> list[Note]:
    """What was done and happened there, from the first fault or what failed to the last fault's end or the failure."""
    moments = _moments(failure)
    return [
        note
        for note in failure.result.tape.notes
        if (note.kind == "fault" or note.venue in {None, failure.violation.venue})
        and min(moments) - _BEFORE <= note.second <= max(moments) + _AFTER
    ]


def _nearest(notes: Sequence[Note], failure: Failure) -> list[int]:
    """The places of those of the notes that are told, in order: what was done, what is wrong, and what is near that."""
    moments = _moments(failure)

    def far(place: int) -> tuple[bool, float]:
        note = notes[place]
        return note.kind not in {"fault", "wrong"}, min(abs(note.second - moment) for moment in moments)

    return sorted(sorted(range(len(notes)), key=far)[:_MOST_LINES])


def _moments(failure: Failure) -> list[float]:
    """The monotonic seconds that count: of what failed and the failure, and of each fault's begin and end."""
    faults = failure.result.scenario.faults
    ends = [fault.at + fault.lasts for fault in faults]
    return [failure.violation.since, failure.violation.second, *(fault.at for fault in faults), *ends]


class _Runs:
    """Repeats a simulation, a limited number of times."""

    def __init__(self, violation: Violation, begin: datetime) -> None:
        self._kind = _kind(violation)
        self._begin = begin
        self._since = violation.since
        self._left = _MOST_RUNS

    @property
    def left(self) -> bool:
        """Whether there may be more."""
        return self._left > 0

    def fails(self, scenario: Scenario) -> tuple[Result, Violation] | None:
        """What came of it if the same is wrong at the same venue, at about the same time."""
        self._left -= 1
        result = simulate(scenario)
        since = self._since - (scenario.begin - self._begin) / timedelta(seconds=1)
        same = (v for v in judge(result) if _kind(v) == self._kind and abs(v.since - since) <= _NEAR)
        violation = next(same, None)
        return None if violation is None else (result, violation)


def _kind(violation: Violation) -> tuple[str, str]:
    return violation.problem.code, violation.venue


def _openings(scenario: Scenario, violation: Violation) -> list[tuple[Scenario, tuple[int, ...]]]:
    """Shorter simulations to begin with: only what was around the failure, and only what came before it was seen."""
    places = tuple(place for place, fault in enumerate(scenario.faults) if fault.at <= violation.second)
    before = replace(scenario, faults=tuple(scenario.faults[place] for place in places))
    if scenario.end - scenario.begin <= _LONG:
        return [(before, places)] if len(places) < len(scenario.faults) else []
    since, seen = (scenario.begin + timedelta(seconds=second) for second in (violation.since, violation.second))
    begin, end = max(scenario.begin, since - _AROUND), min(seen, since + _AROUND) + _REST
    shift = (begin - scenario.begin).total_seconds()
    near = tuple(place for place in places if scenario.faults[place].at >= shift)
    moved = tuple(_moved(scenario.faults[place], -shift) for place in near)
    around = replace(scenario, begin=begin, end=end, faults=moved)
    return [(around, near), (replace(before, end=min(scenario.end, seen + _REST)), places)]


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
