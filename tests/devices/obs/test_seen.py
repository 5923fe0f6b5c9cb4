"""Events and readings of a studio, put together."""

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.devices.obs.messages import Request, RequestError
from orchestrator.devices.obs.seen import Seen
from orchestrator.devices.obs.state import Output
from tests.devices.obs.studio import make_venue

Answers = dict[str, Any]

GENERAL: Answers = {
    "GetSceneList": {
        "currentProgramSceneName": "Lapangan",
        "scenes": [{"sceneName": "Lapangan"}, {"sceneName": "Teks Nama"}],
    },
    "GetInputList": {
        "inputs": [
            {"inputName": "Mimbar", "inputKind": "ffmpeg_source"},
            {"inputName": "Nama", "inputKind": "text_ft2_source_v2"},
        ]
    },
    "GetSceneTransitionList": {
        "currentSceneTransitionName": "Potong",
        "transitions": [{"transitionName": "Potong", "transitionKind": "cut_transition"}],
    },
    "GetStreamStatus": {"outputActive": False, "outputReconnecting": False},
    "GetRecordStatus": {"outputActive": False, "outputBytes": 0},
    "GetStats": {"activeFps": 30.0, "renderSkippedFrames": 1, "outputSkippedFrames": 2, "availableDiskSpace": 9.5},
}
ITEMS = {
    "Lapangan": [{"sceneItemId": 7, "sourceName": "Teks Nama", "sceneItemEnabled": False}],
    "Teks Nama": [{"sceneItemId": 1, "sourceName": "Nama", "sceneItemEnabled": True}],
}


def answer(request: Request, changes: Answers) -> Any:
    known = {**GENERAL, **changes}
    if request.name in known:
        return known[request.name]
    match request.name:
        case "GetInputMute" if request.data["inputName"] == "Mimbar":
            return {"inputMuted": False}
        case "GetInputSettings":
            return {"inputSettings": {"text": "Gubernur"} if request.data["inputName"] == "Nama" else {"input": "a"}}
        case "GetSceneItemList":
            return {"sceneItems": ITEMS[request.data["sceneName"]]}
        case _:
            return RequestError("aula", request.name, 600, "")


def read(seen: Seen, now: float = 0.0, **changes: Any) -> int:
    """One whole reading; how many rounds it took."""
    rounds, requests = 0, seen.begin()
    while requests:
        rounds += 1
        requests = seen.take(requests, [answer(request, changes) for request in requests], now)
    return rounds


@pytest.fixture
def seen() -> Seen:
    found = Seen(make_venue())
    read(found)
    return found


def test_a_first_reading_finds_everything(seen: Seen) -> None:
    """Names turn up in the first round and are asked after in the second."""
    observed = seen.observed()
    assert (observed.scene, observed.transition) == ("Lapangan", "Potong")
    assert observed.mutes == {"Mimbar": False}
    assert observed.texts == {"Nama": "Gubernur"}
    assert observed.stats.fps == 30.0
    assert read(seen) == 1


def test_an_item_is_known_by_its_name_in_the_profile_too(seen: Seen) -> None:
    """A scene within a scene has its own name there."""
    assert seen.observed().items == {"Teks Nama": False, "Bilah": False, "Nama": True}
    assert seen.where("Bilah") == [("Lapangan", 7)]


def test_an_event_during_a_reading_is_not_undone_by_it(seen: Seen) -> None:
    """What was read before the event came is older than the event."""
    requests = seen.begin()
    answers = [answer(request, {}) for request in requests]
    seen.apply("CurrentProgramSceneChanged", {"sceneName": "Penutup"}, 1.0)
    seen.apply("InputMuteStateChanged", {"inputName": "Mimbar", "inputMuted": True}, 1.0)
    seen.apply(
        "SceneItemEnableStateChanged", {"sceneName": "Lapangan", "sceneItemId": 7, "sceneItemEnabled": True}, 1.0
    )
    seen.apply("RecordStateChanged", {"outputState": "OBS_WEBSOCKET_OUTPUT_STARTED", "outputPath": "/a.mkv"}, 1.0)
    seen.take(requests, answers, 1.1)
    observed = seen.observed()
    assert observed.scene == "Penutup"
    assert observed.mutes["Mimbar"] is True
    assert observed.items["Bilah"] is True
    assert (observed.record, observed.record_path) == (Output.LIVE, "/a.mkv")


def test_a_reading_corrects_what_no_event_told(seen: Seen) -> None:
    """The next reading after a lost event shows what is."""
    seen.apply("CurrentProgramSceneChanged", {"sceneName": "Penutup"}, 1.0)
    read(seen, 2.0)
    assert seen.observed().scene == "Lapangan"


def test_a_status_does_not_know_that_an_output_is_starting(seen: Seen) -> None:
    """Events say starting; if no word comes for too long, the status counts."""
    seen.apply("StreamStateChanged", {"outputState": "OBS_WEBSOCKET_OUTPUT_STARTING"}, 10.0)
    read(seen, 12.0)
    assert seen.observed().stream is Output.STARTING
    read(seen, 31.0)
    assert seen.observed().stream is Output.OFF


def test_an_output_that_runs_is_seen_after_a_restart_of_the_service(seen: Seen) -> None:
    """Without any event the status alone shows what is live, and a stream that reconnects isn't."""
    read(seen, 1.0, GetRecordStatus={"outputActive": True, "outputBytes": 5000})
    assert seen.observed().record is Output.LIVE
    assert seen.observed().stats.record_bytes == 5000
    read(seen, 2.0, GetStreamStatus={"outputActive": True, "outputReconnecting": True})
    assert seen.observed().stream is Output.STARTING


def test_the_file_of_a_running_recording_is_found_after_a_restart(seen: Seen) -> None:
    """The recorder's own settings name it."""
    settings = {"outputSettings": {"path": "/spool/1.mkv"}}
    read(seen, 1.0, GetRecordStatus={"outputActive": True}, GetOutputSettings=settings)
    assert seen.observed().record_path == "/spool/1.mkv"


def test_an_input_that_makes_no_sound_is_not_asked_again(seen: Seen) -> None:
    """OBS knows no mute of a text."""
    muted = [request.data for request in seen.begin() if request.name == "GetInputMute"]
    assert muted == [{"inputName": "Mimbar"}]


def test_what_is_gone_is_forgotten(seen: Seen) -> None:
    """An input that was removed is no longer muted, worded or shown."""
    inputs = {"inputs": [{"inputName": "Nama", "inputKind": "text_ft2_source_v2"}]}
    scenes = {"currentProgramSceneName": "Teks Nama", "scenes": [{"sceneName": "Teks Nama"}]}
    read(seen, 1.0, GetInputList=inputs, GetSceneList=scenes)
    observed = seen.observed()
    assert observed.mutes == {}
    assert observed.items == {"Nama": True}


def test_an_item_that_is_shown_here_and_hidden_there_is_neither(seen: Seen) -> None:
    """Mixed visibility is unknown."""
    items = [{"sceneItemId": 3, "sourceName": "Nama", "sceneItemEnabled": False}]
    both = {"sceneItems": [*ITEMS["Teks Nama"], *items]}
    read(seen, 1.0, GetSceneItemList=both)
    assert seen.observed().items["Nama"] is None
