"""Collects all that is wrong with a set of files, each with its place, to be told at once and in order."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from operator import itemgetter

from orchestrator.errors import ConfigError, Problem

_PLACE = re.compile(r"(?P<file>.+?):(?P<line>\d+):(?P<column>\d+)(?:: (?P<path>.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is wrong in a file."""

    file: str
    """The file's path, as it was given."""
    line: int
    """Counted from 1."""
    column: int
    """Counted from 1."""
    path: str
    """The way there, such as `events[apel].start`; empty for the file as a whole."""


def place_of(problem: Problem) -> Place | None:
    """Where a problem of a file is; None for one of something else."""
    found = _PLACE.fullmatch(problem.where)
    if found is None:
        return None
    return Place(found["file"], int(found["line"]), int(found["column"]), found["path"] or "")


class Findings:
    """What was found wrong so far."""

    def __init__(self) -> None:
        self._found: list[tuple[tuple[int, int, int], Problem]] = []
        self._files: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._found)

    def expect(self, file: str) -> None:
        """Give a file its place among the others, whether anything is wrong with it or not."""
        self._files.setdefault(file, len(self._files))

    def add(self, file: str, problem: Problem, line: int = 0, column: int = 0, path: str = "") -> None:
        """Note a problem at a place; `line` and `column` count from 0, and are told from 1."""
        where = f"{file}:{line + 1}:{column + 1}"
        self.expect(file)
        order = (self._files[file], line, column)
        self._found.append((order, replace(problem, where=f"{where}: {path}" if path else where)))

    def refuse(self, file: str, problem: Problem, line: int = 0, column: int = 0) -> None:
        """Note why a whole file can't be used."""
        self.add(file, problem, line, column)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All of them, once each, in the order of the files and of the lines."""
        ordered = (problem for _, problem in sorted(self._found, key=itemgetter(0)))
        return tuple({str(problem): problem for problem in ordered}.values())

    def raise_any(self) -> None:
        """Raise all of them as one ConfigError, if there are any."""
        if self._found:
            raise ConfigError(*self.problems)
