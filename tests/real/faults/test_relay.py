"""A relay's source dies, stands still or falls silent while it is the programme."""

from __future__ import annotations

import math
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import pytest

from demo.station import VENUE
from orchestrator.config.folders import DataFolder
from orchestrator.devices.media.splicer.control import SplicerFiles
from orchestrator.devices.media.splicer.reader import OPEN_OPTIONS
from orchestrator.devices.slates import SCENE as SLATE
from tests.devices.media.bench import read_stream
from tests.real.faults.broadcast import MakeMeasured, Shared, is_slate, steady, well_on_air
from tests.real.faults.clip import times
from tests.real.faults.continuity import SCENE, SIDE, Continuity
from tests.real.faults.logged import Log
from tests.real.faults.measure import between, freeze, missing
from tests.real.faults.relays import PLACES, RelayStage, TwoVenues, segments
from tests.real.faults.rows import Measured
from tests.real.faults.source import HEVC, PLAIN, REORDERED, SOUNDLESS, Coding, Source
from tests.real.stage import NAMES, now
from tests.support import until

pytestmark = [pytest.mark.real, pytest.mark.long]

STEADY = 5.0
"""Seconds that a relay must have been steady to be on programme again."""
AWAY = {"srt": 5.0, "hls": 25.0}
"""Seconds that a source stays away: longer than it takes to give up a playlist that doesn't grow, and to try again."""
SOON = 5.0
"""Seconds after that within which it is: it is taken in anew, and goes on at a key picture."""
SOON_OF = {"srt": 6.0, "hls": 15.0}
"""The same where it must be looked at for its key pictures first (SRT), or its playlist have grown by two segments."""


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


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a source that stays connected can do to viewers."""

    name: str
    """As the table has it."""
    begin: Callable[[Source], object]
    end: Callable[[Source], object]
    told: str
    """The problem's code."""
    slate: float
    """Seconds until viewers have the slate."""
    freezes: float
    """Seconds that their picture may stand meanwhile."""


TROUBLES = (
    Trouble(
        "relay source stopped, connection open",
        lambda source: source.signal(signal.SIGSTOP),
        lambda source: source.signal(signal.SIGCONT),
        "relay.lost", 1.5, 1.5,
    ),
    Trouble(
        "relay's picture stands still",
        lambda source: source.hold_picture(True),
        lambda source: source.hold_picture(False),
        "relay.frozen", 8, 0.5,
    ),
    Trouble(
        "relay falls silent",
        lambda source: source.mute(True),
        lambda source: source.mute(False),
        "relay.silent", 8, 0.5,
    ),
)  # fmt: skip


class Fault(Continuity):
    """A fault of a relay's source."""

    def __init__(self, stage: RelayStage) -> None:
        super().__init__(stage)
        self.before, self.log = stage.problems(), Log(stage)
        self.told: list[str] = []

    def covered(self, within: float = 15) -> None:
        """Wait for the slate, and for what the status says of it."""
        self.wait_slate(within)
        self.told = until(lambda: [each for each in self.stage.problems() if each not in self.before], 10)

    def after_last_picture(self) -> list[float]:
        """Seconds from the source's last picture to the slate, at each sink, by their times in the stream.

        A viewer's decoder gives the last picture of a source only once others come, so that its arrival tells nothing.
        """
        found = []
        for name in NAMES:
            shown = between(self.stage.seen(name).frames, self.mark - SIDE)
            slate = next(frame.pts for frame in shown if is_slate(frame))
            found.append(slate - max(frame.pts for frame in shown if not is_slate(frame) and frame.pts < slate))
        return found

    def judge(
        self, m: Measured, back: float, told: str, slate: float, freezes: float, soon: float = SOON, heard: bool = True
    ) -> None:
        """What every fault of a relay must be: covered in time, told, and over only after five good seconds."""
        if slate < math.inf:
            m.at_most("slate at the sinks", self.slate(), slate)
        m.equal("told as", self.told, [told])
        self.log.once(m, told, where=VENUE)
        waits = self.back(back)
        m.holds("steady before it is back", f"at least {STEADY:.0f} s", min(waits) >= STEADY, f"{min(waits):.2f} s")
        m.at_most("programme back at the sinks", waits, STEADY + soon)
        self.unbroken(m, freezes, heard=heard)


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
        fault.judge(m, back, "relay.lost", 1, 1)
        slate, source = _parameter_sets(relay)
        m.holds("parameter sets of slate and source", "differ", slate != source, f"{slate[2:8]} and {source[2:8]}")


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.name)
def test_sends_nothing_worth_seeing(relay: RelayStage, measured: MakeMeasured, trouble: Trouble) -> None:
    """A source that is connected, and stopped, still or silent, is covered; what is wrong with it is told apart."""
    fault = Fault(relay)
    trouble.begin(relay.source)
    fault.covered()
    trouble.end(relay.source)
    back = now()
    fault.wait_back()
    with measured(trouble.name) as m:
        fault.judge(m, back, trouble.told, trouble.slate, trouble.freezes)


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
            m.at_most("slate at the sinks after its last picture", fault.after_last_picture(), 1)
            if kind == "hls":
                m.note("slate at the sinks after its death", f"{max(fault.slate()):.2f} s")
            fault.judge(m, back, "relay.lost", 1 if kind == "srt" else math.inf, 1, SOON_OF[kind])
    finally:
        stage.close()


def test_has_no_sound(shared: Shared, relays: Shared, measured: MakeMeasured, tmp_path: Path) -> None:
    """A source without sound is shown, and told; slate and a source with sound replace it, without a new connection."""
    relays.end()
    stage = RelayStage(tmp_path / "stage", "srt", SOUNDLESS)
    try:
        stage.go()
        stage.on_air()
        until(lambda: stage.problems() == ["relay.soundless"], 20, what="that it has no sound")
        fault = Fault(stage)
        stage.source.kill()
        fault.covered()
        steady(stage, AWAY["srt"])
        stage.again(PLAIN)
        back = now()
        fault.wait_back()
        with measured("relay source without sound killed, comes back with sound") as m:
            fault.judge(m, back, "relay.lost", 1, 1, SOON_OF["srt"], heard=False)
            sounds = [read_stream(sink.recorded()[-1]).gaps("audio", 1) for sink in stage.sinks.values()]
            m.none("holes over 1 s in the sound at the sinks", map(len, sounds))
            Log(stage, whole=True).once(m, "relay.soundless", where=VENUE)
            m.equal("told afterwards", stage.problems(), [])
    finally:
        stage.close()


def test_is_coded_otherwise(shared: Shared, relays: Shared, measured: MakeMeasured, tmp_path: Path) -> None:
    """A source coded as HEVC isn't shown: that is told with what to do, and once it is H.264 it comes on by itself."""
    relays.end()
    stage = RelayStage(tmp_path / "stage", "hls", HEVC)
    try:
        stage.go()
        until(lambda: all(stage.sees(name) == SLATE for name in NAMES), 60, what="the slate")
        begin = now()
        told = until(stage.problems, 20, what="a problem told")
        told_after = now() - begin
        publishers = [sink.publishers() for sink in stage.sinks.values()]
        steady(stage, SIDE)
        meanwhile = stage.problems()
        stage.source.kill()
        stage.again(PLAIN)
        until(lambda: all(stage.sees(name) == SCENE for name in NAMES), 60, what="the source, now coded as H.264")
        steady(stage, SIDE)
        with measured("relay source coded as HEVC, then as H.264") as m:
            m.equal("told as", [told, meanwhile], [["relay.format"]] * 2)
            Log(stage, whole=True).once(m, "relay.format", where=VENUE)
            m.at_most("told after the slate", told_after, 5)
            m.equal("scenes at the sinks", {tuple(stage.scenes_since(n, begin)) for n in NAMES}, {(SLATE, SCENE)})
            m.none("connections anew", sum(s.publishers() for s in stage.sinks.values()) - sum(publishers))
            m.equal("told afterwards", stage.problems(), [])
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
