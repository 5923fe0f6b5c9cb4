"""What is done to a simulated station, as data: a list of it can be repeated, shortened and told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from orchestrator.devices.media.splicer.judge import Fault as RelayFault


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is done."""

    kind: str
    """What is done: a key of strikes.KINDS."""
    at: float
    """Seconds after the simulation's beginning."""
    venue: str = ""
    """Whose device it strikes, or which venue's people act; empty for what strikes all."""
    lasts: float = 0.0
    """Seconds."""
    what: str = ""
    """Which request, program, destination, scene, change: as its kind takes it."""
    amount: float = 0.0
    """How much: seconds of delay or of a clock's step, the step of work at which the orchestrator dies."""

    def __str__(self) -> str:
        parts = [self.kind, self.what, f"{self.amount:g}" if self.amount else ""]
        lasts = f"for {self.lasts:g} s" if self.lasts else ""
        return " ".join(part for part in (*parts, lasts) if part)


RELAY_FAULTS: Mapping[str, RelayFault] = MappingProxyType({str(fault): fault for fault in RelayFault})
"""What is wrong with a relay that goes on sending."""
