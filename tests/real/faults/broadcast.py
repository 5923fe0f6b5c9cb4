"""The broadcast that the faults are done to."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from demo.seen import Frame, scene_of
from demo.station import PALETTE, VENUE
from orchestrator.devices.slates import SCENE as SLATE
from tests.real.faults import clip
from tests.real.faults.clip import times
from tests.real.faults.measure import ON_ITS_WAY, hole, lacking, times_from
from tests.real.faults.rows import Measured
from tests.real.stage import LONG_SHOW, NAMES, Stage, now
from tests.support import until

MakeMeasured = Callable[[str], Measured]

LAST, MISSED = "penutup", "mimbar"
"""The cue at the event's end, and the one that it takes the place of 2 s later."""
SHOW = [
    {"id": "layar-tunggu", "at": "start-8s", "do": {"scene": "Segera Dimulai", "mute": [clip.SOUND], "record": True}},
    *LONG_SHOW[1:3],
    {"id": MISSED, "at": "end-2s", "do": {"scene": "Mimbar"}},
    LONG_SHOW[3],
    {"id": "turun", "at": "end+60s", "do": {"stream": False}},
    {"id": "selesai", "at": "end+62s", "do": {"record": False}},
]
"""The stage's long show with one sound muted, so that the clip's is heard and a wrong mute is seen."""


def make(root: Path, **options: Any) -> Stage:
    """A stage whose ceremony flashes and beeps in a corner, and whose sinks write down what they get."""
    stage = Stage(root, **{"cues": SHOW, "record": True, **options})
    profiles = stage.station.profiles
    clip.put_in(profiles, profiles / "venues" / f"{VENUE}.yaml", "Lapangan Lebar")
    return stage


class Shared:
    """The broadcast that the tests share: begun when one needs it, ended when one failed on it or needs its own."""

    def __init__(self, root: Path, begin: Callable[[Path], Stage] | None = None) -> None:
        self._root = root
        self._begin = begin or (lambda root: make(root, length="3h", own_slate=True))
        self._count = 0
        self._stage: Stage | None = None

    def get(self) -> Stage:
        """The broadcast."""
        if self._stage is None:
            self._count += 1
            self._stage = self._begin(self._root / f"stage-{self._count}")
            self._stage.go(stop_air=False)
        return self._stage

    def end(self) -> None:
        """End it; the next to ask gets a new one."""
        stage, self._stage = self._stage, None
        if stage is not None:
            stage.close()


def well_on_air(stage: Stage) -> None:
    """Wait until both viewers see the ceremony, both recordings run and nothing is wrong."""
    stage.on_air()
    live = dict.fromkeys(NAMES, "live")

    def well() -> bool:
        observed = stage.status().get("observed", {})
        return observed.get("record") is True and observed.get("stream") == live and not stage.problems()

    until(well, 30, what=f"all well on air, not {stage.status()}")


def steady(stage: Stage, seconds: float, names: Sequence[str] = NAMES) -> None:
    """Let viewers see so much more of the stream."""
    marks = {name: stage.seen(name).frames[-1].pts for name in names}
    until(lambda: all(stage.seen(n).frames[-1].pts > mark + seconds for n, mark in marks.items()), seconds + 30)


class Whole:
    """What of the stream doesn't reach viewers, nor the safety recording, from now on.

    It begins and ends with frames that were shown, by their times in the stream: the frames that arrived since a moment
    wouldn't do, as those that are sent ahead of their turn (B-frames come after the one that they lie before) arrived
    earlier. A stream that has ended, or begun anew, lacks all that should have come since.
    """

    def __init__(self, stage: Stage, names: Sequence[str] = NAMES) -> None:
        self._stage = stage
        self._since = {name: stage.seen(name).frames[-1] for name in names}
        self._run = safety(stage)[-1].name.rpartition("_")[0]
        self._wall = time.time()  # noqa: TID251 - files have times of the wall clock
        self._recorded = times(self._segments()[-2:])[-1]
        self._mark = now()

    def _times(self) -> dict[str, list[float]]:
        """The times of the frames that each viewer was shown since, the one before them first."""
        return {name: times_from(self._stage.seen(name).frames, first) for name, first in self._since.items()}

    def missing(self) -> int:
        """How many frames they weren't shown."""
        lasted = now() - self._mark
        return sum(lacking(each, lasted) for each in self._times().values())

    def unrecorded(self) -> int:
        """How many frames aren't in the safety recording, by the recorder that ran at first: another has times anew."""
        lasted = now() - self._mark
        files = [each for each in self._segments() if each.stat().st_mtime >= self._wall]
        return lacking([each for each in times(files) if each >= self._recorded], lasted)

    def _segments(self) -> list[Path]:
        return [each for each in safety(self._stage) if each.name.startswith(self._run)]


class Master:
    """The studio's own recording, which goes on in the same file from now on."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._files = stage.spool("studio")
        self._reached = times(self._files[-1:])[-1]
        self._mark = now()

    def hole(self) -> float:
        """Seconds that are missing at its longest hole, its end counted; infinite where another file was begun."""
        if self._stage.spool("studio") != self._files:
            return math.inf
        lasted = now() - self._mark
        since = [each for each in times(self._files[-1:]) if each >= self._reached]
        return max(hole(since), lasted - ON_ITS_WAY - (since[-1] - since[0]))


def is_slate(frame: Frame) -> bool:
    """Whether a frame shows the slate."""
    return scene_of(frame.colour, PALETTE) == SLATE


def safety(stage: Stage, since: float = 0.0) -> list[Path]:
    """The segments of the safety recording that were written to after a time, seconds since the epoch."""
    return [each for each in stage.spool("safety") if each.suffix == ".ts" and each.stat().st_mtime >= since]
