"""How a field's reader refuses a value."""

from __future__ import annotations

from orchestrator.errors import Problem

Fault = tuple[Problem, tuple[str | int, ...]]
"""A problem, and the way from the refused value to where it lies."""


class Refused(ValueError):  # noqa: N818 - raised to pydantic, which reports it
    """A value that can't be used, and why."""

    def __init__(self, *faults: Problem | Fault) -> None:
        self.faults: tuple[Fault, ...] = tuple(fault if isinstance(fault, tuple) else (fault, ()) for fault in faults)
        super().__init__(", ".join(problem.code for problem, _ in self.faults))
