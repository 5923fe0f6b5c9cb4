"""Problems over time: said once when they start, once when they end, and kept."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from orchestrator.errors import Problem
from orchestrator.status import StandingProblem

_log = logging.getLogger(__name__)


class IncidentRows(Protocol):
    """Where incidents are kept."""

    def begin(self, code: str, where: str, message: str, at: datetime) -> object:
        """A problem started."""

    def end(self, code: str, where: str, at: datetime) -> object:
        """A problem ended."""


class IncidentBook:
    """What is wrong now, by who says so."""

    def __init__(self, rows: IncidentRows) -> None:
        self._rows = rows
        self._lock = threading.Lock()
        self._standing: dict[str, dict[tuple[str, str], StandingProblem]] = {}

    def update(self, owner: str, problems: Iterable[Problem], now: datetime) -> tuple[StandingProblem, ...]:
        """Replace what `owner` says is wrong; the difference is logged and kept. Returns what stands, oldest first."""
        current = {problem.key: problem for problem in problems}
        with self._lock:
            before = self._standing.setdefault(owner, {})
            started = [problem for key, problem in current.items() if key not in before]
            ended = [standing.problem for key, standing in before.items() if key not in current]
            self._standing[owner] = {
                key: StandingProblem(problem, before[key].since if key in before else now)
                for key, problem in current.items()
            }
            standing = tuple(sorted(self._standing[owner].values(), key=lambda entry: entry.since))
        for problem in started:
            _log.warning("%s [%s]", problem, problem.code)
            self._rows.begin(problem.code, problem.where, str(problem), now)
        for problem in ended:
            _log.info("over: %s [%s]", problem, problem.code)
            self._rows.end(problem.code, problem.where, now)
        return standing
