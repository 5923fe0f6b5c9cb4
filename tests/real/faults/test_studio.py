"""OBS dies or stands still while a ceremony is on the air."""

from __future__ import annotations

import os
import signal

import pytest

from demo.seen import Frame, scene_of
from demo.station import PALETTE
from orchestrator.devices.slates import SCENE as SLATE
from tests.real.faults.broadcast import MakeMeasured, steady
from tests.real.faults.measure import backwards, delay, freeze
from tests.real.stage import NAMES, Stage, alive, now
from tests.support import until

pytestmark = pytest.mark.real


def test_killed(stage: Stage, measured: MakeMeasured) -> None:
    """Viewers see the slate, then the same scene again, on one connection; the recording goes on in a new file."""
    pid, mark = stage.pid("obs"), now()
    masters = len(stage.spool("studio"))
    os.kill(pid, signal.SIGKILL)
    until(lambda: SLATE in stage.scenes_since("youtube", mark), 10, what="the slate at the sink")
    until(lambda: stage.sees("youtube") == stage.sees("facebook") == "Lapangan Lebar", 20, what="the programme back")
    steady(stage, 2)
    until(lambda: len(stage.spool("studio")) == masters + 1, 10)
    with measured("OBS killed") as m:
        frames = {name: stage.seen(name).frames for name in NAMES}
        m.at_most("slate at the sinks", [delay(each, mark, is_slate) for each in frames.values()], 0.5)
        m.at_most("freeze at the sinks", [freeze(each, mark) for each in frames.values()], 0.5)
        m.equal("scenes seen", stage.scenes_since("youtube", mark)[-2:], [SLATE, "Lapangan Lebar"])
        m.none("decode errors", [len(stage.seen(name).errors) for name in NAMES])
        times = [[frame.pts for frame in stage.frames_since(name, mark)] for name in NAMES]
        m.none("times that go backwards", [backwards(each) for each in times])
    assert stage.status()["observed"]["record"] is True
    assert not alive(pid)


def is_slate(frame: Frame) -> bool:
    """Whether a frame shows the slate."""
    return scene_of(frame.colour, PALETTE) == SLATE
