"""What is sent again, when, and when it counts as arrived."""

from __future__ import annotations

import pytest

from orchestrator.devices.device import Command
from orchestrator.errors import DeviceError, Problem
from orchestrator.reconciler.flights import Flights

SCENE = Command("scene", "scene", "A", "B", "why", patience=2.0)


def test_a_command_on_its_way_is_not_sent_twice() -> None:
    """While a command may still arrive it isn't sent again."""
    flights = Flights("v")
    assert flights.due([SCENE], 0.0) == [SCENE]
    flights.sent(SCENE, None, 0.0)
    assert flights.due([SCENE], 1.9) == []


def test_a_command_without_effect_is_sent_again_and_said() -> None:
    """After its patience a command is sent again, and a second try is a problem to show."""
    flights = Flights("v")
    flights.sent(SCENE, None, 0.0)
    assert flights.problems() == []
    assert flights.due([SCENE], 2.0) == [SCENE]
    flights.sent(SCENE, None, 2.0)
    assert [problem.code for problem in flights.problems()] == ["loop.without-effect"]


def test_another_wish_goes_out_at_once() -> None:
    """A new value for a field doesn't wait for the old one to arrive."""
    flights = Flights("v")
    flights.sent(SCENE, None, 0.0)
    other = Command("scene", "scene", "A", "C", "why")
    assert flights.due([other], 0.1) == [other]


def test_a_refused_command_backs_off_and_is_never_given_up() -> None:
    """A refusal is tried again after about 0.5 s, then 1 s, and at most some 10 s later, for ever: for a whole day."""
    flights, now = Flights("v"), 0.0
    pauses = []
    while now < 24 * 3600.0:
        flights.sent(SCENE, DeviceError(Problem("no", "no")), now)
        start = now
        while not flights.due([SCENE], now):
            now += 0.05 if now < 60 else 1.0
        pauses.append(now - start)
    assert pauses[:6] == pytest.approx([0.5, 1.0, 2.0, 4.0, 8.0, 10.0], rel=0.35)
    assert 7.5 <= min(pauses[6:]) < max(pauses[6:]) < 13.5
    assert [problem.code for problem in flights.problems()] == ["no"]


def test_a_command_has_arrived_when_the_diff_no_longer_asks_for_it() -> None:
    """Only observation confirms a command."""
    flights = Flights("v")
    flights.sent(SCENE, None, 0.0)
    assert flights.landed([SCENE]) == []
    assert flights.landed([]) == [SCENE]
    assert flights.pending() == []


def test_a_device_that_is_back_is_told_at_once() -> None:
    """When a device was gone, what was on its way is sent at once when it is back."""
    flights = Flights("v")
    flights.sent(SCENE, None, 0.0)
    flights.ground()
    assert flights.due([SCENE], 0.1) == [SCENE]


def test_what_began_and_ended_is_tried_again_after_a_pause() -> None:
    """A stream that the studio began and lost is not waited for: it is begun again after 0.5 s, 1 s and so on."""
    flights, now, pauses = Flights("v"), 0.0, []
    for ends in range(1, 6):
        flights.sent(Command("publish", "stream", "off", True, "why", patience=15.0, ends=ends - 1), None, now)
        start = now
        while not flights.due([Command("publish", "stream", "off", True, "why", patience=15.0, ends=ends)], now):
            now += 0.05
        pauses.append(now - start)
    assert pauses == pytest.approx([0.5, 1.0, 2.0, 4.0, 8.0], rel=0.35)
    assert flights.problems() == []
