"""OBS dies or stands still while a ceremony is on the air."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import av
import pytest
import yaml

from orchestrator.devices.slates import SCENE as SLATE
from tests.real.faults import clip
from tests.real.faults.broadcast import MakeMeasured, is_slate, safety, steady
from tests.real.faults.measure import backwards, delay, freeze, gone, hole
from tests.real.faults.rows import Measured
from tests.real.stage import NAMES, Stage, alive, now
from tests.support import until

pytestmark = pytest.mark.real

SCENE = "Lapangan Lebar"
SIDE = 6.0
"""Seconds of calm before and after a fault, by which sound is held against picture."""


@dataclass
class Fault:
    """A fault of OBS, and how things stood before it."""

    stage: Stage

    def __post_init__(self) -> None:
        steady(self.stage, SIDE)
        self.pid = self.stage.pid("obs")
        self.masters = self.stage.spool("studio")
        self.publishers = {name: sink.publishers() for name, sink in self.stage.sinks.items()}
        self.errors = {name: len(self.stage.seen(name).errors) for name in NAMES}
        self.mark, self.wall = now(), time.time()  # noqa: TID251 - files have times of the wall clock

    def signal(self, which: signal.Signals) -> float:
        """Do it to OBS; returns when."""
        moment = now()
        os.kill(self.pid, which)
        return moment

    def wait_slate(self) -> None:
        until(lambda: all(SLATE in self.stage.scenes_since(name, self.mark) for name in NAMES), 15, what="the slate")

    def wait_back(self) -> None:
        until(lambda: all(self.stage.sees(name) == SCENE for name in NAMES), 25, what="the programme back")
        steady(self.stage, SIDE)

    def slate(self) -> list[float]:
        """Seconds until the slate, at each sink."""
        return [delay(self.stage.seen(name).frames, self.mark, is_slate) for name in NAMES]

    def back(self, since: float) -> list[float]:
        """Seconds from a moment until the slate was gone, at each sink."""
        return [gone(self.stage.seen(name).frames, since, is_slate) for name in NAMES]

    def unbroken(self, m: Measured, freezes: float) -> None:
        """What every fault of OBS must leave whole."""
        stage, mark = self.stage, self.mark
        m.at_most("longest freeze at the sinks", [freeze(stage.seen(name).frames, mark) for name in NAMES], freezes)
        m.equal(
            "scenes at the sinks", {tuple(stage.scenes_since(name, mark)) for name in NAMES}, {(SCENE, SLATE, SCENE)}
        )
        m.none("connections anew at the sinks", [s.publishers() - self.publishers[n] for n, s in stage.sinks.items()])
        m.none("decode errors at the sinks", [len(stage.seen(name).errors) - self.errors[name] for name in NAMES])
        frames = [stage.frames_since(name, mark) for name in NAMES]
        m.none("damaged pictures at the sinks", [sum(frame.bad for frame in each) for each in frames])
        m.none("steps back in time", [backwards([frame.pts for frame in each]) for each in frames])
        seconds = now() - mark + SIDE
        shifts = [clip.skews(sink.recorded()[-1], seconds).shift for sink in stage.sinks.values()]
        m.at_most("sound against picture moved by", shifts, 0.040, unit="ms")
        m.at_most("longest hole in the safety recording", hole(clip.times(safety(stage, self.wall - SIDE))), freezes)

    def restarted(self, m: Measured) -> None:
        """How the new OBS must be."""
        stage = self.stage
        fresh = until(lambda: stage.spool("studio")[len(self.masters) :], 10)
        m.equal("new files of the studio recording", len(fresh), 1)
        frames = decodable(self.masters[-1])
        m.holds("the old studio file", "usable", frames > 30, f"{frames / 30:.1f} s of it, every frame decoded")
        m.equal("scene of the new OBS", stage.obs("GetCurrentProgramScene")["currentProgramSceneName"], SCENE)
        m.equal(
            "text in the new OBS",
            stage.obs("GetInputSettings", inputName="Judul")["inputSettings"]["text"],
            _title(stage),
        )
        m.equal("muted in the new OBS", stage.details("obs")["muted"], [clip.SOUND])
        sent = {line["field"]: line["sent_at"] for line in stage.log() if line["outcome"] == "restored"}
        m.holds(
            "recording before streaming",
            "so",
            sent["record"] < sent["publish"],
            "so" if sent["record"] < sent["publish"] else f"{sent}",
        )


def test_killed(stage: Stage, measured: MakeMeasured) -> None:
    """Viewers see the slate, then the same scene again, on one connection; the recording goes on in a new file."""
    fault = Fault(stage)
    fault.signal(signal.SIGKILL)
    fault.wait_slate()
    fault.wait_back()
    with measured("OBS killed") as m:
        m.at_most("slate at the sinks", fault.slate(), 0.5)
        m.at_most("programme back at the sinks", fault.back(fault.mark), 3)
        fault.unbroken(m, 0.5)
        fault.restarted(m)
    assert not alive(fault.pid)


@pytest.mark.long
def test_frozen_for_a_while(stage: Stage, measured: MakeMeasured) -> None:
    """An OBS that comes back by itself is left alone, and is on programme again soon."""
    fault = Fault(stage)
    fault.signal(signal.SIGSTOP)
    fault.wait_slate()
    steady(stage, 3)
    thawed = fault.signal(signal.SIGCONT)
    fault.wait_back()
    with measured("OBS frozen for 5 s") as m:
        m.at_most("slate at the sinks", fault.slate(), 1.5)
        m.at_most("programme back after it goes on", fault.back(thawed), 3)
        fault.unbroken(m, 1.5)
        m.equal("OBS started anew", stage.pid("obs") != fault.pid, False)
        m.equal("new files of the studio recording", len(stage.spool("studio")) - len(fault.masters), 0)


@pytest.mark.long
def test_frozen_for_good(stage: Stage, measured: MakeMeasured) -> None:
    """After ten seconds it is ended and started again."""
    fault = Fault(stage)
    fault.signal(signal.SIGSTOP)
    fault.wait_slate()
    until(lambda: not alive(fault.pid), 20, every=0.01)
    ended = now()
    until(lambda: stage.pids().get("lapangan/obs", fault.pid) != fault.pid, 10)
    fault.wait_back()
    with measured("OBS frozen for good") as m:
        m.at_most("slate at the sinks", fault.slate(), 1.5)
        m.at_most("ended after", ended - fault.mark, 10.5)
        m.at_most("programme back after its end", fault.back(ended), 3)
        fault.unbroken(m, 1.5)
        fault.restarted(m)


def decodable(file: Path) -> int:
    """How many frames of a file can be decoded."""
    with av.open(str(file)) as container:
        return sum(1 for _ in container.decode(video=0))


def _title(stage: Stage) -> str:
    return str(yaml.safe_load(stage.station.schedule.read_text())["events"][0]["title"])
