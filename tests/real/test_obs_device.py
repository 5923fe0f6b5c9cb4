"""The studio's device on a real OBS."""

from __future__ import annotations

import socket
import statistics
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import av
import numpy as np
import pytest

from orchestrator.config.folders import master_number
from orchestrator.devices.media.hub import Hub
from orchestrator.devices.obs.messages import Request
from orchestrator.devices.obs.state import Output
from orchestrator.plan.model import VenueState
from orchestrator.plan.secret import Address
from tests.real.obs_fixture import RealStudio
from tests.support import until

pytestmark = pytest.mark.real

NOBODY: frozenset[str] = frozenset()
CUES = 30


def test_a_whole_state_is_reached_and_seen(studio: RealStudio) -> None:
    """Scene, sound, text and item: sent in one go, believed only when OBS says so."""
    state = VenueState(
        scene="Lapangan",
        mute=frozenset({"Suasana"}),
        texts={"Nama": "Gubernur Kepulauan Riau"},
        items={"Bilah": True},
        relay=Address("rtmp://127.0.0.1:9/live/x"),
        studio=True,
    )
    observed = studio.reach(state)
    assert observed.scene == "Lapangan"
    assert observed.mutes == {"Mimbar": False, "Suasana": True, "Umpan": False}
    assert observed.texts["Nama"] == "Gubernur Kepulauan Riau"
    assert observed.items["Bilah"] is True
    assert observed.relays["Umpan"] == Address("rtmp://127.0.0.1:9/live/x")
    assert studio.commands(state) == []
    studio.reach(VenueState(items={"Bilah": False}, mute="all"))


def test_a_change_made_by_hand_is_seen_at_once(studio: RealStudio) -> None:
    """Somebody at the studio switches and opens a microphone: the loop is woken by it."""
    studio.changed.clear()
    studio.client().request("SetCurrentProgramScene", sceneName="Relai")
    studio.client().request("SetInputMute", inputName="Mimbar", inputMuted=False)
    assert studio.changed.wait(1)

    def seen() -> bool:
        observed = studio.ready()
        return observed.scene == "Relai" and observed.mutes["Mimbar"] is False

    until(seen, 1)


def test_what_obs_does_not_have_is_refused_in_plain_words(studio: RealStudio) -> None:
    """A missing scene, input, text and transition each say what is missing, and keep nothing else back."""
    state = VenueState(
        scene="Tidak Ada", mute=frozenset({"Juga Tidak"}), texts={"Teks Lain": "x"}, items={"Hilang": True}
    )
    commands = studio.commands(state)
    results = studio.device.send(commands)
    errors = {command.field: sent.error for command, sent in zip(commands, results, strict=True)}
    codes = {field: error.problem.code for field, error in errors.items() if error is not None}
    assert codes == {
        "scene": "obs.missing-scene",
        "mute:Juga Tidak": "obs.missing-input",
        "text:Teks Lain": "obs.missing-input",
        "item:Hilang": "obs.missing-input",
    }
    (fade,) = studio.commands(VenueState(scene="Lapangan", transition="Bintang"))
    error = studio.device.send([fade])[0].error
    assert error is not None
    assert error.problem.code == "obs.missing-transition"


def test_a_named_transition_is_taken_and_then_a_cut_again(studio: RealStudio) -> None:
    """A fade holds for its own cue only: the next one without a transition is a cut."""
    observed = studio.reach(VenueState(scene="Lapangan", transition="Fade"))
    assert observed.transition == "Fade"
    assert studio.reach(VenueState(scene="Penutup")).transition == "Cut"


def test_a_recording_goes_where_it_belongs_and_is_whole(studio: RealStudio) -> None:
    """Into the occurrence's folder, numbered, while OBS records and not only because it said yes."""
    state = VenueState(occurrence="apel@2027-01-04T07:30", record=True, destinations=NOBODY, studio=True)
    commands = [command for command in studio.commands(state) if command.field == "record"]
    assert [sent.error for sent in studio.device.send(commands)] == [None]
    until(lambda: studio.ready().record is Output.LIVE, 15)
    path = studio.ready().record_path
    folder = studio.folder.studio("aula", "apel@2027-01-04T07:30")
    assert path is not None
    assert Path(path).parent == folder
    assert (Path(path).suffix, master_number(Path(path).name)) == (".mkv", 1)
    until(lambda: studio.ready().stats.record_bytes > 0, 10)
    studio.reach(VenueState(record=False, studio=True))
    assert Path(path).stat().st_size > 0
    assert studio.device.problems() == []


def test_two_occurrences_never_share_a_recording(studio: RealStudio) -> None:
    """A recording that still runs for the one before is ended, and one of its own begun."""
    for occurrence in ("satu", "dua"):
        state = VenueState(occurrence=occurrence, record=True, studio=True)
        deadline = time.monotonic() + 20  # noqa: TID251 - a test's deadline is real time
        while commands := [each for each in studio.commands(state) if each.field == "record"]:
            assert time.monotonic() < deadline  # noqa: TID251 - a test's deadline is real time
            # From the reading that the command came of: a later one may have the change already that is waited for.
            before = commands[0].before
            assert [sent.error for sent in studio.device.send(commands)] == [None]
            until(lambda before=before: studio.ready().record.value != before, 15)  # type: ignore[misc]
        folder = studio.folder.studio("aula", occurrence)
        until(lambda folder=folder: len(list(folder.glob("*.mkv"))) == 1, 5)  # type: ignore[misc]


def test_a_folder_that_cannot_be_written_is_refused_before_obs_is_asked(studio: RealStudio) -> None:
    """OBS itself would say yes and write nothing."""
    blocked = studio.folder.studio("aula", "terkunci")
    blocked.parent.parent.mkdir(parents=True, exist_ok=True)
    blocked.parent.write_text("a file in the way")
    commands = studio.commands(VenueState(occurrence="terkunci", record=True, studio=True))
    errors = [sent.error for sent in studio.device.send(commands) if sent.error is not None]
    assert [error.problem.code for error in errors] == ["obs.record-folder"]
    assert studio.ready().record is Output.OFF


def test_a_hub_that_is_not_there_is_told(studio: RealStudio) -> None:
    """OBS accepts the order, tries, and fails: that is a problem until it works."""
    commands = studio.commands(VenueState(destinations=frozenset({"youtube"}), studio=True), publish=True)
    assert [command.field for command in commands] == ["publish"]
    assert [sent.error for sent in studio.device.send(commands)] == [None]
    until(lambda: "obs.publish-refused" in {each.code for each in studio.device.problems()}, 15)
    studio.reach(VenueState(destinations=NOBODY, record=False, studio=True), publish=True)
    assert studio.device.problems() == []


def test_a_countdown_runs_on_programme_by_itself(studio: RealStudio) -> None:
    """It shows what is left, second by second, without a command."""
    now = studio.clock.now()
    state = VenueState(scene="Segera Dimulai", starts_at=now + timedelta(seconds=90), studio=True)
    studio.reach(state)
    until(lambda: studio.ready().texts["Hitung Mundur"] in {"1:30", "1:29"}, 3)
    before = studio.ready().texts["Hitung Mundur"]
    until(lambda: studio.ready().texts["Hitung Mundur"] != before, 3)
    assert studio.ready().texts["Hitung Mundur"] in {"1:28", "1:29", "1:27"}


def test_cues_are_quick(studio: RealStudio, record_property: pytest.RecordProperty) -> None:
    """Single cues, apart from each other: OBS has the order within milliseconds and confirms by the next frame."""
    sent, confirmed = [], []
    for number in range(CUES):
        scene = ("Lapangan", "Penutup")[number % 2]
        studio.changed.clear()
        studio.changed.wait(0.15 + 0.0137 * (number % 7))
        commands = studio.commands(VenueState(scene=scene))
        began = time.perf_counter()
        assert [sent.error for sent in studio.device.send(commands)] == [None]
        sent.append((time.perf_counter() - began) * 1000)
        until(lambda scene=scene: studio.ready().scene == scene, 5, every=0.001)  # type: ignore[misc]
        confirmed.append((time.perf_counter() - began) * 1000)
    figures = {
        "sent_p50_ms": statistics.median(sent),
        "sent_max_ms": max(sent),
        "confirmed_p50_ms": statistics.median(confirmed),
        "confirmed_max_ms": max(confirmed),
    }
    for name, value in figures.items():
        record_property(name, round(value, 1))
    assert figures["sent_p50_ms"] < 20
    assert figures["confirmed_p50_ms"] < 60


def test_reading_costs_next_to_nothing(studio: RealStudio) -> None:
    """One reading of everything is a matter of milliseconds, so that it can't stand in a cue's way."""
    client = studio.client()
    requests = [Request("GetSceneItemList", {"sceneName": name}) for name in studio.venue.scenes]
    took = []
    for _ in range(10):
        began = time.perf_counter()
        client.read(requests)
        took.append(time.perf_counter() - began)
    assert statistics.median(took) < 0.1


@pytest.fixture
def hub(studio: RealStudio) -> Iterator[None]:
    server = Hub(studio.station, {"aula": studio.venue}, studio.folder, studio.clock, studio.store)
    server.start(lambda: None)
    try:
        until(lambda: not server.problems() and listens(studio.station.hub.port), 10)
        yield
    finally:
        server.stop()
        server.end()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_the_hub_gets_what_every_destination_wants(studio: RealStudio, hub: None) -> None:
    """H.264 of the venue's size with a keyframe every second, AAC at 48 kHz, and sound in it."""
    state = VenueState(destinations=frozenset({"youtube"}), mute="none", studio=True)
    studio.reach(state, publish=True)
    keyframes, heard = [], 0.0
    with av.open(f"rtmp://127.0.0.1:{studio.station.hub.port}/studio/aula", timeout=10) as stream:
        video, audio = stream.streams.video[0], stream.streams.audio[0]
        assert (video.codec_context.name, video.width, video.height) == ("h264", 640, 360)
        assert (audio.codec_context.name, audio.sample_rate, audio.channels) == ("aac", 48000, 2)
        for packet in stream.demux(video, audio):
            if packet.stream is video and packet.is_keyframe:
                keyframes.append(float(packet.pts * packet.time_base))
            elif packet.stream is audio:
                heard = max([heard, *(float(abs(frame.to_ndarray()).max()) for frame in packet.decode())])
            if len(keyframes) == 4:
                break
    assert np.diff(keyframes) == pytest.approx([1.0] * 3, abs=0.05)
    assert heard > 0.05
    studio.reach(VenueState(destinations=NOBODY, record=False, studio=True), publish=True)
    assert studio.device.problems() == []


@pytest.fixture
def second_look(studio: RealStudio) -> Iterator[RealStudio]:
    yield studio
    studio.reach(VenueState(record=False, destinations=NOBODY, studio=True))


def test_a_new_service_finds_obs_as_the_old_one_left_it(second_look: RealStudio) -> None:
    """The service goes, OBS records on; the next service takes it over within two seconds and starts nothing."""
    studio = second_look
    studio.reach(VenueState(occurrence="lama", scene="Lapangan", record=True, mute=frozenset(), studio=True))
    pid, path = studio.pid(), studio.ready().record_path
    studio.device.stop()
    studio.device = studio.make_device()
    began = time.perf_counter()
    studio.start()
    observed = studio.ready(5)
    assert time.perf_counter() - began < 2
    assert studio.pid() == pid
    assert (observed.scene, observed.record, observed.record_path) == ("Lapangan", Output.LIVE, path)
    assert studio.commands(VenueState(occurrence="lama", scene="Lapangan", record=True, studio=True)) == []
