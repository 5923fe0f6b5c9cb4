"""What is seen and heard of one source, from looks at its key pictures and its sound. Pure: times are arguments (s).

Only key pictures are looked at, so that the moment at which a picture stopped to move is known within a group of
pictures: it lies between the last look that differed from the one before, and that one before.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import sub

COLUMNS, ROWS = 64, 36
"""Cells of a look: each has the mean brightness of its part of the picture."""
_MOVED = 6
"""Levels of brightness (of 255) that one cell must differ by: an encoder changes a still picture by up to 3."""
_BLACK = 24
"""Level of the brightest cell up to which a picture is black."""
_QUIET = -60.0
"""dBFS up to which there is no sound: a room or a square with a microphone open is louder, a muted line is not."""
_PAUSE = 2.5
"""Seconds that a speaker may pause, and a picture stand, in a source that counts as steady."""
_MOVES = 2
"""Changes in a row that make a picture one that moves: one alone may be a still picture after another."""
LONGEST_GAP = 12.0
"""Seconds without a look after which nothing is known of a source but that it sends."""


@dataclass(frozen=True, slots=True)
class Signal:
    """What is seen and heard of a source at one moment."""

    level: float | None
    """dBFS of its sound, over the last half second; None where it has none."""
    still_for: float
    """Seconds that its picture surely has stood still."""
    black: bool
    """Whether its picture is black."""
    silent_for: float
    """Seconds that its sound has been silent, or missing."""


class Watch:
    """What is known of one source since it opened."""

    def __init__(self) -> None:
        self.present = False
        """Whether the source is there."""
        self.has_sound = False
        """Whether it brings sound."""
        self.opened(0.0, sound=False)
        self.gone()

    def opened(self, at: float, *, sound: bool) -> None:
        """The source is there, from now on; all that was known is forgotten."""
        self.present, self.has_sound = True, sound
        self.black = False
        """Whether its latest picture is black."""
        self.looked_at: float | None = None
        """When it was last looked at."""
        self.known_at = at
        """When anything was last learnt of it."""
        self.opened_at = at
        """When it opened."""
        self.still_since = at
        """Since when it surely has stood still."""
        self.still_from = at
        """Since when it may have stood still, at the earliest."""
        self.heard_at = at
        """When it was last heard."""
        self.level: float | None = None
        """dBFS of its latest sound."""
        self._before: bytes | None = None
        self._stood = False
        self._gap = 0.0
        self._moved_at: float | None = None
        self._moving_since: float | None = None
        self._moves = 0
        self._sounding_since: float | None = None

    def resumed(self, at: float) -> None:
        """It is looked at again, after a while in which it wasn't."""
        if self.present:
            self.opened(at, sound=self.has_sound)

    def gone(self) -> None:
        """The source ended."""
        self.present = False

    def pardon(self, at: float) -> None:
        """Count stillness and silence from now on only."""
        self.still_since = self.still_from = self.heard_at = at

    def picture(self, cells: bytes, at: float) -> None:
        """A key picture was looked at: the brightness of its cells, row by row."""
        before, looked_at, was_black = self._before, self.looked_at, self.black
        self.looked_at = self.known_at = at
        self.black = max(cells) <= _BLACK
        if before is None or looked_at is None:
            self._before = cells
            self.still_since = self.still_from = at
            return
        self._gap = at - looked_at
        self._end_movement(at)
        if (self.black and was_black) or not _differs(cells, before):
            self._stood = True
            return
        self._before = cells
        self.still_from, self.still_since = looked_at, at
        self._moved_at = at
        if self._moving_since is None:
            # One that wasn't seen to stand since it opened has moved since its first look.
            self._moving_since, self._moves = at if self._stood else looked_at, 0
        self._moves += 1

    def sound(self, level: float, at: float) -> None:
        """Half a second of sound was heard, of this many dBFS."""
        self.level, self.known_at = level, at
        if level <= _QUIET:
            return
        if self._sounding_since is None or at - self.heard_at > _PAUSE:
            self._sounding_since = at
        self.heard_at = at

    def deaf(self) -> None:
        """Its sound can't be understood: nothing is known of it."""
        self.has_sound = False

    def steady_for(self, now: float) -> float:
        """Seconds that the picture has moved and the sound been heard, without a pause that is too long."""
        moving, sounding = self._steady_picture(now), self._steady_sound(now)
        if not self.present or moving is None or sounding is None:
            return 0.0
        return max(now - max(moving, sounding), 0.0)

    def _steady_picture(self, now: float) -> float | None:
        looked_at = self.opened_at if self.looked_at is None else self.looked_at
        if now - looked_at > LONGEST_GAP:
            return looked_at + LONGEST_GAP  # it can't be looked at: that it sends is all that is known
        if self._moved_at is None or now - self._moved_at > self._patience or self._moves < _MOVES:
            return None
        return self._moving_since

    def _steady_sound(self, now: float) -> float | None:
        if not self.has_sound:
            return self.opened_at
        return self._sounding_since if now - self.heard_at <= _PAUSE else None

    def signal(self, now: float) -> Signal:
        """What is seen and heard of it."""
        still = 0.0 if self.looked_at is None else self.looked_at - self.still_since
        return Signal(
            self.level if self.has_sound else None, round(max(still, 0.0), 1), self.black, round(now - self.heard_at, 1)
        )

    @property
    def _patience(self) -> float:
        """Seconds that a moving picture may seem to stand: a look more than its looks are apart."""
        return max(_PAUSE, min(self._gap, LONGEST_GAP) * 1.25)

    def _end_movement(self, at: float) -> None:
        if self._moved_at is not None and at - self._moved_at > self._patience:
            self._moving_since = None


def _differs(cells: bytes, before: bytes) -> bool:
    return len(cells) != len(before) or max(map(abs, map(sub, cells, before))) >= _MOVED
