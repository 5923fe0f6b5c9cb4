"""A clock that stands still until a test moves it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

START = datetime(2027, 8, 17, 0, 0, tzinfo=UTC)


class ManualClock:
    """Moves only by `forward`; alarms go off on the way, in order."""

    def __init__(self, now: datetime = START) -> None:
        self._now = now
        self._elapsed = 0.0
        self._alarms: dict[str, tuple[datetime, Callable[[], None]]] = {}

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._elapsed

    def sleep(self, seconds: float) -> None:
        self.forward(seconds)

    def wake_at(self, key: str, at: datetime, call: Callable[[], None]) -> None:
        self._alarms[key] = (at, call)

    def cancel(self, key: str) -> None:
        self._alarms.pop(key, None)

    def forward(self, seconds: float) -> None:
        target = self._now + timedelta(seconds=seconds)
        while due := sorted((at, key) for key, (at, _) in self._alarms.items() if at <= target):
            at, key = due[0]
            self._move(max(at, self._now))
            self._alarms.pop(key)[1]()
        self._move(target)

    def step(self, seconds: float) -> None:
        """The wall clock jumps; no time passes."""
        self._now += timedelta(seconds=seconds)

    def _move(self, to: datetime) -> None:
        self._elapsed += (to - self._now).total_seconds()
        self._now = to
