"""OBS's levels as people read them: how loud the programme is, and whether it is heard at all. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from orchestrator.sights import Level

EVERY = 0.1
"""Seconds between levels; OBS tells them twice as often."""
FLOOR = -60.0
"""dB under which nothing is heard."""
SILENT_AFTER = 5.0
"""Seconds under the floor after which it counts as no sound."""
_LOUD = -1.0
"""dB over which sound is cut off."""
_LOUD_FOR = 2.0
"""Seconds that this is told."""
_PEAK_FOR = 1.5
"""Seconds that a peak is shown."""


class Meter:
    """Sums up the inputs' levels; what is muted or not on programme isn't heard."""

    def __init__(self) -> None:
        self._told_at = -EVERY
        self._loudest = FLOOR
        self._peak = (FLOOR, 0.0)
        self._heard_at: float | None = None
        self._loud_at = -_LOUD_FOR

    def take(self, inputs: Iterable[Mapping[str, Any]], steady: float) -> Level | None:
        """Take one event in; a level where it is time for one.

        Args:
            inputs: The event's `inputs`: each with a triple of magnitude, peak and peak before the fader a channel.
            steady: Steady clock, seconds.
        """
        channels = [channel for one in inputs for channel in one.get("inputLevelsMul") or ()]
        level = max((_decibels(channel[0]) for channel in channels), default=FLOOR)
        peak = max((_decibels(channel[1]) for channel in channels), default=FLOOR)
        self._loudest = max(self._loudest, level)
        if peak >= self._peak[0] or steady - self._peak[1] > _PEAK_FOR:
            self._peak = (peak, steady)
        if peak > FLOOR or self._heard_at is None:
            self._heard_at = steady
        if peak > _LOUD:
            self._loud_at = steady
        if steady - self._told_at < EVERY * 0.9:
            return None
        told = Level(round(self._loudest, 1), round(self._peak[0], 1), self._state(steady))
        self._told_at, self._loudest = steady, FLOOR
        return told

    def _state(self, steady: float) -> Literal["open", "silent", "loud"]:
        if steady - self._loud_at < _LOUD_FOR:
            return "loud"
        quiet = self._heard_at is not None and steady - self._heard_at >= SILENT_AFTER
        return "silent" if quiet else "open"


def _decibels(factor: float) -> float:
    return max(FLOOR, 20 * math.log10(factor)) if factor > 0 else FLOOR
