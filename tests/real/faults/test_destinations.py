"""A destination, or all of them, can't be reached while a ceremony is on the air."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from demo.station import EVENT, VENUE
from orchestrator.catalogue.records import Incident
from tests.real.faults.broadcast import MakeMeasured, Whole, steady, well_on_air
from tests.real.faults.logged import Log
from tests.real.faults.measure import freeze
from tests.real.faults.rows import Measured
from tests.real.faults.wiring import HELD, Names, pause
from tests.real.stage import NAMES, MakeStage, Stage, now
from tests.support import until

pytestmark = [pytest.mark.real, pytest.mark.long]

OUTAGE = 240
"""Seconds for which the internet is down."""


class Outage:
    """What a fault of destinations must leave whole, and what is told of it.

    Args:
        stage: The broadcast, well on the air.
        hit: Who can't be reached.
    """

    def __init__(self, stage: Stage, hit: Sequence[str]) -> None:
        self.stage, self.hit = stage, hit
        self.spared = [name for name in NAMES if name not in hit]
        self.mark, self.since = now(), datetime.now(UTC)  # noqa: TID251 - the catalogue's times
        self.whole, self.log = Whole(stage, self.spared), Log(stage)
        self.left_out = stage.left_out()
        self.pids = self._air()
        self.publishers = {name: sink.publishers() for name, sink in stage.sinks.items()}

    def fed(self, back: float) -> list[float]:
        """Seconds from a moment until each of them shows frames that were sent after it, which is waited for."""
        after = back + HELD
        until(lambda: all(self.stage.frames_since(name, after) for name in self.hit), 40, what="fed again")
        return [(self.stage.frames_since(name, after)[0].arrived or 0.0) - back for name in self.hit]

    def told(self, name: str) -> list[Incident]:
        """What was told of a destination since."""
        return [each for each in self.stage.incidents(self.since) if each.where == f"{VENUE}/{name}"]

    def left_alone(self, m: Measured) -> None:
        """Everything but who was hit must be as it was."""
        for name in self.spared:
            m.at_most("longest freeze at the other sink", freeze(self.stage.seen(name).frames, self.mark), 0.5)
            m.none("connections anew at the other sink", self._anew(name))
            m.none("wrongly told of the other", len(self.told(name)))
        own = self.stage.left_out() - self.left_out
        if self.spared:
            m.none("frames missing at the other sink but those of OBS", max(0, self.whole.missing() - own))
        m.none("frames missing in the safety recording but those of OBS", max(0, self.whole.unrecorded() - own))
        m.note("frames that OBS itself left out", str(own))
        m.equal("programs started anew but its pusher", self._air() ^ self.pids, set())

    def was_told(self, m: Measured, during: Sequence[tuple[str, str]]) -> None:
        """Each was named while it lasted, with every cause once, and nothing of it is told any more."""
        for name in self.hit:
            codes = sorted(each.code for each in self.told(name))
            named = [code for code, words in during if stand_in(name) in words]
            m.holds("status said which one", "so", bool(named), ", ".join(named) or "nothing")
            once = bool(codes) and len({*codes}) == len(codes)
            m.holds("told, each cause once", "so", once, ", ".join(codes) or "nothing")
            m.none("still told after its return", sum(each.until is None for each in self.told(name)))
            self.log.once(m, *codes, where=f"{VENUE}/{name}")

    def _anew(self, name: str) -> int:
        return self.stage.sinks[name].publishers() - self.publishers[name]

    def _air(self) -> set[tuple[str, int]]:
        own = {f"{VENUE}/pusher/{name}" for name in self.hit}
        return {(key, pid) for key, pid in self.stage.pids().items() if key not in own}


def stand_in(name: str) -> str:
    """How people call it."""
    return {"youtube": "YouTube", "facebook": "Facebook"}[name]


def problems(stage: Stage) -> list[tuple[str, str]]:
    """What status says is wrong with the venue: code and sentence."""
    return [(each["code"], each["message"]) for each in stage.status().get("problems", ())]


@pytest.mark.parametrize("away", [8, 20])
def test_one_dead(stage: Stage, measured: MakeMeasured, away: int) -> None:
    """The other one misses nothing; the one that was away is fed again soon after its return."""
    sink, outage = stage.sinks["youtube"], Outage(stage, ["youtube"])
    sink.kill()
    pause(away)
    during = problems(stage)
    sink.start()
    fed = outage.fed(now())
    well_on_air(stage)
    with measured(f"a sink dead for {away} s") as m:
        m.at_most("fed again after its return", fed, 5)
        outage.was_told(m, during)
        outage.left_alone(m)


def test_one_stalled(make_stage: MakeStage, measured: MakeMeasured) -> None:
    """One that takes no more data holds nobody else up, is told of, and is fed anew once it takes some again."""
    stage = make_stage(roads=True)
    stage.go()
    well_on_air(stage)
    steady(stage, 3)
    outage = Outage(stage, ["youtube"])
    sent = stage.details("destinations")["youtube"]["sent"]
    stage.roads["youtube"].block()
    blocked = now()
    until(lambda: problems(stage), 20, what="it is told")
    stopped = now() - blocked
    got = stage.details("destinations")["youtube"].get("sent", sent) - sent
    pause(20 - stopped)
    during = problems(stage)
    quiet = stage.frames_since("youtube", blocked + HELD)
    stage.roads["youtube"].unblock()
    fed = outage.fed(now())
    well_on_air(stage)
    with measured("a sink stalled for 20 s") as m:
        m.none("frames that came to it meanwhile", len(quiet))
        m.at_most("told after its begin", stopped, 20)
        m.note("taken by the kernel until then", f"{got / 1000:.0f} kB")
        m.at_most("fed again after its return", fed, 5)
        outage.was_told(m, during)
        outage.left_alone(m)


@pytest.mark.parametrize("away", [12, pytest.param(OUTAGE, marks=pytest.mark.timeout(400))])
def test_all_refuse(stage: Stage, measured: MakeMeasured, away: int) -> None:
    """The broadcast isn't ended, is recorded all the time, and feeds everybody again soon after the network is back."""
    outage = Outage(stage, NAMES)
    for sink in stage.sinks.values():
        sink.kill()
    pause(away)
    during, status = problems(stage), stage.status()
    for sink in stage.sinks.values():
        sink.start()
    _back(stage, measured(f"all sinks unreachable for {away} s"), outage, during, status)


@pytest.mark.timeout(500)
def test_all_packets_vanish(make_stage: MakeStage, measured: MakeMeasured) -> None:
    """The same where nothing is refused: what is sent is lost without a word, be it of an old connection or a new."""
    stage = make_stage(roads=True)
    stage.go()
    well_on_air(stage)
    steady(stage, 3)
    outage = Outage(stage, NAMES)
    for road in stage.roads.values():
        road.vanish()
    gone = now()
    pause(OUTAGE)
    during, status = problems(stage), stage.status()
    quiet = sum(len(stage.frames_since(name, gone + HELD)) for name in NAMES)
    for road in stage.roads.values():
        road.mend()
    m = measured(f"packets to all sinks vanish for {OUTAGE} s")
    m.none("frames that came meanwhile", quiet)
    _back(stage, m, outage, during, status)


def _back(
    stage: Stage,
    measured: Measured,
    outage: Outage,
    during: Sequence[tuple[str, str]],
    status: Mapping[str, Any],
) -> None:
    """Everybody can be reached again, from now on.

    Args:
        stage: The broadcast.
        measured: Where it is held against the promise.
        outage: What was done to it.
        during: What was wrong then.
        status: What status said then.
    """
    fed = outage.fed(now())
    well_on_air(stage)
    steady(stage, 1)
    with measured as m:
        m.at_most("fed again after their return", fed, 10)
        m.equal("event meanwhile, recorded", (status["event"], status["observed"]["record"]), (EVENT, True))
        m.equal("streams wanted meanwhile", sorted(status["wanted"]["stream"]), sorted(NAMES))
        m.equal("on air afterwards", stage.status()["on_air"], True)
        outage.was_told(m, during)
        outage.left_alone(m)


def test_a_name_that_is_not_found(make_stage: MakeStage, measured: MakeMeasured) -> None:
    """A destination whose name can't be found is told of, holds nobody up, and is fed by itself once it is found."""
    stage = make_stage()
    names = Names(stage)
    stage.lead("youtube", f"langsung.test:{stage.sinks['youtube'].port}")
    stage.go()
    until(lambda: stage.sees("facebook") == "Lapangan Lebar", 60, what="the other is on the air")
    until(lambda: "destination.name" in stage.problems(), 20, what="it is told")
    steady(stage, 3, ["facebook"])
    outage = Outage(stage, ["youtube"])
    pause(20)
    during, word = problems(stage), stage.status()["observed"]["stream"]["youtube"]
    names.add("langsung.test")
    fed = outage.fed(now())
    well_on_air(stage)
    told = [each for each in stage.incidents(stage.station.start.replace(hour=0)) if each.where == f"{VENUE}/youtube"]
    with measured("the name of a destination isn't found") as m:
        m.equal("what status calls it", word, "failed")
        m.equal("what status says of it", {code for code, _ in during}, {"destination.name"})
        m.at_most("fed after its name is found", fed, 10)
        m.equal("told, each once", [each.code for each in told], ["destination.name"])
        m.none("still told after its return", sum(each.until is None for each in told))
        Log(stage, whole=True).once(m, "destination.name", where=f"{VENUE}/youtube")
        outage.left_alone(m)
