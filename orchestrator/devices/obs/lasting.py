"""A condition that is told of only once it has lasted. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Lasting:
    """Tells of a condition only once it has lasted, and of its end only once that has. Not safe for threads."""

    seconds: float
    """How long it must last."""
    _seen: bool = False
    _since: float = 0.0
    _told: bool = False

    def tell(self, seen: bool, now: float) -> bool:
        """Whether it is to be told of, given whether it is seen at this monotonic second."""
        if seen is not self._seen:
            self._seen, self._since = seen, now
        if now - self._since >= self.seconds:
            self._told = seen
        return self._told
