"""What is told of a failure: the earliest, with what was done and what came of it, in a few lines."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from orchestrator.config.model import Configuration
from orchestrator.plan.timeline import build
from orchestrator.simulation.chance import SeededDraw
from orchestrator.simulation.invariants import judge
from orchestrator.simulation.plagues import draw_station_faults, stretches
from orchestrator.simulation.run import Scenario, simulate
from orchestrator.simulation.story import minimal, tell
from orchestrator.simulation.tape import Note
from orchestrator.timetable import window
from tests.simulation.judged import scenario_of
from tests.simulation.test_mutants import MUTANTS

HOW = re.compile(r"^ {2}(\d{4}-\d\d-\d\d [\d:.]{12}) ([!>=x]) (.+)$")
"""A line of what happened: when, of which kind, what."""


def happened(story: list[str]) -> list[tuple[str, str, str]]:
    found = [HOW.match(line) for line in story]
    return [(each[1], each[2], each[3]) for each in found if each is not None]


@pytest.mark.parametrize(
    ("name", "seed", "fault", "wrong", "before"),
    [
        ("a ledger that forgets in a restart", 1, "orchestrator-killed", "has not exactly one outcome", "> source is"),
        ("a loop that never looks at what was asked of it", 17, "power-cut", "s late, though", "= record breaks off"),
        ("problems that are told in every look", 0, None, "began more than 1 times", "= splicer begins"),
        ("children that are not adopted", 1, "orchestrator-killed", "was started while it ran", "= splicer is started"),
        ("a loop that is behind its time", 0, None, "Nothing was wrong, and yet", "> source is"),
        ("a studio that is started without a look", 0, None, "record was started while", "= record is started"),
    ],
)
def test_a_story_has_the_fault_what_came_of_it_and_what_is_wrong(
    name: str, seed: int, fault: str | None, wrong: str, before: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of each kind of failure: what was done, what was sent or came of it before it was seen, and the failure, once."""
    break_it, code = MUTANTS[name]
    break_it(monkeypatch)
    result = simulate(scenario_of(seed))
    found = [each for each in judge(result) if each.problem.code == f"simulation.{code}"]
    failure = minimal(result, found)
    story = tell(failure)
    assert len(story) <= 30
    lines = happened(story)
    (place,) = [number for number, (_, kind, _) in enumerate(lines) if kind == "x"]
    assert wrong in lines[place][2]
    told = [f"{kind} {text}" for _, kind, text in lines[:place]]
    assert any(line.startswith(before) for line in told)
    assert [line for line in told if fault is not None and line.startswith(f"! {fault}")] == (
        [] if fault is None else [f"! {failure.result.scenario.faults[0]}"]
    )
    times = [at for at, _, _ in lines]
    assert times == sorted(times), "in order of time, as no clock was stepped"
    assert failure.violation in judge(simulate(failure.result.scenario))


def test_a_story_of_a_moment_with_very_much_in_it_keeps_what_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a hundred things in the second of the failure some are left out and marked, never a fault or what is wrong."""
    MUTANTS["children that are not adopted"][0](monkeypatch)
    result = simulate(scenario_of(1))
    failure = minimal(result, judge(result))
    seen = failure.violation
    failure.result.tape.notes[:0] = [
        Note(seen.at, seen.second, seen.venue, "sent", f"text {number}") for number in range(100)
    ]
    story = tell(failure)
    lines = happened(story)
    assert len(lines) == 40
    assert "  ..." in story
    assert [kind for _, kind, _ in lines if kind in "!x"] == ["!", "!", "x"]


def test_the_earliest_failure_of_months_is_told_and_found_again(
    shipped: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two months with faults in both, each of which may break it, the first is told with its own fault."""
    MUTANTS["a ledger that forgets in a restart"][0](monkeypatch)
    begin = datetime(2026, 12, 31, 17, tzinfo=UTC)
    end = begin + timedelta(days=56)
    timeline = build(window(shipped, begin, end), shipped.ceremonies, shipped.venues)
    faults = draw_station_faults(SeededDraw(7), stretches(timeline, begin, end, 60, 60))
    whole = Scenario(shipped, begin, end, faults, 7)
    result = simulate(whole)
    found = judge(result)
    failure = minimal(result, found)
    assert len({each.at.date() for each in found}) > 1
    (place,) = failure.kept
    struck = begin + timedelta(seconds=faults[place].at)
    assert timedelta(0) <= failure.violation.at - struck < timedelta(minutes=2), "seen when its fault was over"
    assert failure.violation.at.date() == min(each.at for each in found).date()
    assert failure.result.scenario.end - failure.result.scenario.begin < timedelta(days=2)
    story = happened(tell(failure))
    assert len(story) <= 40
    assert {"!", ">", "x"} <= {kind for _, kind, _ in story}
    again = judge(simulate(replace(whole, faults=(faults[place],))))[0]
    assert (again.problem.code, again.venue) == (failure.violation.problem.code, failure.violation.venue)
    assert abs(again.at - failure.violation.at) < timedelta(seconds=10)
