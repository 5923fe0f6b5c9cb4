"""A venue's inputs in OBS's own terms: what each is made of, and what it is set to. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from orchestrator.devices.obs.messages import Settings
from orchestrator.devices.obs.placement import alignment, number
from orchestrator.plan.model import AudioInput, SceneItem, Venue, Video
from orchestrator.plan.secret import Secret

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

_BOLD = 1


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


def abgr(color: str, opacity: float = 1.0) -> int:
    """`#rrggbb` or `#rrggbbaa` as OBS wants it: alpha, blue, green, red in one integer."""
    digits = color.removeprefix("#")
    red, green, blue = (int(digits[place : place + 2], 16) for place in (0, 2, 4))
    alpha = int(digits[6:8], 16) if len(digits) == 8 else 255
    return round(alpha * opacity) << 24 | blue << 16 | green << 8 | red


def _input(item: SceneItem, canvas: Video, base: Path) -> Input:
    options = item.options
    opacity = number(options.get("opacity", 100)) / 100
    sound: bool | None = None
    match item.kind:
        case "color":
            width, height = options.get("width", canvas.width), options.get("height", canvas.height)
            # Its own alpha serves: no filter is needed.
            size = {"width": round(number(width)), "height": round(number(height))}
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
    align, _ = alignment(item)
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
        "custom_width": round(number(options["width"])) if wraps else 0,
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
