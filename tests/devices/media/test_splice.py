"""What goes on programme, packet by packet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import pytest

from orchestrator.devices.media.splicer.judge import Trust
from orchestrator.devices.media.splicer.splice import Splice
from orchestrator.devices.media.splicer.units import Look, Loop, Sent, Unit
from orchestrator.plan.model import Source

FRAME = 1000 / 30
LOOK = Look((("video", "h264"), ("audio", "aac")), FRAME)


def packets(
    seconds: float, *, group: int = 60, b_frames: bool = False, rate: float = 1.0
) -> Iterator[tuple[float, Unit]]:
    """A live source's packets with the ms since its start at which they come; `rate` is its clock's error."""
    frames = int(seconds * 30)
    units: list[tuple[float, Unit]] = []
    for number in range(frames):
        shown = number
        if b_frames:
            place = number % group
            whole = place <= (group - 1) // 3 * 3
            shown = number if place == 0 or not whole else number + (2, -1, -1)[(place - 1) % 3]
        delay = 2 if b_frames else 0
        dts, pts = round(number * FRAME), round((shown + delay) * FRAME)
        units.append((number * FRAME * rate, Unit("video", pts, dts, number % group == 0, 1000)))
    for number in range(int(seconds * 48000 / 1024)):
        at = number * 1024 / 48
        units.append((at * rate, Unit("audio", round(at), round(at), True, 100)))
    yield from sorted(units, key=lambda item: (item[0], item[1].kind))


def slate(*, b_frames: bool = False) -> Loop:
    units = tuple(unit for _, unit in packets(2.0, b_frames=b_frames))
    first = next(unit for unit in units if unit.kind == "video")
    return Loop((first, *(unit for unit in units if unit is not first)), 2000, LOOK)


@dataclass
class Stage:
    """A splice with its clock and what it sent."""

    splice: Splice = field(default_factory=Splice)
    now: float = 0.0
    sent: list[tuple[float, Sent]] = field(default_factory=list)

    @property
    def clock(self) -> float:
        return self.now - self.splice.moved

    def tick_to(self, until: float) -> None:
        while self.now + 10 <= until:
            self.now += 10
            self.sent += [(self.now, each) for each in self.splice.tick(self.clock)]
        self.now = max(self.now, until)

    def play(self, source: Source, given: Iterator[tuple[float, Unit]], until: float = 1e9) -> None:
        """Let a source that begins now send until a time."""
        begin = self.now
        for at, unit in given:
            if begin + at > until:
                break
            self.tick_to(begin + at)
            self.sent += [(self.now, each) for each in self.splice.take(source, unit, self.clock, self.clock)]

    def times(self, kind: str, what: str = "pts") -> list[int]:
        return [getattr(each, what) for _, each in self.sent if each.unit.kind == kind]

    def check(self, longest: float) -> None:
        """No time goes backwards, and no picture is missing for longer than `longest` ms."""
        assert all(b > a for a, b in pairwise(self.times("video", "dts")))
        assert all(b > a for a, b in pairwise(self.times("audio")))
        assert all(each.pts >= each.dts for _, each in self.sent)
        shown = sorted(self.times("video"))
        assert max(b - a for a, b in pairwise(shown)) <= longest
        assert len(shown) == len(set(shown))


def live(stage: Stage) -> None:
    stage.splice.opened(Source.STUDIO, LOOK)


@pytest.mark.parametrize("b_frames", [False, True])
def test_a_calm_source_passes_whole(b_frames: bool) -> None:
    """In calm every packet of the source is on programme, with the distances that it had."""
    stage = Stage()
    live(stage)
    stage.play(Source.STUDIO, packets(10, b_frames=b_frames))
    assert len(stage.times("video")) == 300
    stage.check(FRAME + 1)
    shift = {each.pts - each.unit.pts for _, each in stage.sent}
    assert len(shift) == 1


@pytest.mark.parametrize("slate_b", [False, True])
@pytest.mark.parametrize("source_b", [False, True])
def test_a_killed_source_is_covered_at_once(source_b: bool, slate_b: bool) -> None:
    """When the source ends the slate follows on the next frame, and when it is back it follows the slate so."""
    stage = Stage()
    stage.splice.set_slate(slate(b_frames=slate_b))
    live(stage)
    stage.play(Source.STUDIO, packets(3.4, b_frames=source_b))
    stage.splice.gone(Source.STUDIO)
    stage.tick_to(stage.now + 30)
    assert stage.splice.on is Source.SLATE
    stage.tick_to(stage.now + 5000)
    live(stage)
    stage.play(Source.STUDIO, packets(5, b_frames=source_b))
    assert stage.splice.on is Source.STUDIO
    stage.check(4 * FRAME + 2)


def test_picture_and_sound_move_together() -> None:
    """A switch moves picture and sound of a source by the same time, so lips stay in step."""
    stage = Stage()
    stage.splice.set_slate(slate())
    live(stage)
    stage.play(Source.STUDIO, packets(3))
    stage.splice.gone(Source.STUDIO)
    stage.tick_to(stage.now + 1000)
    live(stage)
    begin = len(stage.sent)
    stage.play(Source.STUDIO, packets(3))
    after = [each for _, each in stage.sent[begin:] if stage.splice.on is Source.STUDIO]
    shifts = {(each.unit.kind, each.pts - each.unit.pts) for each in after[200:]}
    assert len({shift for _, shift in shifts}) == 1


def test_a_frozen_source_is_covered_within_a_second() -> None:
    """A source that sends nothing any more, though it is connected, is covered within 0.8 s."""
    stage = Stage()
    stage.splice.set_slate(slate())
    live(stage)
    stage.play(Source.STUDIO, packets(3))
    frozen = stage.now
    stage.tick_to(stage.now + 2000)
    covered = next(at for at, each in stage.sent if at > frozen and each.unit.kind == "video")
    assert 650 < covered - frozen < 800


def test_a_backlog_is_not_put_on_programme() -> None:
    """A source that wakes up and sends its backlog comes back only when it sends at its pace again."""
    stage = Stage()
    stage.splice.set_slate(slate())
    live(stage)
    stage.play(Source.STUDIO, packets(3))
    stage.tick_to(stage.now + 3000)
    begin = stage.now
    for at, unit in packets(12):
        late = Unit(unit.kind, unit.pts + 3000, unit.dts + 3000, unit.key, unit.size)
        arrives = begin + (at / 6 if at < 3600 else 600 + at - 3600)
        stage.tick_to(arrives)
        stage.sent += [(stage.now, each) for each in stage.splice.take(Source.STUDIO, late, stage.clock, stage.clock)]
    assert stage.splice.on is Source.STUDIO
    ahead = max(each.dts - at for at, each in stage.sent)
    assert ahead < 200
    stage.check(740)


def test_a_source_that_began_with_a_backlog_is_covered_at_once() -> None:
    """A relay whose first seconds come all at once, as SRT's do, is covered as soon as another; nothing is left out."""
    stage = judged_stage()
    stage.splice.gone(Source.RELAY)
    stage.splice.want(Source.STUDIO, stage.clock)
    live(stage)
    begin = stage.now
    for at, unit in packets(9):
        stage.tick_to(begin + max(at - 5000, 0))
        stage.sent += [(stage.now, each) for each in stage.splice.take(Source.STUDIO, unit, stage.clock, stage.clock)]
    stage.splice.gone(Source.STUDIO)
    died, count = stage.now, len(stage.sent)
    stage.tick_to(died + 2000)
    assert stage.sent[count][0] - died <= 20
    shown = [each for _, each in stage.sent[count:] if each.unit.kind == "video"]
    assert len(shown) in range(58, 64)
    stage.check(FRAME + 2)


def test_without_a_slate_nothing_is_sent_and_nothing_breaks() -> None:
    """Until there is a slate the programme pauses, and goes on after the pause with its clock."""
    stage = Stage()
    live(stage)
    stage.play(Source.STUDIO, packets(2))
    stage.splice.gone(Source.STUDIO)
    stage.tick_to(stage.now + 5000)
    assert stage.splice.on is None
    live(stage)
    stage.play(Source.STUDIO, packets(2))
    shown = stage.times("video")
    assert 4900 <= max(b - a for a, b in pairwise(shown)) <= 5000 + 3 * FRAME


def test_a_wanted_source_takes_over_at_its_keyframe() -> None:
    """The old source stays until the newly wanted one has a whole picture; then there is a clean cut."""
    stage = Stage()
    live(stage)
    stage.play(Source.STUDIO, packets(3))
    stage.splice.opened(Source.RELAY, LOOK)
    stage.splice.want(Source.RELAY, stage.clock)
    both = sorted(
        [(at, Source.STUDIO, Unit(u.kind, u.pts + 3000, u.dts + 3000, u.key, u.size)) for at, u in packets(4, group=90)]
        + [
            (at, Source.RELAY, Unit(u.kind, u.pts, u.dts, u.key and at > 900, u.size)) for at, u in packets(4, group=30)
        ],
        key=lambda item: (item[0], item[1], item[2].kind),
    )
    begin = stage.now
    for at, source, unit in both:
        stage.tick_to(begin + at)
        stage.sent += [(stage.now, each) for each in stage.splice.take(source, unit, stage.clock, stage.clock)]
    assert stage.splice.on is Source.RELAY
    stage.check(3 * FRAME + 2)


def test_a_slate_by_order_is_at_once_and_by_itself_ends_nothing() -> None:
    """An operator's slate is on at once, and the studio stays off until it is wanted again."""
    stage = Stage()
    stage.splice.set_slate(slate())
    live(stage)
    stage.play(Source.STUDIO, packets(2))
    stage.splice.want(Source.SLATE, stage.clock)
    stage.play(Source.STUDIO, ((at, u) for at, u in packets(3)))
    assert stage.splice.on is Source.SLATE
    stage.splice.want(Source.STUDIO, stage.clock)
    stage.play(Source.STUDIO, packets(3))
    assert stage.splice.on is Source.STUDIO
    stage.check(3 * FRAME + 2)


def test_a_relay_that_was_lost_must_be_steady_before_it_returns() -> None:
    """A relay that comes and goes isn't put back until it has held for five seconds."""
    stage = Stage()
    stage.splice.set_slate(slate())
    stage.splice.want(Source.RELAY, 0)
    stage.splice.opened(Source.RELAY, LOOK)
    stage.play(Source.RELAY, packets(2))
    stage.splice.gone(Source.RELAY)
    stage.tick_to(stage.now + 500)
    stage.splice.opened(Source.RELAY, LOOK)
    back = stage.now
    stage.play(Source.RELAY, packets(8))
    assert stage.splice.on is Source.RELAY
    assert 5000 <= stage.splice.on_since - back < 7100
    stage.check(3 * FRAME + 2)


class Drifting:
    """A relay whose clock is off, seen by its rare packets in calm and by all of them around a fault."""

    def __init__(self, rate: float) -> None:
        self.stage = Stage()
        self.stage.splice.set_slate(slate())
        self.stage.splice.want(Source.RELAY, 0)
        self._rate = rate
        self._own = 0.0

    def send(self, seconds: float, pace: float) -> None:
        """Send for some seconds of its own clock, a key picture with sound every `pace` ms."""
        stage, shifts = self.stage, set[int]()
        for number in range(round(seconds * 1000 / pace)):
            at = round(self._own + number * pace)
            if pace > LOOK.frame:
                stage.now = at * self._rate  # hours of calm, without a tick for each 10 ms of them
            stage.tick_to(at * self._rate)
            for unit in (Unit("audio", at, at, True, 100), Unit("video", at, at, True, 1000)):
                taken = stage.splice.take(Source.RELAY, unit, stage.clock, stage.clock)
                stage.sent += [(stage.clock, each) for each in taken]
                shifts |= {each.pts - each.unit.pts for each in taken}
        self._own += seconds * 1000
        assert len(shifts) == 1, "sound moved against picture"

    def fail(self, seconds: float) -> list[Sent]:
        """Be gone for some seconds; returns what was sent from the last picture before to the first one after."""
        stage = self.stage
        last = max(at for at, (_, each) in enumerate(stage.sent) if each.unit.kind == "video")
        stage.splice.gone(Source.RELAY)
        self._own += seconds * 1000
        stage.tick_to(self._own * self._rate)
        return [each for _, each in stage.sent[last:] if each.unit.kind == "video"]


@pytest.mark.parametrize("error", [100e-6, -100e-6, 0.005, -0.005])
def test_twelve_hours_of_drift_move_nothing(error: float) -> None:
    """Beside a source whose clock is off by up to 0.5 %, every fault is covered as in the first minute.

    Sound stays with picture, and slate and source follow each other as closely and as soon.
    """
    relay = Drifting(1 + error)
    stage = relay.stage
    for _ in range(12):
        stage.splice.opened(Source.RELAY, LOOK)
        relay.send(6, FRAME)
        assert stage.splice.on is Source.RELAY
        relay.send(3600, 600)
        relay.send(1, FRAME)
        late = [abs(clock - each.dts) for clock, each in stage.sent[-20:]]
        assert max(late) < 2 * FRAME, "the programme's clock follows the source"
        covered = relay.fail(8)
        stage.sent.clear()
        assert max(b.pts - a.pts for a, b in pairwise(covered)) <= 3 * FRAME
    assert len(covered) > 7 * 30


def test_an_output_that_was_opened_anew_begins_with_a_key_picture() -> None:
    """After the hub was gone the programme begins with a picture that a decoder can begin with."""
    stage = Stage()
    live(stage)
    stage.play(Source.STUDIO, packets(2.5))
    stage.splice.restarted()
    begin = len(stage.sent)
    stage.play(Source.STUDIO, ((at, Unit(u.kind, u.pts + 2500, u.dts + 2500, u.key, u.size)) for at, u in packets(3)))
    assert stage.sent[begin][1].unit.key
    stage.check(600)


def test_readers_who_come_back_to_an_output_needn_t_wait_for_the_slate_s_next_group() -> None:
    """While the readers of a reopened output come, the slate has a key picture every 0.3 s, then its own again."""
    stage = Stage()
    stage.splice.set_slate(slate())
    live(stage)
    stage.play(Source.STUDIO, packets(2.5))
    stage.splice.gone(Source.STUDIO)
    stage.splice.restarted()
    stage.splice.published(stage.clock)
    stage.sent.clear()
    stage.tick_to(stage.now + 9000)
    keys = [at for at, each in stage.sent if each.unit.kind == "video" and each.unit.key]
    assert max(b - a for a, b in pairwise(keys) if b - keys[0] < 2300) <= 320
    assert min(b - a for a, b in pairwise(keys) if a - keys[0] > 2500) >= 1900
    stage.check(4 * FRAME + 2)


def judged_stage() -> Stage:
    """A relay on programme, and a slate."""
    stage = Stage()
    stage.splice.set_slate(slate())
    stage.splice.want(Source.RELAY, 0)
    stage.splice.opened(Source.RELAY, LOOK)
    stage.play(Source.RELAY, packets(3))
    assert stage.splice.on is Source.RELAY
    return stage


def later(seconds: float, since: float) -> Iterator[tuple[float, Unit]]:
    """Packets of a source that has sent for `since` ms already."""
    for at, unit in packets(seconds):
        yield at, Unit(unit.kind, unit.pts + round(since), unit.dts + round(since), unit.key, unit.size)


def test_a_relay_that_is_judged_bad_gives_way_to_the_slate() -> None:
    """A relay that sends, but stands still or is silent, is covered at once, and on again when it is trusted."""
    stage = judged_stage()
    stage.splice.trust(Source.RELAY, Trust.BAD)
    stage.play(Source.RELAY, later(6, 3000))
    assert stage.splice.on is Source.SLATE
    stage.splice.trust(Source.RELAY, Trust.OPEN)
    stage.play(Source.RELAY, later(4, 9000))
    assert stage.splice.on is Source.SLATE
    stage.splice.trust(Source.RELAY, Trust.GOOD)
    stage.play(Source.RELAY, later(4, 13000))
    assert stage.splice.on is Source.RELAY
    stage.check(3 * FRAME + 2)


def test_a_bad_relay_is_better_than_nothing() -> None:
    """Without a slate a relay that stands still stays on."""
    stage = judged_stage()
    stage.splice.set_slate(None)
    stage.splice.trust(Source.RELAY, Trust.BAD)
    stage.play(Source.RELAY, later(4, 3000))
    assert stage.splice.on is Source.RELAY
    stage.check(FRAME + 1)


def test_a_relay_that_is_not_proven_yet_may_begin() -> None:
    """A relay that has just come in is shown at once; only one that has failed must prove itself."""
    stage = Stage()
    stage.splice.set_slate(slate())
    stage.splice.trust(Source.RELAY, Trust.OPEN)
    stage.splice.want(Source.RELAY, 0)
    stage.splice.opened(Source.RELAY, LOOK)
    stage.play(Source.RELAY, packets(1))
    assert stage.splice.on is Source.RELAY
