"""The only code that reads the clock, and the only importer of APScheduler."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger

from orchestrator.errors import N_, Problem
from orchestrator.worker import Worker

_log = logging.getLogger(__name__)

_STEP_CHECK = 0.25
"""Seconds between looks for a clock step or a suspend, which APScheduler's own sleep can't see."""


_AT_ONCE = 0.1
"""Seconds within which the clocks must have been read to be compared."""
_LEAST_JUMP = 1.5
"""Seconds by which a clock must be off from one look to the next; what is corrected bit by bit never is."""
_TELL_FOR = 600.0
"""Seconds for which a jump is told as a problem."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The machine's clocks at one moment, in seconds."""

    wall: float
    """Since the epoch; people and time servers put it."""
    steady: float
    """Counts on while the machine sleeps."""
    awake: float
    """Stands still while the machine sleeps."""


def jump(before: Reading, after: Reading) -> Problem | None:
    """What has happened to the clocks between two looks: the wall clock was put, or the machine slept."""
    asleep = (after.steady - before.steady) - (after.awake - before.awake)
    put = (after.wall - before.wall) - (after.steady - before.steady)
    if abs(put) >= _LEAST_JUMP:
        return _stepped(put)
    if asleep >= _LEAST_JUMP:
        return Problem(
            "clock.slept",
            N_(
                "This machine slept for {length}; what should be on now is on again: "
                "turn off sleep in its power settings, or events are missed"
            ),
            {"length": _length(asleep)},
        )
    return None


def _stepped(by: float) -> Problem:
    template = N_(
        "The clock of this machine was put forward by {length}; the schedule goes by the new time: "
        "see that it is right, and that the machine gets its time from a time server"
    )
    if by < 0:
        template = N_(
            "The clock of this machine was put back by {length}; the schedule goes by the new time, and what is on "
            "air stays: see that the time is right, and that the machine gets it from a time server"
        )
    return Problem("clock.stepped", template, {"length": _length(abs(by))})


def _length(seconds: float) -> str:
    hours, rest = divmod(round(seconds), 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}"


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
        self._jumped: tuple[Problem, float] | None = None
        self._before: Reading | None = None
        self._nudger = Worker(
            "clock-nudge", self._nudge, every=_STEP_CHECK, failing="the clock couldn't be looked at", within=2
        )

    def start(self) -> None:
        """Begin to wake callers."""
        self._scheduler.start()
        self._nudger.start()

    def stop(self) -> None:
        """Wake nobody any more."""
        self._nudger.stop()
        if self._scheduler.running:
            self._scheduler.pause()
            self._scheduler.remove_all_jobs()  # waits for an alarm that is going off, which would stumble over the end
            self._scheduler.shutdown(wait=False)

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
        # Without a zone, the trigger asks for this machine's, which may be one that it doesn't know, or change.
        trigger = DateTrigger(at.astimezone(UTC), timezone=UTC)
        self._scheduler.add_job(call, trigger, id=key, replace_existing=True)

    def cancel(self, key: str) -> None:
        """Forget `key`'s alarm."""
        with suppress(JobLookupError):  # it has gone off
            self._scheduler.remove_job(key)

    def problems(self) -> Sequence[Problem]:
        """What has happened to the machine's clock in the last minutes."""
        found = self._jumped
        return [found[0]] if found is not None and self.monotonic() - found[1] < _TELL_FOR else []

    def _nudge(self) -> None:
        self._scheduler.wakeup()
        before, self._before = self._before, self._reading()
        found = None if before is None else jump(before, self._before)
        if found is not None:
            if self.problems():
                _log.warning("%s", found)  # the first one is logged as the problem that it is from now on
            self._jumped = (found, self._before.steady)

    def _reading(self) -> Reading:
        """All clocks at one moment: if this process was stopped in between, again."""
        while True:
            steady = self.monotonic()
            found = Reading(self.now().timestamp(), steady, time.monotonic())
            if self.monotonic() - steady < _AT_ONCE:
                return found


class VirtualClock:
    """A clock that stands still until it is moved, for running through years in seconds.

    Its alarms go off when `ring` is called, never by themselves: whoever moves it decides what happens in between.
    """

    def __init__(self, now: datetime) -> None:
        self._start = now
        self._elapsed = 0.0
        self._now: datetime | None = now
        self._first: datetime | None = None
        self._alarms: dict[str, tuple[datetime, Callable[[], None]]] = {}

    def now(self) -> datetime:
        """The wall clock, aware, in UTC."""
        if self._now is None:
            self._now = self._start + timedelta(seconds=self._elapsed)
        return self._now

    def monotonic(self) -> float:
        """Seconds since the beginning; `step` doesn't change them."""
        return self._elapsed

    def sleep(self, seconds: float) -> None:
        """Move on."""
        self.move_to(self._elapsed + seconds)

    def wake_at(self, key: str, at: datetime, call: Callable[[], None]) -> None:
        """Have `ring` call `call` at `at`; see Clock."""
        self._alarms[key] = (at, call)
        self._first = None

    def cancel(self, key: str) -> None:
        """Forget `key`'s alarm."""
        self._alarms.pop(key, None)
        self._first = None

    def move_to(self, elapsed: float) -> None:
        """Go to a monotonic second; never back."""
        if elapsed > self._elapsed:
            self._elapsed, self._now = elapsed, None

    def step(self, by: timedelta) -> None:
        """Put the wall clock forward or back; no time passes."""
        self._start, self._now = self._start + by, None

    def next_alarm(self) -> float | None:
        """The monotonic second of the next alarm, one that is overdue included; None where there is none."""
        if not self._alarms:
            return None
        if self._first is None:
            self._first = min(at for at, _ in self._alarms.values())
        left = (self._first - self.now()).total_seconds()
        return self._elapsed + max(left, 0.0)

    def ring(self) -> None:
        """Let the alarms that are due go off, in order."""
        now = self.now()
        if self._first is not None and self._first > now:
            return
        self._first = None
        due = sorted((at, key) for key, (at, _) in self._alarms.items() if at <= now)
        for _, key in due:
            _, call = self._alarms.pop(key)
            call()
