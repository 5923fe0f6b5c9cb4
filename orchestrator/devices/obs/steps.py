"""The steps from what there is in an OBS to what its venue's profile says. Pure.

A plan has the steps that can be taken with what is there now; what builds on their results (a scene item's number, a
new scene collection's contents) is in the plan after the next look.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestrator.devices.obs import blueprint, placement, studio_settings
from orchestrator.devices.obs.blueprint import Input
from orchestrator.devices.obs.inventory import OPACITY, InputSeen, Inventory, ItemSeen
from orchestrator.devices.obs.messages import Request, Settings
from orchestrator.devices.obs.placement import Placed
from orchestrator.errors import N_, Saying
from orchestrator.plan.model import Venue

_CLOSE = 0.01
_SAME_VOLUME = 0.1
"""dB."""


@dataclass(frozen=True, slots=True)
class Step:
    """One change in OBS."""

    request: Request
    """What is sent."""
    says: Saying
    """What it does, for people: `scene 'Penutup' added`."""


def _step(request: str, data: Mapping[str, Any], says: str, **values: object) -> Step:
    """A step.

    Args:
        request: The request's name.
        data: What is sent with it.
        says: What it does: a text of the catalogue.
        values: What goes into its places.
    """
    return Step(Request(request, data), Saying(says, values))


def plan_provision(observed: Inventory, venue: Venue, base: Path, service: Settings) -> list[Step]:
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
    placed = placement.scenes(venue)
    return [
        *_outputs(observed, venue, service),
        *_scenes(observed, placed),
        *_inputs(observed, wanted, placed),
        *_items(observed, placed),
        *_leftovers(observed, wanted, placed, next(iter(venue.scenes), "")),
    ]


def missing_kinds(observed: Inventory, venue: Venue, base: Path) -> list[tuple[str, str]]:
    """Inputs that this OBS can't make, with the kind that it lacks."""
    return [
        (each.name, each.kind)
        for each in blueprint.inputs(venue, base).values()
        if blueprint.pick(each.kind, observed.kinds) is None
    ]


def _homes(observed: Inventory, venue: Venue) -> list[Step]:
    """A profile and a scene collection of the venue's own, one after the other."""
    name = studio_settings.names(venue)
    if observed.profile != name:
        if name in observed.profiles:
            return [_step("SetCurrentProfile", {"profileName": name}, N_("profile '{name}' chosen"), name=name)]
        return [_step("CreateProfile", {"profileName": name}, N_("profile '{name}' made"), name=name)]
    if observed.collection != name:
        data = {"sceneCollectionName": name}
        if name in observed.collections:
            return [_step("SetCurrentSceneCollection", data, N_("scene collection '{name}' chosen"), name=name)]
        return [_step("CreateSceneCollection", data, N_("scene collection '{name}' made"), name=name)]
    return []


def _outputs(observed: Inventory, venue: Venue, service: Settings) -> list[Step]:
    steps: list[Step] = []
    for (category, name), value in studio_settings.parameters(venue).items():
        seen = observed.parameters.get((category, name)) or ""
        # The last recording's number may still stand in the name.
        if seen != value and not (value == studio_settings.FILE_NAME and seen.startswith(f"{value}_")):
            data = {"parameterCategory": category, "parameterName": name, "parameterValue": value}
            says = N_("setting {name} = {value}")
            steps.append(_step("SetProfileParameter", data, says, name=f"{category}/{name}", value=value))
    size = studio_settings.video(venue)
    if not _has(observed.video, size):
        video, says = venue.video, N_("picture {width}x{height} at {fps} frames a second")
        steps.append(_step("SetVideoSettings", size, says, width=video.width, height=video.height, fps=video.fps))
    if not _has(observed.service, {"type": "rtmp_custom", **service}):
        wanted = {"streamServiceType": "rtmp_custom", "streamServiceSettings": dict(service)}
        # The key may be a secret: only the server is told.
        steps.append(_step("SetStreamServiceSettings", wanted, N_("stream to {server}"), server=service["server"]))
    cut = next((name for name, kind in observed.transitions.items() if kind == "cut_transition"), None)
    if cut is not None and observed.transition != cut and observed.transition:
        steps.append(_step("SetCurrentSceneTransition", {"transitionName": cut}, N_("transition {name}"), name=cut))
    return steps


def _scenes(observed: Inventory, placed: Mapping[str, Sequence[Placed]]) -> list[Step]:
    return [
        _step("CreateScene", {"sceneName": name}, N_("scene '{scene}' added"), scene=name)
        for name in placed
        if name not in observed.scenes
    ]


def _inputs(observed: Inventory, wanted: Mapping[str, Input], placed: Mapping[str, Sequence[Placed]]) -> list[Step]:
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
            says = N_("'{name}' removed: it is of another kind")
            steps.append(_step("RemoveInput", {"inputName": name}, says, name=name))
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
    return _step("CreateInput", data, N_("'{name}' added to scene '{scene}'"), name=each.name, scene=scene)


def _settings(each: Input, seen: InputSeen) -> list[Step]:
    steps = []
    settings = {name: value for name, value in each.settings.items() if name not in each.runtime}
    settings = _for_kind(settings, seen.kind)
    if not _has(seen.settings, settings):
        data = {"inputName": each.name, "inputSettings": settings, "overlay": True}
        steps.append(_step("SetInputSettings", data, N_("'{name}' set up"), name=each.name))
    if each.tracks is not None and seen.tracks is not None and set(seen.tracks.values()) != {each.tracks}:
        tracks = dict.fromkeys(seen.tracks, each.tracks)
        data = {"inputName": each.name, "inputAudioTracks": tracks}
        says = N_("sound of '{name}' on") if each.tracks else N_("sound of '{name}' off")
        steps.append(_step("SetInputAudioTracks", data, says, name=each.name))
    if each.volume is not None and seen.volume is not None and abs(seen.volume - each.volume) > _SAME_VOLUME:
        data = {"inputName": each.name, "inputVolumeDb": each.volume}
        says = N_("sound of '{name}' at {volume} dB")
        steps.append(_step("SetInputVolume", data, says, name=each.name, volume=each.volume))
    steps += _opacity(each, seen)
    return steps


def _opacity(each: Input, seen: InputSeen) -> list[Step]:
    name = {"sourceName": each.name, "filterName": OPACITY}
    told = Saying(N_("'{name}' {percent}% opaque"), {"name": each.name, "percent": round(each.opacity * 100)})
    if seen.opacity is None:
        if each.opacity == 1.0:
            return []
        data = {**name, "filterKind": "color_filter_v2", "filterSettings": {"opacity": each.opacity}}
        return [Step(Request("CreateSourceFilter", data), told)]
    if abs(seen.opacity - each.opacity) < _CLOSE:
        return []
    return [Step(Request("SetSourceFilterSettings", {**name, "filterSettings": {"opacity": each.opacity}}), told)]


def _items(observed: Inventory, placed: Mapping[str, Sequence[Placed]]) -> list[Step]:
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
                says = N_("'{name}' added to scene '{scene}'")
                steps.append(_step("CreateSceneItem", data, says, name=item.source, scene=scene))
        for item in items:
            seen = there.get(item.source)
            if seen is not None and item.transform is not None and not _has(seen.transform, item.transform):
                data = {"sceneName": scene, "sceneItemId": seen.id, "sceneItemTransform": dict(item.transform)}
                says = N_("'{name}' placed in scene '{scene}'")
                steps.append(_step("SetSceneItemTransform", data, says, name=item.source, scene=scene))
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
            steps.append(_step("SetSceneItemIndex", data, N_("scene '{scene}' put in order"), scene=scene))
    return steps


def _leftovers(
    observed: Inventory, wanted: Mapping[str, Input], placed: Mapping[str, Sequence[Placed]], first: str
) -> list[Step]:
    """What OBS puts into every new scene collection by itself: an empty scene, and open microphones in every scene."""
    steps = [
        _step("RemoveInput", {"inputName": name}, N_("'{name}' removed: it would be heard in every scene"), name=name)
        for name in sorted(observed.special - wanted.keys())
    ]
    if not placed or not placed.keys() <= observed.scenes.keys():
        return steps
    empty = [name for name, items in sorted(observed.scenes.items()) if name not in placed and not items]
    if observed.programme in empty:
        says = N_("scene '{scene}' on programme")
        steps.append(_step("SetCurrentProgramScene", {"sceneName": first}, says, scene=first))
    says = N_("empty scene '{scene}' removed")
    steps += [_step("RemoveScene", {"sceneName": name}, says, scene=name) for name in empty]
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
