"""What people get to see and hear of a venue: small pictures and the sound level, taken only while somebody looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

Shot = Literal["programme", "next"]
"""Of what a picture is: the programme, or the next scene."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A small picture."""

    jpeg: bytes
    """The file."""
    tag: str
    """Another for every other picture."""


@dataclass(frozen=True, slots=True)
class Level:
    """How loud the programme is."""

    level: float
    """dB below full scale, as loud as it sounds."""
    peak: float
    """dB below full scale, the highest of the last moments."""
    state: Literal["open", "silent", "loud"]
    """Heard; nothing heard for a while; at the limit."""


class Eye(Protocol):
    """Looks at one studio."""

    def watch(self, next_scene: str | None) -> None:
        """Somebody looks, and will for some seconds more; `next_scene` is what comes next."""

    def picture(self, shot: Shot) -> Picture | None:
        """The latest picture; None where there is none."""

    def level(self) -> Level | None:
        """The latest level; None where it isn't known."""

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` (quickly, from any thread) when there is something new; only the last one given counts."""
