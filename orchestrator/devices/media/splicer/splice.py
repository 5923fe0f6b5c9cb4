"""The decision what goes on programme, packet by packet. Pure: no clock, no files, no sockets.

Times are milliseconds. `now` and the programme's times are on the programme's clock, which runs with the machine's
and follows the source on programme slowly, so that hours of drift between the two never become a jump.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from orchestrator.devices.media.splicer.judge import Trust
from orchestrator.devices.media.splicer.track import Track
from orchestrator.devices.media.splicer.units import FRAME, Look, Loop, Sent, Unit
from orchestrator.plan.model import Source

LIVE = (Source.STUDIO, Source.RELAY)
_STEADY: Mapping[Source, int] = {Source.STUDIO: 0, Source.RELAY: 5000}
"""Milliseconds that a source which was lost must have been steady before it comes back."""
_PATIENCE = 6000
"""Milliseconds that the old source stays on programme while a newly wanted one isn't there yet."""
_JOINING = 2500
"""Milliseconds after the output was opened in which its readers come, each of which can begin at a key picture only."""
_KEY_EVERY = 300
"""Milliseconds after which the slate begins anew meanwhile: its own key pictures are a second or two apart."""
_FOLLOW_EVERY = 1000
_FOLLOW_MOST = 10.0
"""The programme's clock is moved by at most this (ms) each time, which is 1 %: a relay that names its pictures' pace
wrongly (29.97 as 30) is ten times as far off as quartz ever is, and more than that counts as a clock that jumps."""


class Splice:
    """One unbroken programme out of sources that come and go."""

    def __init__(self, now: float = 0.0, patience: float = _PATIENCE) -> None:
        """Begin at `now`; a first source gets `patience` ms before the slate fills in."""
        self.wanted = Source.STUDIO
        """What should be on programme."""
        self.on: Source | None = None
        """What is on programme; None where nothing is sent."""
        self.on_since: float = 0.0
        """Since when."""
        self.moved: float = 0.0
        """What the programme's clock has been moved by to follow the source; to be taken into account by its keeper."""
        self.tracks: dict[Source, Track] = {source: Track() for source in LIVE}
        """What is known of each live source."""
        self._trust = dict.fromkeys(LIVE, Trust.GOOD)
        self._slate: Loop | None = None
        self._at = 0
        self._published_at = -math.inf
        self._lead = 0.0
        self._offset = 0
        self._high: int | None = None
        self._video_dts: int | None = None
        self._audio_pts: int | None = None
        self._frame = FRAME
        self._wanted_at = now
        self._patience = patience
        self._least_late = math.inf
        self._followed_at = 0.0

    @property
    def has_slate(self) -> bool:
        """Whether it can fill in."""
        return self._slate is not None

    def want(self, source: Source, now: float) -> None:
        """Say what should be on programme."""
        if source is not self.wanted:
            self.wanted = source
            self._wanted_at = now

    def trust(self, source: Source, trust: Trust) -> None:
        """Say how far a live source may go; without a slate even a bad one is better than nothing."""
        self._trust[source] = trust

    def set_slate(self, slate: Loop | None) -> None:
        """Give it another slate, or none; the one on programme begins anew with its next packet."""
        self._slate = slate
        if self.on is Source.SLATE:
            self.on = None

    def opened(self, source: Source, look: Look) -> None:
        """A live source is there."""
        self.tracks[source].opened(look)
        self._drop(source)

    def gone(self, source: Source) -> None:
        """A live source ended."""
        self._drop(source)
        self.tracks[source].gone()

    def restarted(self) -> None:
        """The output was opened anew: what is on programme must begin again with a key picture."""
        self.on = None

    def published(self, now: float) -> None:
        """The output was opened: its readers, who lost it with the one before, are about to come."""
        self._published_at = now

    def take(self, source: Source, unit: Unit, came: float, now: float) -> list[Sent]:
        """A packet of a live source came; returns what goes on programme because of it."""
        track = self.tracks[source]
        if not track.came(unit, came):
            self._drop(source)
        if self.on is source:
            if unit.kind == "video":
                self._follow(came - (unit.dts + self._offset), now)
            return self._pass(unit, track.look)
        if source is self.wanted and unit.kind == "video" and unit.key and self._may_go_on(source, now):
            return self._begin(source, unit, now)
        return []

    def tick(self, now: float) -> list[Sent]:
        """Time passed; returns what of the slate is due."""
        if self.on in self.tracks and self._must_leave(self.on, now):
            self.tracks[self.on].fallen = True
            self.on = None
        waits = self.on is not Source.SLATE and self._needs_slate(now)
        if self._slate is not None and (waits or self._are_joining(now)):
            self._begin_slate(now)
        return self._due(now) if self.on is Source.SLATE else []

    def _must_leave(self, source: Source, now: float) -> bool:
        if self.tracks[source].lost(now):
            return True
        if self._slate is None:
            return False
        if source is self.wanted:
            return self._trust[source] is Trust.BAD
        return self.wanted is Source.SLATE or now - self._wanted_at > _PATIENCE

    def _needs_slate(self, now: float) -> bool:
        if self.wanted is Source.SLATE:
            return True
        return self.on is None and (self._high is not None or now - self._wanted_at > self._patience)

    def _are_joining(self, now: float) -> bool:
        """Whether the slate is to begin anew for readers who have just come."""
        joining = now - self._published_at < _JOINING
        return joining and self.on is Source.SLATE and now - self.on_since >= _KEY_EVERY

    def _may_go_on(self, source: Source, now: float) -> bool:
        track = self.tracks[source]
        if track.look is None or track.bursting(now):
            return False
        trust = self._trust[source] if self.has_slate else Trust.GOOD
        if not track.fallen:
            return trust is not Trust.BAD
        return trust is Trust.GOOD and track.steady_for(now) >= _STEADY[source]

    def _drop(self, source: Source) -> None:
        if self.on is source:
            self.tracks[source].fallen = True
            self.on = None

    def _begin(self, source: Source, key: Unit, now: float) -> list[Sent]:
        track = self.tracks[source]
        track.fallen = False
        self._go_on(source, key, track.look, now)
        self._least_late, self._followed_at = math.inf, now
        sent = self._pass(key, track.look)
        for unit in track.audio:
            if unit.pts + self._offset >= (sent[0].dts if sent else 0):
                sent += self._pass(unit, track.look)
        return sent

    def _begin_slate(self, now: float) -> None:
        if self._slate is not None:
            self._at = 0
            self._go_on(Source.SLATE, self._slate.units[0], self._slate.look, now)
            # A source that began with a backlog has sent what lies ahead of the clock: the slate doesn't wait for it.
            self._lead = max(0.0, self._slate.units[0].dts + self._offset - now)

    def _go_on(self, source: Source, key: Unit, look: Look | None, now: float) -> None:
        """Switch at a key picture: one offset for picture and sound, on the frame grid, after all that was sent."""
        start = round(now)
        if self._high is not None:
            frames = max(1, math.ceil((now - self._high) / self._frame - 1.5))
            start = round(self._high + frames * self._frame)
        self._frame = look.frame if look else FRAME
        self._offset = start - key.pts
        earliest = 0 if self._video_dts is None else self._video_dts + 1
        behind = earliest - (key.dts + self._offset)
        if behind > 0:
            self._offset += round(math.ceil(behind / self._frame) * self._frame)
        self.on, self.on_since = source, now

    def _pass(self, unit: Unit, look: Look | None) -> list[Sent]:
        pts, dts = unit.pts + self._offset, unit.dts + self._offset
        if look is None or dts < 0:
            return []
        if unit.kind == "audio":
            if self._audio_pts is not None and pts <= self._audio_pts:
                return []
            self._audio_pts = pts
            return [Sent(unit, pts, pts, look)]
        if self._video_dts is not None and dts <= self._video_dts:
            dts = self._video_dts + 1
            if dts > pts:
                return []
        self._video_dts = dts
        self._high = pts if self._high is None else max(self._high, pts)
        return [Sent(unit, pts, dts, look)]

    def _due(self, now: float) -> list[Sent]:
        slate, sent = self._slate, list[Sent]()
        while slate is not None and slate.units[self._at].dts + self._offset <= now + self._lead:
            sent += self._pass(slate.units[self._at], slate.look)
            self._at += 1
            if self._at == len(slate.units):
                self._at = 0
                self._offset += slate.length
        return sent

    def _follow(self, late: float, now: float) -> None:
        self._least_late = min(self._least_late, late)
        if now - self._followed_at < _FOLLOW_EVERY:
            return
        self.moved += max(-_FOLLOW_MOST, min(_FOLLOW_MOST, self._least_late))
        self._least_late, self._followed_at = math.inf, now
