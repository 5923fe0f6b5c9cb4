"""How long to wait before something that failed is tried again: longer from try to try, and for ever. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

_ENOUGH = 64
"""Tries after which every pause is the longest: a power without an end would be no number any more."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """The pauses between tries. Seconds."""

    first: float
    """Before the second try."""
    most: float
    """The longest: nothing is given up."""
    growth: float = 2.0
    """By how much each is longer than the one before."""
    spread: float = 0.25
    """How much of a pause is left to chance, up and down: what failed together isn't tried together."""

    def pause(self, failures: int, whose: str) -> float:
        """Seconds until the next try.

        Args:
            failures: How often it has failed in a row, from 1.
            whose: What is tried; it stands for chance, so that a simulation does the same again.
        """
        whole = min(self.first * self.growth ** min(max(failures - 1, 0), _ENOUGH), self.most)
        digest = blake2b(f"{whose} {failures}".encode("utf-8", "replace"), digest_size=4).digest()
        chance = int.from_bytes(digest) / 0xFFFFFFFF
        return whole * (1.0 - self.spread + 2.0 * self.spread * chance)
