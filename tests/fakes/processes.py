"""Running programs, written down for as long as a test runs."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from orchestrator.catalogue.records import ProcessRow


class MemoryStore:
    """A process store in a dictionary."""

    def __init__(self) -> None:
        self.rows: dict[str, ProcessRow] = {}
        self._lock = threading.Lock()

    def put(self, row: ProcessRow) -> None:
        with self._lock:
            self.rows[row.key] = row

    def drop(self, key: str) -> None:
        with self._lock:
            self.rows.pop(key, None)

    def all(self) -> Sequence[ProcessRow]:
        with self._lock:
            return tuple(self.rows.values())
