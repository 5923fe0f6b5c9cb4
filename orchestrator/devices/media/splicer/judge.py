"""Whether a source that is there is fit to be seen. Pure: times are arguments, in seconds.

A judgement is slow to fall and slow to be lifted: bad after some seconds of the same fault, fit again after some
seconds without any. Where the picture is locked nothing is judged: who locked it knows that it may stand still.
"""

from __future__ import annotations

from enum import StrEnum

from orchestrator.devices.media.splicer.watch import LONGEST_GAP, Watch

STILL_FOR = 7.0
"""Seconds that a picture may have stood still until it counts as frozen: viewers get the slate within 8 s."""
SILENT_FOR = 7.0
"""The same of silence, which is known within half a second."""
STEADY_FOR = 5.0
"""Seconds without a fault after which a source is fit again."""
_SURELY_STILL = 3.0
"""Seconds of the above during which it was seen to stand still."""
_LOOK_EVERY = 6.0
"""Seconds since the last look at a picture within which it says anything."""
_FRESH = 3.0
"""The same of sound, or of its absence."""


class Fault(StrEnum):
    """What makes a source that sends unfit to be seen."""

    FROZEN = "frozen"
    """Its picture stands still."""
    BLACK = "black"
    """Its picture is black."""
    SILENT = "silent"
    """Its sound is silent, or has ended."""


class Trust(StrEnum):
    """How far a source may go."""

    BAD = "bad"
    """It must not be on programme while there is anything else."""
    OPEN = "open"
    """It may stay where it is; once fallen it may not return."""
    GOOD = "good"
    """It may be on programme."""


class Judge:
    """Judges one source."""

    def __init__(self) -> None:
        self.fault: Fault | None = None
        """What is wrong with it, be it locked or not."""
        self._locked = False

    def look(self, watch: Watch, now: float, *, locked: bool) -> Trust:
        """Judge what is known of the source now.

        Args:
            watch: What is known of it.
            now: On the clock of the watch.
            locked: Nothing but an operator may change the picture now.
        """
        if self._locked and not locked:
            watch.pardon(now)
            self.fault = None
        self._locked = locked
        if not watch.present:
            self.fault = None
            return Trust.GOOD if locked else Trust.OPEN
        blind = now - watch.known_at > LONGEST_GAP
        self.fault = None if blind else self._judged(watch, now)
        if locked or blind:
            return Trust.GOOD
        if self.fault is not None:
            return Trust.BAD
        return Trust.GOOD if watch.steady_for(now) >= STEADY_FOR else Trust.OPEN

    def _judged(self, watch: Watch, now: float) -> Fault | None:
        found = _fault(watch, now)
        if self.fault is None or found is not None:
            return found
        return None if watch.steady_for(now) >= STEADY_FOR else self.fault


def _fault(watch: Watch, now: float) -> Fault | None:
    if watch.looked_at is not None and now - watch.looked_at <= _LOOK_EVERY:
        surely = watch.looked_at - watch.still_since
        if surely >= _SURELY_STILL and now - watch.still_from >= STILL_FOR:
            return Fault.BLACK if watch.black else Fault.FROZEN
    silent = watch.has_sound and now - watch.heard_at >= SILENT_FOR
    return Fault.SILENT if silent and now - watch.known_at <= _FRESH else None
