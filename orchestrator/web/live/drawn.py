"""What was drawn of each thing last: most looks find it unchanged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from orchestrator.i18n import Language

T = TypeVar("T")
_MOST = 64
"""How many pieces of HTML are kept."""


class Drawn(Generic[T]):
    """Draws values, each only when it has changed.

    Args:
        draw: Makes the HTML of a value.
    """

    def __init__(self, draw: Callable[[T, Language], str]) -> None:
        self._draw = draw
        self._last: dict[tuple[str, Language], tuple[T, str]] = {}

    def get(self, name: str, value: T, language: Language) -> str:
        """The HTML of the value that has this name."""
        last = self._last.get((name, language))
        if last is None or last[0] != value:
            if len(self._last) >= _MOST:
                self._last = {}
            last = self._last[name, language] = value, self._draw(value, language)
        return last[1]
