"""The arguments of every ffmpeg of the media path. Pure."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

import ffmpeg

from orchestrator.config.addresses import secrets_of
from orchestrator.devices.media.playlist import FRESH
from orchestrator.plan.model import Destination, Video

PROGRAMME_PATIENCE = 20_000_000
"""Microseconds that a reader of the programme waits for it: longer than a splicer or a studio needs to come back."""
SINK_PATIENCE = 5_000_000
"""Microseconds that a destination may block before the connection counts as dead."""
SEGMENT_SECONDS = 6
"""Length of a segment of the safety recording; a power cut costs no more than the last one's tail."""

QUICK_PROBE = MappingProxyType({"fpsprobesize": 0, "analyzeduration": 4_000_000, "probesize": 5_000_000})
"""How an RTMP source is probed: its packets are kept, so a long limit costs nothing once both streams are seen."""
_BRIEF_LOOK = MappingProxyType({"analyzeduration": 2_200_000})
"""How a transport stream is looked at: always for that long, so no longer than its key pictures are apart."""
TOO_BRIEF = "Consider increasing the value for the 'analyzeduration'"
"""What ffmpeg says where that wasn't enough."""
_SOUND = MappingProxyType(
    {"c:a": "aac", "b:a": "160k", "ar": 48000, "ac": 2, "af": "aresample=async=1:min_hard_comp=0.02"}
)
"""The sound of studio and slate; where some is missing, silence keeps its place, so that it stays with the picture."""
_LONGEST_WAIT = 500_000
"""Microseconds that a relay's picture waits for sound that doesn't come: sound that ends mustn't stop the picture."""
RELAY_SCHEMES = frozenset({"rtmp", "rtmps", "srt", "http", "https"})
"""What a relay source's address may begin with."""


def is_relayable(address: str) -> bool:
    """Whether an address is one that can be relayed."""
    return urlsplit(address).scheme in RELAY_SCHEMES


@dataclass(frozen=True, slots=True)
class Address:
    """A destination's address, the key apart: ffmpeg logs addresses, and the key must not get there."""

    url: str
    """What ffmpeg opens."""
    format: str
    """The muxer."""
    options: tuple[tuple[str, str], ...]
    """Output options that hold the key."""
    secrets: tuple[str, ...]
    """What must be struck out of the log."""


def address_of(destination: Destination) -> Address:
    """How a destination is reached."""
    url, key = destination.url.reveal().rstrip("/"), destination.key.reveal()
    parts = urlsplit(url)
    secrets = (*((key,) if key else ()), *secrets_of(url))
    if parts.scheme == "srt":
        return Address(url, "mpegts", (("streamid", key),) if key else (), secrets)
    if not key:
        return Address(url, "flv", (), secrets)
    options = (("rtmp_app", parts.path.strip("/") + (f"?{parts.query}" if parts.query else "")), ("rtmp_playpath", key))
    return Address(url, "flv", options, secrets)


def plain_slate(video: Video, ground: str, words: Path, to: Path, seconds: float) -> tuple[str, ...]:
    """Draws a slate: words on a ground, in silence, encoded as the studio's stream is.

    Args:
        video: The venue's picture.
        ground: `#rrggbb`.
        words: A file with what it says.
        to: Where it is written (FLV).
        seconds: Its length; two seconds a group of pictures.
    """
    size, group = f"{video.width}x{video.height}", video.fps * 2
    colour = ground.replace("#", "0x")
    picture = ffmpeg.input(f"color=c={colour}:s={size}:r={video.fps}", format="lavfi").drawtext(
        textfile=str(words),
        fontcolor="white",
        fontsize=round(video.height / 14),
        x="(w-text_w)/2",
        y="(h-text_h)/2",
        line_spacing=round(video.height / 40),
    )
    silence = ffmpeg.input("anullsrc=r=48000:cl=stereo", format="lavfi")
    encoded: dict[str, Any] = {
        "vcodec": "libx264",
        "preset": "veryfast",
        "g": group,
        "keyint_min": group,
        "sc_threshold": 0,
        "pix_fmt": "yuv420p",
        "acodec": "aac",
        "b:a": "160k",
        "b:v": f"{video.bitrate}k",
        "t": seconds,
    }
    node = ffmpeg.output(picture, silence, str(to), format="flv", **encoded)
    return tuple(node.global_args("-v", "error", "-nostdin").overwrite_output().compile())


def pusher(program: str, destination: Destination, progress: Path) -> tuple[str, ...]:
    """Feeds one destination from the programme, without re-encoding."""
    address = address_of(destination)
    output: dict[str, Any] = {
        "c": "copy",
        "format": address.format,
        "rw_timeout": SINK_PATIENCE,
        **dict(address.options),
    }
    if address.format == "flv":
        output["flvflags"] = "no_duration_filesize"
    else:
        output["flush_packets"] = 1
    return _compile(_programme(program).output(address.url, **output), progress)


def trial(slate: Path, destination: Destination, seconds: float, progress: Path) -> tuple[str, ...]:
    """Feeds one destination from a slate for a moment, at its own pace."""
    address = address_of(destination)
    output: dict[str, Any] = {
        "c": "copy",
        "t": seconds,
        "format": address.format,
        "rw_timeout": SINK_PATIENCE,
        **dict(address.options),
    }
    return _compile(ffmpeg.input(str(slate), re=None, stream_loop=-1).output(address.url, **output), progress)


def recorder(program: str, folder: Path, name: str, progress: Path) -> tuple[str, ...]:
    """Writes the programme as numbered segments, and a list of those that are closed.

    Args:
        program: The programme's address.
        folder: Where the segments go.
        name: The launch's UTC time and number, `20270817T003000Z_01`: no launch writes over another's segments.
        progress: The progress file.
    """
    stream = _programme(program).output(
        f"{folder}/{name}_%05d.ts",
        c="copy",
        format="segment",
        segment_time=SEGMENT_SECONDS,
        segment_format="mpegts",
        segment_format_options="flush_packets=1",
        segment_list=f"{folder}/{name}.csv",
        segment_list_type="csv",
    )
    return _compile(stream, progress)


def relay(source: str, hub: str, progress: Path, *, anew: bool = False, thorough: bool = False) -> tuple[str, ...]:
    """Takes a relay source in and publishes it to the hub, so that the splicer meets one protocol only.

    A playlist is read at the pace of its times, since its segments come in lumps. The sound is brought to the form that
    studio and slate have: a recording can't change it midway, and platforms take nothing but AAC, some only in stereo.

    Args:
        source: The relay's address.
        hub: Where it is published to.
        progress: The progress file.
        anew: It was taken in before, and ended: what a playlist had then isn't shown again.
        thorough: A brief look at a transport stream was too brief: its key pictures are further apart.
    """
    scheme = urlsplit(source).scheme
    options: dict[str, Any] = {"rw_timeout": SINK_PATIENCE}
    waits: tuple[str, ...] = ()
    if scheme in {"http", "https"}:
        options |= {"re": None, "m3u8_hold_counters": 3, "max_reload": 3}
        if anew:
            options["live_start_index"] = -FRESH
            waits = (sys.executable, "-m", "orchestrator.devices.media.fresh", source)
    elif scheme == "srt":
        options = {"timeout": 3_000_000, **({} if thorough else _BRIEF_LOOK)}
    else:
        options |= {"format": "live_flv", **QUICK_PROBE}
    output: dict[str, Any] = {
        "c:v": "copy",
        **_SOUND,
        "format": "flv",
        "flvflags": "no_duration_filesize",
        "max_interleave_delta": _LONGEST_WAIT,
        "rw_timeout": SINK_PATIENCE,
    }
    return (*waits, *_compile(ffmpeg.input(source, **options).output(hub, **output), progress))


def _programme(program: str) -> Any:
    """The programme as an input; taken as soon as picture and sound are known: that saves two seconds."""
    return ffmpeg.input(program, format="live_flv", rw_timeout=PROGRAMME_PATIENCE, **QUICK_PROBE)


def _compile(stream: Any, progress: Path | None) -> tuple[str, ...]:
    arguments = ["-hide_banner", "-nostdin", "-loglevel", "warning", "-y"]
    if progress is not None:
        arguments += ["-progress", str(progress), "-stats_period", "0.5", "-nostats"]
    command = stream.global_args(*arguments).compile()
    return tuple(str(argument) for argument in command)
