"""The same stations drawn by hypothesis, which finds the smallest one that fails."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.simulation.chance import Draw
from orchestrator.simulation.invariants import judge
from orchestrator.simulation.run import Scenario, simulate
from tests.simulation.judged import story_of
from tests.simulation.stations import draw_scenario, seconds

T = TypeVar("T")
QUIETLY = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


class Drawn:
    """Hypothesis as the source of chance."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def integer(self, low: int, high: int) -> int:
        return self._draw(_numbers(low, high))

    def many(self, least: int, most: int, make: Callable[[Draw], T]) -> list[T]:
        # A yes or no for each place, rather than a list: hypothesis then leaves out any of them in one step.
        return [make(self) for place in range(most) if place < least or self._draw(_YES_OR_NO)]


_YES_OR_NO = st.booleans()
_numbers = cache(st.integers)


@st.composite
def scenarios(draw: st.DrawFn, most_faults: int = 3) -> Scenario:
    return draw_scenario(Drawn(draw), most_faults)


@settings(QUIETLY, max_examples=200)
@given(scenarios())
def test_what_hypothesis_draws_holds_too(scenario: Scenario) -> None:
    """A station, its events and its faults are drawn as data; the smallest that fails is told."""
    story = story_of(scenario)
    assert story is None, story


def test_hypothesis_shrinks_stations_and_faults_to_what_it_takes() -> None:
    """What a failure doesn't take is left out, but for at most one fault that does next to nothing.

    Hypothesis promises no smallest example, and what it tries depends on all of the project's code: with twelve seeds
    it kept one other fault three times, and up to eight cues.
    """
    smallest: list[Scenario] = []

    @settings(QUIETLY, max_examples=1000)
    @given(scenarios(most_faults=4))
    def attempt(scenario: Scenario) -> None:
        if any(fault.kind == "power-cut" for fault in scenario.faults):
            smallest[:] = [scenario]
            raise AssertionError

    with pytest.raises(AssertionError):
        attempt()
    (scenario,) = smallest
    (cut,) = [fault for fault in scenario.faults if fault.kind == "power-cut"]
    assert cut.lasts == 1.0
    assert [fault.lasts for fault in scenario.faults if fault is not cut] in ([], [0.0])
    assert [(event.venue, event.duration) for event in scenario.configuration.events] == [("utara", seconds(20))]
    assert len(scenario.configuration.ceremonies["acara0"].cues) <= 9


def test_a_broken_promise_is_shrunk_to_the_fault_that_breaks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Children that aren't adopted are told by one restart of the service in one event, in a story of a few lines."""
    monkeypatch.setattr("orchestrator.simulation.children.SimulatedMedia._adopt", lambda _self: None)
    smallest: list[Scenario] = []

    @settings(QUIETLY, max_examples=300)
    @given(scenarios(most_faults=4))
    def attempt(scenario: Scenario) -> None:
        if any(violation.problem.code == "simulation.started-twice" for violation in judge(simulate(scenario))):
            smallest[:] = [scenario]
            raise AssertionError

    with pytest.raises(AssertionError):
        attempt()
    (scenario,) = smallest
    assert [fault.kind.partition("-")[0] for fault in scenario.faults] == ["orchestrator"]
    assert len(scenario.configuration.events) == 1
    story = story_of(scenario)
    assert story is not None
    assert "was started while it ran." in story
    assert len(story.splitlines()) <= 30
    monkeypatch.undo()
    assert story_of(scenario) is None, "whole parts pass it"
