"""Chance that can be repeated, or that hypothesis shrinks: whole numbers are all that is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Protocol, TypeVar

T = TypeVar("T")


class Draw(Protocol):
    """Draws whole numbers; lower ones are simpler."""

    def integer(self, low: int, high: int) -> int:
        """A number from `low` to `high`, both included."""


class SeededDraw:
    """The same numbers for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - chance that can be repeated

    def integer(self, low: int, high: int) -> int:
        """A number from `low` to `high`, both included."""
        return self._random.randint(low, high)


def choose(draw: Draw, options: Sequence[T]) -> T:
    """One of the options; earlier ones are simpler."""
    return options[draw.integer(0, len(options) - 1)]
