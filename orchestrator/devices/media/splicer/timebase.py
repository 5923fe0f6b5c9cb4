"""The programme's clock: milliseconds since a zero that outlives the splicer, on the machine's clock since its boot."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from orchestrator.clock import Clock
from orchestrator.files import write_anyhow

_LONGEST = 7 * 24 * 3600 * 1000
"""Milliseconds after which a newly started splicer begins at zero again."""
_LEAD = 1000
"""Milliseconds that a first programme begins after zero: sound and reordered pictures lie before its first one."""
_RESUMED = 30.0
"""Seconds since the last note within which a splicer goes on with its forerunner's programme."""


class ProgrammeClock:
    """Milliseconds on the programme's clock."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        zero, noted = self._read()
        self.resumed = noted is not None and self._machine() - noted < _RESUMED * 1000
        """Whether a forerunner sent this programme a moment ago."""
        self._zero = zero if zero is not None else self._machine() - _LEAD
        self.keep()

    def now(self) -> float:
        """The programme's time."""
        return self._machine() - self._zero

    def move(self, by: float) -> None:
        """Move the clock back by some milliseconds, to follow a source that is late; forward where negative."""
        self._zero += by

    def keep(self) -> None:
        """Note the zero for a successor; the programme goes on where that can't be done."""
        text = json.dumps({"boot": self._boot, "zero": self._zero, "noted": self._machine()})
        with suppress(OSError):
            write_anyhow(self._path, text.encode(), synced=False)

    def _machine(self) -> float:
        return self._clock.monotonic() * 1000

    def _read(self) -> tuple[float | None, float | None]:
        try:
            kept = json.loads(self._path.read_text("utf-8"))
            zero, noted = float(kept["zero"]), float(kept["noted"])
            if kept["boot"] != self._boot or not 0 <= self._machine() - zero < _LONGEST:
                return None, None
        except (OSError, ValueError, KeyError, TypeError):
            return None, None
        return zero, noted
