"""`orchestrator`, with a machine's clock that a file moves: `python stepped.py FILE run …`.

The clock of the machine itself belongs to everybody on it. Here all that the service's own process reads of the wall
clock is moved by the seconds that the file says, at once when it changes; the steady clocks go on as they are. Programs
that the service starts have the machine's own.
"""

from __future__ import annotations

import sys
import time
from datetime import datetime, tzinfo
from pathlib import Path

import orchestrator.clock
from orchestrator.cli import main

_real = time.time  # noqa: TID251 - it is the one that is moved


class Stepped(datetime):
    """The class whose `now` is asked for the time."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        """The moved time."""
        return datetime.fromtimestamp(time.time(), tz)  # noqa: TID251 - the moved one


def move(file: Path) -> None:
    """Have this process's wall clock moved by what a file says."""
    time.time = lambda: _real() + float(file.read_text())  # noqa: TID251 - see above
    for name in (orchestrator.clock.__name__, "apscheduler.schedulers.base", "apscheduler.executors.base"):
        sys.modules[name].datetime = Stepped  # type: ignore[attr-defined]


if __name__ == "__main__":
    move(Path(sys.argv.pop(1)))
    main()
