"""What there is in an OBS, as far as a venue's profile speaks of it: read in two messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from orchestrator.devices.obs import blueprint, studio_settings
from orchestrator.devices.obs.messages import Data, Request, RequestError, Settings
from orchestrator.plan.model import Venue

OPACITY = "orchestrator opacity"
"""What our filter on an input is called."""
_NOTHING: Mapping[str, Any] = {}
_LISTS = (
    "GetProfileList",
    "GetSceneCollectionList",
    "GetSceneList",
    "GetInputList",
    "GetSpecialInputs",
    "GetVideoSettings",
    "GetStreamServiceSettings",
    "GetSceneTransitionList",
    "GetStreamStatus",
    "GetRecordStatus",
)


class Session(Protocol):
    """What provisioning needs of a client."""

    @property
    def local_address(self) -> str:
        """This machine's address as the OBS sees it."""

    def batch(self, requests: Sequence[Request], timeout: float | None = None) -> list[Data | RequestError]:
        """Send many requests, in order."""


@dataclass(frozen=True, slots=True)
class ItemSeen:
    """A scene item as it is in OBS."""

    id: int
    """Its number in its scene."""
    source: str
    """Its source's name."""
    transform: Settings = field(default_factory=lambda: _NOTHING)
    """Its place."""


@dataclass(frozen=True, slots=True)
class InputSeen:
    """An input as it is in OBS."""

    kind: str
    """Its kind, with version."""
    settings: Settings = field(default_factory=lambda: _NOTHING)
    """Its settings, the defaults included."""
    tracks: Mapping[str, bool] | None = None
    """Which tracks its sound goes to; None where it makes none."""
    opacity: float | None = None
    """What our opacity filter is set to; None where there is none."""
    volume: float | None = None
    """dB; None where it makes no sound."""


@dataclass(frozen=True, slots=True)
class Inventory:
    """What there is in OBS, as far as the profile speaks of it."""

    kinds: frozenset[str] = frozenset()
    """Kinds of inputs that this OBS can make."""
    profile: str = ""
    """The current profile."""
    profiles: frozenset[str] = frozenset()
    """Every profile."""
    collection: str = ""
    """The current scene collection."""
    collections: frozenset[str] = frozenset()
    """Every scene collection."""
    parameters: Mapping[tuple[str, str], str | None] = field(default_factory=dict)
    """The profile's parameters, by category and name."""
    video: Settings = field(default_factory=lambda: _NOTHING)
    """As GetVideoSettings gives it."""
    service: Settings = field(default_factory=lambda: _NOTHING)
    """`type`, `server`, `key` of the stream service."""
    scenes: Mapping[str, tuple[ItemSeen, ...]] = field(default_factory=lambda: _NOTHING)
    """Every scene; the items of the venue's, the lowest first."""
    inputs: Mapping[str, InputSeen] = field(default_factory=lambda: _NOTHING)
    """Every input."""
    special: frozenset[str] = frozenset()
    """Inputs that OBS hears in every scene: desktop sound and microphones that it adds by itself."""
    transitions: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    """Transition to its kind."""
    transition: str = ""
    """The current transition."""
    programme: str = ""
    """The scene on programme."""
    active: bool = False
    """Whether it streams or records."""


def look(session: Session, venue: Venue, base: Path) -> Inventory:
    """Read what there is, in two messages: what exists, then what the profile speaks of."""
    parameters = list(studio_settings.parameters(venue))
    general = [
        Request("GetInputKindList", {"unversioned": False}),
        *(Request(name) for name in _LISTS),
        *(Request("GetProfileParameter", {"parameterCategory": c, "parameterName": n}) for c, n in parameters),
    ]
    answers = session.batch(general)
    for answer in answers:
        if isinstance(answer, RequestError):
            raise answer
    found = [answer for answer in answers if not isinstance(answer, RequestError)]
    kinds, profiles, collections, scenes, inputs, special, video, service, transitions, stream, record = found[:11]
    values = {key: answer.get("parameterValue") for key, answer in zip(parameters, found[11:], strict=True)}
    named = {scene["sceneName"] for scene in scenes["scenes"]}
    kind_of = {each["inputName"]: each["inputKind"] for each in inputs["inputs"]}
    items, seen = _look_closer(session, venue, base, named, kind_of)
    return Inventory(
        kinds=frozenset(kinds["inputKinds"]),
        profile=profiles["currentProfileName"],
        profiles=frozenset(profiles["profiles"]),
        collection=collections["currentSceneCollectionName"],
        collections=frozenset(collections["sceneCollections"]),
        parameters=values,
        video=video,
        service={"type": service["streamServiceType"], **service["streamServiceSettings"]},
        scenes=items,
        inputs=seen,
        special=frozenset(name for name in special.values() if name),
        transitions={each["transitionName"]: each["transitionKind"] for each in transitions["transitions"]},
        transition=transitions["currentSceneTransitionName"] or "",
        programme=scenes["currentProgramSceneName"] or "",
        active=stream["outputActive"] or record["outputActive"],
    )


def _look_closer(
    session: Session, venue: Venue, base: Path, scenes: set[str], kind_of: Mapping[str, str]
) -> tuple[dict[str, tuple[ItemSeen, ...]], dict[str, InputSeen]]:
    wanted = [name for name in blueprint.inputs(venue, base) if name in kind_of]
    kinds = sorted({kind_of[name] for name in wanted})
    requests = [
        *(Request("GetSceneItemList", {"sceneName": name}) for name in sorted(scenes)),
        *(Request("GetInputDefaultSettings", {"inputKind": kind}) for kind in kinds),
        *(Request("GetInputSettings", {"inputName": name}) for name in wanted),
        *(Request("GetInputAudioTracks", {"inputName": name}) for name in wanted),
        *(Request("GetInputVolume", {"inputName": name}) for name in wanted),
        *(Request("GetSourceFilterList", {"sourceName": name}) for name in wanted),
    ]
    answers: dict[tuple[str, str], Data] = {
        (request.name, next(iter(request.data.values()))): {} if isinstance(answer, RequestError) else answer
        for request, answer in zip(requests, session.batch(requests), strict=True)
    }
    items = {
        name: tuple(
            ItemSeen(each["sceneItemId"], each["sourceName"], each["sceneItemTransform"])
            for each in sorted(
                answers["GetSceneItemList", name].get("sceneItems", ()), key=lambda item: item["sceneItemIndex"]
            )
        )
        for name in scenes
    }
    inputs = {name: InputSeen(kind) for name, kind in kind_of.items()}
    for name in wanted:
        kind = kind_of[name]
        defaults = answers["GetInputDefaultSettings", kind].get("defaultInputSettings", {})
        filters = answers["GetSourceFilterList", name].get("filters", ())
        inputs[name] = InputSeen(
            kind=kind,
            settings={**defaults, **answers["GetInputSettings", name].get("inputSettings", {})},
            tracks=answers["GetInputAudioTracks", name].get("inputAudioTracks"),
            volume=answers["GetInputVolume", name].get("inputVolumeDb"),
            opacity=next(
                (each["filterSettings"].get("opacity", 1.0) for each in filters if each["filterName"] == OPACITY), None
            ),
        )
    return items, inputs
