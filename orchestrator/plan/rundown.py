"""A ceremony's run of show, made ready for working out times, and what is wrong with one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from types import MappingProxyType
from typing import Literal

from orchestrator.plan.model import Anchor, At, Ceremony, Cue, Source

RundownCode = Literal[
    "duplicate-id",
    "unknown-cue",
    "cycle",
    "latest-without-go",
    "latest-is-go",
    "before-go",
    "order",
    "stream-never-ends",
    "record-never-ends",
    "ends-on-go",
    "ends-before-start",
]

_FIXED = frozenset({Anchor.START, Anchor.END, Anchor.SUNRISE, Anchor.SUNSET})
_NO_VALUES: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class RundownFault:
    """One thing that is wrong with a run of show."""

    cue_index: int
    """Which cue, counted from 0 in the order of the file."""
    cue_id: str
    """Its id."""
    code: RundownCode
    """What is wrong."""
    values: Mapping[str, object] = field(default_factory=lambda: _NO_VALUES)
    """The others concerned: `other` (a cue's id), `field` (stream or record)."""


@dataclass(frozen=True)
class Rundown:
    """A ceremony with its cues' references resolved; total: what can't be resolved never fires."""

    ceremony: Ceremony
    """Whose."""

    @cached_property
    def index(self) -> Mapping[str, int]:
        """Cue id to its place in the file; of two equal ids the first."""
        return {cue.id: place for place, cue in reversed(tuple(enumerate(self.ceremony.cues)))}

    @cached_property
    def ats(self) -> tuple[At | None, ...]:
        """What gives each cue its time: its `at`, for a GO its `latest`, None where only a GO can."""
        return tuple(
            at if at is not None and at.anchor is not Anchor.GO else None
            for cue in self.ceremony.cues
            for at in (cue.latest if cue.at.anchor is Anchor.GO else cue.at,)
        )

    @cached_property
    def parents(self) -> tuple[int | None, ...]:
        """The cue that each cue's time hangs on, if any; -1 where it hangs on one that isn't there."""
        return tuple(
            self.index.get(at.cue or "", -1) if at is not None and at.anchor is Anchor.CUE else None for at in self.ats
        )

    @cached_property
    def order(self) -> tuple[int, ...]:
        """Every cue that can have a time, after those that its time hangs on."""
        done: dict[int, None] = {}
        waiting = list(range(len(self.ceremony.cues)))
        while waiting:
            ready = [place for place in waiting if (up := self.parents[place]) is None or up in done]
            if not ready:
                break
            done.update(dict.fromkeys(ready))
            waiting = [place for place in waiting if place not in done]
        return tuple(done)

    def chain(self, place: int) -> tuple[int, ...]:
        """The cue, what it hangs on, what that hangs on, and so on."""
        found: dict[int, None] = {}
        up: int | None = place
        while up is not None and up >= 0 and up not in found:
            found[up] = None
            up = self.parents[up]
        return tuple(found)

    def root(self, place: int) -> Anchor | None:
        """What the cue's time hangs on in the end; None where only a GO can say, or it can't be resolved."""
        at = self.ats[self.chain(place)[-1]]
        return None if at is None or at.anchor is Anchor.CUE else at.anchor

    def waits(self, place: int) -> bool:
        """Whether the cue, or one that it hangs on, may be fired by a GO."""
        return any(self.ceremony.cues[up].at.anchor is Anchor.GO for up in self.chain(place))

    @cached_property
    def stops(self) -> tuple[bool, ...]:
        """Which cues end the stream or the recording."""
        return tuple(cue.do.stream is False or cue.do.record is False for cue in self.ceremony.cues)

    @cached_property
    def studio(self) -> bool:
        """Whether the studio is used at all."""
        return self.ceremony.source is Source.STUDIO or any(_uses_studio(cue) for cue in self.ceremony.cues)


def rundown_faults(ceremony: Ceremony) -> tuple[RundownFault, ...]:
    """Everything that is wrong with a run of show by itself, whatever event uses it, in the order of the file."""
    rundown = Rundown(ceremony)
    faults = [*_reference_faults(rundown), *_order_faults(rundown)]
    faults += [*_ending_faults(rundown, "stream"), *_ending_faults(rundown, "record")]
    return tuple(sorted(faults, key=lambda fault: fault.cue_index))


def _uses_studio(cue: Cue) -> bool:
    do = cue.do
    named = do.scene is not None or do.mute is not None
    return named or do.source is Source.STUDIO or bool(do.text or do.show or do.hide)


def _reference_faults(rundown: Rundown) -> list[RundownFault]:
    faults: list[RundownFault] = []
    counts = Counter(cue.id for cue in rundown.ceremony.cues)
    for place, cue in enumerate(rundown.ceremony.cues):
        if counts[cue.id] > 1 and rundown.index[cue.id] != place:
            faults.append(RundownFault(place, cue.id, "duplicate-id"))
        if cue.latest is not None and cue.at.anchor is not Anchor.GO:
            faults.append(RundownFault(place, cue.id, "latest-without-go"))
        elif cue.latest is not None and cue.latest.anchor is Anchor.GO:
            faults.append(RundownFault(place, cue.id, "latest-is-go"))
        at = rundown.ats[place]
        if rundown.parents[place] == -1 and at is not None:
            faults.append(RundownFault(place, cue.id, "unknown-cue", {"other": at.cue}))
        elif _in_circle(rundown, place):
            faults.append(RundownFault(place, cue.id, "cycle"))
    return faults


def _in_circle(rundown: Rundown, place: int) -> bool:
    up, seen = rundown.parents[place], set[int]()
    while up is not None and up != -1 and up not in seen:
        if up == place:
            return True
        seen.add(up)
        up = rundown.parents[up]
    return False


def _roots(rundown: Rundown) -> list[tuple[object, timedelta] | None]:
    """For each cue what its time hangs on in the end (an anchor, or a GO cue's place), and by how much."""
    roots: list[tuple[object, timedelta] | None] = [None] * len(rundown.ceremony.cues)
    for place in rundown.order:
        cue, at, up = rundown.ceremony.cues[place], rundown.ats[place], rundown.parents[place]
        if cue.at.anchor is Anchor.GO:
            roots[place] = (place, timedelta(0))
        elif at is not None and at.anchor in _FIXED:
            roots[place] = (at.anchor, at.offset)
        elif at is not None and up is not None and (above := roots[up]) is not None:
            roots[place] = (above[0], above[1] + at.offset)
    return roots


def _order_faults(rundown: Rundown) -> list[RundownFault]:
    """Cues that hang on the same thing and stand in another order than they happen."""
    faults: list[RundownFault] = []
    latest: dict[object, tuple[timedelta, str]] = {}
    for place, (cue, root) in enumerate(zip(rundown.ceremony.cues, _roots(rundown), strict=True)):
        if root is None:
            continue
        on, offset = root
        before = latest.get(on)
        if isinstance(on, int) and offset < timedelta(0):
            faults.append(RundownFault(place, cue.id, "before-go", {"other": rundown.ceremony.cues[on].id}))
        elif before is not None and offset < before[0]:
            faults.append(RundownFault(place, cue.id, "order", {"other": before[1]}))
        if before is None or offset >= before[0]:
            latest[on] = (offset, cue.id)
    return faults


def _ending_faults(rundown: Rundown, name: Literal["stream", "record"]) -> list[RundownFault]:
    """A stream or recording that nothing ends, or that is ended before it begins, or only if somebody gives a GO."""
    cues = rundown.ceremony.cues
    named = [(place, on) for place, cue in enumerate(cues) if (on := getattr(cue.do, name)) is not None]
    if not named:
        return []
    place, on = named[-1]
    if on:
        never: RundownCode = "stream-never-ends" if name == "stream" else "record-never-ends"
        return [RundownFault(place, cues[place].id, never, {"field": name})]
    if not named[0][1]:
        return [RundownFault(named[0][0], cues[named[0][0]].id, "ends-before-start", {"field": name})]
    root = _roots(rundown)[place]
    if root is not None and isinstance(root[0], int) and rundown.ats[root[0]] is None:
        values = {"field": name, "other": cues[root[0]].id}
        return [RundownFault(place, cues[place].id, "ends-on-go", values)]
    return []
