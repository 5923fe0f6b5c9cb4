"""What a studio should be in, and what it was seen in. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from orchestrator.plan.model import NO_ITEMS, NO_TEXTS, Mute, Venue, VenueState
from orchestrator.plan.secret import Address

NO_MUTES: Mapping[str, bool] = MappingProxyType({})
NO_ENDS: Mapping[str, int] = MappingProxyType({})
NO_RELAYS: Mapping[str, Address] = MappingProxyType({})
NO_SHOWN: Mapping[str, bool | None] = MappingProxyType({})


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

    @property
    def essence(self) -> tuple[object, ...]:
        """What a loop would act upon: not the figures that change with every frame."""
        return (
            self.scene,
            self.scenes,
            self.mutes,
            self.texts,
            self.items,
            self.relays,
            self.record,
            self.record_path if self.record is Output.LIVE else None,
            self.stream,
        )


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
