"""Everything dies at once, as in a power cut, while a ceremony is on the air."""

from __future__ import annotations

import math
import time
from pathlib import Path

import psutil
import pytest

from orchestrator.devices.slates import SCENE as SLATE
from tests.real.faults.broadcast import MakeMeasured, Shared, safety, steady, well_on_air
from tests.real.faults.clip import length, times
from tests.real.faults.ending import bring_near, caught_up, shown, stop_air, wait_past
from tests.real.faults.measure import delay
from tests.real.faults.rows import Measured
from tests.real.stage import NAMES, Stage, now
from tests.support import until

pytestmark = [pytest.mark.real, pytest.mark.long]

SCENE = "Lapangan Lebar"


def test_power_cut(stage: Stage, measured: MakeMeasured) -> None:
    """All that ran is on again within seconds of the start, in new files, and no cue is played a second time."""
    steady(stage, 8)
    told = _outcomes(stage)
    cut = Cut(stage)
    lost = cut.lost()
    stage.service.start(stop_air=False)
    begun = now()
    until(lambda: all(stage.sees(name) == SCENE and stage.frames_since(name, begun) for name in NAMES), 40)
    well_on_air(stage)
    back = [delay(stage.seen(name).frames, begun, lambda frame: stage.scene(frame) == SCENE) for name in NAMES]
    seen = {scene for name in NAMES for scene in stage.scenes_since(name, begun)} - {SLATE}
    with measured("everything killed at once") as m:
        m.at_most("state of now at the sinks after the start", back, 10)
        m.equal("scenes at the sinks after the start but the slate", seen, {SCENE})
        m.at_most("lost at the end of the studio file", lost[0], 3)
        m.at_most("lost at the end of the safety recording", lost[1], 3)
        cut.numbered(m)
        m.equal("cues told anew", {*_outcomes(stage)} - {*told}, set())


def test_power_cut_over_a_cue(shared: Shared, stage: Stage, measured: MakeMeasured) -> None:
    """Of the cues that fell due while all was dead the last one is reached, late; the one before it isn't played."""
    try:
        steady(stage, 3)
        end = bring_near(stage)
        cut = Cut(stage)
        wait_past(end)
        stage.service.start(stop_air=True)
        begun = now()
        until(lambda: all(shown(stage, begun)[each] < math.inf for each in range(len(NAMES))), 40)
        live = dict.fromkeys(NAMES, "live")
        until(lambda: stage.status()["observed"]["stream"] == live and stage.spool("studio")[len(cut.masters) :], 20)
        steady(stage, 2)
        with measured("everything killed at once, while a cue falls due") as m:
            m.at_most("state of now at the sinks after the start", shown(stage, begun), 10)
            caught_up(stage, m, end, begun)
            cut.numbered(m)
            stop_air(stage, m)
    finally:
        shared.end()


class Cut:
    """The power fails: everything is killed, now."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.masters = stage.spool("studio")
        recorded, asked = stage.obs("GetRecordStatus")["outputDuration"] / 1000, now()
        stage.service.kill()
        left = stage.service.leftovers()
        for process in left:
            process.kill()
        self._recorded, self._wall = recorded + now() - asked, time.time()  # noqa: TID251 - files' time
        psutil.wait_procs(left, timeout=5)

    def lost(self) -> tuple[float, float]:
        """Seconds that are missing at the end of the studio's file and of the safety recording."""
        return self._recorded - length(self.masters[-1]), _lost(safety(self._stage), self._wall)

    def numbered(self, m: Measured) -> None:
        """What is recorded after it goes to the next file."""
        fresh = until(lambda: self._stage.spool("studio")[len(self.masters) :], 10)
        m.equal("new files of the studio recording", len(fresh), 1)
        m.holds("its number", "the next", fresh[0].stem > self.masters[-1].stem, fresh[0].name)


def _lost(files: list[Path], cut: float) -> float:
    """Seconds that are missing at the end: the file before the last was written until the last one began."""
    *_, before, last = [each for each in files if each.stat().st_size]
    shown = times([last])
    held = shown[-1] - shown[0] if shown else 0.0
    return cut - before.stat().st_mtime - held


def _outcomes(stage: Stage) -> list[tuple[str, str, str]]:
    """What is told of each cue; what was merely put back isn't its own."""
    return [(line["cue"], line["field"], line["outcome"]) for line in stage.log() if line["outcome"] != "restored"]
