"""A simulation as a whole: the shipped year, the same again, quiet time, the story of a failure."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from orchestrator.config.model import Configuration
from orchestrator.plan.timeline import build
from orchestrator.reconciler.loop import Reconciler
from orchestrator.simulation.chance import SeededDraw
from orchestrator.simulation.faults import Fault
from orchestrator.simulation.invariants import judge
from orchestrator.simulation.plagues import draw_station_faults, stretches
from orchestrator.simulation.run import Result, Scenario, simulate
from orchestrator.simulation.story import minimal, tell
from orchestrator.timetable import window
from tests.simulation.judged import scenario_of

YEAR = (datetime(2026, 12, 31, 17, tzinfo=UTC), datetime(2027, 12, 31, 17, tzinfo=UTC))
KILLED = Fault("orchestrator-killed", 60.0, "utara", 5.0)


def log_of(result: Result) -> list[tuple[object, ...]]:
    """The as-run log without the numbers of its lines, and with whole seconds: a look may be a little later."""
    lines = (
        (
            line.venue,
            line.event,
            line.cue,
            line.field,
            line.outcome,
            _second(line.sent_at or line.planned_at),
            line.after,
        )
        for line in result.lines
    )
    return sorted(lines, key=repr)


def _second(at: datetime | None) -> datetime | None:
    return None if at is None else at.replace(microsecond=0)


def test_the_shipped_year_runs_without_a_flaw_in_seconds(shipped: Configuration) -> None:
    """Every cue of a year of four venues is reached in its second, at the first try, and every recording archived."""
    began = time.process_time()
    result = simulate(Scenario(shipped, *YEAR))
    took = time.process_time() - began
    assert not judge(result)
    expected = len(window(shipped, *YEAR))
    assert len(result.spans) == expected > 100
    assert Counter(line.outcome for line in result.lines)["done"] > 4000
    assert len(result.recordings) == 2 * expected
    assert took < 30


def test_the_shipped_year_survives_faults(shipped: Configuration) -> None:
    """With up to two faults around every event of the year all promises hold."""
    timeline = build(window(shipped, *YEAR), shipped.ceremonies, shipped.venues)
    faults = draw_station_faults(SeededDraw(1), stretches(timeline, *YEAR, 60, 60))
    assert len(faults) > 80
    assert not judge(simulate(Scenario(shipped, *YEAR, faults, 1)))


def test_quiet_time_may_be_skipped(shipped: Configuration) -> None:
    """Loops that look once a second even when all is quiet write the same log."""
    before = datetime(2027, 8, 17, 0, 5, tzinfo=UTC)  # a flag ceremony from 00:10 to 01:23
    scenario = Scenario(shipped, before, before + timedelta(minutes=85))
    assert log_of(simulate(scenario)) == log_of(simulate(scenario, every_second=True))
    for seed in range(0, 200, 10):
        assert log_of(simulate(scenario_of(seed))) == log_of(simulate(scenario_of(seed), every_second=True))


def test_the_same_seed_is_the_same_story() -> None:
    """A simulation that is run again does the same at the same microsecond."""
    for seed in range(40, 60):
        once, again = simulate(scenario_of(seed)), simulate(scenario_of(seed))
        assert (once.tape.notes, list(once.lines)) == (again.tape.notes, list(again.lines))


def test_a_failure_is_told_with_as_few_faults_as_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of several faults those that a failure doesn't need are left out, and the story says what happened, in order."""
    monkeypatch.setattr(Reconciler, "_judge_late", lambda *_: False)
    monkeypatch.setattr("orchestrator.simulation.children.SimulatedMedia._adopt", lambda _self: None)
    harmless = [Fault("mute-by-hand", second, "utara", amount=0.0) for second in (46.0, 47.0, 70.0)]
    scenario = replace(scenario_of(0), faults=(*harmless[:2], KILLED, harmless[2]))
    result = simulate(scenario)
    failure = minimal(result, judge(result))
    assert (failure.result.scenario.faults, failure.kept) == ((KILLED,), (2,))
    lines = tell(failure)
    assert lines[0].startswith("2027-08-17 07:01:05")
    assert lines[0].endswith("was started while it ran.")
    assert "  2027-08-17 07:01:00.000  utara: orchestrator-killed for 5 s" in lines
    assert "  2027-08-17 07:01:05.000 ! the orchestrator is started again" in lines


def test_a_failure_of_a_long_simulation_is_found_again_in_a_short_one(
    shipped: Configuration,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of a month only the day around the failure is simulated again, and its faults keep their numbers."""
    monkeypatch.setattr("orchestrator.simulation.children.SimulatedMedia._adopt", lambda _self: None)
    begin = datetime(2027, 1, 3, 17, tzinfo=UTC)
    at = [(datetime(2027, 1, day, 1, tzinfo=UTC) - begin).total_seconds() for day in (4, 11, 18)]
    venue = "kantor-gubernur-lt4"
    faults = (Fault("mute-by-hand", at[0], venue), Fault("orchestrator-killed", at[1], venue, 5.0))
    result = simulate(Scenario(shipped, begin, begin + timedelta(days=28), (*faults, replace(faults[0], at=at[2]))))
    failure = minimal(result, judge(result))
    scenario = failure.result.scenario
    assert failure.kept == (1,)
    assert scenario.end - scenario.begin < timedelta(days=2)
    assert scenario.begin + timedelta(seconds=scenario.faults[0].at) == datetime(2027, 1, 11, 1, tzinfo=UTC)
