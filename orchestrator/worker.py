"""A thread that goes round until it is told to stop: named, woken, ended in time, alive whatever a turn does."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from contextlib import suppress

_log = logging.getLogger(__name__)


class Worker:
    """Does a turn at once, then again every few seconds and whenever it is woken. Safe to use from any thread.

    A turn that fails is told in the log once until one has succeeded again; the turns go on.

    Args:
        name: The thread's.
        turn: One turn; it may say how many seconds there are until the next one, instead of `every`.
        every: Seconds from the end of a turn to the next.
        failing: What the log says of a turn that fails.
        within: Seconds that `stop` waits for a turn to end.
        at_once: Whether the first turn is made at once, rather than after `every` or when it is woken.
        niceness: Of the thread, 0 to 19: how far it stands back for others.
        stopping: Set from outside as well where others end with it.
    """

    def __init__(
        self,
        name: str,
        turn: Callable[[], float | None],
        *,
        every: float,
        failing: str,
        within: float = 5.0,
        at_once: bool = True,
        niceness: int = 0,
        stopping: threading.Event | None = None,
    ) -> None:
        self._turn = turn
        self._every = every
        self._failing = failing
        self._within = within
        self._at_once = at_once
        self._niceness = niceness
        self._stopping = stopping or threading.Event()
        self._woken = threading.Event()
        self._failed = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Begin no other turn, and wait for the one under way to end, but not longer than it may take."""
        self._stopping.set()
        self._woken.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(self._within)

    def wake(self) -> None:
        """Make a turn now; during one, another after it."""
        self._woken.set()

    @property
    def is_stopping(self) -> bool:
        """Whether it was told to stop."""
        return self._stopping.is_set()

    def rest(self, seconds: float) -> None:
        """In a turn: wait, or until it is to stop."""
        self._stopping.wait(seconds)

    def _run(self) -> None:
        if self._niceness:
            with suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), self._niceness)
        wait = 0.0 if self._at_once else self._every
        while True:
            self._woken.wait(wait)
            self._woken.clear()
            if self._stopping.is_set():
                return
            wait = self._guarded_turn()

    def _guarded_turn(self) -> float:
        again: float | None = None
        try:
            again = self._turn()
            self._failed = False
        except Exception:  # noqa: BLE001 - whoever looks after something may not end with one mistake
            if not self._failed:
                _log.exception("%s", self._failing)
            self._failed = True
        return self._every if again is None else again
