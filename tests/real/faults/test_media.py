"""A part of the media path dies while a ceremony is on the air."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from demo.station import VENUE
from tests.real.faults.broadcast import MakeMeasured, Master, safety, steady, well_on_air
from tests.real.faults.clip import times
from tests.real.faults.measure import FPS, freeze
from tests.real.stage import NAMES, Stage, now
from tests.support import until

pytestmark = pytest.mark.real

BACK = {"splicer": 2.0, "pusher/youtube": 2.0, "recorder": 2.0, "hub": 5.0}
"""Seconds within which each must be back."""


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


def _lost(stage: Stage, before: list[Path]) -> float:
    """Seconds between the last picture of one run of the recorder and the first of the next."""
    old = before[-1].name.partition("_")[0]
    ended = max(each.stat().st_mtime for each in safety(stage) if each.name.startswith(old))
    fresh = until(lambda: [each for each in safety(stage) if each.name.partition("_")[0] > old], 10)
    until(lambda: len(times(fresh)) > FPS, 10)
    shown = times(fresh)
    return fresh[-1].stat().st_mtime - (shown[-1] - shown[0]) - ended
