"""What a venue's OBS is set to as a whole: where it is, its picture, its encoders, and the hub that it feeds. Pure."""

from __future__ import annotations

from orchestrator.config.model import Station
from orchestrator.devices.media.paths import HubPaths
from orchestrator.devices.media.paths import is_local as is_loopback
from orchestrator.plan.model import Studio, Venue

_KEYFRAMES = 1
"""Seconds between keyframes. Every destination takes up to two; whoever begins anew, such as a pusher that died or a
stream that joins a recording's encoder, waits for the next one, and so do the viewers."""

FILE_NAME = "%CCYY%MM%DDT%hh%mm%ss"
"""How recordings are called, by the time of their begin; each of an event's gets its number besides."""


def names(venue: Venue) -> str:
    """What this venue's scene collection and profile are called in OBS."""
    return f"orchestrator {venue.id}"


def parameters(venue: Venue) -> dict[tuple[str, str], str]:
    """The profile's parameters, by category and name."""
    keyframes = venue.video.fps * _KEYFRAMES
    return {
        ("Output", "Mode"): "Simple",
        ("Output", "Reconnect"): "false",
        ("Output", "FilenameFormatting"): FILE_NAME,
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
