from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import pytest

from orchestrator.plan.model import AudioInput, Cause, SceneItem, VenueState
from orchestrator.reconciler.alarms import alarms
from orchestrator.status import Observed
from tests.plan.support import make_venue

NOW = datetime(2027, 8, 17, 1, 0, tzinfo=UTC)
LONG = 600.0
VENUE = replace(
    make_venue(),
    audio=(AudioInput("Mimbar", "pulse", "default"), AudioInput("Suasana", "pulse", "default")),
    scenes=MappingProxyType(
        {
            "Lapangan": (SceneItem("color", "#000000", "Latar"), SceneItem("camera", "rtsp://10.0.0.1", "Kamera")),
            "Gabungan": (SceneItem("scene", "Lapangan", "Kecil"),),
            "Judul": (SceneItem("text", "Segera", "Tulisan"),),
        }
    ),
)


def cause(seconds: float) -> Cause:
    at = NOW - timedelta(seconds=seconds)
    return Cause("upacara", "mulai", at, at, "cue mulai")


def state(**fields: Any) -> VenueState:
    scene, mute = cause(fields.pop("scene_for", LONG)), cause(fields.pop("open_for", LONG))
    since = MappingProxyType({"scene": scene, "mute": mute})
    ends = NOW + timedelta(hours=1)
    return VenueState(**{"occurrence": "upacara", "mute": "none", "ends_at": ends, "causes": since, **fields})


def observed(scene: str = "Lapangan", source: str = "studio", stream: str = "live", **signal: Any) -> Observed:
    found = {"level": -20.0, "still_for": 0.0, "black": False, "silent_for": 0.0, **signal}
    return Observed(
        scene=scene,
        stream=MappingProxyType({"youtube": stream}),
        record=False,
        source=source,
        details=MappingProxyType({"programme": {"on": source, "signal": found}}),
    )


def codes(wanted: VenueState, seen: Observed) -> list[str]:
    return [problem.code for problem in alarms(VENUE, wanted, seen, NOW)]


def test_a_clock_that_was_put_back_silences_nothing() -> None:
    """The cue that set picture and sound is still to come by it; they have been wrong for as long all the same."""
    seen = observed(still_for=61.0, silent_for=31.0)
    assert codes(state(scene_for=-3600, open_for=-3600), seen) == ["programme.frozen", "programme.silent"]


@pytest.mark.parametrize(
    ("signal", "expected"),
    [
        ({}, []),
        ({"still_for": 4.0, "black": True}, []),
        ({"still_for": 6.0, "black": True}, ["programme.black"]),
        ({"still_for": 59.0}, []),
        ({"still_for": 61.0}, ["programme.frozen"]),
        ({"silent_for": 29.0}, []),
        ({"silent_for": 31.0}, ["programme.silent"]),
        ({"still_for": 61.0, "silent_for": 61.0}, ["programme.frozen", "programme.silent"]),
    ],
)
def test_what_the_studio_sends_is_spoken_of(signal: dict[str, Any], expected: list[str]) -> None:
    """Black, frozen and silent programmes are told after their time, each by itself."""
    assert codes(state(), observed(**signal)) == expected


@pytest.mark.parametrize(
    "wanted",
    [
        state(mute="all"),
        state(mute=frozenset({"Mimbar", "Suasana"})),
        state(locked=True),
        state(open_for=20),
    ],
    ids=["all muted", "each muted", "locked", "just opened"],
)
def test_a_silence_that_is_meant_is_none(wanted: VenueState) -> None:
    """A muted pause, a locked minute of silence, and a microphone that was only just opened."""
    assert codes(wanted, observed(silent_for=LONG)) == []


def test_one_open_microphone_is_enough() -> None:
    """With one of two muted, the other should be heard."""
    assert codes(state(mute=frozenset({"Mimbar"})), observed(silent_for=LONG)) == ["programme.silent"]


@pytest.mark.parametrize(
    ("wanted", "scene"),
    [(state(), "Judul"), (state(), "Tak Dikenal"), (state(locked=True), "Lapangan"), (state(scene_for=30), "Lapangan")],
)
def test_a_still_picture_that_is_meant_is_none(wanted: VenueState, scene: str) -> None:
    """A title card, a scene that isn't the profile's, a locked picture, and a scene that came only now."""
    assert codes(wanted, observed(scene, still_for=LONG)) == []


def test_a_scene_in_a_scene_moves() -> None:
    """A camera within a scene that is an item of another one."""
    assert codes(state(), observed("Gabungan", still_for=LONG)) == ["programme.frozen"]


def test_a_black_picture_is_told_under_a_lock_too() -> None:
    """No rundown means a black picture."""
    assert codes(state(locked=True), observed(still_for=LONG, black=True)) == ["programme.black"]


@pytest.mark.parametrize("seen", [observed(source="slate", still_for=LONG), observed(source="relay", still_for=LONG)])
def test_the_slate_and_a_relay_are_spoken_of_elsewhere(seen: Observed) -> None:
    """They have problems of their own."""
    assert codes(state(), seen) == []


def test_what_nobody_gets_is_not_spoken_of() -> None:
    """Neither sent nor recorded; what is only recorded counts."""
    nobody = observed(stream="off", still_for=LONG)
    assert codes(state(), nobody) == []
    assert codes(state(), replace(nobody, record=True)) == ["programme.frozen"]


def test_nothing_is_known_without_a_signal() -> None:
    """The splicer tells nothing yet."""
    assert codes(state(), replace(observed(), details=MappingProxyType({"programme": None}))) == []
    assert codes(state(), replace(observed(), details=MappingProxyType({}))) == []


@pytest.mark.parametrize("wanted", [VenueState(), state(ends_at=NOW - timedelta(minutes=11))])
def test_a_broadcast_that_was_left_running(wanted: VenueState) -> None:
    """After the event, a still and silent picture that goes out; people who still speak are left alone."""
    assert codes(wanted, observed("Judul", still_for=LONG, silent_for=LONG)) == ["programme.left-running"]
    assert codes(wanted, observed("Judul", still_for=LONG)) == []
    assert codes(wanted, replace(observed(stream="off", still_for=LONG, silent_for=LONG), record=True)) == []


def test_the_closing_picture_may_stand() -> None:
    """The last cues come some minutes after the end; until then everything is as the rundown says."""
    closing = state(ends_at=NOW - timedelta(minutes=9), mute="all")
    assert codes(closing, observed("Judul", still_for=LONG, silent_for=LONG)) == []


def test_a_held_rundown_is_not_over() -> None:
    """Whoever holds it knows."""
    held = state(ends_at=NOW - timedelta(minutes=11), held=True)
    assert codes(held, observed("Judul", still_for=LONG, silent_for=LONG)) == ["programme.silent"]
