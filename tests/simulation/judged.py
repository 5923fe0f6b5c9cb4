"""What the simulation's tests share: a seed is run and judged, and a failure is told with as few faults as it takes."""

from __future__ import annotations

from orchestrator.simulation.chance import SeededDraw
from orchestrator.simulation.invariants import judge
from orchestrator.simulation.run import Result, Scenario, simulate
from orchestrator.simulation.story import minimal, tell
from tests.simulation.stations import draw_scenario


def scenario_of(seed: int) -> Scenario:
    """A seed's station and what is done to it: nothing in every tenth, else up to four things."""
    return draw_scenario(SeededDraw(seed), most_faults=0 if seed % 10 == 0 else 1 + seed % 4, seed=seed)


def story_of(scenario: Scenario) -> str | None:
    """What is wrong with a scenario, told; None where all holds."""
    return story_told(simulate(scenario))


def story_told(result: Result) -> str | None:
    """What is wrong with what came of a scenario, told; None where all holds."""
    violations = judge(result)
    return "\n".join(tell(minimal(result, violations))) if violations else None


def looks_on_air(result: Result) -> int:
    """How many settled moments after the first fault were held against the plan with something on the air."""
    first = min(fault.at for fault in result.scenario.faults)
    return sum(
        sample.second > first and bool(sample.state.on_hub or sample.state.record) for sample in result.tape.samples
    )
