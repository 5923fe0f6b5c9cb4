"""What people are told of destinations and of a relay."""

from __future__ import annotations

from dataclasses import replace

import pytest

from orchestrator.devices.media.exits import Meaning
from orchestrator.devices.media.report import problems_of, stream_word
from orchestrator.devices.media.splicer.control import SplicerStatus
from orchestrator.devices.media.splicer.judge import Fault
from orchestrator.devices.media.state import MediaObserved
from orchestrator.devices.media.supervision import State, View
from orchestrator.plan.model import Source
from tests.devices.media.bench import destination
from tests.devices.media.test_state import OFF, ON

STATUS = SplicerStatus(1, 1, "relay", 1.0, True, 1, 1, 0.0, 0.0, 0.0, 0, 0, True)
RELAYED = MediaObserved(
    splicer=replace(ON, data=STATUS),
    recorder=ON,
    relay=ON,
    ordered_source=Source.RELAY,
    source=Source.RELAY,
    source_reached=True,
)


def codes(seen: MediaObserved, **status: object) -> list[str]:
    told = replace(STATUS, **status)  # type: ignore[arg-type]
    return [each.code for each in problems_of(replace(seen, splicer=replace(ON, data=told)), "aula", {})]


def failing(meaning: Meaning, restarts: int) -> View:
    return replace(ON, state=State.WAITING, live=False, meaning=meaning, restarts=restarts)


def test_a_key_in_use_is_told_apart_from_a_refused_one() -> None:
    """Nobody is sent to compare a key that is right: what is in use is named so, and that it comes back by itself."""
    seen = replace(RELAYED, pushers={"youtube": failing(Meaning.BUSY, 1), "facebook": failing(Meaning.REFUSED, 1)})
    given = {name: destination(name, "rtmp://a/live") for name in seen.pushers}
    told = {each.where: each for each in problems_of(seen, "aula", given)}
    assert {where: each.code for where, each in told.items()} == {
        "aula/youtube": "destination.busy",
        "aula/facebook": "destination.refused",
    }
    assert "Youtube" in str(told["aula/youtube"])
    assert "by itself" in str(told["aula/youtube"])


@pytest.mark.parametrize("meaning", sorted(set(Meaning) - {Meaning.CLEAN, Meaning.SOURCE_GONE}))
def test_no_pusher_fails_without_a_word(meaning: Meaning) -> None:
    """Whatever ends a pusher by itself is told, but for what is told of its source."""
    seen = replace(RELAYED, pushers={"youtube": failing(meaning, 1)})
    (told,) = problems_of(seen, "aula", {"youtube": destination("youtube", "rtmp://a/live")})
    assert (told.code.partition(".")[0], told.where) == ("destination", "aula/youtube")


def test_a_key_in_use_counts_as_connecting_at_first() -> None:
    """A key in use is no failure before it was tried some times, as with a lost network; a refused one is."""
    words = [stream_word(failing(Meaning.BUSY, restarts)) for restarts in (1, 2, 3)]
    assert words == ["connecting", "connecting", "failed"]
    assert words == [stream_word(failing(Meaning.UNREACHABLE, restarts)) for restarts in (1, 2, 3)]
    assert stream_word(failing(Meaning.REFUSED, 1)) == "failed"


def test_a_programme_without_picture_and_slate_is_told_as_such() -> None:
    """What has no picture isn't called silent: that is said of sound."""
    assert codes(replace(RELAYED, ordered_source=Source.STUDIO, source=None), sent_age=6.0) == ["programme.no-picture"]


def test_a_relay_that_runs_is_no_problem() -> None:
    """Nothing is said of a relay that is on programme and fine."""
    assert codes(RELAYED) == []


@pytest.mark.parametrize("fault", list(Fault))
def test_a_fault_of_the_relay_is_told_by_its_name(fault: Fault) -> None:
    """Frozen, black and silent are told apart, and each once: what viewers see instead is part of the sentence."""
    assert codes(replace(RELAYED, source=Source.SLATE), relay_fault=fault) == [f"relay.{fault}"]


@pytest.mark.parametrize("fault", list(Fault))
def test_a_fault_under_a_lock_is_told_as_such(fault: Fault) -> None:
    """Where the picture is locked, the operator is told that the relay stays on and what can be done."""
    assert codes(RELAYED, relay_fault=fault, locked=True) == ["relay.locked"]


def test_a_relay_that_broke_off_is_told_apart_from_one_that_never_came() -> None:
    """Who sends it is to be called in the one case; the address is to be checked in the other."""
    gone = replace(RELAYED, source=Source.SLATE)
    assert codes(gone) == ["relay.lost"]
    assert codes(replace(gone, source_reached=False)) == ["relay.down"]
    assert codes(replace(gone, relay=OFF)) == ["relay.missing"]


def test_a_relay_whose_coding_cannot_be_taken_is_told_as_that() -> None:
    """Neither its address nor its line is wrong: who sends it must set the encoder, be it new or not."""
    hevc = replace(RELAYED, source=Source.SLATE, relay=replace(ON, meaning=Meaning.FORMAT, restarts=1))
    assert codes(hevc) == ["relay.format"]
    assert codes(replace(hevc, source_reached=False)) == ["relay.format"]
    assert codes(replace(hevc, source=Source.STUDIO, source_reached=False)) == ["relay.format"]


def test_a_relay_that_is_only_just_taken_in_is_no_problem() -> None:
    """The seconds in which a relay comes in, while the studio is still on programme, are told to nobody."""
    coming = replace(RELAYED, source=Source.STUDIO, source_reached=False)
    assert codes(coming) == []
    assert codes(replace(coming, relay=replace(ON, restarts=1))) == ["relay.down"]


def test_a_relay_without_sound_is_told_while_it_is_seen() -> None:
    """Nobody should learn from viewers that a relay has no sound; it stays on, for it may be meant so."""
    assert codes(RELAYED, relay_soundless=True) == ["relay.soundless"]
    assert codes(replace(RELAYED, source=Source.SLATE), relay_soundless=True) == ["relay.lost"]
