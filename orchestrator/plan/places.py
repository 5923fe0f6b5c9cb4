"""Where events take place and where they are shown, as frozen values: venues with their studios, destinations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Literal

from orchestrator.plan.secret import Secret

EMPTY: Mapping[str, object] = MappingProxyType({})

ItemKind = Literal["color", "text", "countdown", "image", "camera", "media", "relay", "scene", "v4l2", "window"]


@dataclass(frozen=True, slots=True)
class SceneItem:
    """One thing in a scene, as `provision` builds it in OBS."""

    kind: ItemKind
    """What it is."""
    value: str
    """By kind: `#rrggbb`, the text, `start` or `end`, a file, an address, a scene's name, a device, a window title."""
    name: str
    """The input's name in OBS, unique in the venue but where two scenes share one input."""
    options: Mapping[str, object] = field(default_factory=lambda: EMPTY)
    """size (px), colour, x, y, width, height (px of the canvas), align, font, loop, audio: as its kind takes them."""


@dataclass(frozen=True, slots=True)
class AudioInput:
    """A sound input of a venue, as `provision` builds it in OBS."""

    name: str
    """Its name in OBS, as `mute` uses it."""
    kind: str
    """pulse, alsa or tone (a test tone)."""
    device: str
    """The device's name, `default`, or the tone's pitch in Hz."""
    volume: float | None = None
    """dB; None where whoever mixes in OBS sets it."""


@dataclass(frozen=True, slots=True)
class Studio:
    """The OBS of a venue."""

    host: str
    """Where its obs-websocket listens."""
    port: int
    """The port of obs-websocket 5."""
    password: Secret
    """Its password."""
    launch: Literal["auto", "never"]
    """Whether the service starts an OBS of its own where none answers."""
    recordings: str | None
    """OBS's recording folder as seen from here; None where OBS runs on this machine and may be told."""


@dataclass(frozen=True, slots=True)
class Video:
    """A venue's picture and its encoding."""

    width: int
    """Pixels."""
    height: int
    """Pixels."""
    fps: int
    """Frames a second."""
    bitrate: int
    """kbit/s."""


@dataclass(frozen=True, slots=True)
class Venue:
    """A place with one studio: at most one event at a time."""

    id: str
    """The file's name without its ending."""
    name: str
    """For people."""
    timezone: str
    """IANA name."""
    latitude: float
    """Degrees north."""
    longitude: float
    """Degrees east."""
    studio: Studio
    """Its OBS."""
    video: Video
    """Its picture."""
    audio: tuple[AudioInput, ...] = ()
    """Its sound inputs."""
    scenes: Mapping[str, tuple[SceneItem, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Scene name to its items, the lowest first."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a programme is pushed to."""

    id: str
    """Its key in destinations.yaml."""
    name: str
    """For people."""
    url: Secret
    """The address without the key; an address may hold credentials, so it is a secret too."""
    key: Secret
    """The stream key; empty where the address is enough."""
    watch: str | None = None
    """Where viewers find it."""
    max_duration: timedelta | None = None
    """The longest that the platform takes or keeps."""
