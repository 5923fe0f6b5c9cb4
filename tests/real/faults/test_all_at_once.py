"""Everything dies at once, as in a power cut, while a ceremony is on the air."""

from __future__ import annotations

import time
from pathlib import Path

import psutil
import pytest

from orchestrator.devices.slates import SCENE as SLATE
from tests.real.faults.broadcast import MakeMeasured, safety, steady, well_on_air
from tests.real.faults.clip import length, times
from tests.real.faults.measure import delay
from tests.real.stage import NAMES, Stage, now
from tests.support import until

pytestmark = [pytest.mark.real, pytest.mark.long]

SCENE = "Lapangan Lebar"


def test_power_cut(stage: Stage, measured: MakeMeasured) -> None:
    """All that ran is on again within seconds of the start, in new files, and no cue is played a second time."""
    steady(stage, 8)
    masters, told = stage.spool("studio"), _outcomes(stage)
    recorded = stage.obs("GetRecordStatus")["outputDuration"] / 1000
    asked = now()
    stage.service.kill()
    left = stage.service.leftovers()
    for process in left:
        process.kill()
    cut, wall = now(), time.time()  # noqa: TID251 - files have times of the wall clock
    psutil.wait_procs(left, timeout=5)
    written = safety(stage)
    lost = _lost(written, wall)
    stage.service.start(stop_air=False)
    begun = now()
    until(lambda: all(stage.sees(name) == SCENE and stage.frames_since(name, begun) for name in NAMES), 40)
    well_on_air(stage)
    back = [delay(stage.seen(name).frames, begun, lambda frame: stage.scene(frame) == SCENE) for name in NAMES]
    seen = {scene for name in NAMES for scene in stage.scenes_since(name, begun)} - {SLATE}
    fresh = until(lambda: stage.spool("studio")[len(masters) :], 10)
    with measured("everything killed at once") as m:
        m.at_most("state of now at the sinks after the start", back, 10)
        m.equal("scenes at the sinks after the start but the slate", seen, {SCENE})
        m.at_most("lost at the end of the studio file", recorded + (cut - asked) - length(masters[-1]), 3)
        m.at_most("lost at the end of the safety recording", lost, 3)
        m.equal("new files of the studio recording", len(fresh), 1)
        m.holds("its number", "the next", fresh[0].stem > masters[-1].stem, fresh[0].name)
        m.equal("cues told anew", {*_outcomes(stage)} - {*told}, set())


def _lost(files: list[Path], cut: float) -> float:
    """Seconds that are missing at the end: the file before the last was written until the last one began."""
    *_, before, last = [each for each in files if each.stat().st_size]
    shown = times([last])
    held = shown[-1] - shown[0] if shown else 0.0
    return cut - before.stat().st_mtime - held


def _outcomes(stage: Stage) -> list[tuple[str, str, str]]:
    """What is told of each cue; what was merely put back isn't its own."""
    return [(line["cue"], line["field"], line["outcome"]) for line in stage.log() if line["outcome"] != "restored"]
