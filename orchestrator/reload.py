"""The files, watched while the service runs: read whole, checked whole, swapped in one step; what is on air stays."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from orchestrator.config.changed import differences
from orchestrator.config.model import Configuration
from orchestrator.config.secrets import FILE as SECRETS
from orchestrator.errors import N_, ConfigError, Problem
from orchestrator.timetable import Timetable, keep_on_air
from orchestrator.worker import Worker

_log = logging.getLogger(__name__)

_LOOK_EVERY = 1.0
"""Seconds between looks at the files."""


class ScheduleKeeper:
    """Reads the files again whenever they change.

    Args:
        files: What is watched.
        read: Reads and checks all of them.
        timetable: Where they are put in force.
        on_air: The ids of events whose occurrence has begun.
        keep: Called when all of what lies on the disk is in force. Whoever keeps a copy of the files as they are then,
            begins with it after a restart and reloads at once, finds what is on air as it was, whatever was done to
            the files meanwhile.
        note: Called when what lies on the disk was read and is right, be all of it in force or not.
    """

    def __init__(
        self,
        files: Sequence[Path],
        read: Callable[[], Configuration],
        timetable: Timetable,
        on_air: Callable[[], Sequence[str]],
        keep: Callable[[], None] = lambda: None,
        note: Callable[[], None] = lambda: None,
    ) -> None:
        self._files = files
        self._read = read
        self._timetable = timetable
        self._on_air = on_air
        self._keep = keep
        self._note = note
        self._lock = threading.Lock()
        self._problems: tuple[Problem, ...] = ()
        self._waiting = False
        self._seen = self._signature()
        self._worker = Worker(
            "schedule", self._look, every=_LOOK_EVERY, at_once=False, failing="a look at the schedule's files failed"
        )

    def start(self) -> None:
        """Begin to watch."""
        self._worker.start()

    def stop(self) -> None:
        """Stop watching."""
        self._worker.stop()

    def problems(self) -> Sequence[Problem]:
        """What is wrong with the files as they lie there, or waits until something is over."""
        return self._problems

    def reload(self) -> Sequence[Problem]:
        """Read everything; put it in force if it is whole, else leave what is. Returns the files' errors."""
        with self._lock:
            try:
                new = self._read()
            except ConfigError as error:
                self._problems = tuple(error.problems)
                _log.warning(
                    "the schedule on disk has %d errors; the last good one stays in force", len(error.problems)
                )
                return self._problems
            old = self._timetable.configuration
            merged = keep_on_air(old, new, self._on_air())
            self._waiting = bool(merged.kept)
            self._problems = tuple(_kept(name) for name in merged.kept)
            for line in differences(old, merged.configuration):
                _log.info("%s", line)
            for line in differences(merged.configuration, new):
                _log.info("waits until it is over: %s", line)
            self._timetable.replace(merged.configuration)
            if not merged.kept:
                self._keep()
            self._note()
            return ()

    def _look(self) -> None:
        signature = self._signature()
        if signature != self._seen:
            self._seen = signature
            self.reload()
        elif self._waiting and not self._on_air():
            self.reload()

    def _signature(self) -> tuple[tuple[str, int, int], ...]:
        found = []
        for top in self._files:
            for path in [*sorted(top.rglob("*.yaml")), top / SECRETS] if top.is_dir() else [top]:
                try:
                    stat = path.stat()
                except OSError:
                    continue
                found.append((str(path), stat.st_mtime_ns, stat.st_size))
        return tuple(found)


def _kept(name: str) -> Problem:
    return Problem(
        "schedule.on-air-kept",
        N_(
            "“{name}” is on air, so its change in the files waits until it is over. "
            "To end it now, use “finish” or “cancel”."
        ),
        {"name": name},
        name,
    )
