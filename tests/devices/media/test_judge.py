"""When a relay that sends is fit to be seen, and when it isn't."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.devices.media.splicer.judge import Fault, Judge, Trust
from orchestrator.devices.media.splicer.watch import COLUMNS, ROWS, Watch

LOUD, QUIET = -20.0, -100.0
BLACK = bytes(COLUMNS * ROWS)
STILL = bytes([90]) * (COLUMNS * ROWS)


def scene(number: int) -> bytes:
    """A picture in which one cell differs from the one before."""
    cells = bytearray(STILL)
    cells[number % len(cells)] = 200
    return bytes(cells)


@dataclass
class Feed:
    """A source that is looked at: every `group` seconds its picture, every half second its sound."""

    group: float = 2.0
    sound: bool = True
    now: float = 0.0
    watch: Watch = field(default_factory=Watch)
    judge: Judge = field(default_factory=Judge)
    locked: bool = False
    trust: Trust = Trust.OPEN
    changes: list[tuple[float, Trust]] = field(default_factory=list)
    _number: int = 0
    _look: float = 0.0

    def __post_init__(self) -> None:
        self.open()

    def open(self) -> None:
        self.watch.opened(self.now, sound=self.sound)
        self._look = self.now

    def go(self, seconds: float, picture: str = "moving", level: float | None = LOUD) -> None:
        """Let it send so for a while; level None: no sound comes at all, picture '': no picture."""
        end = self.now + seconds - 1e-9
        self._number += 1
        while self.now < end:
            if self.now >= self._look and picture:
                self._number += picture == "moving"
                self.watch.picture(BLACK if picture == "black" else scene(self._number), self.now)
                self._look += self.group
            if level is not None and round(self.now * 10) % 5 == 0:
                self.watch.sound(level, self.now)
            self.now = round(self.now + 0.1, 1)
            self.ask()

    def ask(self) -> None:
        trust = self.judge.look(self.watch, self.now, locked=self.locked)
        if trust is not self.trust:
            self.changes.append((self.now, trust))
        self.trust = trust

    def when(self, trust: Trust) -> float:
        return next(at for at, each in self.changes if each is trust)


def fallen(picture: str = "moving", level: float | None = LOUD) -> Feed:
    feed = Feed()
    feed.go(20)
    assert feed.trust is Trust.GOOD
    feed.changes.clear()
    feed.go(12, picture, level)
    return feed


@pytest.mark.parametrize(
    ("picture", "level", "fault"),
    [
        ("still", LOUD, Fault.FROZEN),
        ("black", LOUD, Fault.BLACK),
        ("moving", QUIET, Fault.SILENT),
        ("moving", None, Fault.SILENT),
    ],
)
def test_a_fault_is_judged_within_eight_seconds(picture: str, level: float | None, fault: Fault) -> None:
    """A relay that stands still, is black or silent is off within 8 s, and not before 5 s of it were seen."""
    feed = fallen(picture, level)
    assert feed.judge.fault is fault
    assert 5 <= feed.when(Trust.BAD) - 20 <= 8


@pytest.mark.parametrize("group", [0.5, 1.0, 2.0, 3.0])
@pytest.mark.parametrize("phase", [0.0, 0.3, 0.9])
def test_a_freeze_is_judged_in_time_wherever_it_falls_between_key_pictures(group: float, phase: float) -> None:
    """However a freeze lies to the key pictures, it is judged within 8 s, whatever their distance up to 3 s."""
    feed = Feed(group=group)
    feed.go(21 + phase * group)
    begin = feed.now
    feed.changes.clear()
    feed.go(12, "still")
    assert 3.9 <= feed.when(Trust.BAD) - begin <= 8


@pytest.mark.parametrize(("picture", "level"), [("still", LOUD), ("black", LOUD), ("moving", QUIET)])
def test_a_relay_is_fit_again_when_it_was_steady_for_five_seconds(picture: str, level: float) -> None:
    """After a fault the relay is trusted again when it was without one for five seconds, from a key picture on."""
    feed = fallen(picture, level)
    begin = feed.now
    feed.changes.clear()
    feed.go(10)
    assert 5 <= feed.when(Trust.GOOD) - begin <= 5 + feed.group + 0.5
    assert feed.judge.fault is None


def test_one_change_of_a_still_picture_brings_nothing_back() -> None:
    """A still picture that gives way to another still one doesn't come and go."""
    feed = fallen("still")
    for _ in range(6):
        feed.go(10, "still")
    assert [trust for _, trust in feed.changes if trust is not Trust.OPEN] == [Trust.BAD]


def test_a_word_now_and_then_is_enough() -> None:
    """A relay in which somebody speaks with pauses of some seconds is left on."""
    feed = Feed()
    feed.go(10)
    feed.changes.clear()
    for _ in range(10):
        feed.go(6, level=QUIET)
        feed.go(1)
    assert Trust.BAD not in {trust for _, trust in feed.changes}


@pytest.mark.parametrize(("picture", "level"), [("still", LOUD), ("black", LOUD), ("moving", QUIET), ("still", QUIET)])
def test_a_locked_picture_is_not_judged(picture: str, level: float) -> None:
    """While a cue locks the picture, a minute of standing still or of silence stays on; it is only told."""
    feed = Feed()
    feed.go(10)
    feed.changes.clear()
    feed.locked = True
    feed.go(180, picture, level)
    assert feed.trust is Trust.GOOD
    assert Trust.BAD not in {trust for _, trust in feed.changes}
    assert feed.judge.fault is not None


def test_after_a_lock_the_count_begins_anew() -> None:
    """When the lock ends in the middle of stillness, the relay has its full time from then on."""
    feed = Feed()
    feed.go(10)
    feed.locked = True
    feed.go(180, "still", QUIET)
    feed.changes.clear()
    feed.locked = False
    begin = feed.now
    feed.go(12, "still", QUIET)
    assert feed.when(Trust.BAD) - begin >= 6.9


def test_a_lock_gives_a_judged_relay_back() -> None:
    """A cue that locks the relay on programme gets the relay, still or not: that is what its author asked for."""
    feed = fallen("still")
    assert feed.trust is Trust.BAD
    feed.locked = True
    feed.ask()
    assert feed.trust is Trust.GOOD


def test_a_relay_that_comes_back_must_show_that_it_lives() -> None:
    """A source that was gone is trusted when it has moved and been heard for five seconds; to send isn't enough."""
    feed = Feed()
    feed.go(20)
    feed.watch.gone()
    feed.go(3, "", None)
    feed.open()
    feed.changes.clear()
    feed.go(15, "still")
    assert Trust.GOOD not in {trust for _, trust in feed.changes}
    feed.go(10)
    assert feed.trust is Trust.GOOD


def test_a_relay_that_is_taken_in_anew_is_fit_after_five_seconds() -> None:
    """What moves from its first look on has moved since then: no group of pictures more is waited for."""
    feed = Feed()
    feed.go(8)
    assert 5 <= feed.when(Trust.GOOD) <= 5.2


def test_a_relay_without_a_sound_track_is_judged_by_its_picture() -> None:
    """A feed that never had sound isn't taken off for that."""
    feed = Feed(sound=False)
    feed.go(60, level=None)
    assert feed.trust is Trust.GOOD


def test_what_can_not_be_looked_at_is_trusted() -> None:
    """A relay whose picture and sound can't be decoded here is shown: others may be able to."""
    feed = Feed()
    feed.watch.deaf()
    feed.go(60, "", None)
    assert feed.trust is Trust.GOOD
    assert Trust.BAD not in {trust for _, trust in feed.changes}


def test_an_unreadable_picture_with_good_sound_can_return() -> None:
    """A picture that can't be decoded here keeps no relay away for ever."""
    feed = Feed()
    feed.go(40, "")
    assert feed.trust is Trust.GOOD


SPANS = st.lists(
    st.tuples(
        st.sampled_from(["moving", "still", "black", ""]),
        st.sampled_from([LOUD, QUIET, None]),
        st.integers(1, 250).map(lambda tenths: tenths / 10),
        st.booleans(),
    ),
    max_size=12,
)


@settings(deadline=None)
@given(SPANS, st.sampled_from([0.5, 1.0, 2.0, 4.0]))
def test_whatever_a_relay_does_it_never_flutters(
    spans: list[tuple[str, float | None, float, bool]], group: float
) -> None:
    """Unlocked, a relay that was taken off comes back 3 s later at the earliest; a locked one is never taken off."""
    feed = Feed(group=group)
    for picture, level, seconds, locked in spans:
        feed.locked = locked
        feed.ask()
        begin = len(feed.changes)
        feed.go(seconds, picture, level)
        marks = [(at, trust) for at, trust in feed.changes[begin:] if trust is not Trust.OPEN]
        for (at, trust), (later, other) in itertools.pairwise(marks):
            assert (trust, other) != (Trust.BAD, Trust.GOOD) or later - at >= 3
        assert not locked or feed.trust is not Trust.BAD
