"""What was promised and what was measured: the rows of the table in docs/reliability.md."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType

FILE = "FAULTS_MEASURED"
"""The environment's name of the file that the rows are written to, for `tools.reliability`."""
_BUSY = 2
"""How many times the promised seconds a run may take that writes no rows: a test of the suite, on a machine that may be
slow for an hour, must not fail for what OBS needs to start."""


@dataclass(frozen=True, slots=True)
class Row:
    """One promise, held against one measurement."""

    fault: str
    """What was done."""
    what: str
    """What was looked at: `slate at the sinks`."""
    promise: str
    """What was promised of it: `within 0.5 s`."""
    measured: str
    """What was found: `0.21 s`."""
    held: bool
    """Whether the promise was kept."""

    def __str__(self) -> str:
        verdict = "held" if self.held else "BROKEN"
        return f"{self.fault}: {self.what}, promised {self.promise}, measured {self.measured} ({verdict})"


class Rows:
    """All rows of one run of the tests.

    Args:
        file: Where they are written to; None: nowhere, and times may be longer than promised (see _BUSY).
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self.patience = _BUSY if file is None else 1
        self._rows: list[Row] = []

    @property
    def all(self) -> tuple[Row, ...]:
        """In the order in which they were measured."""
        return tuple(self._rows)

    def add(self, row: Row) -> None:
        """Keep a row; the file is whole after each, so that a run that is cut off has what it measured."""
        self._rows.append(row)
        if self._file is not None:
            self._file.write_text(json.dumps([asdict(each) for each in self._rows], indent=1, ensure_ascii=False))


class Measured:
    """The measurements of one fault; at the end of the `with` every broken promise is told at once."""

    def __init__(self, fault: str, rows: Rows) -> None:
        self._fault = fault
        self._rows = rows
        self._own: list[Row] = []

    def __enter__(self) -> Measured:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if kind is None:
            broken = [row for row in self._own if not row.held]
            assert not broken, "\n".join(map(str, self._own))
        elif error is not None and self._own:
            error.add_note("\n".join(map(str, self._own)))

    def at_most(self, what: str, seconds: float | Iterable[float], most: float, *, unit: str = "s") -> None:
        """The worst of these figures may be so much. Milliseconds are given in seconds too; they aren't of speed."""
        patience = self._rows.patience if unit == "s" else 1
        worst = seconds if isinstance(seconds, float | int) else max(seconds, default=math.inf)
        promise = f"at most {_figure(most, unit)}"
        self._keep(what, promise, "never" if math.isinf(worst) else _figure(worst, unit), worst <= most * patience)

    def none(self, what: str, counts: int | Iterable[int]) -> None:
        """None of these may be there."""
        found = counts if isinstance(counts, int) else sum(counts)
        self._keep(what, "none", str(found), found == 0)

    def equal(self, what: str, found: object, expected: object) -> None:
        """It must be exactly this."""
        self._keep(what, _words(expected), _words(found), found == expected)

    def holds(self, what: str, promise: str, held: bool, found: str = "") -> None:
        """A promise that isn't a figure."""
        self._keep(what, promise, found or ("so" if held else "not so"), held)

    def note(self, what: str, found: str) -> None:
        """A figure that nothing was promised of."""
        self._keep(what, "nothing", found, held=True)

    def _keep(self, what: str, promise: str, found: str, held: bool) -> None:
        row = Row(self._fault, what, promise, found, held)
        self._own.append(row)
        self._rows.add(row)


def rows_of_run() -> Rows:
    """The rows of this run, written to the file that the environment names, if it names one."""
    name = os.environ.get(FILE)
    return Rows(Path(name) if name else None)


def _figure(seconds: float, unit: str) -> str:
    if unit == "ms":
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.2f} s" if seconds % 1 or seconds < 1 else f"{seconds:.0f} s"


def _words(value: object) -> str:
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(map(str, value)) or "nothing"
    return str(value)
