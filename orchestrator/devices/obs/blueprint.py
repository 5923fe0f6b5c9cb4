"""A venue's profile in OBS's own terms: kinds, settings, places on the canvas. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from orchestrator.config.model import Station
from orchestrator.devices.media.paths import HubPaths
from orchestrator.devices.media.paths import is_local as is_loopback
from orchestrator.plan.model import AudioInput, SceneItem, Studio, Venue, Video
from orchestrator.plan.secret import Secret

Settings = Mapping[str, Any]

KINDS: Mapping[str, tuple[str, ...]] = {
    "color": ("color_source_v3", "color_source_v2", "color_source"),
    "text": ("text_ft2_source_v2", "text_ft2_source", "text_gdiplus_v3", "text_gdiplus_v2"),
    "image": ("image_source",),
    "media": ("ffmpeg_source",),
    "v4l2": ("v4l2_input",),
    "window": ("xcomposite_input",),
    "pulse": ("pulse_input_capture",),
    "alsa": ("alsa_input_capture",),
}
"""What a kind of item can be made of, the best first: which of them an OBS has depends on its version and its build."""
_MADE_OF = {"countdown": "text", "camera": "media", "relay": "media", "tone": "media"}
RUNTIME: Mapping[str, frozenset[str]] = {
    "countdown": frozenset({"text"}),
    "relay": frozenset({"input"}),
}
"""Settings that belong to the running event, so that they are given once and not compared."""

_BOUNDS = {"contain": "OBS_BOUNDS_SCALE_INNER", "cover": "OBS_BOUNDS_SCALE_OUTER", "stretch": "OBS_BOUNDS_STRETCH"}
_LEFT, _RIGHT, _TOP, _BOTTOM = 1, 2, 4, 8
_SIDES = {"left": _LEFT, "center": 0, "right": _RIGHT}
_HEIGHTS = {"top": _TOP, "center": 0, "middle": 0, "bottom": _BOTTOM}
_BOLD = 1
_KEYFRAMES = 1
"""Seconds between keyframes. Every destination takes up to two; whoever begins anew, such as a pusher that died or a
stream that joins a recording's encoder, waits for the next one, and so do the viewers."""


@dataclass(frozen=True, slots=True)
class Input:
    """An input as it should be in OBS."""

    name: str
    """Its name."""
    kind: str
    """What of: a key of KINDS."""
    settings: Settings
    """What it must be set to; other settings are left alone."""
    runtime: frozenset[str] = frozenset()
    """Settings among them that are given once, at its making."""
    opacity: float = 1.0
    """0 to 1."""
    tracks: bool | None = None
    """Whether its sound goes anywhere at all; None where it makes none."""
    volume: float | None = None
    """dB; None where the profile leaves it to people."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A scene item as it should be in OBS."""

    source: str
    """The input's or scene's name."""
    transform: Settings | None
    """Its place; None for what has no picture."""
    shown: bool = True
    """Whether it is shown when it is made; later that is the event's."""


def names(venue: Venue) -> str:
    """What this venue's scene collection and profile are called in OBS."""
    return f"orchestrator {venue.id}"


def pick(kind: str, available: Collection[str]) -> str | None:
    """What this OBS makes a kind of item of; None where it can't."""
    return next((each for each in KINDS[_MADE_OF.get(kind, kind)] if each in available), None)


def inputs(venue: Venue, base: Path) -> dict[str, Input]:
    """Every input of the venue, by name; the first item of a name decides.

    Args:
        venue: The venue.
        base: The folder that relative paths of images and media start from, as OBS sees it.
    """
    found: dict[str, Input] = {}
    for items in venue.scenes.values():
        for item in items:
            if item.kind != "scene" and item.name not in found:
                found[item.name] = _input(item, venue.video, base)
    for audio in venue.audio:
        found.setdefault(audio.name, _audio(audio))
    return found


def scenes(venue: Venue) -> dict[str, list[Placed]]:
    """Every scene with its items, the lowest first; scenes that others contain come before those.

    The sound inputs are in every scene that isn't part of another one: in both they would be heard twice.
    """
    inner = {item.value for items in venue.scenes.values() for item in items if item.kind == "scene"}
    placed = {}
    for scene in sorted(venue.scenes, key=lambda name: name not in inner):
        items = [
            Placed(item.value if item.kind == "scene" else item.name, _transform(item, venue.video), _shown(item))
            for item in venue.scenes[scene]
        ]
        heard = [] if scene in inner else [Placed(audio.name, None) for audio in venue.audio]
        placed[scene] = [*heard, *items]
    return placed


def parameters(venue: Venue) -> dict[tuple[str, str], str]:
    """The profile's parameters, by category and name."""
    keyframes = venue.video.fps * _KEYFRAMES
    return {
        ("Output", "Mode"): "Simple",
        ("Output", "Reconnect"): "false",
        ("Output", "FilenameFormatting"): "%CCYY%MM%DDT%hh%mm%ss",
        ("SimpleOutput", "StreamEncoder"): "x264",
        ("SimpleOutput", "VBitrate"): str(venue.video.bitrate),
        ("SimpleOutput", "ABitrate"): "160",
        ("SimpleOutput", "UseAdvanced"): "true",
        ("SimpleOutput", "Preset"): "veryfast",
        ("SimpleOutput", "x264Settings"): f"keyint={keyframes} min-keyint={keyframes} scenecut=0",
        ("SimpleOutput", "RecQuality"): "Stream",
        ("SimpleOutput", "RecFormat"): "mkv",
        ("SimpleOutput", "RecFormat2"): "mkv",
        ("Audio", "SampleRate"): "48000",
        ("Audio", "ChannelSetup"): "Stereo",
    }


def video(venue: Venue) -> dict[str, int]:
    """The arguments of SetVideoSettings."""
    size = venue.video
    return {
        "baseWidth": size.width,
        "baseHeight": size.height,
        "outputWidth": size.width,
        "outputHeight": size.height,
        "fpsNumerator": size.fps,
        "fpsDenominator": 1,
    }


def is_here(studio: Studio) -> bool:
    """Whether the studio runs on this machine."""
    return is_loopback(studio.host)


def is_local(studio: Studio) -> bool:
    """Whether the studio runs on this machine and may be told where to record."""
    return is_here(studio) and studio.recordings is None


def publishing(venue: Venue, station: Station, local_address: str = "") -> dict[str, str]:
    """Where OBS publishes to, as the settings of a custom RTMP service.

    Args:
        venue: The venue.
        station: The station, for its hub.
        local_address: This machine as the studio sees it, for a hub that listens on every address.
    """
    paths = HubPaths(station.hub, venue)
    return {"server": paths.studio_server(local_address), "key": paths.studio_key.reveal()}


def abgr(color: str, opacity: float = 1.0) -> int:
    """`#rrggbb` or `#rrggbbaa` as OBS wants it: alpha, blue, green, red in one integer."""
    digits = color.removeprefix("#")
    red, green, blue = (int(digits[place : place + 2], 16) for place in (0, 2, 4))
    alpha = int(digits[6:8], 16) if len(digits) == 8 else 255
    return round(alpha * opacity) << 24 | blue << 16 | green << 8 | red


def _input(item: SceneItem, canvas: Video, base: Path) -> Input:
    options = item.options
    opacity = _number(options.get("opacity", 100)) / 100
    sound: bool | None = None
    match item.kind:
        case "color":
            width, height = options.get("width", canvas.width), options.get("height", canvas.height)
            # Its own alpha serves: no filter is needed.
            size = {"width": round(_number(width)), "height": round(_number(height))}
            settings: Settings = {"color": abgr(item.value, opacity), **size}
            opacity = 1.0
        case "text" | "countdown":
            settings = _text(item, canvas)
        case "image":
            settings = {"file": _path(item.value, base)}
        case "camera" | "relay":
            settings = _network(_address(item) if item.kind == "camera" else "")
            sound = bool(options.get("audio", item.kind == "relay"))
        case "media":
            settings = _media(item, base)
            sound = bool(options.get("audio", True))
        case "v4l2":
            settings = {"device_id": item.value}
        case _:
            settings = {"capture_window": item.value}
    return Input(item.name, item.kind, settings, RUNTIME.get(item.kind, frozenset()), opacity, sound)


def _audio(audio: AudioInput) -> Input:
    if audio.kind == "tone":
        settings: Settings = {
            **_network(f"sine=frequency={float(audio.device):g}:sample_rate=48000"),
            "input_format": "lavfi",
        }
    else:
        settings = {"device_id": audio.device}
    return Input(audio.name, audio.kind, settings, tracks=True, volume=audio.volume)


def _text(item: SceneItem, canvas: Video) -> Settings:
    options = item.options
    bold = bool(options.get("bold", False))
    size = options.get("size", round(canvas.height / (6 if item.kind == "countdown" else 12)))
    align, _ = _alignment(item)
    wraps = align == "left" and "width" in options
    color = abgr(str(options.get("color", "#ffffff")))
    return {
        "text": "" if item.kind == "countdown" else item.value,
        "font": {
            "face": str(options.get("font", "DejaVu Sans")),
            "size": size,
            "style": "Bold" if bold else "Regular",
            "flags": _BOLD if bold else 0,
        },
        "color1": color,
        "color2": color,
        # A wrapped text is as wide as its box, so it can't be centred in it: only what starts at the left is wrapped.
        "word_wrap": wraps,
        "custom_width": round(_number(options["width"])) if wraps else 0,
    }


def _network(address: str) -> Settings:
    return {
        "is_local_file": False,
        "input": address,
        "input_format": "",
        "reconnect_delay_sec": 1,
        "buffering_mb": 1,
        "restart_on_activate": False,
        "close_when_inactive": False,
        "hw_decode": False,
    }


def _address(item: SceneItem) -> str:
    """A camera's address; one with a password in it comes as a secret."""
    address = item.options.get("address", item.value)
    return address.reveal() if isinstance(address, Secret) else str(address)


def _media(item: SceneItem, base: Path) -> Settings:
    return {
        "is_local_file": True,
        "local_file": _path(item.value, base),
        "looping": bool(item.options.get("loop", False)),
        "restart_on_activate": True,
        "close_when_inactive": False,
        "hw_decode": False,
    }


def _path(value: str, base: Path) -> str:
    return value if urlsplit(value).scheme or Path(value).is_absolute() else str(base / value)


def _shown(item: SceneItem) -> bool:
    return bool(item.options.get("visible", True))


def _alignment(item: SceneItem) -> tuple[str, str]:
    """A text without a place is in the middle of the picture; one with a place begins there."""
    options = item.options
    across = str(options.get("align", "left" if {"x", "width"} & options.keys() else "center"))
    down = str(options.get("valign", "top" if {"y", "height"} & options.keys() else "center"))
    return across, down


def _transform(item: SceneItem, canvas: Video) -> Settings:
    """The item's box on the canvas, and how its picture lies in it."""
    options = item.options
    x, y = _number(options.get("x", 0)), _number(options.get("y", 0))
    width = _number(options.get("width", canvas.width - x))
    height = _number(options.get("height", canvas.height - y))
    alignment = 0
    if item.kind in {"text", "countdown"}:
        if item.kind == "countdown" and not {"x", "y", "width", "height", "align", "valign"} & options.keys():
            # Below a title in the middle of the picture.
            y, height = round(canvas.height * 0.6), round(canvas.height * 0.25)
        across, down = _alignment(item)
        # Never larger than it is, smaller where it doesn't fit; and it stays in its place whatever it says.
        bounds, alignment = "OBS_BOUNDS_MAX_ONLY", _SIDES[across] | _HEIGHTS[down]
    else:
        bounds = _BOUNDS[str(options.get("fit", "stretch" if item.kind == "color" else "contain"))]
    return {
        "positionX": x,
        "positionY": y,
        "alignment": _LEFT | _TOP,
        "boundsType": bounds,
        "boundsAlignment": alignment,
        "boundsWidth": max(width, 1.0),
        "boundsHeight": max(height, 1.0),
        "rotation": 0.0,
    }


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0
