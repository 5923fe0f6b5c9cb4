"""Threads that go round until they are told to stop."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from orchestrator.worker import Worker
from tests.support import until

Make = Callable[..., Worker]


@pytest.fixture
def make() -> Iterator[Make]:
    made: list[Worker] = []

    def start(turn: Callable[[], float | None], every: float = 3600.0, **options: object) -> Worker:
        worker = Worker("test", turn, every=every, failing="the test's turn failed", **options)  # type: ignore[arg-type]
        made.append(worker)
        worker.start()
        return worker

    yield start
    for worker in made:
        worker.stop()


def test_the_first_turn_is_made_at_once_or_only_after_its_time(make: Make) -> None:
    """Who looks after something begins with a look, unless what is there was just looked at."""
    eager, patient = threading.Event(), threading.Event()
    make(eager.set)
    make(patient.set, at_once=False)
    assert eager.wait(5)
    assert not patient.is_set()


def test_turns_come_at_their_rate_and_when_they_are_asked_for(make: Make) -> None:
    """A reason to look isn't kept waiting for the next second; a turn may itself say when the next one is due."""
    turns: list[int] = []

    def turn() -> float | None:
        turns.append(1)
        return 0.0 if len(turns) in {1, 2} else None

    worker = make(turn)
    until(lambda: len(turns) == 3, 5, what="turns that said that the next one is due")
    worker.wake()
    until(lambda: len(turns) == 4, 5, what="a turn that was asked for")


def test_what_is_asked_for_during_a_turn_is_done_after_it(make: Make) -> None:
    """A change that comes while a turn is under way may have been missed by it."""
    begun, go_on = threading.Semaphore(0), threading.Event()

    def turn() -> None:
        begun.release()
        go_on.wait(5)

    worker = make(turn)
    assert begun.acquire(timeout=5)
    worker.wake()
    go_on.set()
    assert begun.acquire(timeout=5)


def test_a_turn_that_fails_ends_nothing_and_is_told_once(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    """The log says it when it begins, not with every turn; after a turn that went well, it says it again."""
    turns: list[int] = []

    def turn() -> None:
        turns.append(1)
        if len(turns) in {1, 2, 3, 5}:
            raise ValueError("a mistake")

    with caplog.at_level(logging.ERROR):
        make(turn, every=0.001)
        until(lambda: len(turns) > 6, 5)
    assert caplog.text.count("the test's turn failed") == 2


def test_an_end_waits_for_the_turn_but_not_for_ever(make: Make) -> None:
    """A turn that hangs holds up the end of the service no longer than its time; one that rests ends at once."""
    began = time.perf_counter()
    hanging, resting, ended = threading.Event(), threading.Event(), threading.Event()

    def hang() -> None:
        hanging.set()
        ended.wait(10)

    def rest() -> None:
        resting.set()
        resting_one.rest(10)

    stuck = make(hang, within=0.2)
    resting_one = make(rest, at_once=False)
    resting_one.wake()
    assert hanging.wait(5)
    assert resting.wait(5)
    resting_one.stop()
    assert not resting_one._thread.is_alive()
    stuck.stop()
    assert stuck._thread.is_alive()
    assert time.perf_counter() - began < 5
    ended.set()


def test_an_event_of_another_s_ends_it_too(make: Make) -> None:
    """What gives up its work on one event makes no other turn."""
    stopping, turns = threading.Event(), []
    worker = make(lambda: turns.append(1), every=0.001, stopping=stopping)
    until(lambda: turns, 5)
    stopping.set()
    until(lambda: not worker._thread.is_alive(), 5)
    assert worker.is_stopping


def test_a_worker_that_never_began_can_be_stopped() -> None:
    """An end in the middle of a start finds workers that haven't begun."""
    Worker("test", lambda: None, every=1.0, failing="").stop()


def test_a_worker_stands_back_as_far_as_it_is_told(make: Make) -> None:
    """The thread alone gets the niceness, not the service."""
    found: list[int] = []
    make(lambda: found.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id())), niceness=19)
    until(lambda: found == [19], 5)
    assert os.getpriority(os.PRIO_PROCESS, os.getpid()) < 19
