"""What the service's log says of a fault: that it began, and that it is over."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tests.real.faults.rows import Measured
from tests.real.stage import Stage

_TOLD = re.compile(r" incidents: (?P<over>over: )?(?P<text>.*) \[(?P<code>[\w.-]+)\]$")
"""A line that says that a problem began or is over."""


class Log:
    """The lines that the service's log gets from now on.

    Args:
        stage: The broadcast; its service has been started.
        whole: Those that it has already count too.
    """

    def __init__(self, stage: Stage, *, whole: bool = False) -> None:
        self._file = stage.station.data / "logs" / "orchestrator.log"
        self._since = 0 if whole else self._file.stat().st_size

    def lines(self, words: str = "") -> list[str]:
        """Those that have these words in them."""
        with self._file.open("rb") as file:
            file.seek(self._since)
            return [line for line in file.read().decode().splitlines() if words in line]

    def told(self, where: str = "") -> Mapping[str, tuple[int, int]]:
        """How often each problem was said to begin and to be over, by code; `where` leaves out other places'."""
        found: dict[str, tuple[int, int]] = {}
        for line in self.lines():
            words = _TOLD.search(line)
            if words is not None and words["text"].startswith(f"{where}: " if where else ""):
                begun, over = found.get(words["code"], (0, 0))
                found[words["code"]] = (begun, over + 1) if words["over"] else (begun + 1, over)
        return found

    def once(self, m: Measured, *codes: str, where: str = "", lasts: bool = False) -> None:
        """Each of these problems must have been said to begin once and to be over once, or not yet where it lasts."""
        told = self.told(where)
        found = [_words(code, told.get(code, (0, 0))) for code in codes]
        m.equal("lines of the log", found, [_words(code, (1, 0 if lasts else 1)) for code in codes])


def _words(code: str, lines: tuple[int, int]) -> str:
    return f"{code}: {lines[0]} begin, {lines[1]} end"
