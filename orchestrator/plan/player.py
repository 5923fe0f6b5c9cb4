"""How one occurrence runs under operators' changes, regardless of whose the venue is.

Changes are played through in order of time, so that nothing depends on what comes after it: the state at t follows
from the changes up to t alone. At each change, the cues due by then have fired and keep their times for good; the
change then moves those that are still to come, never to before itself.

- HOLD … RESUME: nothing fires in between. What was to come is later by the hold's length, the end too if it was to
  come. Cues bound to the clock or the sun (or hanging on such a cue) aren't: they fire at the RESUME if their time
  passed in the hold.
- EXTEND: the end, and all still to come that hangs on it, are later by so much.
- FINISH: the end is now; what hangs on it runs from now, a hold is over. What doesn't hang on the end no longer fires,
  but for cues that end the stream or the recording: those fire now.
- GO: fires a GO cue, or one that was ASKED, now; in a hold at its RESUME. What hangs on it follows its actual time.
- SKIP, MISSED: the cue does nothing, what hangs on it goes on as if it had. A cue without a time takes its SKIP's.
- ASKED: the cue's doing is taken back; it waits for GO.
- SHIFT: a cue and all that comes after it are earlier or later by so much, the end with them; what is bound to the
  clock or the sun isn't. With ALONE only the cue and what hangs on it.
- TEXT: a cue that is to come shows this text in place of the ceremony's.
- CANCEL: before the first cue nothing ever happens; later everything ends at once.
- CLOSED: all is over for good, whatever the files say later: what was still to come is dropped. It doesn't count for an
  occurrence that hasn't begun and isn't past: a single event that takes place once more. Which changes count for a date
  that an event was moved to, `dates` says.

An occurrence is over when no cue is to come. A cue that waits for a GO keeps it open while it streams or records, and
at least until its end. Once it is over, only ASKED, MISSED, the GO for what was ASKED, and CLOSED still count.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

from orchestrator.plan.course import CANCELLATION, NO_GIVEN, NOTHING, Course, CueCourse, CueStatus, Firing
from orchestrator.plan.model import ALONE, BOUND, Anchor, Change, ChangeKind, Occurrence
from orchestrator.plan.rundown import Rundown

_STILL_COUNT = frozenset({ChangeKind.ASKED, ChangeKind.MISSED, ChangeKind.GO})


def unchanged(planned: Sequence[datetime | None], rundown: Rundown, occurrence: Occurrence) -> Course:
    """The course of an occurrence that nobody touched."""
    timed = sorted((at, place) for place, at in enumerate(planned) if at is not None)
    if len(timed) < len(planned):
        return run(planned, rundown, occurrence, ())
    return Course(
        cues=tuple(CueCourse(at, at, CueStatus.DUE) for at in planned),
        firings=tuple(Firing(at, at, place) for at, place in timed),
        active=((timed[0][0], timed[-1][0]),) if timed else (),
        ends=(),
        holds=(),
    )


def run(
    planned: Sequence[datetime | None], rundown: Rundown, occurrence: Occurrence, changes: Iterable[Change]
) -> Course:
    """The course of an occurrence under changes of its own.

    Args:
        planned: Its cues' times by the schedule, from `planned_times`.
        rundown: Its run of show.
        occurrence: The occurrence.
        changes: In any order.
    """
    player = _Player(planned, rundown, occurrence)
    for change in sorted(changes, key=lambda change: (change.at, change.id)):
        player.play(change)
    return player.course()


def moved_from(place: int, times: Sequence[datetime | None], pending: Iterable[int]) -> set[int]:
    """A cue and those to come that come after it: in time, and in the order of the file where one has no time."""
    start = times[place]
    return {
        one
        for one in pending
        if (one >= place if start is None or (at := times[one]) is None else (at, one) >= (start, place))
    }


class _Player:
    """Plays changes through; the only mutable thing here, and it lives for one call of `run`."""

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

    def _anchored(self, place: int, anchors: frozenset[Anchor]) -> bool:
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

    def _follows(self, place: int) -> bool:
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

    def play(self, change: Change) -> None:
        """Let time pass up to a change, then make it."""
        now = change.at
        self.advance(now)
        if self.closed_at is not None:
            return
        over = self.over_at()
        if over is not None and over <= now:
            self._play_over(change, over)
            return
        self._make(change)

    def _play_over(self, change: Change, over: datetime) -> None:
        if change.kind is ChangeKind.CLOSED:
            self.closed_at = change.at
        elif self.cancelled_at is None and change.kind in _STILL_COUNT:
            place = self.rundown.index.get(change.cue or "")
            if place is None or (change.kind is ChangeKind.GO and place not in self.asked):
                return
            self.active[-1] = (self.active[-1][0], over)
            if change.kind is ChangeKind.MISSED:
                self._take_back(place, change.at)
                self.missed.add(place)
                return
            self._make(change)
            if (again := self.over_at()) is None or again >= change.at:
                self.active.append((change.at, None))

    def _make(self, change: Change) -> None:
        now, place = change.at, self.rundown.index.get(change.cue or "")
        self.floor = now
        match change.kind:
            case ChangeKind.HOLD if self.held_since is None:
                self.held_since = now
            case ChangeKind.RESUME:
                self._resume(now)
            case ChangeKind.EXTEND if isinstance(change.value, int | float):
                self._extend(now, timedelta(seconds=change.value))
            case ChangeKind.FINISH if self.active:
                self._finish(now)
            case ChangeKind.CANCEL:
                self._cancel(now, change.who)
            case ChangeKind.CLOSED if self.active or self.end <= now:
                self._close(now)
            case _ if place is not None:
                self._make_of_cue(change, place)
            case _:
                pass
        self.advance(now)

    def _make_of_cue(self, change: Change, place: int) -> None:
        now = change.at
        match change.kind:
            case ChangeKind.GO:
                self._go(place, now, change.who)
            case ChangeKind.SKIP | ChangeKind.MISSED:
                self._pass_over(place, now, change.kind)
            case ChangeKind.ASKED if place not in self.dropped:
                self._take_back(place, now)
                self.fired[place] = None
                self.given.pop(place, None)
                self.asked.add(place)
            case ChangeKind.SHIFT if isinstance(change.value, int | float):
                by = timedelta(seconds=change.value)
                if change.field == ALONE:
                    self._shift_alone(place, by)
                else:
                    self._shift_from(place, now, by)
            case ChangeKind.TEXT if isinstance(change.value, str):
                self._give_text(place, change)
            case _:
                pass

    def _resume(self, now: datetime) -> None:
        if self.held_since is None:
            return
        since, self.held_since = self.held_since, None
        self.holds.append((since, now))
        moving = [
            place
            for place in self.pending()
            if place not in self.given and not self._follows(place) and not self._anchored(place, BOUND)
        ]
        for place in moving:
            self.shift[place] += now - since
        if self.end > since:
            self._move_end(now, self.end + (now - since))

    def _extend(self, now: datetime, by: timedelta) -> None:
        for place in self.pending():
            if not self._follows(place) and self._anchored(place, frozenset({Anchor.END})):
                self.shift[place] += by
        self._move_end(now, self.end + by)
        self.extended += by

    def _shift_from(self, place: int, now: datetime, by: timedelta) -> None:
        times, pending = self.dues(), set(self.pending())
        if place not in pending:
            return
        moving = moved_from(place, times, pending)
        moving = {one for one in moving if one not in self.given and not self._anchored(one, BOUND)}
        for one in moving:
            if self.rundown.parents[one] not in moving:
                self.shift[one] += by
        start = times[place]
        if self.end > now and (start is None or self.end >= start):
            self._move_end(now, self.end + by)
            self.extended += by

    def _shift_alone(self, place: int, by: timedelta) -> None:
        if place in self.pending() and place not in self.given and not self._anchored(place, BOUND):
            self.shift[place] += by

    def _give_text(self, place: int, change: Change) -> None:
        if self.fired[place] is None and place not in self.dropped:
            key = (place, change.field or "")
            self.texts[key] = (*self.texts.get(key, ()), (change.at, str(change.value)))

    def _finish(self, now: datetime) -> None:
        self._resume(now)
        by = min(now - self.end, NOTHING)
        for place in self.pending():
            if self._anchored(place, frozenset({Anchor.END})):
                if not self._follows(place):
                    self.shift[place] += by
            elif self.rundown.stops[place]:
                self.asked.discard(place)
                self.given[place] = (now, None)
            else:
                self.dropped.add(place)
        if by:
            self._move_end(now, now)

    def _cancel(self, now: datetime, who: str) -> None:
        self._resume(now)
        self.dropped.update(self.pending())
        self.cancelled_at = now
        if self.end > now:
            self._move_end(now, now)
        if self.active:
            self.firings.append(Firing(now, now, CANCELLATION, who=who))

    def _close(self, now: datetime) -> None:
        if self.held_since is not None:
            self.holds.append((self.held_since, now))
            self.held_since = None
        self.dropped.update(self.pending())
        self.closed_at = now

    def _go(self, place: int, now: datetime, who: str) -> None:
        waits = self.rundown.ceremony.cues[place].at.anchor is Anchor.GO or place in self.asked
        if waits and self.fired[place] is None and place not in self.dropped:
            self.asked.discard(place)
            self.given[place] = (now, who)

    def _pass_over(self, place: int, now: datetime, kind: ChangeKind) -> None:
        """SKIP a cue that is to come; MISSED also takes one back."""
        if place in self.dropped or (kind is ChangeKind.SKIP and self.fired[place] is not None):
            return
        self._take_back(place, now)
        self.asked.discard(place)
        (self.skipped if kind is ChangeKind.SKIP else self.missed).add(place)
        if self.fired[place] is None and self.dues()[place] is None:
            self.given[place] = (now, None)

    def _take_back(self, place: int, now: datetime) -> None:
        self.firings = [
            Firing(f.since, f.due, f.index, now, f.who) if f.index == place and f.until is None else f
            for f in self.firings
        ]

    def _move_end(self, now: datetime, end: datetime) -> None:
        self.end = end
        self.ends.append((now, end))

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
