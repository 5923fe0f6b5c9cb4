"""What is known of one live source from the packets that came. Pure: times are arguments, in milliseconds."""

from __future__ import annotations

from collections import deque

from orchestrator.devices.media.splicer.units import Look, Unit

LOST_AFTER = 700
"""Milliseconds without a picture after which a source counts as lost; OBS's own gaps were up to 180."""
_BURST_WINDOW = 300
_BURST_FALL = 100
"""A source whose lateness falls by more than this (ms) in that window (ms) is sending a backlog."""
_JUMP = 1000
"""Milliseconds that a source's clock may run ahead of what came, before it counts as broken."""
_AUDIO_KEPT = 24
"""Packets of sound kept for a switch: they arrive before the picture that they belong to."""


class Track:
    """One live source."""

    def __init__(self) -> None:
        self.look: Look | None = None
        """What it looks like; None while it isn't there."""
        self.last_video: float | None = None
        """When its last picture came."""
        self.steady_since: float | None = None
        """Since when its pictures come without a loss."""
        self.fallen = False
        """Whether it was lost while it was on programme, and hasn't been back since."""
        self.audio: deque[Unit] = deque(maxlen=_AUDIO_KEPT)
        """Its latest sound."""
        self._lateness: deque[tuple[float, float]] = deque()
        self._last_dts: int | None = None
        self._thawed_at: float | None = None

    def opened(self, look: Look) -> None:
        """The source is there again, with a clock of its own."""
        self._forget()
        self.look = look

    def gone(self) -> None:
        """The source ended."""
        self._forget()
        self.look = None

    def came(self, unit: Unit, at: float) -> bool:
        """Note a packet that came at `at`; False where the source's clock jumped, so that its times start anew."""
        if unit.kind == "audio":
            self.audio.append(unit)
            return True
        before, arrived = self._last_dts, self.last_video
        self._last_dts, self.last_video = unit.dts, at
        if arrived is None or at - arrived > LOST_AFTER:
            self.steady_since = at
            self._thawed_at = None if arrived is None else at
        self._note_lateness(at, at - unit.dts)
        if before is None or arrived is None:
            return True
        step = unit.dts - before
        if step < 0 or step > max(at - arrived, 0) + _JUMP:
            self._lateness.clear()
            self.audio.clear()
            return False
        return True

    def lost(self, now: float) -> bool:
        """Whether no picture has come for too long."""
        return self.last_video is None or now - self.last_video > LOST_AFTER

    def bursting(self, now: float) -> bool:
        """Whether it sends the backlog of a freeze just now, or may be about to."""
        if self._thawed_at is not None and now - self._thawed_at < _BURST_WINDOW:
            return True
        late = [each for _, each in self._lateness]
        return bool(late) and max(late) - late[-1] > _BURST_FALL

    def steady_for(self, now: float) -> float:
        """Milliseconds that its pictures have come without a loss."""
        return 0.0 if self.steady_since is None or self.lost(now) else now - self.steady_since

    def _note_lateness(self, at: float, late: float) -> None:
        self._lateness.append((at, late))
        while self._lateness[0][0] < at - _BURST_WINDOW:
            self._lateness.popleft()

    def _forget(self) -> None:
        self.last_video = None
        self.steady_since = None
        self._last_dts = None
        self._thawed_at = None
        self._lateness.clear()
        self.audio.clear()
