"""Pictures and levels for people, from an OBS that says what a test wants."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from orchestrator.backoff import Backoff
from orchestrator.clock import SystemClock
from orchestrator.devices.obs import lens as lens_module
from orchestrator.devices.obs.lens import Lens
from orchestrator.sights import Shot
from tests.devices.obs.wire import Peer, Wire
from tests.support import until

JPEG = "data:image/jpg;base64,"
LOUD = {"inputs": [{"inputName": "Mimbar", "inputLevelsMul": [[0.1, 0.5, 0.5], [0.0, 0.0, 0.0]]}]}


class Studio:
    """An OBS that draws each scene as its name, and has no scene called Hilang."""

    def __init__(self) -> None:
        self.scene: str | None = "Penutup"
        self.asked: list[str] = []
        self.connections = 0
        self.gone = threading.Event()
        self.peer: Peer | None = None
        self.events: list[int] = []

    def __call__(self, peer: Peer) -> None:
        self.connections += 1
        self.peer = peer
        try:
            self.events.append(peer.identify()["d"]["eventSubscriptions"])
            while True:
                request = peer.hear()
                self._draw(peer, request)
        finally:
            self.gone.set()

    def _draw(self, peer: Peer, request: dict[str, Any]) -> None:
        scene = request["d"]["requestData"]["sourceName"]
        self.asked.append(scene)
        if scene == "Hilang":
            peer.answer(request, code=600)
        else:
            peer.answer(request, {"imageData": JPEG + base64.b64encode(scene.encode()).decode()})


@pytest.fixture
def studio() -> Studio:
    return Studio()


@pytest.fixture
def lens(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lens]:
    monkeypatch.setattr(lens_module, "EVERY", 0.02)
    monkeypatch.setattr(lens_module, "_AGAIN", Backoff(first=0.02, most=0.04))
    with ExitStack() as stack:
        wire = stack.enter_context(Wire(studio))
        made = Lens(wire.studio, "aula", lambda: studio.scene, SystemClock())
        stack.callback(made.stop)
        yield made


def shown(lens: Lens, shot: Shot) -> str:
    """What a picture shows."""
    picture = lens.picture(shot)
    return picture.jpeg.decode() if picture is not None else ""


def test_the_programme_and_the_next_scene_are_seen(lens: Lens, studio: Studio) -> None:
    """Who looks sees both, and a change of either; the same picture keeps its tag."""
    lens.watch("Lapangan")
    until(lambda: (shown(lens, "programme"), shown(lens, "next")) == ("Penutup", "Lapangan"), 5)
    first = lens.picture("programme")
    asked = len(studio.asked)
    until(lambda: len(studio.asked) > asked + 1, 5)
    assert first is not None
    assert lens.picture("programme") == first
    studio.scene = "Mimbar"
    lens.watch("Penutup")
    until(lambda: (shown(lens, "programme"), shown(lens, "next")) == ("Mimbar", "Penutup"), 4)
    assert lens.picture("programme") != first
    lens.watch(None)
    until(lambda: lens.picture("next") is None, 4)
    assert studio.connections == 1


def test_a_scene_that_is_not_there_has_no_picture(lens: Lens, studio: Studio) -> None:
    """That the next scene is missing keeps the programme's picture back from nobody."""
    lens.watch("Lapangan")
    until(lambda: shown(lens, "next"), 5)
    lens.watch("Hilang")
    until(lambda: lens.picture("next") is None, 4)
    assert shown(lens, "programme") == "Penutup"
    assert studio.connections == 1


def test_the_level_is_told_as_it_is_heard(lens: Lens, studio: Studio) -> None:
    """Levels come over the lens's own connection, and whoever listens hears of each."""
    told = threading.Event()
    lens.watch(None)
    until(lambda: shown(lens, "programme"), 5)
    lens.listen(told.set)
    assert studio.peer is not None
    assert studio.events == [lens_module._METERS]
    studio.peer.say({"op": 5, "d": {"eventType": "InputVolumeMeters", "eventIntent": 1, "eventData": LOUD}})
    level = until(lens.level, 5)
    assert (level.state, round(level.level), round(level.peak)) == ("open", -20, -6)
    assert told.wait(5)


def test_nothing_is_asked_while_nobody_looks(lens: Lens, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once nobody has looked for a while the connection ends and nothing old is kept; who looks again sees anew."""
    assert studio.connections == 0
    monkeypatch.setattr(lens_module, "_WATCHED_FOR", 0.3)
    lens.watch(None)
    until(lambda: shown(lens, "programme"), 5)
    assert studio.gone.wait(5)
    until(lambda: lens.picture("programme") is None, 5)
    monkeypatch.setattr(lens_module, "_WATCHED_FOR", 8.0)
    lens.watch(None)
    until(lambda: shown(lens, "programme"), 5)
    assert studio.connections == 2


@pytest.mark.parametrize("how", ["says so", "is silent about it"])
def test_an_obs_that_goes_is_seen_no_more_until_it_is_back(lens: Lens, studio: Studio, how: str) -> None:
    """No picture of what was is shown for what is; and the lens comes back by itself."""
    lens.watch(None)
    until(lambda: shown(lens, "programme"), 5)
    studio.scene = None
    if how == "says so":
        assert studio.peer is not None
        studio.peer.close(1001)
    until(lambda: lens.picture("programme") is None, 5)
    until(studio.gone.is_set, 5)
    assert studio.connections == 1
    studio.scene = "Mimbar"
    until(lambda: shown(lens, "programme") == "Mimbar", 5)


def test_a_listener_that_fails_ends_no_pictures(lens: Lens, studio: Studio, caplog: pytest.LogCaptureFixture) -> None:
    """Pictures are no reason for trouble: what fails is noted, and they go on."""
    failing = iter([True])

    def listener() -> None:
        if next(failing, False):
            raise ValueError("not today")

    lens.listen(listener)
    lens.watch(None)
    until(lambda: studio.connections == 2 and shown(lens, "programme"), 5)
    assert "Looking at OBS of aula failed" in caplog.text
