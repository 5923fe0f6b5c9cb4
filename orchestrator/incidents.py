"""Problems over time: said once when they start, once when they end, and kept."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

from orchestrator.catalogue.records import Incident
from orchestrator.errors import Problem
from orchestrator.status import StandingProblem

_log = logging.getLogger(__name__)

_ALL_HAVE_LOOKED = timedelta(seconds=60)
"""How long after a start a problem of before may still be said again: devices come back one after the other."""


class IncidentRows(Protocol):
    """Where incidents are kept."""

    def begin(self, code: str, where: str, message: str, at: datetime) -> object:
        """A problem started."""

    def end(self, code: str, where: str, at: datetime) -> object:
        """A problem ended."""


class IncidentBook:
    """What is wrong now, by who says so.

    Args:
        rows: Where incidents are kept.
        lasting: What lasted when the service before this one ended: said again it goes on, else it is over.
    """

    def __init__(self, rows: IncidentRows, lasting: Iterable[Incident] = ()) -> None:
        self._rows = rows
        self._left = {(incident.code, incident.where): incident for incident in lasting}
        self._began: datetime | None = None
        self._lock = threading.Lock()
        self._standing: dict[str, dict[tuple[str, str], StandingProblem]] = {}

    def update(self, owner: str, problems: Iterable[Problem], now: datetime) -> tuple[StandingProblem, ...]:
        """Replace what `owner` says is wrong; the difference is logged and kept. Returns what stands, oldest first.

        What two owners say of one place is one problem: it begins with the first and ends with the last.
        """
        current = {problem.key: problem for problem in problems}
        with self._lock:
            before = self._standing.setdefault(owner, {})
            if not (current or before or self._left):
                return ()
            others = {key for name, found in self._standing.items() if name != owner for key in found}
            known = before.keys() | others | self._left.keys()
            started = [problem for key, problem in current.items() if key not in known]
            ended = [standing.problem for key, standing in before.items() if key not in current and key not in others]
            self._standing[owner] = {
                key: StandingProblem(problem, before[key].since if key in before else self._since(key, now))
                for key, problem in current.items()
            }
            over = self._not_said_again(now)
            standing = tuple(sorted(self._standing[owner].values(), key=lambda entry: entry.since))
        for incident in over:
            _log.info("over: %s [%s]", incident.message, incident.code)
            self._rows.end(incident.code, incident.where, now)
        for problem in started:
            _log.warning("%s [%s]", problem, problem.code)
            self._rows.begin(problem.code, problem.where, str(problem), now)
        for problem in ended:
            _log.info("over: %s [%s]", problem, problem.code)
            self._rows.end(problem.code, problem.where, now)
        return standing

    def _since(self, key: tuple[str, str], now: datetime) -> datetime:
        """When a problem that is said for the first time began: it may have lasted over a restart."""
        left = self._left.pop(key, None)
        return now if left is None else left.since

    def _not_said_again(self, now: datetime) -> list[Incident]:
        """What lasted before the restart and isn't there any more, once everybody has had the time to look."""
        self._began = min(self._began or now, now)  # the clock may be put back, most of all just after a boot
        if not self._left or now - self._began < _ALL_HAVE_LOOKED:
            return []
        over, self._left = list(self._left.values()), {}
        return over
