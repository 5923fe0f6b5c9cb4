"""The machine's clock is put forward and back, or its zone changes to summer time, while a ceremony is on the air."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from demo.service import Service
from demo.station import EVENT, VENUE
from orchestrator.catalogue.records import AsRun
from orchestrator.catalogue.store import Catalogue
from orchestrator.files import write_whole
from tests.real.faults import stepped
from tests.real.faults.broadcast import MakeMeasured, Whole, steady, well_on_air
from tests.real.faults.logged import Log
from tests.real.faults.measure import FPS, freeze
from tests.real.faults.rows import Measured
from tests.real.stage import NAMES, MakeStage, Stage, now
from tests.support import until

pytestmark = [pytest.mark.real, pytest.mark.long, pytest.mark.timeout(400)]

SCENE, NEXT = "Lapangan Lebar", "Komandan"
HOUR = timedelta(hours=1)
SHOW = [
    {"id": "layar-tunggu", "at": "start-8s", "do": {"scene": "Segera Dimulai", "mute": "none", "record": True}},
    {"id": "tayang", "at": "start-6s", "do": {"stream": True}},
    {"id": "mulai", "at": "start", "do": {"scene": SCENE}},
    {"id": "komandan", "at": "start+90m", "do": {"scene": NEXT}},
    {"id": "penutup", "at": "end", "do": {"scene": "Penutup"}},
    {"id": "turun", "at": "end+2s", "do": {"stream": False}},
    {"id": "selesai", "at": "end+3s", "do": {"record": False}},
]


class Station:
    """A broadcast whose service has a clock that can be put."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._file = stage.root / "clock"
        write_whole(self._file, "0")
        stage.service = Service(stage.station, program=(sys.executable, stepped.__file__, str(self._file)))
        stage.go()
        well_on_air(stage)
        steady(stage, 5)

    def put(self, by: timedelta) -> Callable[[Measured, str], None]:
        """Put the clock by so much from what it is in truth; the answer holds what every step must leave as it was."""
        stage, mark, whole = self.stage, now(), Whole(self.stage)
        before, told = stage.pids(), len(_rows(stage))
        publishers = sum(sink.publishers() for sink in stage.sinks.values())
        logged = len(_steps(stage))
        write_whole(self._file, str(by.total_seconds()))
        until(lambda: len(_steps(stage)) > logged, 10, what="the step is told")
        steady(stage, 8)

        def hold(m: Measured, scene: str) -> None:
            shown = {each for name in NAMES for each in stage.scenes_since(name, mark)}
            observed = stage.status()["observed"]
            m.none("frames missing at the sinks", whole.missing())
            m.at_most("longest freeze at the sinks", [freeze(stage.seen(name).frames, mark) for name in NAMES], 0.5)
            m.equal("scenes at the sinks", shown, {SCENE, scene})
            m.none("connections anew", sum(sink.publishers() for sink in stage.sinks.values()) - publishers)
            m.none("frames missing in the safety recording", whole.unrecorded())
            m.equal("recording", observed["record"], True)
            m.equal("streams", observed["stream"], dict.fromkeys(NAMES, "live"))
            m.equal("programs started anew", {*stage.pids().items()} - {*before.items()}, set())
            m.equal("lines of the log that tell of the step", len(_steps(stage)) - logged, 1)
            if scene == SCENE:
                m.equal("lines of the as-run log", [_line(row) for row in _rows(stage)[told:]], [])

        return hold


def test_put(make_stage: MakeStage, measured: MakeMeasured) -> None:
    """The schedule goes by the new time, what is on the air stays, and no cue is told a second time."""
    stage = make_stage(length="3h", cues=SHOW)
    station = Station(stage)
    hold = station.put(HOUR)
    with measured("wall clock put forward by 1 h") as m:
        hold(m, SCENE)
    hold = station.put(timedelta(0))
    with measured("wall clock put back by 1 h, to the right time") as m:
        hold(m, SCENE)
    hold = station.put(-HOUR)
    with measured("wall clock put back by 1 h, to before the event") as m:
        hold(m, SCENE)
    hold = station.put(timedelta(0))
    with measured("wall clock put forward by 1 h, to the right time") as m:
        hold(m, SCENE)
    mark = now()
    hold = station.put(2 * HOUR)
    with measured("wall clock put forward by 2 h, past a cue") as m:
        hold(m, NEXT)
        m.equal("scene at the sinks", {stage.sees(name) for name in NAMES}, {NEXT})
        m.at_most("the cue's scene at the sinks", [_came(stage, name, mark) for name in NAMES], 4)
        m.equal("outcomes of the cue", [row.outcome for row in _rows(stage) if row.cue == "komandan"], ["late"])
        m.equal("told of the clock (clock.stepped)", len(stage.incidents(stage.station.start - HOUR, "clock.")), 1)


def test_put_back_and_started_anew(make_stage: MakeStage, measured: MakeMeasured) -> None:
    """By the new time the event has yet to begin: a new service has it on as it was, and ends it when told to."""
    stage = make_stage(length="3h", cues=SHOW)
    Station(stage).put(-HOUR)
    before, whole, masters, mark = stage.pids(), Whole(stage), stage.spool("studio"), now()
    publishers = sum(sink.publishers() for sink in stage.sinks.values())
    stage.service.kill()
    os.kill(stage.pid("obs"), signal.SIGKILL)
    steady(stage, 3)
    begun = now()
    stage.service.start(stop_air=False)
    until(lambda: len(stage.spool("studio")) > len(masters), 40, what="a new file")
    live = {"stream": dict.fromkeys(NAMES, "live"), "record": True}
    until(lambda: _observed(stage, live) == live, 30, what="all on the air")
    until(lambda: {stage.sees(name) for name in NAMES} == {SCENE}, 20, what="the programme")
    took = now() - begun
    steady(stage, 5)
    with measured(
        "wall clock put back by 1 h, to before the event; service and OBS killed, the service started again"
    ) as m:
        m.at_most("longest freeze at the sinks", [freeze(stage.seen(name).frames, mark) for name in NAMES], 0.5)
        m.none("connections anew", sum(sink.publishers() for sink in stage.sinks.values()) - publishers)
        m.at_most("missing in the safety recording", whole.unrecorded() / FPS, 0.5)
        m.at_most("all on the air again after the start", took, 10)
        m.equal("new files of the studio recording", len(stage.spool("studio")) - len(masters), 1)
        anew = {key.partition("/")[2] for key, pid in stage.pids().items() if before.get(key) != pid}
        m.equal("programs started anew", anew - {"screen"}, {"obs"})
    ended = now()
    stage.service.ask("finish", EVENT)
    off = {"stream": dict.fromkeys(NAMES, "off"), "record": False}
    until(lambda: _observed(stage, off) == off, 30, what="all off the air")
    with measured("the event ended by an operator before its begin by the clock") as m:
        m.at_most("streams and recordings ended after that", now() - ended, 15)


def test_summer_time_ends(make_stage: MakeStage, measured: MakeMeasured) -> None:
    """The machine stands in another zone, whose hour comes twice while the ceremony is on the air: nothing happens."""
    stage = make_stage(length="3h")
    change = datetime.now(UTC) + timedelta(seconds=75)  # noqa: TID251 - a moment that truly comes
    zone = _zone(change)
    station = replace(stage.station, environment={**stage.station.environment, "TZ": zone})
    stage.station, stage.service = station, Service(station)
    stage.go()
    well_on_air(stage)
    steady(stage, 2)
    before, whole, mark, told = stage.pids(), Whole(stage), now(), len(_rows(stage))
    until(lambda: datetime.now(UTC) > change, 90, what="the change")  # noqa: TID251 - as above
    steady(stage, 8)
    with measured("summer time ends in the machine's zone") as m:
        m.none("frames missing at the sinks", whole.missing())
        m.at_most("longest freeze at the sinks", [freeze(stage.seen(name).frames, mark) for name in NAMES], 0.5)
        m.none("frames missing in the safety recording", whole.unrecorded())
        m.equal("programs started anew", {*stage.pids().items()} - {*before.items()}, set())
        m.equal("lines of the as-run log", [_line(row) for row in _rows(stage)[told:]], [])
        m.equal("problems", stage.problems(), [])
        _named_in_the_same_hour(m, stage)


def _named_in_the_same_hour(m: Measured, stage: Stage) -> None:
    """OBS names its files by the machine's time: one that begins after the change has the earlier name."""
    first = stage.spool("studio")
    os.kill(stage.pid("obs"), signal.SIGKILL)
    until(lambda: len(stage.spool("studio")) > len(first), 30, what="a new file")
    well_on_air(stage)
    steady(stage, 5)
    names = {each.name for each in stage.spool("studio")} - {each.name for each in first}
    m.equal("new files of the studio recording", len(names), 1)
    m.holds("its name", "an hour earlier", min(names) < first[0].name, f"{first[0].name}, then {min(names)}")
    length = stage.obs("GetRecordStatus")["outputDuration"] / 1000
    assert stage.service.stop() == 0
    masters = sorted(stage.station.archive.rglob("*_master_*.mkv"))
    m.equal("masters archived", len(masters), 2)
    m.holds(
        "their order", "as recorded", masters[0].stat().st_size > masters[-1].stat().st_size, f"{length:.0f} s last"
    )


def _zone(change: datetime) -> str:
    """A zone, as POSIX writes them, that is at UTC-4 until a moment and at UTC-5 from then on."""
    local = change - timedelta(hours=4)
    day, begun = local.timetuple().tm_yday, (local - timedelta(days=60)).timetuple().tm_yday
    return f"EST5EDT,{begun - 1},{day - 1}/{local:%H:%M:%S}"


def _observed(stage: Stage, names: Iterable[str]) -> dict[str, Any]:
    """Some of what status says to be; nothing of it while the service doesn't answer."""
    observed = stage.status().get("observed", {})
    return {name: observed[name] for name in names if name in observed}


def _came(stage: Stage, name: str, mark: float) -> float:
    arrived = [frame.arrived for frame in stage.frames_since(name, mark) if stage.scene(frame) == NEXT]
    return min((each - mark for each in arrived if each is not None), default=float("inf"))


def _rows(stage: Stage) -> list[AsRun]:
    """The as-run log of all times."""
    with Catalogue(f"sqlite:///{stage.station.data}/catalogue.sqlite3") as catalogue:
        since = stage.station.start - timedelta(days=1)
        return catalogue.asrun.between(since, since + timedelta(days=2), venue=VENUE, event=EVENT)


def _line(row: AsRun) -> str:
    return f"{row.cue} {row.field} {row.outcome}"


def _steps(stage: Stage) -> list[str]:
    """Lines of the service's log that say that the clock was put."""
    return Log(stage, whole=True).lines("clock of this machine was put")
