"""Build a venue's scenes, sound inputs and output settings in OBS from its profile; change only what differs.

Planning is pure and goes in rounds: a plan has the steps that can be taken with what is there now; what builds on their
results (a scene item's number, a new scene collection's contents) is in the plan after the next look.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from orchestrator.clock import Clock
from orchestrator.config.model import Station
from orchestrator.devices.obs import blueprint, problems
from orchestrator.devices.obs.blueprint import Input, Placed, Settings
from orchestrator.devices.obs.client import NOT_READY, Data, Request, RequestError
from orchestrator.errors import DeviceError
from orchestrator.plan.model import Venue

NOTHING: Mapping[str, Any] = {}
EXISTS = 601
"""OBS's code where a name is still taken: a removed input lives until its last frame is drawn."""
GONE = 600
"""OBS's code where there is nothing of that name: what was just removed is listed for a moment more."""
_ROUNDS = 12
_READY_TRIES = 50
_PAUSE = 0.1
"""Seconds between rounds that didn't bring it further."""
_OPACITY = "orchestrator opacity"
_CLOSE = 0.01
_SAME_VOLUME = 0.1
"""dB."""


class Session(Protocol):
    """What provisioning needs of a client."""

    @property
    def local_address(self) -> str:
        """This machine's address as the OBS sees it."""

    def batch(self, requests: Sequence[Request], timeout: float | None = None) -> list[Data | RequestError]:
        """Send many requests, in order."""


@dataclass(frozen=True, slots=True)
class Step:
    """One change in OBS."""

    request: Request
    """What is sent."""
    says: str
    """What it does, for people: `scene Penutup added`."""


@dataclass(frozen=True, slots=True)
class ItemSeen:
    """A scene item as it is in OBS."""

    id: int
    """Its number in its scene."""
    source: str
    """Its source's name."""
    transform: Settings = field(default_factory=lambda: NOTHING)
    """Its place."""


@dataclass(frozen=True, slots=True)
class InputSeen:
    """An input as it is in OBS."""

    kind: str
    """Its kind, with version."""
    settings: Settings = field(default_factory=lambda: NOTHING)
    """Its settings, the defaults included."""
    tracks: Mapping[str, bool] | None = None
    """Which tracks its sound goes to; None where it makes none."""
    opacity: float | None = None
    """What our opacity filter is set to; None where there is none."""
    volume: float | None = None
    """dB; None where it makes no sound."""


@dataclass(frozen=True, slots=True)
class ProvisionObserved:
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
    video: Settings = field(default_factory=lambda: NOTHING)
    """As GetVideoSettings gives it."""
    service: Settings = field(default_factory=lambda: NOTHING)
    """`type`, `server`, `key` of the stream service."""
    scenes: Mapping[str, tuple[ItemSeen, ...]] = field(default_factory=lambda: NOTHING)
    """Every scene; the items of the venue's, the lowest first."""
    inputs: Mapping[str, InputSeen] = field(default_factory=lambda: NOTHING)
    """Every input."""
    special: frozenset[str] = frozenset()
    """Inputs that OBS hears in every scene: desktop sound and microphones that it adds by itself."""
    transitions: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    """Transition to its kind."""
    transition: str = ""
    """The current transition."""
    programme: str = ""
    """The scene on programme."""
    active: bool = False
    """Whether it streams or records."""


def plan_provision(observed: ProvisionObserved, venue: Venue, base: Path, service: Settings) -> list[Step]:
    """The next steps towards the profile; empty when all is as it says.

    Args:
        observed: What there is.
        venue: What there should be.
        base: The folder that relative paths start from, as OBS sees it.
        service: `server` and `key` of the hub.
    """
    if steps := _homes(observed, venue):
        return steps
    wanted = blueprint.inputs(venue, base)
    placed = blueprint.scenes(venue)
    return [
        *_outputs(observed, venue, service),
        *_scenes(observed, placed),
        *_inputs(observed, wanted, placed),
        *_items(observed, placed),
        *_leftovers(observed, wanted, placed, next(iter(venue.scenes), "")),
    ]


def missing_kinds(observed: ProvisionObserved, venue: Venue, base: Path) -> list[tuple[str, str]]:
    """Inputs that this OBS can't make, with the kind that it lacks."""
    return [
        (each.name, each.kind)
        for each in blueprint.inputs(venue, base).values()
        if blueprint.pick(each.kind, observed.kinds) is None
    ]


def provision(session: Session, venue: Venue, station: Station, base: Path, clock: Clock) -> list[str]:
    """Bring OBS to what the profile says and tell what was changed; nothing where nothing differed.

    Args:
        session: A client; it MUST be the only one that polls while a scene collection is changed.
        venue: The profile.
        station: For the hub's address.
        base: The folder that relative paths start from, as OBS sees it.
        clock: For the pauses.

    Raises:
        DeviceError: OBS is on the air, refused a step, or doesn't take a setting.
    """
    service = blueprint.publishing(venue, station, session.local_address)
    done: list[str] = []
    before: list[Step] = []
    for _ in range(_ROUNDS):
        observed = _look_when_ready(session, venue, base, clock)
        steps = plan_provision(observed, venue, base, service)
        if not steps:
            return list(dict.fromkeys(done))
        if observed.active:
            raise DeviceError(problems.provision_live(venue.id))
        if steps == before:
            clock.sleep(_PAUSE)
        done += _take(session, steps)
        before = steps
    raise DeviceError(problems.provision_unfinished(venue.id, "; ".join(step.says for step in before[:3])))


def look(session: Session, venue: Venue, base: Path) -> ProvisionObserved:
    """Read what there is, in two messages: what exists, then what the profile speaks of."""
    parameters = list(blueprint.parameters(venue))
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
    return ProvisionObserved(
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


def _look_when_ready(session: Session, venue: Venue, base: Path, clock: Clock) -> ProvisionObserved:
    """As `look`; an OBS that is changing its scene collection says that it isn't ready for a moment."""
    for _ in range(_READY_TRIES):
        try:
            return look(session, venue, base)
        except RequestError as error:
            if error.code != NOT_READY:
                raise
            clock.sleep(_PAUSE)
    return look(session, venue, base)


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
                (each["filterSettings"].get("opacity", 1.0) for each in filters if each["filterName"] == _OPACITY), None
            ),
        )
    return items, inputs


def _take(session: Session, steps: Sequence[Step]) -> list[str]:
    """Send the steps; where OBS is still busy with the round before, the next round sees what is left."""
    done = []
    for step, answer in zip(steps, session.batch([step.request for step in steps], 30.0), strict=True):
        if not isinstance(answer, RequestError):
            done.append(step.says)
        elif answer.code != EXISTS and not (answer.code == GONE and step.request.name.startswith("Remove")):
            raise answer
    return done


def _homes(observed: ProvisionObserved, venue: Venue) -> list[Step]:
    """A profile and a scene collection of the venue's own, one after the other."""
    name = blueprint.names(venue)
    if observed.profile != name:
        request = "SetCurrentProfile" if name in observed.profiles else "CreateProfile"
        says = "chosen" if name in observed.profiles else "made"
        return [Step(Request(request, {"profileName": name}), f"profile '{name}' {says}")]
    if observed.collection != name:
        request = "SetCurrentSceneCollection" if name in observed.collections else "CreateSceneCollection"
        says = "chosen" if name in observed.collections else "made"
        return [Step(Request(request, {"sceneCollectionName": name}), f"scene collection '{name}' {says}")]
    return []


def _outputs(observed: ProvisionObserved, venue: Venue, service: Settings) -> list[Step]:
    steps: list[Step] = []
    for (category, name), value in blueprint.parameters(venue).items():
        if observed.parameters.get((category, name)) != value:
            data = {"parameterCategory": category, "parameterName": name, "parameterValue": value}
            steps.append(Step(Request("SetProfileParameter", data), f"setting {category}/{name} = {value}"))
    size = blueprint.video(venue)
    if not _has(observed.video, size):
        says = f"picture {venue.video.width}x{venue.video.height} at {venue.video.fps} frames a second"
        steps.append(Step(Request("SetVideoSettings", size), says))
    if not _has(observed.service, {"type": "rtmp_custom", **service}):
        request = Request(
            "SetStreamServiceSettings", {"streamServiceType": "rtmp_custom", "streamServiceSettings": dict(service)}
        )
        # The key may be a secret: only the server is told.
        steps.append(Step(request, f"stream to {service['server']}"))
    cut = next((name for name, kind in observed.transitions.items() if kind == "cut_transition"), None)
    if cut is not None and observed.transition != cut and observed.transition:
        steps.append(Step(Request("SetCurrentSceneTransition", {"transitionName": cut}), f"transition {cut}"))
    return steps


def _scenes(observed: ProvisionObserved, placed: Mapping[str, Sequence[Placed]]) -> list[Step]:
    return [
        Step(Request("CreateScene", {"sceneName": name}), f"scene '{name}' added")
        for name in placed
        if name not in observed.scenes
    ]


def _inputs(
    observed: ProvisionObserved, wanted: Mapping[str, Input], placed: Mapping[str, Sequence[Placed]]
) -> list[Step]:
    homes = {item.source: (scene, item) for scene, items in reversed(list(placed.items())) for item in items}
    steps: list[Step] = []
    for name, each in wanted.items():
        kind = blueprint.pick(each.kind, observed.kinds)
        if kind is None or name not in homes:
            continue
        seen = observed.inputs.get(name)
        if seen is None:
            steps.append(_create(each, kind, *homes[name]))
        elif seen.kind != kind:
            steps.append(Step(Request("RemoveInput", {"inputName": name}), f"'{name}' removed: it is of another kind"))
        else:
            steps += _settings(each, seen)
    return steps


def _create(each: Input, kind: str, scene: str, item: Placed) -> Step:
    data = {
        "sceneName": scene,
        "inputName": each.name,
        "inputKind": kind,
        "inputSettings": _for_kind(each.settings, kind),
        "sceneItemEnabled": item.shown,
    }
    return Step(Request("CreateInput", data), f"'{each.name}' added to scene '{scene}'")


def _settings(each: Input, seen: InputSeen) -> list[Step]:
    steps = []
    settings = {name: value for name, value in each.settings.items() if name not in each.runtime}
    settings = _for_kind(settings, seen.kind)
    if not _has(seen.settings, settings):
        data = {"inputName": each.name, "inputSettings": settings, "overlay": True}
        steps.append(Step(Request("SetInputSettings", data), f"'{each.name}' set up"))
    if each.tracks is not None and seen.tracks is not None and set(seen.tracks.values()) != {each.tracks}:
        tracks = dict.fromkeys(seen.tracks, each.tracks)
        data = {"inputName": each.name, "inputAudioTracks": tracks}
        steps.append(
            Step(Request("SetInputAudioTracks", data), f"sound of '{each.name}' {'on' if each.tracks else 'off'}")
        )
    if each.volume is not None and seen.volume is not None and abs(seen.volume - each.volume) > _SAME_VOLUME:
        data = {"inputName": each.name, "inputVolumeDb": each.volume}
        steps.append(Step(Request("SetInputVolume", data), f"sound of '{each.name}' at {each.volume:g} dB"))
    steps += _opacity(each, seen)
    return steps


def _opacity(each: Input, seen: InputSeen) -> list[Step]:
    name = {"sourceName": each.name, "filterName": _OPACITY}
    says = f"'{each.name}' {each.opacity:.0%} opaque"
    if seen.opacity is None:
        if each.opacity == 1.0:
            return []
        data = {**name, "filterKind": "color_filter_v2", "filterSettings": {"opacity": each.opacity}}
        return [Step(Request("CreateSourceFilter", data), says)]
    if abs(seen.opacity - each.opacity) < _CLOSE:
        return []
    return [Step(Request("SetSourceFilterSettings", {**name, "filterSettings": {"opacity": each.opacity}}), says)]


def _items(observed: ProvisionObserved, placed: Mapping[str, Sequence[Placed]]) -> list[Step]:
    """Items of inputs that are there already; the first item of a new input comes with the input."""
    steps: list[Step] = []
    for scene, items in placed.items():
        if scene not in observed.scenes:
            continue
        there = {item.source: item for item in observed.scenes[scene]}
        absent = [item for item in items if item.source not in there]
        for item in absent:
            if item.source in observed.inputs or item.source in observed.scenes:
                data = {"sceneName": scene, "sourceName": item.source, "sceneItemEnabled": item.shown}
                steps.append(Step(Request("CreateSceneItem", data), f"'{item.source}' added to scene '{scene}'"))
        for item in items:
            seen = there.get(item.source)
            if seen is not None and item.transform is not None and not _has(seen.transform, item.transform):
                data = {"sceneName": scene, "sceneItemId": seen.id, "sceneItemTransform": dict(item.transform)}
                says = f"'{item.source}' placed in scene '{scene}'"
                steps.append(Step(Request("SetSceneItemTransform", data), says))
        steps += _order(scene, observed.scenes[scene], [item.source for item in items])
    return steps


def _order(scene: str, there: Sequence[ItemSeen], wanted: Sequence[str]) -> list[Step]:
    """Move ours into order among themselves; what is not ours keeps its place in between."""
    rank = {source: place for place, source in enumerate(wanted)}
    slots = [place for place, item in enumerate(there) if item.source in rank]
    ours = sorted((there[place] for place in slots), key=lambda item: rank[item.source])
    now = list(there)
    steps = []
    for place, item in zip(slots, ours, strict=True):
        if now[place] is not item:
            now.remove(item)
            now.insert(place, item)
            data = {"sceneName": scene, "sceneItemId": item.id, "sceneItemIndex": place}
            steps.append(Step(Request("SetSceneItemIndex", data), f"scene '{scene}' put in order"))
    return steps


def _leftovers(
    observed: ProvisionObserved, wanted: Mapping[str, Input], placed: Mapping[str, Sequence[Placed]], first: str
) -> list[Step]:
    """What OBS puts into every new scene collection by itself: an empty scene, and open microphones in every scene."""
    steps = [
        Step(Request("RemoveInput", {"inputName": name}), f"'{name}' removed: it would be heard in every scene")
        for name in sorted(observed.special - wanted.keys())
    ]
    if not placed or not placed.keys() <= observed.scenes.keys():
        return steps
    empty = [name for name, items in sorted(observed.scenes.items()) if name not in placed and not items]
    if observed.programme in empty:
        steps.append(Step(Request("SetCurrentProgramScene", {"sceneName": first}), f"scene '{first}' on programme"))
    steps += [Step(Request("RemoveScene", {"sceneName": name}), f"empty scene '{name}' removed") for name in empty]
    return steps


def _for_kind(settings: Settings, kind: str) -> dict[str, Any]:
    """Settings as this kind names them: OBS on Windows has another text source."""
    if not kind.startswith("text_gdiplus"):
        return dict(settings)
    color = settings["color1"] & 0xFFFFFF
    return {**{name: settings[name] for name in ("text", "font") if name in settings}, "color": color}


def _has(seen: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether `seen` has every value of `wanted`; more is fine."""
    return all(_same(seen.get(name), value) for name, value in wanted.items())


def _same(seen: Any, wanted: Any) -> bool:
    if isinstance(wanted, Mapping):
        return isinstance(seen, Mapping) and _has(seen, wanted)
    if isinstance(wanted, float) and not isinstance(seen, bool) and isinstance(seen, (int, float)):
        return abs(seen - wanted) < _CLOSE
    if seen is None:
        # OBS leaves out what is empty.
        return wanted in ("", 0, False)
    return bool(seen == wanted)
