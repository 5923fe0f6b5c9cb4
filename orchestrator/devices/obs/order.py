"""What became of an order to OBS's recording or stream, which OBS accepts whether or not anything comes of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from orchestrator.devices.obs.state import Output

SILENT_AFTER = 5.0
"""Seconds without any word of a start after which it is a problem; a start takes under one."""


@dataclass(slots=True)
class Order:
    """What became of the last order to one output. Not safe for threads."""

    wanted: bool = False
    """Whether it was told to run."""
    asked_at: float = 0.0
    """Monotonic second of the order."""
    failed: bool = False
    """Whether it ended by itself; kept when OBS is connected to anew, where what was seen begins anew."""
    _last: Output = Output.OFF

    def ask(self, on: bool, now: float) -> None:
        """It is told to run, or to end."""
        if on != self.wanted:
            self.failed = False
        self.wanted, self.asked_at = on, now

    def see(self, state: Output) -> None:
        """It was seen in a state."""
        if state is Output.LIVE:
            self.failed = False
        elif state is Output.OFF and self._last is not Output.OFF and self.wanted:
            self.failed = True
        self._last = state

    def trouble(self, now: float) -> Literal["failed", "silent"] | None:
        """`failed`, `silent`, or None where all is well."""
        if not self.wanted or self._last is Output.LIVE:
            return None
        if self.failed:
            return "failed"
        return "silent" if self._last is Output.OFF and now - self.asked_at > SILENT_AFTER else None
