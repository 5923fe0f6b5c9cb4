"""Writes that wait in memory until the disk takes them: operators' changes first, then the lines of the logs."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import Connection

_MOST_LINES = 20_000
"""Lines that are kept; then the oldest go."""

Work: TypeAlias = Callable[[Connection], None]
"""A write, as a function of its connection."""


@dataclass(slots=True, eq=False)
class Write:
    """One write, done once: at once, or later."""

    work: Work
    """Does it; it MAY be called again after a failure."""
    durable: bool
    """Whether it is an operator's change: it goes before all lines, waits for the disk, and is never given up."""
    written: bool = False
    """Whether it is in the database, for good."""
    failure: Exception | None = None
    """Why it never can be."""

    @property
    def ended(self) -> bool:
        """Whether nothing more becomes of it."""
        return self.written or self.failure is not None


class WaitingWrites:
    """Two queues; safe to use from any thread, each taken from by one at a time."""

    def __init__(self) -> None:
        self._changes: deque[Write] = deque()
        self._lines: deque[Write] = deque()

    def add(self, write: Write) -> None:
        """Put a write at the end of its queue."""
        queue = self._changes if write.durable else self._lines
        if not write.durable and len(queue) >= _MOST_LINES:
            queue.popleft()
        queue.append(write)

    def first(self, *, changes: bool = True) -> Write | None:
        """What is to be written next; without `changes` the next line."""
        if changes and self._changes:
            return self._changes[0]
        return self._lines[0] if self._lines else None

    def done(self, write: Write) -> None:
        """Take a write out that was first: it is written, or never can be."""
        queue = self._changes if write.durable else self._lines
        if queue and queue[0] is write:  # the oldest line may have gone meanwhile, for one too many
            queue.popleft()

    @property
    def changes(self) -> int:
        """How many operators' changes wait."""
        return len(self._changes)

    @property
    def lines(self) -> int:
        """How many lines wait."""
        return len(self._lines)


class Rounds:
    """The rounds of the one who writes, and those who wait for it; safe to use from any thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._begun = 0
        self._ended = 0
        self.overdue = 0.0
        """Seconds that somebody has waited in vain, the most since anything was last heard of the writer."""

    @contextmanager
    def one(self) -> Iterator[None]:
        """One round: what was queued before it begins is tried in it."""
        with self._changed:
            self._begun += 1
        try:
            yield
        finally:
            with self._changed:
                self._ended = self._begun
            self.told()

    def told(self) -> None:
        """The writer is heard of: a write has ended, or was tried."""
        with self._changed:
            self.overdue = 0.0
            self._changed.notify_all()

    def wait(self, write: Write | None, patience: float, wake: Callable[[], None]) -> None:
        """Wake the writer, and wait until a queued write has ended or was tried, but not longer than `patience`, s.

        None: until all that is queued was tried. It isn't waited for where as long a wait was in vain just now.
        """
        with self._changed:
            mine = self._begun + 1
            wake()
            if patience <= self.overdue:
                return
            if not self._changed.wait_for(lambda: self._ended >= mine or (write is not None and write.ended), patience):
                self.overdue = max(self.overdue, patience)
