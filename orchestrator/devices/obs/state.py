"""What a studio should be in, what it was seen in, and what to send to get from one to the other. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from orchestrator.devices.device import Command
from orchestrator.plan.model import NO_ITEMS, NO_TEXTS, Mute, SceneItem, Venue, VenueState
from orchestrator.plan.secret import Address

NO_MUTES: Mapping[str, bool] = MappingProxyType({})
NO_ENDS: Mapping[str, int] = MappingProxyType({})
NO_RELAYS: Mapping[str, Address] = MappingProxyType({})
NO_SHOWN: Mapping[str, bool | None] = MappingProxyType({})

OUTPUT_PATIENCE = 15.0
"""Seconds that an output may take to begin or to end; OBS notices a stalled server only after 16 s."""
TRANSITION_PATIENCE = 5.0
"""Seconds for a scene that is faded to: OBS tells of it at the end of the fade."""

_SILENCE, _TEXTS, _SCENE, _SOUND, _RECORD, _STREAM = 10, 20, 30, 40, 50, 60
_RECORD_END = 70
"""The stream ends before the recording, so that the recording has all that was sent."""


class Output(StrEnum):
    """What OBS's stream or recording is doing."""

    OFF = "off"
    STARTING = "starting"
    """Also: reconnecting."""
    LIVE = "live"
    STOPPING = "stopping"


EVENT_STATES: Mapping[str, Output] = MappingProxyType(
    {
        "OBS_WEBSOCKET_OUTPUT_STARTING": Output.STARTING,
        "OBS_WEBSOCKET_OUTPUT_STARTED": Output.LIVE,
        "OBS_WEBSOCKET_OUTPUT_STOPPING": Output.STOPPING,
        "OBS_WEBSOCKET_OUTPUT_STOPPED": Output.OFF,
        "OBS_WEBSOCKET_OUTPUT_RECONNECTING": Output.STARTING,
        "OBS_WEBSOCKET_OUTPUT_RECONNECTED": Output.LIVE,
        "OBS_WEBSOCKET_OUTPUT_PAUSED": Output.LIVE,
        "OBS_WEBSOCKET_OUTPUT_RESUMED": Output.LIVE,
    }
)


@dataclass(frozen=True, slots=True)
class ObsStats:
    """How well OBS is doing."""

    fps: float = 0.0
    """Frames that it makes a second."""
    skipped_render: int = 0
    """Frames left out because drawing was too slow, since its start."""
    skipped_output: int = 0
    """Frames left out because encoding was too slow, since the output's start."""
    record_bytes: int = 0
    """Size of the file being recorded."""
    disk_free: float = 0.0
    """Free space where OBS records, MB."""


@dataclass(frozen=True, slots=True)
class ObsWanted:
    """What a studio should be in; None or absent: not named, left untouched."""

    scene: str | None = None
    """The scene on programme."""
    transition: str | None = None
    """How a change to it is made; None for a cut."""
    mute: Mute | None = None
    """Which inputs are muted."""
    texts: Mapping[str, str] = field(default_factory=lambda: NO_TEXTS)
    """Text input to its text."""
    items: Mapping[str, bool] = field(default_factory=lambda: NO_ITEMS)
    """Scene item to whether it is shown."""
    relays: Mapping[str, Address] = field(default_factory=lambda: NO_RELAYS)
    """Relay input to its address."""
    record: bool | None = None
    """Whether the studio recording runs."""
    folder: str | None = None
    """The folder of the recording; None where it isn't ours to say."""
    publish: bool | None = None
    """Whether OBS publishes to the hub."""
    publish_cause: str = "stream"
    """The field of the state that explains `publish`."""


@dataclass(frozen=True, slots=True)
class ObsObserved:
    """What a studio was last seen in."""

    scene: str | None = None
    """The scene on programme."""
    transition: str | None = None
    """The transition that the next change takes."""
    scenes: frozenset[str] = frozenset()
    """Every scene that there is."""
    transitions: Mapping[str, str] = field(default_factory=lambda: NO_TEXTS)
    """Transition to its kind."""
    mutes: Mapping[str, bool] = field(default_factory=lambda: NO_MUTES)
    """Every input that makes sound, to whether it is muted."""
    texts: Mapping[str, str] = field(default_factory=lambda: NO_TEXTS)
    """Every text input to its text."""
    items: Mapping[str, bool | None] = field(default_factory=lambda: NO_SHOWN)
    """Scene item to whether it is shown; None where it is shown in one scene and hidden in another."""
    relays: Mapping[str, Address] = field(default_factory=lambda: NO_RELAYS)
    """Network or media input to its address."""
    record: Output = Output.OFF
    """The studio recording."""
    record_path: str | None = None
    """The file being recorded, or the last one."""
    stream: Output = Output.OFF
    """The stream to the hub."""
    ends: Mapping[str, int] = field(default_factory=lambda: NO_ENDS)
    """`record` and `stream` to how often each has ended since the studio was found."""
    stats: ObsStats = field(default_factory=ObsStats)
    """How well OBS is doing."""
    version: str = ""
    """OBS's version."""


@dataclass(frozen=True, slots=True)
class SceneCommand(Command):
    """A change of the scene."""

    transition: str | None = None
    """How it is made; None for a cut."""


@dataclass(frozen=True, slots=True)
class RecordCommand(Command):
    """A start or an end of the recording."""

    folder: str | None = None
    """Where it is written; None where that isn't ours to say."""


def wanted(state: VenueState, venue: Venue, folder: str | None) -> ObsWanted:
    """The studio's part of a venue's state.

    Args:
        state: The venue's state.
        venue: The venue, for its relay items and the names of its items.
        folder: Where this occurrence is recorded; None where that isn't ours to say.
    """
    idle = False if state.studio_ends else None
    publish = state.on_hub if state.studio else idle
    relays = {item.name for items in venue.scenes.values() for item in items if item.kind == "relay"}
    return ObsWanted(
        scene=state.scene,
        transition=state.transition,
        mute=state.mute,
        texts=state.texts,
        items=state.items,
        relays=dict.fromkeys(sorted(relays), state.relay) if state.relay else NO_RELAYS,
        record=state.record if state.studio else idle,
        folder=folder if state.studio and state.record else None,
        publish=publish,
        publish_cause=_publish_cause(state),
    )


def _publish_cause(state: VenueState) -> str:
    """Whichever of stream and record spoke last: OBS publishes while either needs the programme."""
    spoken = [field for field in ("record", "stream") if field in state.causes]
    return max(spoken, key=lambda field: state.causes[field].at, default="stream")


def diff(observed: ObsObserved, wanted: ObsWanted) -> list[Command]:
    """What to send, in order: silence, texts and items, the picture, sound, recording, streaming."""
    commands = [
        *_mutes(observed, wanted),
        *_texts(observed, wanted),
        *_items(observed, wanted),
        *_relays(observed, wanted),
        *_scene(observed, wanted),
        *_record(observed, wanted),
        *_publish(observed, wanted),
    ]
    return sorted(commands, key=lambda command: command.order)


def countdown_text(seconds: float) -> str:
    """What a countdown shows: `M:SS`, `H:MM:SS` from an hour on, `0:00` at the end and after it."""
    left = max(0, math.ceil(seconds))
    hours, rest = divmod(left, 3600)
    minutes, seconds_left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds_left:02}" if hours else f"{minutes}:{seconds_left:02}"


def countdown_texts(state: VenueState, venue: Venue, scene: str | None, now: datetime) -> dict[str, str]:
    """The texts of the countdowns that are on programme now, by their input; those that a cue sets are left alone."""
    targets = {"start": state.starts_at, "end": state.ends_at}
    texts = {}
    for item in on_programme(venue, scene):
        target = targets.get(item.value) if item.kind == "countdown" else None
        if target is not None and item.name not in state.texts:
            texts[item.name] = countdown_text((target - now).total_seconds())
    return texts


def on_programme(venue: Venue, scene: str | None, *, depth: int = 8) -> Iterator[SceneItem]:
    """The items of a scene, with those of the scenes inside it."""
    for item in venue.scenes.get(scene or "", ()):
        yield item
        if item.kind == "scene" and depth:
            yield from on_programme(venue, item.value, depth=depth - 1)


def _mutes(observed: ObsObserved, wanted: ObsWanted) -> Iterator[Command]:
    if wanted.mute is None:
        return
    named = wanted.mute if isinstance(wanted.mute, frozenset) else frozenset[str]()
    for name in sorted({*observed.mutes, *named}):
        muted = wanted.mute == "all" or name in named
        before = observed.mutes.get(name)
        if before is not muted:
            yield Command(
                field=f"mute:{name}",
                cause="mute",
                before=before,
                after=muted,
                reason=f"sound {name} is {_sound(before)}, wanted {_sound(muted)}",
                order=_SILENCE if muted else _SOUND,
            )


def _texts(observed: ObsObserved, wanted: ObsWanted) -> Iterator[Command]:
    for name, text in sorted(wanted.texts.items()):
        before = observed.texts.get(name)
        if before != text:
            reason = f"text {name} is {_quoted(before)}, wanted {_quoted(text)}"
            yield Command(f"text:{name}", f"text:{name}", before, text, reason, _TEXTS)


def _items(observed: ObsObserved, wanted: ObsWanted) -> Iterator[Command]:
    for name, shown in sorted(wanted.items.items()):
        before = observed.items.get(name)
        if before is not shown:
            reason = f"item {name} is {_shown(before)}, wanted {_shown(shown)}"
            yield Command(f"item:{name}", f"item:{name}", before, shown, reason, _TEXTS)


def _relays(observed: ObsObserved, wanted: ObsWanted) -> Iterator[Command]:
    for name, address in sorted(wanted.relays.items()):
        before = observed.relays.get(name)
        if before != address:
            reason = f"relay {name} has another address than the event's"
            yield Command(f"relay:{name}", "source", before, address, reason, _TEXTS)


def _scene(observed: ObsObserved, wanted: ObsWanted) -> Iterator[Command]:
    if wanted.scene is None or wanted.scene == observed.scene:
        return
    yield SceneCommand(
        field="scene",
        cause="scene",
        before=observed.scene,
        after=wanted.scene,
        reason=f"scene is {observed.scene or 'unknown'}, wanted {wanted.scene}",
        order=_SCENE,
        patience=TRANSITION_PATIENCE if wanted.transition else 2.0,
        transition=wanted.transition,
    )


def _record(observed: ObsObserved, wanted: ObsWanted) -> Iterator[Command]:
    foreign = _foreign(observed, wanted)
    if foreign is not None:
        reason = f"recording goes to {foreign}, wanted {wanted.folder}"
        yield RecordCommand("record", "record", observed.record.value, False, reason, _RECORD, OUTPUT_PATIENCE)
    elif wanted.record is not None and observed.record is not _settled(wanted.record):
        order = _RECORD if wanted.record else _RECORD_END
        reason = f"recording is {observed.record}, wanted {_settled(wanted.record)}"
        yield RecordCommand(
            "record",
            "record",
            observed.record.value,
            wanted.record,
            reason,
            order,
            OUTPUT_PATIENCE,
            ends=observed.ends.get("record", 0),
            folder=wanted.folder,
        )


def _publish(observed: ObsObserved, wanted: ObsWanted) -> Iterator[Command]:
    if wanted.publish is not None and observed.stream is not _settled(wanted.publish):
        reason = f"publishing to the hub is {observed.stream}, wanted {_settled(wanted.publish)}"
        yield Command(
            "publish",
            wanted.publish_cause,
            observed.stream.value,
            wanted.publish,
            reason,
            _STREAM,
            OUTPUT_PATIENCE,
            ends=observed.ends.get("stream", 0),
        )


def _settled(on: bool) -> Output:
    return Output.LIVE if on else Output.OFF


def _foreign(observed: ObsObserved, wanted: ObsWanted) -> str | None:
    """The folder of a recording that runs, but into another occurrence's folder."""
    if observed.record is not Output.LIVE or not wanted.record or not wanted.folder or not observed.record_path:
        return None
    folder = observed.record_path.rpartition("/")[0]
    return folder if folder != wanted.folder else None


def _sound(muted: bool | None) -> str:
    return "unknown" if muted is None else "muted" if muted else "open"


def _shown(shown: bool | None) -> str:
    return "unknown" if shown is None else "shown" if shown else "hidden"


def _quoted(text: str | None) -> str:
    return "unknown" if text is None else f"'{text}'"


def missing(observed: ObsObserved, wanted: ObsWanted) -> Sequence[tuple[str, str]]:
    """What the state names and OBS doesn't have, as (`scene`, `transition` or `input`, name)."""
    gone: list[tuple[str, str]] = []
    if wanted.scene is not None and wanted.scene not in observed.scenes:
        gone.append(("scene", wanted.scene))
    if wanted.transition is not None and wanted.scene is not None and wanted.transition not in observed.transitions:
        gone.append(("transition", wanted.transition))
    named = wanted.mute if isinstance(wanted.mute, frozenset) else frozenset[str]()
    gone += [("input", name) for name in sorted(named - observed.mutes.keys())]
    gone += [("input", name) for name in sorted(wanted.texts.keys() - observed.texts.keys())]
    gone += [("input", name) for name in sorted(wanted.items.keys() - observed.items.keys())]
    return gone
