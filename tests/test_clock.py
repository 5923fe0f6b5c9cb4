"""What the clock notices of itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
import tzlocal.unix

from orchestrator import clock as clocks
from orchestrator.clock import Reading, SystemClock, jump
from orchestrator.i18n import render
from tests.support import until

BEFORE = Reading(1_000_000.0, 500.0, 400.0)


@pytest.mark.parametrize(
    ("wall", "steady", "awake", "code", "length"),
    [
        (0.25, 0.25, 0.25, None, ""),
        (30.0, 30.0, 30.0, None, ""),
        (0.35, 0.25, 0.25, None, ""),
        (3600.25, 0.25, 0.25, "clock.stepped", "1:00:00"),
        (-3599.75, 0.25, 0.25, "clock.stepped", "1:00:00"),
        (2.5, 0.25, 0.25, "clock.stepped", "0:00:02"),
        (5400.25, 5400.25, 0.25, "clock.slept", "1:30:00"),
        (5400.25 - 3600, 5400.25, 0.25, "clock.stepped", "1:00:00"),
    ],
)
def test_a_jump_of_the_clock_is_noticed(
    wall: float, steady: float, awake: float, code: str | None, length: str
) -> None:
    """A clock that was put and a machine that slept are told apart; a pause or a slow correction is neither."""
    found = jump(BEFORE, Reading(BEFORE.wall + wall, BEFORE.steady + steady, BEFORE.awake + awake))
    assert (found.code if found else None) == code
    if found is not None:
        assert length in render(found, "id")


def test_a_running_clock_tells_of_its_jump_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    """The service shows it as a problem, which ends by itself."""
    by, reads = timedelta(0), 0

    def now(_: SystemClock) -> datetime:
        nonlocal reads
        reads += 1
        return datetime.now(UTC) + by  # noqa: TID251 - the machine's own time

    monkeypatch.setattr(SystemClock, "now", now)
    clock = SystemClock()
    clock.start()
    try:
        until(lambda: reads >= 2, 5)
        assert clock.problems() == []
        by = timedelta(hours=-1)
        until(clock.problems, 5)
        assert [problem.code for problem in clock.problems()] == ["clock.stepped"]
        assert "put back" in str(clock.problems()[0])
        monkeypatch.setattr(clocks, "_TELL_FOR", 0.0)
        assert clock.problems() == []
    finally:
        clock.stop()


@contextmanager
def machine_in(zone: str) -> Iterator[None]:
    """This machine's local zone, changed as an administrator or a phone's network would."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", zone)
        patch.setattr(tzlocal.unix, "_cache_tz", None)
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize("zone", ["America/New_York", "WIB-7", "Nowhere/At_All", ":", "EST5EDT,M3.2.0,M11.1.0"])
@pytest.mark.parametrize("asked", [UTC, ZoneInfo("Asia/Jakarta"), ZoneInfo("America/New_York")], ids=str)
def test_an_alarm_doesnt_ask_for_the_machines_zone(zone: str, asked: tzinfo) -> None:
    """An alarm goes off at its instant in whatever zone the machine is, or thinks that it is."""
    rung = threading.Event()
    with machine_in(zone):
        clock = SystemClock()
        clock.start()
        try:
            clock.wake_at("far", (clock.now() + timedelta(hours=1)).astimezone(asked), lambda: None)
            at = clock.now() + timedelta(seconds=0.05)
            clock.wake_at("near", at.astimezone(asked), rung.set)
            assert rung.wait(5)
            assert clock.now() >= at
        finally:
            clock.stop()


def test_an_alarm_in_the_hour_that_comes_twice() -> None:
    """At the end of summer time elsewhere, an alarm for the second 1:30 waits for the second, and no alarm is moved."""
    zone = ZoneInfo("America/New_York")
    second = datetime(2026, 11, 1, 1, 30, tzinfo=zone, fold=1)
    with machine_in("America/New_York"):
        clock = SystemClock()
        clock.start()
        try:
            clock.wake_at("second", second, lambda: None)
            job = clock._scheduler.get_job("second")
            assert job.next_run_time == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
            assert job.next_run_time.utcoffset() == timedelta(0)
        finally:
            clock.stop()


def test_an_alarm_that_has_gone_off_can_be_cancelled() -> None:
    """Whoever stops doesn't know whether its alarm was quicker; stopping is quiet however many just go off."""
    clock = SystemClock()
    clock.start()
    rung = threading.Event()
    clock.wake_at("once", clock.now(), rung.set)
    assert rung.wait(5)
    clock.cancel("once")
    clock.cancel("once")
    for number in range(50):
        clock.wake_at(f"{number}", clock.now(), rung.set)
    clock.stop()
