"""Time that moves from one thing to the next."""

from __future__ import annotations

from datetime import timedelta

import pytest

from orchestrator.clock import VirtualClock
from orchestrator.simulation.agenda import Agenda, Killed, Life
from tests.fakes.clock import START


@pytest.fixture
def agenda() -> Agenda:
    return Agenda(VirtualClock(START))


def test_things_happen_in_order_at_their_times(agenda: Agenda) -> None:
    """Whatever was written first, time goes from one thing to the next and stops where it was told to."""
    seen: list[tuple[str, float]] = []
    for name, at in (("b", 2.0), ("a", 1.0), ("late", 9.0), ("c", 2.0)):
        agenda.after(at, lambda name=name: seen.append((name, agenda.now)))
    agenda.run_until(5.0)
    assert (seen, agenda.now) == ([("a", 1.0), ("b", 2.0), ("c", 2.0)], 5.0)


def test_what_was_called_off_does_not_happen(agenda: Agenda) -> None:
    """A cancelled entry neither happens nor holds time up."""
    agenda.after(1.0, lambda: pytest.fail("it was called off")).cancel()
    agenda.run_until(2.0)


def test_alarms_ring_on_the_way(agenda: Agenda) -> None:
    """A wall-clock alarm rings at its time, at once if a step of the clock has passed it."""
    seen: list[float] = []
    agenda.clock.wake_at("x", START + timedelta(seconds=3), lambda: seen.append(agenda.now))
    agenda.run_until(4.0)
    agenda.clock.wake_at("x", START + timedelta(seconds=3600), lambda: seen.append(agenda.now))
    agenda.after(1.0, lambda: agenda.clock.step(timedelta(hours=1)))
    agenda.run_until(6.0)
    assert seen == [3.0, 5.0]
    assert agenda.clock.now() == START + timedelta(hours=1, seconds=6)


def test_who_waits_within_lets_the_world_go_on(agenda: Agenda) -> None:
    """A slow device keeps its caller waiting while other things happen, and time never goes back."""
    seen: list[str] = []
    life = Life(agenda)

    def slow() -> None:
        life.pause(5.0)
        seen.append(f"slow at {agenda.now:g}")

    life.after(1.0, slow)
    agenda.after(3.0, lambda: seen.append("other"))
    agenda.run_until(4.0)
    assert (seen, agenda.now) == (["other", "slow at 6"], 6.0)


def test_a_frozen_life_does_later_what_was_to_happen(agenda: Agenda) -> None:
    """What falls into a freeze happens at its end, in order."""
    seen: list[tuple[str, float]] = []
    life = Life(agenda)
    life.after(2.0, lambda: seen.append(("a", agenda.now)))
    life.after(3.0, lambda: seen.append(("b", agenda.now)))
    life.freeze(10.0)
    agenda.run_until(20.0)
    assert seen == [("a", 10.0), ("b", 10.0)]


def test_a_killed_life_does_nothing_more(agenda: Agenda) -> None:
    """Neither what was to happen nor what was under way goes on after a kill."""
    life = Life(agenda)
    seen: list[str] = []

    def slow() -> None:
        life.pause(5.0)
        seen.append("went on")

    life.after(1.0, slow)
    life.after(8.0, lambda: seen.append("happened"))
    agenda.after(2.0, life.kill)
    agenda.run_until(10.0)
    assert seen == []


def test_a_life_dies_at_the_step_that_was_meant(agenda: Agenda) -> None:
    """Steps are counted from when the death was ordered; the last one isn't done."""
    life = Life(agenda)
    life.dies_in = 2
    life.step()
    life.step()
    with pytest.raises(Killed):
        life.step()
    assert not life.alive
