"""A relay's source dies, stands still or falls silent while it is the programme."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import av
import pytest

from demo.station import VENUE
from orchestrator.config.folders import DataFolder
from orchestrator.devices.media.splicer.control import SplicerFiles
from orchestrator.devices.media.splicer.reader import OPEN_OPTIONS
from orchestrator.devices.slates import SCENE as SLATE
from tests.real.faults.broadcast import MakeMeasured, Shared, steady, well_on_air
from tests.real.faults.clip import times
from tests.real.faults.continuity import SCENE, SIDE, Continuity
from tests.real.faults.measure import freeze, missing
from tests.real.faults.relays import PLACES, RelayStage, TwoVenues, segments
from tests.real.faults.rows import Measured
from tests.real.faults.source import PLAIN, REORDERED, Coding
from tests.real.stage import NAMES, now
from tests.support import until

pytestmark = [pytest.mark.real, pytest.mark.long]

STEADY = 5.0
"""Seconds that a relay must have been steady to be on programme again."""
AWAY = {"srt": 5.0, "hls": 25.0}
"""Seconds that a source stays away: longer than it takes to give up a playlist that doesn't grow, and to try again."""
SOON = 5.0
"""Seconds after that within which it is: it is taken in anew, and goes on at a key picture."""


@pytest.fixture(scope="module")
def relays(shared: Shared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    shared.end()
    broadcast = Shared(tmp_path_factory.mktemp("relay"), RelayStage)
    yield broadcast
    broadcast.end()


@pytest.fixture
def relay(relays: Shared, request: pytest.FixtureRequest) -> Iterator[RelayStage]:
    """A broadcast of a relay, well on the air."""
    failed = request.session.testsfailed
    stage = relays.get()
    assert isinstance(stage, RelayStage)
    well_on_air(stage)
    yield stage
    if request.session.testsfailed > failed:
        relays.end()


class Fault(Continuity):
    """A fault of a relay's source."""

    def __init__(self, stage: RelayStage) -> None:
        super().__init__(stage)
        self.relay = stage
        self.told: list[str] = []

    def covered(self, within: float = 15) -> None:
        """Wait for the slate, and for what the status says of it."""
        self.wait_slate(within)
        self.told = until(self.stage.problems, 10, what="a problem told")

    def judge(self, m: Measured, slate: float, back: float, told: str, freezes: float, soon: float = SOON) -> None:
        """What every fault of a relay must be: covered in time, told, and over only after five good seconds."""
        m.at_most("slate at the sinks", self.slate(), slate)
        m.equal("told as", self.told, [told])
        waits = self.back(back)
        m.holds("steady before it is back", f"at least {STEADY:.0f} s", min(waits) >= STEADY, f"{min(waits):.2f} s")
        m.at_most("programme back at the sinks", waits, STEADY + soon)
        self.unbroken(m, freezes)


@pytest.mark.parametrize(("name", "coding"), [("with B-frames", REORDERED), ("without B-frames", PLAIN)])
def test_dies(relay: RelayStage, measured: MakeMeasured, name: str, coding: Coding) -> None:
    """Viewers see the slate, whose parameter sets are others, and then the source again, however it is coded now."""
    fault = Fault(relay)
    relay.source.kill()
    fault.covered()
    relay.again(coding)
    back = now()
    fault.wait_back()
    with measured(f"relay source killed, comes back {name}") as m:
        fault.judge(m, 1, back, "relay.lost", 1)
        slate, source = _parameter_sets(relay)
        m.holds("parameter sets of slate and source", "differ", slate != source, f"{slate[2:8]} and {source[2:8]}")


def test_stops(relay: RelayStage, measured: MakeMeasured) -> None:
    """A source that stands still with its connection open is covered as one that died."""
    fault = Fault(relay)
    relay.source.signal(signal.SIGSTOP)
    fault.covered()
    relay.source.signal(signal.SIGCONT)
    back = now()
    fault.wait_back()
    with measured("relay source stopped, connection open") as m:
        fault.judge(m, 1.5, back, "relay.lost", 1.5)


def test_picture_stands_still(relay: RelayStage, measured: MakeMeasured) -> None:
    """A source that sends the same picture over and over is covered, and told apart from one that broke off."""
    fault = Fault(relay)
    relay.source.hold_picture(True)
    fault.covered()
    relay.source.hold_picture(False)
    back = now()
    fault.wait_back()
    with measured("relay's picture stands still") as m:
        fault.judge(m, 8, back, "relay.frozen", 0.5)


def test_silent(relay: RelayStage, measured: MakeMeasured) -> None:
    """A source that sends zeros for sound is covered, and told apart."""
    fault = Fault(relay)
    relay.source.mute(True)
    fault.covered()
    relay.source.mute(False)
    back = now()
    fault.wait_back()
    with measured("relay falls silent") as m:
        fault.judge(m, 8, back, "relay.silent", 0.5)


@pytest.mark.parametrize("kind", ["srt", "hls"])
def test_every_kind_dies_and_comes_back(
    shared: Shared, relays: Shared, measured: MakeMeasured, tmp_path: Path, kind: str
) -> None:
    """SRT and HLS are covered and come back like RTMP; of a playlist, what had come is shown to its end, and once."""
    relays.end()
    stage = RelayStage(tmp_path / "stage", kind)
    try:
        stage.go()
        well_on_air(stage)
        fault = Fault(stage)
        stage.source.kill()
        fault.covered(within=20)
        steady(stage, AWAY[kind])
        stage.again(REORDERED)
        back = now()
        fault.wait_back(within=40)
        with measured(f"relay source killed, {kind.upper()}") as m:
            fault.judge(m, 1 if kind == "srt" else 15, back, "relay.lost", 1, soon=15)
    finally:
        stage.close()


def test_two_venues(shared: Shared, relays: Shared, measured: MakeMeasured, tmp_path: Path) -> None:
    """What happens to one venue's source, and to its splicer, costs the other venue nothing."""
    relays.end()
    stage = TwoVenues(tmp_path / "stage")
    (hit, spared), other = NAMES, PLACES[1]
    try:
        stage.go()
        stage.on_air_at_both()
        steady(stage, SIDE)
        mark, errors, publishers = now(), len(stage.seen(spared).errors), stage.sinks[spared].publishers()
        begun = stage.seen(spared).frames[-1].pts
        stage.source.kill()
        until(lambda: SLATE in stage.scenes_since(hit, mark), 15, what="the slate at the first venue's sink")
        os.kill(stage.pid("splicer"), signal.SIGKILL)
        until(lambda: stage.frames_since(hit, now() - 0.1), 15, what="the slate again")
        stage.again(PLAIN)
        until(lambda: stage.sees(hit) == SCENE, 25, what="the source back")
        steady(stage, SIDE)
        frames = stage.frames_since(spared, mark)
        with measured("relay source and splicer of one of two venues killed") as m:
            m.equal("scenes at the other venue's sink", stage.scenes_since(spared, mark), [SCENE])
            m.none("frames missing there", missing([each.pts for each in frames if each.pts >= begun]))
            m.at_most("longest freeze there", freeze(stage.seen(spared).frames, mark), 0.5)
            m.none("connections anew there", stage.sinks[spared].publishers() - publishers)
            m.none("decode errors there", len(stage.seen(spared).errors) - errors)
            m.none("frames missing in its safety recording", missing(times(segments(stage, *other))))
            m.equal("scenes at the venue's own sink", stage.scenes_since(hit, mark - 1), [SCENE, SLATE, SCENE])
    finally:
        stage.close()


def _parameter_sets(relay: RelayStage) -> tuple[str, str]:
    """Those of the slate and of the source."""
    with av.open(str(SplicerFiles(DataFolder(relay.station.data).run(VENUE)).slate)) as slate:
        ours = bytes(slate.streams.video[0].codec_context.extradata or b"")
    with av.open(relay.house.address, format="live_flv", options=OPEN_OPTIONS) as source:
        theirs = bytes(source.streams.video[0].codec_context.extradata or b"")
    return ours.hex(), theirs.hex()
