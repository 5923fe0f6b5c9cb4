"""What must hold, whatever is done to a station: small pure functions over what was written down."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import inf
from types import MappingProxyType

from orchestrator.errors import N_, Problem
from orchestrator.simulation.logged import come_too_late, not_flawless, without_one_outcome
from orchestrator.simulation.run import Result
from orchestrator.simulation.settled import forgotten, left_running, not_as_planned
from orchestrator.simulation.tape import Mistake, Moment, Note, Turn
from orchestrator.simulation.vault import Recording
from orchestrator.simulation.violation import Violation, violation

OFF_WHILE_WANTED = 10.0
"""Seconds that something must have been wanted on for its being told to end to be wrong: what is under way with a slow
device when the plan changes may still arrive."""
_BY_PLAN: Mapping[str, int] = MappingProxyType({"programme.slate": 2, "relay.down": 2})
"""How often a problem may begin within a minute though nothing was done, where that isn't once: cues turn to another
source and back."""
_BEGINS = 2
"""How often each thing that is done to a station may let a problem begin: when it strikes, and when it ends."""
_FELT = 120.0
"""Seconds after it was struck in which it may."""
_A_MINUTE = 60.0


def judge(result: Result) -> list[Violation]:
    """Everything that should not have happened, in the order in which it was seen."""
    venues = result.scenario.configuration.venues
    found = [
        *not_as_planned(result.tape.samples, venues),
        *left_running(result.tape.samples),
        *forgotten(result.tape.samples),
        *started_twice(result.tape.turns),
        *ended_while_wanted(result.tape.turns),
        *without_one_outcome(result.spans, result.lines, result.written, result.closed, result.ended),
        *come_too_late(result.spans, result.lines, result.written),
        *not_archived(result.recordings, result.tape.moment, result.ended),
        *([] if result.scenario.faults else not_flawless(result.lines, result.written, result.scenario.begin)),
        *floods(result.incidents, struck(result.tape.notes)),
        *mistakes(result.tape.mistakes),
    ]
    return sorted(found, key=lambda each: (each.second, each.since))


def started_twice(turns: Iterable[Turn]) -> Iterator[Violation]:
    """A stream or recording is never started twice."""
    for turn in turns:
        if turn.began and turn.doubled:
            problem = Problem(
                "simulation.started-twice", N_("{key} was started while it ran."), {"key": turn.key}, turn.venue
            )
            yield Violation(turn.at, turn.second, turn.venue, problem)


def ended_while_wanted(turns: Iterable[Turn]) -> Iterator[Violation]:
    """Nothing that the plan wants on is told to end, and so started a second time."""
    for turn in turns:
        if not turn.began and turn.told and turn.wanted_for > OFF_WHILE_WANTED:
            problem = Problem(
                "simulation.ended-while-wanted",
                N_("{key} was ended, though the plan had wanted it on for {seconds} s."),
                {"key": turn.key, "seconds": round(turn.wanted_for)},
                turn.venue,
            )
            yield Violation(turn.at, turn.second, turn.venue, problem)


def not_archived(
    recordings: Iterable[Recording], moment: Callable[[float], Moment], ended: Moment
) -> Iterator[Violation]:
    """Every recording ends in the archive: seen when it was closed, or at the end where it never was.

    Args:
        recordings: Every file.
        moment: Gives the moment of a monotonic second.
        ended: When the simulation ended.
    """
    for recording in recordings:
        if recording.archived is None:
            template = (
                N_("The recording {path} is still being written at the end.")
                if recording.closed is None
                else N_("The recording {path} is not in the archive at the end.")
            )
            problem = Problem("simulation.not-archived", template, {"path": recording.path}, recording.venue)
            if recording.closed is None:
                yield violation(ended, recording.venue, problem, moment(recording.opened))
            else:
                yield violation(moment(recording.closed), recording.venue, problem)


def struck(notes: Iterable[Note]) -> list[tuple[str | None, float, float]]:
    """What was done to whom, each from when until when it may be felt, monotonic seconds; None: to all venues."""
    return [
        (note.venue, note.second, inf if "clock-stepped" in note.text else note.second + _FELT)
        for note in notes
        if note.kind == "fault"
    ]


def floods(
    incidents: Mapping[tuple[str, str], Sequence[Moment]], done: Sequence[tuple[str | None, float, float]]
) -> Iterator[Violation]:
    """A problem is said once for one cause: in a minute the plan may bring one, and what is done begins and ends."""
    for (code, where), begun in incidents.items():
        venue = where.partition("/")[0]
        for place, first in enumerate(begun):
            within = [each for each in begun[place:] if each.second - first.second < _A_MINUTE]
            last = within[-1]
            causes = sum(
                whose in {None, venue} and since <= last.second and first.second <= until
                for whose, since, until in done
            )
            most = _BY_PLAN.get(code, 1) + _BEGINS * causes
            if len(within) > most:
                problem = Problem(
                    "simulation.flood",
                    N_("The problem {code} began more than {most} times within a minute."),
                    {"code": code, "most": most},
                    where,
                )
                yield violation(last, venue, problem, first)
                break


def mistakes(found: Iterable[Mistake]) -> Iterator[Violation]:
    """The program itself makes no mistakes."""
    for mistake in found:
        problem = Problem(
            "simulation.mistake",
            N_("The program made a mistake in its loop: {error}"),
            {"error": mistake.error},
            mistake.venue,
        )
        yield Violation(mistake.at, mistake.second, mistake.venue, problem)
