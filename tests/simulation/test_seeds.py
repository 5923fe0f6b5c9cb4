"""Thousands of small stations with faults, each by its seed."""

from __future__ import annotations

import pytest

from tests.simulation.judged import scenario_of, story_of

SEEDS = 2000
BLOCK = 100


@pytest.mark.parametrize("first", range(0, SEEDS, BLOCK))
def test_whatever_is_done_to_a_station_the_promises_hold(first: int) -> None:
    """Of 2,000 stations with crashes, lost events, failing commands, clock steps, operators and edits, all hold."""
    stories = {
        seed: story for seed in range(first, first + BLOCK) if (story := story_of(scenario_of(seed))) is not None
    }
    told = "\n\n".join(
        f"seed {seed}, again with: python -m tests.simulation {seed}\n{s}" for seed, s in stories.items()
    )
    assert not stories, told
