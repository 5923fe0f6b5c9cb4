"""What is known of operators' changes without the database: those read last, and those that it doesn't have yet."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from orchestrator.catalogue.records import ChangeRecord
from orchestrator.catalogue.waiting import Write


class Remembered:
    """Changes by their numbers; safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[int, tuple[ChangeRecord, Write]] = {}
        self._known: dict[int, ChangeRecord] | None = None
        self._notes = 0

    def note(self, record: ChangeRecord, write: Write) -> None:
        """A change is made or undone; it is in the database once `write` is written."""
        with self._lock:
            self._notes += 1
            self._waiting[record.change.id] = record, write
            if self._known is not None:
                self._known[record.change.id] = record

    def waiting(self) -> tuple[dict[int, ChangeRecord], int]:
        """Those that the database doesn't have yet, and how often anything was noted.

        Whoever adds them to what they read MUST ask before they read: what is written meanwhile is then in both.
        """
        with self._lock:
            self._waiting = {number: found for number, found in self._waiting.items() if not found[1].written}
            return {number: record for number, (record, _) in self._waiting.items()}, self._notes

    def learn(self, records: Mapping[int, ChangeRecord], notes: int) -> None:
        """All that counts was read; `notes` as it was before, since it doesn't hold what was made meanwhile."""
        with self._lock:
            if notes == self._notes:
                self._known = dict(records)

    @property
    def known(self) -> dict[int, ChangeRecord] | None:
        """What counted when the database could be read last, with all that was made since; None: never read."""
        with self._lock:
            return None if self._known is None else dict(self._known)
