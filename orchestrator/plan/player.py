"""How one occurrence runs under operators' changes, regardless of whose the venue is.

Changes are played through in order of time, so that nothing depends on what comes after it: the state at t follows
from the changes up to t alone. At each change, the cues due by then have fired and keep their times for good; the
change then moves those that are still to come, never to before itself.

- HOLD … RESUME: nothing fires in between. What was to come is later by the hold's length, the end too if it was to
  come. Cues bound to the clock or the sun (or hanging on such a cue) aren't: they fire at the RESUME if their time
  passed in the hold.
- EXTEND: the end, and all still to come that hangs on it, are later by so much.
- FINISH: the end is now; what hangs on it runs from now, a hold is over. What doesn't hang on the end no longer fires,
  but for cues that end the stream or the recording: those fire now. Before the first cue, of an event that is on the
  air all the same since the clock was put back, it does what a CANCEL does.
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

from orchestrator.plan.course import CANCELLATION, NOTHING, Course, CueCourse, CueStatus, Firing
from orchestrator.plan.model import ALONE, BOUND, Anchor, Change, ChangeKind, Occurrence
from orchestrator.plan.rundown import Rundown
from orchestrator.plan.under_way import UnderWay

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


class _Player(UnderWay):
    """Plays changes through; it lives for one call of `run`."""

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
            case ChangeKind.CANCEL | ChangeKind.FINISH:
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
            if place not in self.given and not self.follows(place) and not self.anchored(place, BOUND)
        ]
        for place in moving:
            self.shift[place] += now - since
        if self.end > since:
            self._move_end(now, self.end + (now - since))

    def _extend(self, now: datetime, by: timedelta) -> None:
        for place in self.pending():
            if not self.follows(place) and self.anchored(place, frozenset({Anchor.END})):
                self.shift[place] += by
        self._move_end(now, self.end + by)
        self.extended += by

    def _shift_from(self, place: int, now: datetime, by: timedelta) -> None:
        times, pending = self.dues(), set(self.pending())
        if place not in pending:
            return
        moving = moved_from(place, times, pending)
        moving = {one for one in moving if one not in self.given and not self.anchored(one, BOUND)}
        for one in moving:
            if self.rundown.parents[one] not in moving:
                self.shift[one] += by
        start = times[place]
        if self.end > now and (start is None or self.end >= start):
            self._move_end(now, self.end + by)
            self.extended += by

    def _shift_alone(self, place: int, by: timedelta) -> None:
        if place in self.pending() and place not in self.given and not self.anchored(place, BOUND):
            self.shift[place] += by

    def _give_text(self, place: int, change: Change) -> None:
        if self.fired[place] is None and place not in self.dropped:
            key = (place, change.field or "")
            self.texts[key] = (*self.texts.get(key, ()), (change.at, str(change.value)))

    def _finish(self, now: datetime) -> None:
        self._resume(now)
        by = min(now - self.end, NOTHING)
        for place in self.pending():
            if self.anchored(place, frozenset({Anchor.END})):
                if not self.follows(place):
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
