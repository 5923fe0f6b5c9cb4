"""A promise that was broken: what went wrong, from when on, and when it could be seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from orchestrator.errors import Problem
from orchestrator.simulation.tape import Moment


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that should not have happened."""

    at: datetime
    """UTC: when it was seen."""
    second: float
    """The monotonic second at which it was seen."""
    venue: str
    """The venue's id."""
    problem: Problem
    """What; its code is the invariant's."""
    cause: float | None = None
    """The monotonic second of what it is about, such as a cue, where that was before."""

    @property
    def since(self) -> float:
        """The monotonic second with which its story begins, unless something was done before."""
        return self.second if self.cause is None else self.cause


def violation(seen: Moment, venue: str, problem: Problem, cause: Moment | None = None) -> Violation:
    """What was seen at a moment."""
    return Violation(seen.at, seen.second, venue, problem, None if cause is None else cause.second)
