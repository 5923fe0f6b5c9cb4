"""Windows that begin after an event, or in the middle of one, and those that end in one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from orchestrator.config.model import Configuration
from orchestrator.reconciler.flights import Flights
from orchestrator.simulation.faults import Fault
from orchestrator.simulation.invariants import judge
from orchestrator.simulation.run import Result, Scenario, simulate

NIGHT = datetime(2027, 8, 16, 17, tzinfo=UTC)
"""Midnight at the venues: four events follow on this day, and one ended at noon of the day before."""
RUNNING = datetime(2027, 8, 17, 0, 45, tzinfo=UTC)
"""In the middle of the flag ceremony, which is on the air until 01:23."""
HOUSE = "gedung-daerah"
FAULTS = (Fault("orchestrator-killed", 0.5, lasts=3.0), Fault("obs-killed", 20.0, HOUSE, 4.0))


def on_air(result: Result) -> list[float]:
    """The settled moments at which the flag ceremony was held against the plan, monotonic seconds."""
    return [each.second for each in result.tape.samples if each.venue == HOUSE and each.state.destinations]


@pytest.mark.parametrize("faults", [(), FAULTS])
def test_what_was_over_before_the_window_was_missed_by_nobody(
    shipped: Configuration, faults: tuple[Fault, ...]
) -> None:
    """A day that follows one with an event holds, and the events of the day before are none of its own."""
    result = simulate(Scenario(shipped, NIGHT, NIGHT + timedelta(days=1), faults))
    assert any(line.outcome == "missed" for line in result.lines), "the log has the cues of the day before"
    assert not judge(result)


@pytest.mark.parametrize("faults", [(), FAULTS])
def test_an_event_that_runs_when_the_window_begins_is_held_to_the_state_of_now(
    shipped: Configuration, faults: tuple[Fault, ...]
) -> None:
    """What should be on the air is, as soon as things are settled, and its late cues are no flaw."""
    result = simulate(Scenario(shipped, RUNNING, RUNNING + timedelta(hours=1), faults))
    assert any(line.outcome == "late" for line in result.lines)
    assert not judge(result)
    assert min(on_air(result)) < 60


def test_an_event_that_runs_and_is_not_put_on_the_air_is_told(
    shipped: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A loop that makes up for nothing where a window begins in an event is found out, with nothing done to it."""
    monkeypatch.setattr(Flights, "due", lambda *_: [])
    found = judge(simulate(Scenario(shipped, RUNNING, RUNNING + timedelta(minutes=1))))
    assert {violation.problem.code for violation in found[:10]} == {"simulation.not-as-planned"}
    assert found[0].second < 10


def test_an_event_that_runs_when_the_window_ends_is_seen_to_its_end(shipped: Configuration) -> None:
    """A window that ends in an event goes on until its recordings are archived, be that an hour later."""
    result = simulate(Scenario(shipped, RUNNING - timedelta(minutes=40), RUNNING - timedelta(minutes=30)))
    assert not judge(result)
    assert result.recordings
    assert on_air(result)[-1] > 3600
