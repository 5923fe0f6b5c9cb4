"""Where the service's log goes: a file that rotates, and stderr in plain text."""

from __future__ import annotations

import logging
import os
import sys
import threading
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

from orchestrator.cli import problems
from orchestrator.cli.problems import CommandError

_SIZE = 10 * 1024 * 1024
"""Bytes of a log until the next is begun."""
_KEPT = 10
"""How many older ones are kept."""
_LOUD = ("httpx", "httpcore", "uvicorn", "apscheduler", "obswebsocket", "websocket", "asyncio", "multipart")
"""Libraries that talk too much, some of them about passwords."""


class Plain(logging.Formatter):
    """One line an entry: time with offset and milliseconds, level, where, what."""

    def __init__(self, *, timed: bool = True) -> None:
        super().__init__(
            "%(asctime)s %(levelname)-7s %(name)s: %(message)s" if timed else "%(levelname)s %(name)s: %(message)s"
        )

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: ARG002, N802 - logging's own
        """Local time in ISO 8601."""
        return datetime.fromtimestamp(record.created, UTC).astimezone().isoformat(timespec="milliseconds")

    def format(self, record: logging.LogRecord) -> str:
        """The entry; line breaks in a message can't forge another entry."""
        record.name = record.name.removeprefix("orchestrator.")
        lines = super().format(record).split("\n")
        return "\n    ".join(lines)


class _File(RotatingFileHandler):
    """A file that may not grow, on a full disk: what it lacks is on stderr, with no traceback for each line."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own
        """Nothing is done."""


def log_to(folder: Path, name: str = "orchestrator.log") -> None:
    """Log to a file in `folder`, and to stderr."""
    path = folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = _File(path, maxBytes=_SIZE, backupCount=_KEPT, encoding="utf-8")
    except OSError as error:
        raise CommandError(problems.unwritable(path, error.strerror or str(error))) from error
    file.setFormatter(Plain())
    screen = logging.StreamHandler(sys.stderr)
    # The journal has a clock of its own.
    screen.setFormatter(Plain(timed="JOURNAL_STREAM" not in os.environ))
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    root.handlers[:] = [file, screen]
    for library in _LOUD:
        logging.getLogger(library).setLevel(logging.WARNING)
    threading.excepthook = _log_dead_thread


def _log_dead_thread(death: threading.ExceptHookArgs) -> None:
    """A thread that dies of a fault says so in the log, where somebody looks."""
    name = death.thread.name if death.thread else "?"
    trace = (death.exc_type, death.exc_value or death.exc_type(), death.exc_traceback)
    logging.getLogger("orchestrator").critical("the thread %s died", name, exc_info=trace)
