"""What to send to get a studio from what it was seen in to what it should be in. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.devices.device import Command
from orchestrator.devices.obs.state import ObsObserved, ObsWanted, Output

OUTPUT_PATIENCE = 15.0
"""Seconds that an output may take to begin or to end; OBS notices a stalled server only after 16 s."""
TRANSITION_PATIENCE = 5.0
"""Seconds for a scene that is faded to: OBS tells of it at the end of the fade."""

_SILENCE, _TEXTS, _SCENE, _SOUND, _RECORD, _STREAM = 10, 20, 30, 40, 50, 60
_RECORD_END = 70
"""The stream ends before the recording, so that the recording has all that was sent."""


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
