"""What has been seen of a studio: events as they come, corrected by a full reading once a second.

A reading and an event can cross: what an event changed while a reading was under way stays as the event said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from orchestrator.devices.obs.messages import Data, Request, RequestError
from orchestrator.devices.obs.state import EVENT_STATES, ObsObserved, ObsStats, Output
from orchestrator.plan.model import Venue
from orchestrator.plan.secret import Address

Answer = Data | RequestError
Instance = tuple[str, int]
"""A scene item where it really is: its scene and its number there."""

CUT = "cut_transition"
UNSETTLED = 20.0
"""Seconds that an output may be starting or stopping with no word of it; then its status counts."""
RESTRUCTURING = frozenset(
    {
        "SceneCreated",
        "SceneRemoved",
        "SceneNameChanged",
        "SceneListChanged",
        "InputCreated",
        "InputRemoved",
        "InputNameChanged",
        "SceneItemCreated",
        "SceneItemRemoved",
        "SceneItemListReindexed",
        "CurrentSceneCollectionChanged",
        "CurrentProfileChanged",
        "InputSettingsChanged",
    }
)
"""Events that a new reading answers better than their data would."""
_RUNS = frozenset({Output.STARTING, Output.LIVE})
_RECORDERS = ("simple_file_output", "adv_file_output")
_GENERAL = (
    Request("GetSceneList"),
    Request("GetInputList"),
    Request("GetSceneTransitionList"),
    Request("GetStreamStatus"),
    Request("GetRecordStatus"),
    Request("GetStats"),
    *(Request("GetOutputSettings", {"outputName": name}) for name in _RECORDERS),
)


@dataclass(slots=True)
class Seen:
    """Everything seen of one studio. Not safe for threads: its owner holds a lock."""

    venue: Venue
    """For the names of its items."""
    version: str = ""
    """OBS's version."""
    scene: str | None = None
    """The scene on programme."""
    transition: str | None = None
    """The current transition."""
    scenes: frozenset[str] = frozenset()
    """Every scene."""
    transitions: dict[str, str] = field(default_factory=dict)
    """Transition to its kind."""
    inputs: dict[str, str] = field(default_factory=dict)
    """Input to its kind."""
    mutes: dict[str, bool] = field(default_factory=dict)
    """Input that makes sound to whether it is muted."""
    texts: dict[str, str] = field(default_factory=dict)
    """Text input to its text."""
    relays: dict[str, Address] = field(default_factory=dict)
    """Media input to its network address."""
    instances: dict[Instance, tuple[str, bool]] = field(default_factory=dict)
    """Scene item to its source and whether it is shown."""
    record: Output = Output.OFF
    """The recording."""
    record_path: str | None = None
    """Its file."""
    stream: Output = Output.OFF
    """The stream."""
    ends: dict[str, int] = field(default_factory=dict)
    """Output to how often it ended."""
    stats: ObsStats = field(default_factory=ObsStats)
    """How well OBS is doing."""
    _moved: dict[str, float] = field(default_factory=dict)
    """Output to when it last changed."""
    _touched: set[object] = field(default_factory=set)
    """What events changed since the reading under way began."""
    _silent: set[str] = field(default_factory=set)
    """Inputs that make no sound: not asked again."""

    def observed(self) -> ObsObserved:
        """All of it, as a value."""
        return ObsObserved(
            scene=self.scene,
            transition=self.transition,
            scenes=self.scenes,
            transitions=dict(self.transitions),
            mutes=dict(self.mutes),
            texts=dict(self.texts),
            items=self._items(),
            relays=dict(self.relays),
            record=self.record,
            record_path=self.record_path,
            stream=self.stream,
            ends=dict(self.ends),
            stats=self.stats,
            version=self.version,
        )

    def where(self, item: str) -> list[Instance]:
        """Where an item is, by its name in the profile or its source's in OBS."""
        sources = {item, *_sources(self.venue).get(item, ())}
        return sorted(instance for instance, (source, _) in self.instances.items() if source in sources)

    def cut(self) -> str | None:
        """The name of the transition that is a cut; OBS names it in its own language."""
        return next((name for name, kind in self.transitions.items() if kind == CUT), None)

    def apply(self, event: str, data: Data, now: float) -> bool:
        """Take an event in; says whether a new reading should be made soon."""
        match event:
            case "CurrentProgramSceneChanged":
                self.scene = data["sceneName"]
                self._touched.add("scene")
            case "CurrentSceneTransitionChanged":
                self.transition = data["transitionName"]
                self._touched.add("transition")
            case "InputMuteStateChanged":
                self.mutes[data["inputName"]] = data["inputMuted"]
                self._touched.add(("mute", data["inputName"]))
            case "SceneItemEnableStateChanged":
                instance = (data["sceneName"], data["sceneItemId"])
                source, _ = self.instances.get(instance, ("", False))
                self.instances[instance] = (source, data["sceneItemEnabled"])
                self._touched.add(("item", instance))
                return not source
            case "StreamStateChanged":
                self.stream = self._move("stream", self.stream, data, now)
            case "RecordStateChanged":
                self.record = self._move("record", self.record, data, now)
                # OBS 29 names no file at the start: until it is read, the last one's name would mislead.
                self.record_path = data.get("outputPath") or (None if self.record in _RUNS else self.record_path)
                return self.record is Output.LIVE and self.record_path is None
            case _:
                return event in RESTRUCTURING
        return False

    def begin(self) -> list[Request]:
        """Begin a reading: what to ask, with the names that are known so far."""
        self._touched.clear()
        return [*_GENERAL, *self._named()]

    def take(self, requests: Sequence[Request], answers: Sequence[Answer], now: float) -> list[Request]:
        """Take a reading in; gives what must be asked besides, where names have appeared that weren't known."""
        asked = {_key(request) for request in requests}
        scenes: dict[str, Sequence[Data]] = {}
        for request, answer in zip(requests, answers, strict=True):
            if isinstance(answer, RequestError):
                self._failed(request)
            elif request.name == "GetSceneItemList":
                scenes[request.data["sceneName"]] = answer["sceneItems"]
            else:
                self._take_one(request, answer, now)
        self._take_items(scenes)
        return [request for request in self._named() if _key(request) not in asked]

    def _named(self) -> list[Request]:
        """The questions that need a name."""
        texts = [name for name, kind in self.inputs.items() if kind.startswith("text_")]
        media = [name for name, kind in self.inputs.items() if kind == "ffmpeg_source"]
        return [
            *(_about("GetInputMute", "inputName", name) for name in self.inputs if name not in self._silent),
            *(_about("GetInputSettings", "inputName", name) for name in (*texts, *media)),
            *(_about("GetSceneItemList", "sceneName", name) for name in sorted(self.scenes)),
        ]

    def _take_one(self, request: Request, answer: Data, now: float) -> None:
        name = request.data.get("inputName", "")
        match request.name:
            case "GetSceneList":
                self.scenes = frozenset(scene["sceneName"] for scene in answer["scenes"])
                if "scene" not in self._touched:
                    self.scene = answer["currentProgramSceneName"]
            case "GetInputList":
                self._take_inputs({each["inputName"]: each["inputKind"] for each in answer["inputs"]})
            case "GetSceneTransitionList":
                self.transitions = {each["transitionName"]: each["transitionKind"] for each in answer["transitions"]}
                if "transition" not in self._touched:
                    self.transition = answer["currentSceneTransitionName"]
            case "GetInputMute" | "GetInputSettings" if name not in self.inputs:
                pass  # removed between the two questions
            case "GetInputMute":
                self.mutes[name] = self.mutes[name] if ("mute", name) in self._touched else answer["inputMuted"]
            case "GetInputSettings":
                self._take_settings(name, answer["inputSettings"])
            case _:
                self._take_status(request.name, answer, now)

    def _take_status(self, name: str, answer: Data, now: float) -> None:
        if name == "GetStreamStatus":
            self.stream = self._settle("stream", self.stream, answer, now)
        elif name == "GetRecordStatus":
            self.record = self._settle("record", self.record, answer, now)
            self.stats = _with_size(self.stats, answer)
        elif name == "GetOutputSettings":
            if "record" not in self._touched and self.record in _RUNS:
                self.record_path = answer["outputSettings"].get("path") or self.record_path
        elif name == "GetStats":
            self.stats = ObsStats(
                fps=round(answer["activeFps"], 2),
                skipped_render=answer["renderSkippedFrames"],
                skipped_output=answer["outputSkippedFrames"],
                record_bytes=self.stats.record_bytes,
                disk_free=round(answer["availableDiskSpace"], 1),
            )

    def _take_inputs(self, inputs: dict[str, str]) -> None:
        self.inputs = inputs
        for kept in (self.mutes, self.texts, self.relays):
            for name in kept.keys() - inputs.keys():
                kept.pop(name)
        self._silent &= inputs.keys()

    def _take_settings(self, name: str, settings: Data) -> None:
        if self.inputs.get(name, "").startswith("text_"):
            self.texts[name] = settings.get("text", "")
        else:
            self.relays[name] = Address(settings.get("input", ""))

    def _take_items(self, scenes: Mapping[str, Sequence[Data]]) -> None:
        instances: dict[Instance, tuple[str, bool]] = {
            instance: seen
            for instance, seen in self.instances.items()
            if instance[0] not in scenes and instance[0] in self.scenes
        }
        for scene in scenes.keys() & self.scenes:
            for item in scenes[scene]:
                instance = (scene, item["sceneItemId"])
                shown = item["sceneItemEnabled"]
                if ("item", instance) in self._touched and instance in self.instances:
                    shown = self.instances[instance][1]
                instances[instance] = (item["sourceName"], shown)
        self.instances = instances

    def _failed(self, request: Request) -> None:
        """OBS knows no mute of an input that makes no sound; other names may have gone meanwhile."""
        if request.name == "GetInputMute" and request.data["inputName"] not in self.mutes:
            self._silent.add(request.data["inputName"])

    def _items(self) -> dict[str, bool | None]:
        shown: dict[str, set[bool]] = {}
        for source, enabled in self.instances.values():
            shown.setdefault(source, set()).add(enabled)
        for name, sources in _sources(self.venue).items():
            for source in sources & shown.keys():
                shown.setdefault(name, set()).update(shown[source])
        return {name: next(iter(values)) if len(values) == 1 else None for name, values in shown.items()}

    def _move(self, output: str, before: Output, data: Data, now: float) -> Output:
        self._touched.add(output)
        self._moved[output] = now
        state = EVENT_STATES.get(data.get("outputState", ""), before)
        if state is Output.OFF:
            self.ends[output] = self.ends.get(output, 0) + 1
        return state

    def _settle(self, output: str, before: Output, status: Data, now: float) -> Output:
        """An output by its status, which knows no starting and stopping; those are events' until they grow too old."""
        if output in self._touched:
            return before
        if status["outputActive"] and status.get("outputReconnecting"):
            return Output.STARTING
        fresh = now - self._moved.get(output, now - UNSETTLED) < UNSETTLED
        if status["outputActive"]:
            return Output.STOPPING if before is Output.STOPPING and fresh else Output.LIVE
        return Output.STARTING if before is Output.STARTING and fresh else Output.OFF


def _sources(venue: Venue) -> dict[str, frozenset[str]]:
    """Names of scenes used as items, to the scenes that they stand for."""
    found: dict[str, frozenset[str]] = {}
    for items in venue.scenes.values():
        for item in items:
            if item.kind == "scene" and item.name != item.value:
                found[item.name] = found.get(item.name, frozenset()) | {item.value}
    return found


@lru_cache(maxsize=1024)
def _about(question: str, field: str, name: str) -> Request:
    """A question that is asked every second."""
    return Request(question, {field: name})


def _key(request: Request) -> tuple[object, ...]:
    return request.name, *request.data.values()


def _with_size(stats: ObsStats, status: Data) -> ObsStats:
    size = int(status.get("outputBytes", 0))
    return ObsStats(stats.fps, stats.skipped_render, stats.skipped_output, size, stats.disk_free)
