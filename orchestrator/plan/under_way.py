"""An occurrence as time passes: which of its cues have fired, which are to come and when, and when all of it is over.

What operators change of it, and what that means, `player` knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from types import MappingProxyType

from orchestrator.plan.course import NO_GIVEN, NOTHING, Course, CueCourse, CueStatus, Firing
from orchestrator.plan.model import Anchor, Occurrence
from orchestrator.plan.rundown import Rundown


class UnderWay:
    """The only mutable thing in the plan: it is played through once, and its `course` is what is kept.

    Args:
        planned: Its cues' times by the schedule, from `planned_times`.
        rundown: Its run of show.
        occurrence: The occurrence.
    """

    def __init__(self, planned: Sequence[datetime | None], rundown: Rundown, occurrence: Occurrence) -> None:
        self.rundown = rundown
        self.planned = planned
        self.count = len(planned)
        self.end = occurrence.end
        self.ends: list[tuple[datetime, datetime]] = []
        self.holds: list[tuple[datetime, datetime | None]] = []
        self.held_since: datetime | None = None
        self.extended = NOTHING
        self.floor: datetime | None = None
        self.shift = [NOTHING] * self.count
        self.fired: list[datetime | None] = [None] * self.count
        self.firings: list[Firing] = []
        self.given: dict[int, tuple[datetime, str | None]] = {}
        self.asked: set[int] = set()
        self.missed: set[int] = set()
        self.skipped: set[int] = set()
        self.dropped: set[int] = set()
        self.active: list[tuple[datetime, datetime | None]] = []
        self.cancelled_at: datetime | None = None
        self.closed_at: datetime | None = None
        self.texts: dict[tuple[int, str], tuple[tuple[datetime, str], ...]] = {}

    def pending(self) -> list[int]:
        """Cues still to come, with a time or without."""
        return [place for place in range(self.count) if self.fired[place] is None and place not in self.dropped]

    def dues(self) -> list[datetime | None]:
        """Each cue's time as things stand: fired ones theirs, others when they are (or would have been) due."""
        return self._times(floored=True)

    def _times(self, *, floored: bool) -> list[datetime | None]:
        """Times, with or without that what is still to come can't come before the last change."""
        floor = self.floor if floored else None
        times: list[datetime | None] = list(self.fired)
        for place in self.rundown.order:
            if times[place] is None:
                due = self._due(place, times)
                times[place] = due if due is None or floor is None or place in self.dropped else max(due, floor)
        return times

    def _due(self, place: int, times: Sequence[datetime | None]) -> datetime | None:
        if place in self.given:
            return self.given[place][0]
        if place in self.asked:
            return None
        up = self.rundown.parents[place]
        if up is None:
            base = self.planned[place]
        else:
            above, at = times[up], self.rundown.ats[place]
            base = None if above is None or at is None else above + at.offset
        return None if base is None else base + self.shift[place]

    def anchored(self, place: int, anchors: frozenset[Anchor]) -> bool:
        """Whether what gives the cue its time hangs, in the end, on one of these anchors."""
        seen: set[int] = set()
        while place not in seen and place not in self.given:
            seen.add(place)
            at, up = self.rundown.ats[place], self.rundown.parents[place]
            if at is None:
                return False
            if up is None:
                return at.anchor in anchors
            if up < 0:
                return False
            place = up
        return False

    def follows(self, place: int) -> bool:
        """Whether the cue moves by itself when the one that it hangs on does."""
        up = self.rundown.parents[place]
        return up is not None and up >= 0 and self.fired[up] is None

    def advance(self, now: datetime | None) -> None:
        """Fire what is due by `now` (None: for ever)."""
        if self.held_since is not None or self.cancelled_at is not None:
            return
        times, raw_times = self.dues(), self._times(floored=False)
        due = [
            (at, raw_times[place] or at, place)
            for place in self.pending()
            if (at := times[place]) is not None and (now is None or at <= now)
        ]
        for at, raw, place in sorted(due):
            self._fire(place, at, raw)

    def _fire(self, place: int, at: datetime, raw: datetime) -> None:
        self.fired[place] = at
        if place not in self.skipped and place not in self.missed:
            if not self.active:
                self.active.append((at, None))
            who = self.given[place][1] if place in self.given else None
            self.firings.append(Firing(at, raw, place, who=who))

    def over_at(self) -> datetime | None:
        """When all is over, as things stand after `advance`; None: not yet, or not begun."""
        if self.cancelled_at is not None:
            return self.cancelled_at
        pending = self.pending()
        if self.held_since is not None or not self.active:
            return None
        times = self.dues()
        if any(times[place] is not None for place in pending):
            return None
        last = max(at for at in (*self.fired, self.floor, self.active[0][0]) if at is not None)
        if not pending:
            return last
        return None if self._on() else max(last, self.end)

    def _on(self) -> bool:
        """Whether its own cues have it stream or record."""
        stream = record = False
        for firing in self.firings:
            if firing.until is None:
                do = self.rundown.ceremony.cues[firing.index].do
                stream = stream if do.stream is None else do.stream
                record = record if do.record is None else do.record
        return stream or record

    def course(self) -> Course:
        """What came of it, once the last change is made and nothing more happens but time."""
        self.advance(None)
        over = self.over_at()
        if self.active and self.active[-1][1] is None:
            self.active[-1] = (self.active[-1][0], over)
        if self.held_since is not None:
            self.holds.append((self.held_since, None))
        times = self.dues()
        return Course(
            cues=tuple(self._outcome(place, times) for place in range(self.count)),
            firings=tuple(self.firings),
            active=tuple(self.active),
            ends=tuple(self.ends),
            holds=tuple(self.holds),
            extended=self.extended,
            cancelled_at=self.cancelled_at,
            closed_at=self.closed_at,
            texts=MappingProxyType(self.texts) if self.texts else NO_GIVEN,
        )

    def _outcome(self, place: int, times: Sequence[datetime | None]) -> CueCourse:
        at = times[place]
        if place in self.dropped:
            return CueCourse(at, at, CueStatus.CANCELLED)
        if place in self.missed:
            return CueCourse(at, at, CueStatus.MISSED)
        if place in self.skipped:
            return CueCourse(at, at, CueStatus.SKIPPED)
        if at is None:
            return CueCourse(None, None, CueStatus.WAITING)
        if self.fired[place] is None:
            return CueCourse(None, at, CueStatus.HELD)
        return CueCourse(at, at, CueStatus.DUE)
