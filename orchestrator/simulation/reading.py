"""What a modelled OBS answers to those who read it."""

from __future__ import annotations

from orchestrator.devices.obs.messages import Data, Request
from orchestrator.devices.obs.seen import CUT
from orchestrator.devices.obs.state import Output
from orchestrator.simulation.contents import Contents

_KINDS = {"text": "text_ft2_source_v2", "countdown": "text_ft2_source_v2", "relay": "ffmpeg_source"}
_NO_FIGURES = {"activeFps": 0.0, "renderSkippedFrames": 0, "outputSkippedFrames": 0, "availableDiskSpace": 1e6}


def read(inside: Contents, request: Request) -> Data | None:
    """The answer to a question; None for what isn't there."""
    name = request.data.get("inputName", "")
    match request.name:
        case "GetSceneList":
            return {
                "scenes": [{"sceneName": each} for each in inside.scenes],
                "currentProgramSceneName": inside.scene,
            }
        case "GetInputList":
            return {
                "inputs": [
                    {"inputName": each, "inputKind": _KINDS.get(made.kind, made.kind)}
                    for each, made in inside.inputs.items()
                ]
            }
        case "GetSceneTransitionList":
            return {
                "transitions": [
                    {"transitionName": "Cut", "transitionKind": CUT},
                    {"transitionName": "Fade", "transitionKind": "fade_transition"},
                ],
                "currentSceneTransitionName": inside.transition,
            }
        case "GetInputMute":
            muted = inside.mutes.get(name)
            return None if muted is None else {"inputMuted": muted}
        case "GetInputSettings":
            settings = {"text": inside.texts[name]} if name in inside.texts else {"input": inside.relays.get(name, "")}
            return {"inputSettings": settings}
        case "GetSceneItemList":
            return _items_of(inside, request.data["sceneName"])
        case _:
            return _status(inside, request)


def _items_of(inside: Contents, scene: str) -> Data:
    return {
        "sceneItems": [
            {"sceneItemId": number, "sourceName": source, "sceneItemEnabled": shown}
            for (where, number), (source, shown) in inside.items.items()
            if where == scene
        ]
    }


def _status(inside: Contents, request: Request) -> Data | None:
    match request.name:
        case "GetStreamStatus":
            active = inside.outputs["publish"] in {Output.LIVE, Output.STOPPING}
            return {"outputActive": active, "outputReconnecting": False}
        case "GetRecordStatus":
            return {"outputActive": inside.outputs["record"] in {Output.LIVE, Output.STOPPING}, "outputBytes": 0}
        case "GetOutputSettings":
            return {"outputSettings": {"path": inside.file.path} if inside.file is not None else {}}
        case "GetStats":
            return _NO_FIGURES
        case "GetStreamServiceSettings":
            return {"streamServiceType": "rtmp_custom", "streamServiceSettings": {}}
        case _:
            return None
