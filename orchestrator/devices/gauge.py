"""What is asked of a disk by a thread of its own: one that hangs (a dead network disk) holds up nobody who asks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

_FIRST = 1.0
"""Seconds that the first measurement is waited for: nothing is known before."""
_PATIENCE = 0.05
"""Seconds that a later one is waited for, once; a sound disk answers in less than one thousandth."""


class Gauge(Generic[T]):
    """Measures one thing, or does one and says what came of it. Safe to use from any thread.

    Args:
        measure: Takes a measurement, never None; it may hang, and may not raise.
        first: Seconds that the first one is waited for.
    """

    def __init__(self, measure: Callable[[], T], *, first: float = _FIRST) -> None:
        self._measure = measure
        self._patience = first
        self._lock = threading.Lock()
        self._done: threading.Event | None = None
        self._latest: T | None = None

    def look(self) -> T | None:
        """A measurement of now; None where the disk doesn't answer. At most one is under way."""
        with self._lock:
            patience = 0.0
            if self._done is None:
                self._done = threading.Event()
                patience, self._patience = self._patience, min(self._patience, _PATIENCE)
                threading.Thread(target=self._run, args=(self._done,), name="gauge", daemon=True).start()
            if not self._done.wait(patience):
                return None
            self._done = None
            return self._latest

    def _run(self, done: threading.Event) -> None:
        self._latest = self._measure()
        done.set()
