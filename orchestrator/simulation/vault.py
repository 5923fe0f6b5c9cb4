"""Recordings of the modelled devices, and an archive that takes each in once nobody writes to it or wants it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

SETTLE = 3.0
"""Seconds that a file must have been left alone, as for the real archive."""


@dataclass(slots=True)
class Recording:
    """One file."""

    path: str
    """Its path, as far as the model has one."""
    venue: str
    """The venue's id."""
    folder: str
    """The name of the occurrence's folder in the spool."""
    kind: Literal["studio", "safety"]
    """Which recorder made it."""
    opened: float
    """Monotonic second."""
    closed: float | None = None
    """Monotonic second; None while it is written."""
    archived: float | None = None
    """Monotonic second; None until it is."""


class Vault:
    """Every file that was ever recorded."""

    def __init__(self) -> None:
        self.recordings: list[Recording] = []
        """In the order of their beginning."""
        self._waiting: list[Recording] = []

    def open(self, venue: str, folder: str, kind: Literal["studio", "safety"], now: float) -> Recording:
        """A new file; its name is never an earlier one's."""
        path = f"{folder}/{kind}/{len(self.recordings) + 1:05}"
        made = Recording(path, venue, folder, kind, now)
        self.recordings.append(made)
        self._waiting.append(made)
        return made

    def last_folder(self, venue: str, kind: Literal["studio", "safety"]) -> str:
        """The folder of the latest file of a venue's recorder; empty where there is none."""
        return next((r.folder for r in reversed(self.recordings) if (r.venue, r.kind) == (venue, kind)), "")

    def take_in(self, busy: Callable[[str, str], bool], now: float) -> float | None:
        """Archive what is due; gives in how many seconds another look may find more, None: only if something happens.

        Args:
            busy: Whether a venue's folder may still be recorded to.
            now: Monotonic second.
        """
        soon: float | None = None
        for recording in tuple(self._waiting):
            if recording.closed is None or busy(recording.venue, recording.folder):
                continue
            left = recording.closed + SETTLE - now
            if left <= 0:
                recording.archived = now
                self._waiting.remove(recording)
            else:
                soon = left if soon is None else min(soon, left)
        return soon

    @property
    def waiting(self) -> bool:
        """Whether anything isn't archived yet."""
        return bool(self._waiting)
