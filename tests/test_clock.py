"""What the clock notices of itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

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
