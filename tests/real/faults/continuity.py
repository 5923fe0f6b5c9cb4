"""A broadcast around one fault: how things stood before it, and what it must leave whole."""

from __future__ import annotations

import time

from orchestrator.devices.slates import SCENE as SLATE
from tests.real.faults import clip
from tests.real.faults.broadcast import is_slate, safety, steady
from tests.real.faults.measure import backwards, delay, freeze, gone, hole
from tests.real.faults.rows import Measured
from tests.real.stage import NAMES, Stage, now
from tests.support import until

SCENE = "Lapangan Lebar"
"""What is on programme but for the slate."""
SIDE = 6.0
"""Seconds of calm before and after a fault, by which sound is held against picture."""


class Continuity:
    """What viewers, sinks and the safety recording had before a fault, and have after it."""

    def __init__(self, stage: Stage) -> None:
        steady(stage, SIDE)
        self.stage = stage
        self.publishers = {name: sink.publishers() for name, sink in stage.sinks.items()}
        self.errors = {name: len(stage.seen(name).errors) for name in NAMES}
        self.mark, self.wall = now(), time.time()  # noqa: TID251 - files have times of the wall clock

    def wait_slate(self, within: float = 15) -> None:
        until(
            lambda: all(SLATE in self.stage.scenes_since(each, self.mark) for each in NAMES), within, what="the slate"
        )

    def wait_back(self, within: float = 25) -> None:
        until(lambda: all(self.stage.sees(name) == SCENE for name in NAMES), within, what="the programme back")
        steady(self.stage, SIDE)

    def slate(self) -> list[float]:
        """Seconds until the slate, at each sink."""
        return [delay(self.stage.seen(name).frames, self.mark, is_slate) for name in NAMES]

    def back(self, since: float) -> list[float]:
        """Seconds from a moment until the slate was gone, at each sink."""
        return [gone(self.stage.seen(name).frames, since, is_slate) for name in NAMES]

    def since_calm(self) -> float:
        """Seconds since the calm before the fault began, to be asked as a recording that grows is read."""
        return now() - self.mark + SIDE

    def unbroken(self, m: Measured, freezes: float, own: float = 0.0, *, heard: bool = True) -> None:
        """What every fault of what feeds the programme must leave whole.

        Args:
            m: Where it is held against the promise.
            freezes: Seconds that a picture may stand.
            own: Seconds by which the source itself came back with its sound moved against its picture: OBS begins a
                clip with its sound in time or three packets (64 ms) late, by chance, and so it stays.
            heard: Whether it has sound before and after, to be held against its picture.
        """
        stage, mark = self.stage, self.mark
        m.at_most("longest freeze at the sinks", [freeze(stage.seen(name).frames, mark) for name in NAMES], freezes)
        scenes = {tuple(stage.scenes_since(name, mark - 1)) for name in NAMES}
        m.equal("scenes at the sinks", scenes, {(SCENE, SLATE, SCENE)})
        m.none("connections anew at the sinks", [s.publishers() - self.publishers[n] for n, s in stage.sinks.items()])
        m.none("decode errors at the sinks", [len(stage.seen(name).errors) - self.errors[name] for name in NAMES])
        frames = [stage.frames_since(name, mark) for name in NAMES]
        m.none("damaged pictures at the sinks", [sum(frame.bad for frame in each) for each in frames])
        m.none("steps back in time", [backwards([frame.pts for frame in each]) for each in frames])
        if heard:
            recorded = [sink.recorded()[-1] for sink in stage.sinks.values()]
            shifts = [abs(clip.skews(each, self.since_calm()).shift - own) for each in recorded]
            m.at_most("sound against picture moved on the way", shifts, 0.040, unit="ms")
        if own:
            m.note("sound against picture moved by OBS itself", f"{own * 1000:+.0f} ms")
        segments = safety(stage, self.wall - SIDE)
        m.at_most("longest hole in the safety recording", hole(clip.times(segments)), freezes)
        m.none("decode errors in the safety recording", [len(clip.complaints(each)) for each in segments[:-1]])
        m.equal("kHz of its sound", {clip.rate(each) for each in segments[:-1]}, {48})
