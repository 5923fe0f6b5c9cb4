"""What a fault cost, worked out of the frames that viewers saw and of the times in recordings. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from statistics import fmean, median

from demo.seen import Frame

FPS = 30
"""Frames a second of the stage's venue."""
ON_ITS_WAY = 4.0
"""Seconds for which what was sent may not have arrived yet, or not be written down."""
_AHEAD = 2.0
"""Seconds by which a frame arrives at most before one that is shown before it."""
_STANDS = 3
"""Frames that a picture must last to have come."""
_STRAY = 0.04
"""Seconds from the middle beyond which a beep isn't its flash's: a frame, and what rounding to frames moves it."""


def between(frames: Iterable[Frame], begin: float, end: float = math.inf) -> list[Frame]:
    """The frames that arrived within a time, seconds of the steady clock."""
    return [frame for frame in frames if frame.arrived is not None and begin <= frame.arrived <= end]


def delay(frames: Iterable[Frame], mark: float, shows: Callable[[Frame], bool]) -> float:
    """Seconds from a moment until a picture of this kind came and stood; infinite where it never did."""
    run: list[Frame] = []
    for frame in between(frames, mark):
        run = [*run, frame] if shows(frame) else []
        if len(run) == _STANDS and run[0].arrived is not None:
            return run[0].arrived - mark
    return math.inf


def gone(frames: Iterable[Frame], mark: float, shows: Callable[[Frame], bool]) -> float:
    """Seconds from a moment until the last frame of this kind; 0 where none came after it."""
    times = [frame.arrived - mark for frame in between(frames, mark) if shows(frame) and frame.arrived is not None]
    return max(times, default=0.0)


def freeze(frames: Iterable[Frame], begin: float, end: float = math.inf) -> float:
    """The longest time within which a viewer got no new picture, seconds; infinite where none came at all.

    Args:
        frames: What the viewer saw.
        begin: From when on, seconds of the steady clock; a wait that had begun before counts whole.
        end: Until when; a wait that still lasted then counts up to it.
    """
    arrivals = [frame.arrived for frame in frames if frame.arrived is not None and frame.arrived <= end]
    before = [moment for moment in arrivals if moment < begin][-1:]
    within = [moment for moment in arrivals if moment >= begin]
    if not within:
        return math.inf
    last = [end] if end < math.inf else []
    return max((later - earlier for earlier, later in pairwise([*before, *within, *last])), default=0.0)


def times_from(frames: Iterable[Frame], first: Frame) -> list[float]:
    """The times in the stream of the frames from one on, which are those of its connection: another has times anew.

    What lies after it may have arrived a little before it, being sent ahead of its turn.
    """
    begin = (first.arrived or 0.0) - _AHEAD
    return [each.pts for each in frames if each.pts >= first.pts and (each.arrived is None or each.arrived >= begin)]


def missing(times: Sequence[float], fps: float = FPS) -> int:
    """How many frames are left out between the first and the last, by their times in the stream."""
    return sum(max(0, round((later - earlier) * fps) - 1) for earlier, later in pairwise(sorted(times)))


def lacking(times: Sequence[float], seconds: float, fps: float = FPS) -> int:
    """How many frames of a stream are left out, those at its end counted: nothing at all is everything left out.

    Args:
        times: Of the frames that came, in the stream; the one before them first.
        seconds: How long the stream went on since then. Its last ON_ITS_WAY needn't have come, but some must.
        fps: Frames a second.
    """
    reached = max(times) - min(times) if times else 0.0
    due = max(seconds - ON_ITS_WAY, min(seconds, 1 / fps))
    return missing(times, fps) + max(0, math.ceil((due - reached) * fps - 0.5))


def hole(times: Sequence[float], fps: float = FPS) -> float:
    """Seconds that are missing at the longest hole, by times in the stream; 0 where there is none."""
    widest = max((later - earlier for earlier, later in pairwise(sorted(times))), default=0.0)
    return max(0.0, widest - 1 / fps) if widest > 1.5 / fps else 0.0


def backwards(times: Sequence[float]) -> int:
    """How often a time in the stream isn't after the one before."""
    return sum(later <= earlier for earlier, later in pairwise(times))


def rises(levels: Sequence[tuple[float, float]], threshold: float, apart: float = 0.5) -> list[float]:
    """The times at which a level came over a threshold, at least `apart` seconds after the one before."""
    found: list[float] = []
    above = True
    for time, level in levels:
        if level > threshold and not above and (not found or time - found[-1] >= apart):
            found.append(time)
        above = level > threshold
    return found


def skew(flashes: Sequence[float], beeps: Sequence[float], within: float = 0.4) -> float:
    """How much later than its flash a beep sounds, seconds: the mean of those that belong together.

    A flash is shown with the next frame, at one of two distances from its time, by turns: the middle of an odd number
    of them would be one of the two, and move by half a frame when one more is counted.

    Raises:
        ValueError: no flash has a beep near it.
    """
    pairs = [(min(beeps, key=lambda beep: abs(beep - flash)), flash) for flash in flashes] if beeps else []
    near = [beep - flash for beep, flash in pairs if abs(beep - flash) <= within]
    if not near:
        raise ValueError("no flash with a beep near it")
    middle = median(near)
    return fmean(each for each in near if abs(each - middle) <= _STRAY)
