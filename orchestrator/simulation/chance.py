"""Chance that can be repeated, or that hypothesis shrinks: whole numbers and lists are all that is drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Protocol, TypeVar

T = TypeVar("T")

_MORE = 3
"""One in so many times a list ends before its next entry."""


class Draw(Protocol):
    """Draws whole numbers, of which lower ones are simpler, and lists, of which shorter ones are."""

    def integer(self, low: int, high: int) -> int:
        """A number from `low` to `high`, both included."""

    def many(self, least: int, most: int, make: Callable[[Draw], T]) -> list[T]:
        """So many of what `make` draws, one after another."""


class SeededDraw:
    """The same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - chance that can be repeated

    def integer(self, low: int, high: int) -> int:
        """A number from `low` to `high`, both included."""
        return self._random.randint(low, high)

    def many(self, least: int, most: int, make: Callable[[Draw], T]) -> list[T]:
        """So many of what `make` draws, one after another."""
        made: list[T] = []
        while len(made) < most and (len(made) < least or self._random.randrange(_MORE)):
            made.append(make(self))
        return made


def choose(draw: Draw, options: Sequence[T]) -> T:
    """One of the options; earlier ones are simpler."""
    return options[draw.integer(0, len(options) - 1)]
