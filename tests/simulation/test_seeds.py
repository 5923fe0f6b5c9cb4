"""Thousands of small stations with faults, each by its seed."""

from __future__ import annotations

import pytest

from orchestrator.simulation.run import simulate
from tests.simulation.judged import looks_on_air, scenario_of, story_told

SEEDS = 2000
BLOCK = 100
LOOKED_AT = 0.75
"""The least share of stations with faults that are looked at while something is on the air after the first of them; of
all it is 0.88, the others' faults end their event or come after it."""
LOOKS = 2.5
"""How often at least, on average over all of them."""


@pytest.mark.parametrize("first", range(0, SEEDS, BLOCK))
def test_whatever_is_done_to_a_station_the_promises_hold(first: int) -> None:
    """Of 2,000 stations with crashes, lost events, failing commands, clock steps, operators and edits, all hold.

    Most are calm for long enough after the first fault that the air is looked at again.
    """
    stories: dict[int, str] = {}
    looks: list[int] = []
    for seed in range(first, first + BLOCK):
        result = simulate(scenario_of(seed))
        if (story := story_told(result)) is not None:
            stories[seed] = story
        if result.scenario.faults:
            looks.append(looks_on_air(result))
    told = "\n\n".join(
        f"seed {seed}, again with: python -m tests.simulation {seed}\n{s}" for seed, s in stories.items()
    )
    assert not stories, told
    assert sum(map(bool, looks)) >= LOOKED_AT * len(looks)
    assert sum(looks) >= LOOKS * len(looks)
