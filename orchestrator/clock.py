"""The only code that reads the clock, and the only importer of APScheduler."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger

_STEP_CHECK = 0.25
"""Seconds between looks for a clock step or a suspend, which APScheduler's own sleep can't see."""


class Clock(Protocol):
    """Time, as everything else asks for it."""

    def now(self) -> datetime:
        """The wall clock, aware, in UTC."""

    def monotonic(self) -> float:
        """Seconds that never go back; only differences mean anything."""

    def sleep(self, seconds: float) -> None:
        """Wait."""

    def wake_at(self, key: str, at: datetime, call: Callable[[], None]) -> None:
        """Call `call` once at `at` (at once if that is past), in place of whatever `key` was to be woken for.

        `call` MUST be quick: it sets an event. It MUST NOT carry meaning: who is woken looks at the clock again.
        """

    def cancel(self, key: str) -> None:
        """Forget what `key` was to be woken for."""


class SystemClock:
    """The machine's clock, with APScheduler as its alarm."""

    def __init__(self) -> None:
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            jobstores={"default": MemoryJobStore()},
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={"misfire_grace_time": None, "coalesce": True},
        )
        self._stopped = threading.Event()
        self._nudger = threading.Thread(target=self._nudge, name="clock-nudge", daemon=True)

    def start(self) -> None:
        """Begin to wake callers."""
        self._scheduler.start()
        self._nudger.start()

    def stop(self) -> None:
        """Wake nobody any more."""
        self._stopped.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        if self._nudger.is_alive():
            self._nudger.join(timeout=2)

    def now(self) -> datetime:
        """The wall clock, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that never go back; they count on while the machine sleeps."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    def wake_at(self, key: str, at: datetime, call: Callable[[], None]) -> None:
        """Call `call` at `at`; see Clock."""
        self._scheduler.add_job(call, DateTrigger(at), id=key, replace_existing=True)

    def cancel(self, key: str) -> None:
        """Forget `key`'s alarm."""
        if self._scheduler.get_job(key) is not None:
            self._scheduler.remove_job(key)

    def _nudge(self) -> None:
        while not self._stopped.wait(_STEP_CHECK):
            self._scheduler.wakeup()
