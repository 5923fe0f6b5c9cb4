"""OBS dies or stands still while a ceremony is on the air."""

from __future__ import annotations

import os
import signal

import pytest
import yaml

from tests.real.faults import clip
from tests.real.faults.broadcast import MakeMeasured, steady
from tests.real.faults.continuity import SCENE, Continuity
from tests.real.faults.rows import Measured
from tests.real.stage import Stage, alive, now
from tests.support import until

pytestmark = pytest.mark.real


class Fault(Continuity):
    """A fault of OBS, and how things stood before it."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.pid = stage.pid("obs")
        self.masters = stage.spool("studio")
        self.recorded = 0.0
        """Seconds that OBS had recorded when it was hit."""

    def signal(self, which: signal.Signals) -> float:
        """Do it to OBS; returns when."""
        asked = now()
        if which != signal.SIGCONT:
            self.recorded = self.stage.obs("GetRecordStatus")["outputDuration"] / 1000
        moment = now()
        os.kill(self.pid, which)
        self.recorded += moment - asked
        return moment

    def unbroken(self, m: Measured, freezes: float, own: float = 0.0) -> None:
        """As after any fault; the slate is of the studio's own making, so that a decoder sees no other encoder."""
        super().unbroken(m, freezes, own)
        m.equal("slate: whose picture", self.stage.slate(), "own")
        m.equal("parameter sets at the sinks", {clip.sets(s.recorded()[-1]) for s in self.stage.sinks.values()}, {1})

    def own(self) -> float:
        """Seconds by which OBS itself moved sound against picture, by its own recording."""
        return clip.moved(self.masters[-1], self.stage.spool("studio")[-1], self.since_calm())

    def lost(self) -> float:
        """Seconds that OBS had recorded and that aren't in its old file."""
        return self.recorded - clip.length(self.masters[-1])

    def restarted(self, m: Measured) -> None:
        """How the new OBS must be."""
        stage = self.stage
        fresh = until(lambda: stage.spool("studio")[len(self.masters) :], 10)
        m.equal("new files of the studio recording", len(fresh), 1)
        m.holds("its number", "the next", fresh[0].stem > self.masters[-1].stem, fresh[0].name)
        m.at_most("lost at the end of the old one, of which every frame is decoded", self.lost(), 3)
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
        fault.unbroken(m, 0.5, fault.own())
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
        fault.unbroken(m, 1.5, fault.own())
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
        fault.unbroken(m, 1.5, fault.own())
        fault.restarted(m)


def _title(stage: Stage) -> str:
    return str(yaml.safe_load(stage.station.schedule.read_text())["events"][0]["title"])
