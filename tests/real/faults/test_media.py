"""A part of the media path dies, or hangs though it is there, while a ceremony is on the air."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from demo.station import VENUE
from tests.real.faults.broadcast import MakeMeasured, Master, Whole, safety, steady, well_on_air
from tests.real.faults.clip import times
from tests.real.faults.logged import Log
from tests.real.faults.measure import FPS, freeze, hole
from tests.real.faults.rows import Measured
from tests.real.stage import NAMES, Stage, alive, now
from tests.support import until

pytestmark = pytest.mark.real

BACK = {"splicer": 2.0, "pusher/youtube": 2.0, "recorder": 2.0, "hub": 5.0}
"""Seconds within which each must be back."""
HUNG = {"splicer": 3.0, "pusher/youtube": 9.0, "recorder": 9.0, "hub": 5.0}
"""Seconds within which each must be ended where it hangs: its keeper's patience, and what ffmpeg gets to end itself."""


@pytest.mark.parametrize("part", ["splicer", "pusher/youtube", "recorder", pytest.param("hub", marks=pytest.mark.long)])
def test_killed(stage: Stage, measured: MakeMeasured, part: str) -> None:
    """Splicer, pusher, recorder and hub are each back by themselves within seconds."""
    pid, recorded = stage.pid(part), safety(stage)
    steady(stage, 1)
    master = Master(stage)
    mark, key = now(), part if part == "hub" else f"{VENUE}/{part}"
    os.kill(pid, signal.SIGKILL)
    until(lambda: stage.pids().get(key, pid) != pid, 10, every=0.05, what=f"{part} replaced")
    until(lambda: all(stage.frames_since(name, mark + 0.5) for name in NAMES), 15)
    well_on_air(stage)
    hit = [name for name in NAMES if part in {"splicer", "hub", f"pusher/{name}"}]
    with measured(f"{part.partition('/')[0]} killed") as m:
        for name in NAMES:
            who = "its sink" if part.startswith("pusher") and name in hit else "the other sink" if hit else "the sinks"
            who = "the sinks" if part in {"splicer", "hub"} else who
            most = BACK[part] if name in hit else 0.5
            m.at_most(f"longest freeze at {who}", freeze(stage.seen(name).frames, mark), most)
        m.at_most("longest hole in the studio recording", master.hole(), 0.5)
        if part in {"recorder", "hub"}:
            m.at_most("missing in the safety recording", _lost(stage, recorded), 2)


class Hung:
    """A part that hangs from now on, for good: it is there, and does nothing.

    Args:
        stage: The broadcast, well on the air.
        part: Which.
    """

    def __init__(self, stage: Stage, part: str) -> None:
        self.stage, self.part = stage, part
        self.key, self.pid = part if part == "hub" else f"{VENUE}/{part}", stage.pid(part)
        self.hit = [name for name in NAMES if part in {"splicer", "hub", f"pusher/{name}"}]
        self.spared = [name for name in NAMES if name not in self.hit]
        self.limit = HUNG[part]
        self.others = self._air()
        self.publishers = {name: sink.publishers() for name, sink in stage.sinks.items()}
        self.whole, self.left_out = Whole(stage, self.spared), stage.left_out()
        self.master, self.recorded, self.log = Master(stage), safety(stage), Log(stage)
        self.reached = times(self.recorded[-1:])[-1]
        self.mark, self.wall = now(), time.time()  # noqa: TID251 - files have times of the wall clock
        os.kill(self.pid, signal.SIGSTOP)

    def replaced(self) -> float:
        """Wait until it is ended and replaced, and all is well again; seconds until its end."""
        stage, pid = self.stage, self.pid
        until(lambda: not alive(pid), 30, every=0.01, what=f"{self.part} ended")
        ended = now()
        until(lambda: stage.pids().get(self.key, pid) != pid, 10, every=0.05, what=f"{self.part} replaced")
        until(lambda: all(stage.frames_since(name, ended + 0.5) for name in NAMES), 20)
        well_on_air(stage)
        steady(stage, 3)
        return ended - self.mark

    def at_the_sinks(self, m: Measured) -> None:
        """Who is fed through it waits no longer than it takes; the others see nothing of it."""
        own = self.stage.left_out() - self.left_out
        for name in NAMES:
            who = "the sinks" if len(self.hit) != 1 else "its sink" if name in self.hit else "the other sink"
            most = self.limit + BACK[self.part] if name in self.hit else 0.5
            m.at_most(f"longest freeze at {who}", freeze(self.stage.seen(name).frames, self.mark), most)
            if name in self.spared or self.part == "splicer":
                m.none(f"connections anew at {who}", self.stage.sinks[name].publishers() - self.publishers[name])
        if self.spared:
            m.none(
                "frames missing at the sinks that it doesn't feed, but those of OBS", max(0, self.whole.missing() - own)
            )
        m.note("frames that OBS itself left out", str(own))
        if self.part != "hub":
            m.equal("programs started anew but it", self._air() - self.others, set())

    def in_the_recordings(self, m: Measured) -> None:
        """The studio's isn't touched; the safety recording lacks no more than it takes, or nothing."""
        m.at_most("longest hole in the studio recording", self.master.hole(), 0.5)
        if self.part in {"recorder", "hub"}:  # what it had written then is its last: it ends later, and writes no more
            lost = _lost(self.stage, self.recorded, self.wall)
        else:
            lost = hole([each for each in times(safety(self.stage, self.wall)) if each >= self.reached])
        most = 0.5 if self.part.startswith("pusher") else self.limit + 2
        m.at_most("missing in the safety recording", lost, most)

    def told(self, m: Measured) -> None:
        """It is said once; of what follows from it each end is, too: a hub takes the studio's stream with it."""
        m.equal("lines of the log that it stands still", len(self.log.lines(f"{self.key} stands still for")), 1)
        told = self.log.told()
        once = [begun == over and (begun == 1 or self.part == "hub") for begun, over in told.values()]
        found = ", ".join(f"{code} {begun}/{over}" for code, (begun, over) in told.items())
        m.holds(
            "what follows, told and told over",
            "as often" if self.part == "hub" else "once",
            all(once),
            found or "nothing",
        )

    def _air(self) -> set[tuple[str, int]]:
        return {(key, pid) for key, pid in self.stage.pids().items() if key != self.key}


@pytest.mark.long
@pytest.mark.parametrize("part", BACK)
def test_hung(stage: Stage, measured: MakeMeasured, part: str) -> None:
    """One that hangs for good is noticed and ended by its keeper, and back as soon as one that was killed."""
    steady(stage, 1)
    hung = Hung(stage, part)
    ended = hung.replaced()
    fault = f"{part.partition('/')[0]} hung for good (given {hung.limit:.0f} s, then {BACK[part]:.0f} s to be back)"
    with measured(fault) as m:
        m.at_most("noticed and ended after", ended, hung.limit + 0.5)
        hung.at_the_sinks(m)
        hung.in_the_recordings(m)
        hung.told(m)


def _lost(stage: Stage, before: list[Path], ended: float | None = None) -> float:
    """Seconds between the last picture of one run of the recorder and the first of the next.

    Args:
        stage: The broadcast.
        before: The segments of the one.
        ended: When its last picture was written, seconds since the epoch; None: as it was ended.
    """
    old = before[-1].name.rpartition("_")[0]
    ended = ended or max(each.stat().st_mtime for each in safety(stage) if each.name.startswith(old))
    fresh = until(lambda: [each for each in safety(stage) if each.name.rpartition("_")[0] > old], 10)
    until(lambda: len(times(fresh)) > FPS, 10)
    shown = times(fresh)
    return fresh[-1].stat().st_mtime - (shown[-1] - shown[0]) - ended
