"""A slow, plain second opinion on how one occurrence runs: minute by minute, every cue looked at every time.

It shares no code with `course`, `timeline` and `state`. All times are whole minutes from START.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from orchestrator.plan.model import Anchor, At, Ceremony, Change, ChangeKind, Cue
from tests.plan.support import START, minutes

LENGTH = 50
"""Minutes from START to the planned end of every occurrence that is played."""


@dataclass
class Line:
    """A cue on its way."""

    cue: Cue
    place: int
    pushed: int = 0
    fired: int | None = None
    go: int | None = None
    asked: bool = False
    dead: bool = False
    mute: bool = False

    @property
    def source(self) -> At | None:
        return self.cue.latest if self.cue.at.anchor is Anchor.GO else self.cue.at

    @property
    def coming(self) -> bool:
        return self.fired is None and not self.dead


@dataclass
class Reference:
    """One occurrence, played minute by minute."""

    ceremony: Ceremony
    end: int = LENGTH
    lines: list[Line] = field(default_factory=list)
    doing: list[Line] = field(default_factory=list)
    held: bool = False
    cancelled: bool = False
    closed: bool = False
    begun: bool = False

    def play(self, changes: Sequence[Change], first: int, last: int) -> dict[int, dict[str, object]]:
        """What is wanted at each minute."""
        self.lines = [Line(cue, place) for place, cue in enumerate(self.ceremony.cues)]
        states = {}
        for now in range(first, last + 1):
            if self.held:
                self._push(now)
            self._fire(now)
            for change in sorted(changes, key=lambda change: change.id):
                if change.at == START + minutes(now):
                    self._change(change, now)
                    self._fire(now)
            states[now] = self._state()
        return states

    def _up(self, line: Line) -> Line | None:
        source = line.source
        if source is None or source.anchor is not Anchor.CUE:
            return None
        return next(other for other in self.lines if other.cue.id == source.cue)

    def _hangs_on(self, line: Line, anchor: Anchor) -> bool:
        if line.go is not None or line.source is None:
            return False
        up = self._up(line)
        return line.source.anchor is anchor if up is None else self._hangs_on(up, anchor)

    def _due(self, line: Line, now: int | None) -> int | None:
        """When a line is due; with `now`, what it hangs on comes at the earliest then."""
        if line.go is not None:
            return line.go
        if line.asked or line.source is None:
            return None
        offset = round(line.source.offset / minutes(1)) + line.pushed
        up = self._up(line)
        if up is None:
            return self._anchor(line.source) + offset
        if up.fired is not None:
            return up.fired + offset
        above = self._due(up, now)
        return None if above is None else max(above, above if now is None else now) + offset

    def _anchor(self, at: At) -> int:
        if at.clock is not None:
            return (at.clock.hour - 7) * 60 + at.clock.minute - 30
        return 0 if at.anchor is Anchor.START else LENGTH

    def _push(self, now: int) -> None:
        """A minute of hold has passed."""
        if self.end > now - 1:
            self.end += 1
        for line in self.lines:
            up = self._up(line)
            follows = up is not None and up.fired is None
            if line.coming and line.go is None and not follows and not self._hangs_on(line, Anchor.CLOCK):
                line.pushed += 1

    def _fire(self, now: int) -> None:
        if self.held or self.cancelled:
            return
        due = [line for line in self.lines if line.coming and (at := self._due(line, now)) is not None and at <= now]
        order = {line.place: self._due(line, None) for line in due}
        for line in sorted(due, key=lambda line: (order[line.place], line.place)):
            line.fired = now
            if not line.mute:
                self.begun = True
                self.doing.append(line)

    def _on(self) -> bool:
        stream = record = False
        for line in self.doing:
            stream = stream if line.cue.do.stream is None else line.cue.do.stream
            record = record if line.cue.do.record is None else line.cue.do.record
        return stream or record

    def _over(self, now: int) -> bool:
        coming = [line for line in self.lines if line.coming]
        if self.cancelled:
            return True
        if self.held or not self.begun or any(self._due(line, now) is not None for line in coming):
            return False
        return not coming or (not self._on() and now >= self.end)

    def _change(self, change: Change, now: int) -> None:  # noqa: C901, PLR0912 - a plain list of cases
        if self.closed:
            return
        line = next((line for line in self.lines if line.cue.id == change.cue), None)
        if change.kind is ChangeKind.CLOSED:
            self.closed = self._over(now) or self.begun or now >= self.end
            return
        over = self._over(now)
        if over:
            reopening = change.kind in {ChangeKind.ASKED, ChangeKind.MISSED}
            given = change.kind is ChangeKind.GO and line is not None and line.asked
            if self.cancelled or not (reopening or given):
                return
        match change.kind:
            case ChangeKind.HOLD:
                self.held = True
            case ChangeKind.RESUME:
                self.held = False
            case ChangeKind.EXTEND:
                self._extend(round(float(str(change.value)) / 60))
            case ChangeKind.FINISH if self.begun:
                self._finish(now)
            case ChangeKind.CANCEL | ChangeKind.FINISH:
                self.held, self.cancelled, self.end = False, True, min(self.end, now)
            case ChangeKind.GO if line is not None and line.coming:
                if line.cue.at.anchor is Anchor.GO or line.asked:
                    line.go, line.asked = now, False
            case ChangeKind.SKIP if line is not None and line.coming:
                line.asked, line.mute = False, True
                if self._due(line, now) is None:
                    line.go = now
            case ChangeKind.MISSED if line is not None and not line.dead:
                line.asked, line.mute = False, True
                self.doing = [other for other in self.doing if other is not line]
                if line.fired is None and self._due(line, now) is None and not over:
                    line.go = now
            case ChangeKind.ASKED if line is not None and not line.dead:
                line.asked, line.go, line.fired = True, None, None
                self.doing = [other for other in self.doing if other is not line]
            case _:
                pass

    def _extend(self, by: int) -> None:
        self.end += by
        for line in self.lines:
            up = self._up(line)
            if line.coming and self._hangs_on(line, Anchor.END) and (up is None or up.fired is not None):
                line.pushed += by

    def _finish(self, now: int) -> None:
        self.held = False
        sooner = min(now - self.end, 0)
        hanging = [line for line in self.lines if line.coming and self._hangs_on(line, Anchor.END)]
        for line in [line for line in self.lines if line.coming]:
            up = self._up(line)
            if line in hanging:
                line.pushed += sooner if up is None or up.fired is not None else 0
            elif line.cue.do.stream is False or line.cue.do.record is False:
                line.go, line.asked = now, False
            else:
                line.dead = True
        self.end += sooner

    def _state(self) -> dict[str, object]:
        if not self.begun or self.closed:
            return {}
        state: dict[str, object] = {"scene": None, "stream": None, "record": None, "cue": None}
        for line in self.doing:
            do = line.cue.do
            state["cue"] = line.cue.id
            for name, value in (("scene", do.scene), ("stream", do.stream), ("record", do.record)):
                state[name] = state[name] if value is None else value
        if self.cancelled:
            state |= {"stream": False, "record": False}
        return state | {"held": self.held, "end": None if self.held else self.end}
