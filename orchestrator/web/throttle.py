"""Waits that grow with every failure, so that nobody tries passwords by the thousand."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from orchestrator.clock import Clock

_MOST = 10_000
"""Keys that are remembered; then the longest unused go."""
_FORGET = 3600.0
"""Seconds without a failure after which a key starts anew."""


@dataclass(slots=True)
class _Tries:
    failures: int
    last: float
    until: float


class Throttle:
    """Counts failures by key. Not safe for several threads: its owner lets one in at a time."""

    def __init__(self, clock: Clock, *, free: int, longest: float) -> None:
        """Begin with nobody waiting.

        Args:
            clock: time.
            free: failures without a wait.
            longest: seconds that a wait never exceeds; the first is 1 s, and each doubles.
        """
        self._clock = clock
        self._free = free
        self._longest = longest
        self._tries: OrderedDict[str, _Tries] = OrderedDict()

    def wait(self, key: str) -> float:
        """Seconds until the key may try again."""
        found = self._tries.get(key)
        return 0.0 if found is None else max(0.0, found.until - self._clock.monotonic())

    def failed(self, key: str) -> bool:
        """Count a failure; whether it is the first that must wait."""
        now = self._clock.monotonic()
        found = self._tries.pop(key, None)
        failures = 1 if found is None or now - found.last > _FORGET else found.failures + 1
        over = failures - self._free
        pause = min(2.0 ** min(over - 1, 30), self._longest) if over > 0 else 0.0
        self._tries[key] = _Tries(failures, now, now + pause)
        while len(self._tries) > _MOST:
            self._tries.popitem(last=False)
        return over == 1

    def succeeded(self, key: str) -> None:
        """Let the key start anew."""
        self._tries.pop(key, None)
