"""The work of a running program, as its reports show it: only an advance of its work counts. Pure: times are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

FRESH = 3.0
"""Seconds since its last advance within which a program counts as doing its work."""
_TAKEN_AFTER = 5.0
"""Seconds from its start after which a program that can't tell of its work is taken to do it: it would have ended."""
_OWN_PAUSE = 1.0
"""Seconds between two looks beyond which the keeper itself stood still, so that nothing can be said of the program."""


@dataclass(frozen=True, slots=True)
class Beat:
    """One look at a program's work."""

    mark: object
    """What changes while work is done."""
    working: bool
    """Whether any work has been done at all."""
    data: object = None
    """The report itself, for whoever shows it."""


class Pulse(Protocol):
    """How a program's work is seen."""

    def read(self, files: Mapping[str, str]) -> Beat | None:
        """The latest look, given the paths of the program's launch; None where there is none yet. MUST NOT block."""


class Heartbeat:
    """The work of one program, launch by launch. Times are monotonic seconds."""

    def __init__(self, pulse: Pulse) -> None:
        self._pulse = pulse
        self.latest: Beat | None = None
        """The latest look at this launch's work."""
        self._at = self._began = 0.0
        self._looked_at: float | None = None
        self._advanced_at: float | None = None
        self._working_since: float | None = None
        self.unheard = False
        """Whether it can't tell of its work, and is taken to go on with it."""

    def began(self, now: float, files: Mapping[str, str] | None = None) -> None:
        """A launch began, or was found running with these files."""
        self.latest = self._pulse.read(files) if files is not None else None
        self._at, self._began, self.unheard = now, now, False

    def ended(self) -> None:
        """The program is gone."""
        self.latest = self._advanced_at = self._working_since = None

    def round(self, now: float) -> None:
        """The keeper goes round again: where it stood still itself, nothing can be said of that time."""
        if self._looked_at is not None and now - self._looked_at > _OWN_PAUSE:
            self._at += now - self._looked_at
        self._looked_at = now

    def look(self, files: Mapping[str, str], now: float, *, hold: bool, unheard: bool) -> bool:
        """Look at its work; True where it has advanced in it.

        An ffmpeg that couldn't tell of its work once never does again. It isn't blamed for that, and is soon taken to
        work: where it can't go on, it ends by itself.
        """
        beat, before = self._pulse.read(files), self.latest
        self.latest = beat or before
        if beat is not None and (before is None or beat.mark != before.mark):
            self._at, self.unheard = now, False
            if beat.working:
                self._advanced_at = now
                self._working_since = now if self._working_since is None else self._working_since
            return beat.working
        if hold or unheard or self.unheard:
            self._at = now
            self.unheard = self.unheard or unheard
            if self.unheard and not hold and self._working_since is None and now - self._began > _TAKEN_AFTER:
                self._working_since = self._advanced_at = now
                return True
        return False

    def still_for(self, now: float) -> float:
        """Seconds that it has stood still, without an excuse."""
        return now - self._at

    def working_for(self, now: float) -> float:
        """Seconds since this launch's first work."""
        return now - self._working_since if self._working_since is not None else 0.0

    def is_fresh(self, now: float) -> bool:
        """Whether it has advanced within the last moments, or is taken to have."""
        return self.unheard or (self._advanced_at is not None and now - self._advanced_at < FRESH)
