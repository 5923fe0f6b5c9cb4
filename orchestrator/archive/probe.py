"""What is in a recording: its streams and length, and whether it can be read to its end."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from orchestrator.archive.tools import Finished, Tools

_COUNT = ("-count_packets", "-select_streams", "v:0", "-show_entries", "stream=nb_read_packets")


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found out about one file."""

    readable: bool
    """Whether there is picture or sound in it at all."""
    duration: float = 0.0
    """Seconds."""
    video: str = ""
    """Codec and form of its picture, such as `h264 1920x1080`."""
    audio: str = ""
    """Codec and form of its sound, such as `aac 48000 Hz 2`."""
    frames: int | None = None
    """Pictures that could be read; None where they weren't counted."""
    faults: int = 0
    """How many faults were met on the way to its end."""
    note: str = ""
    """The first fault, in the words of ffmpeg."""

    @property
    def sound(self) -> bool:
        """Whether it could be read to its end without a fault."""
        return self.readable and not self.faults

    @property
    def form(self) -> tuple[str, str]:
        """What two files must share to be joined without encoding."""
        return self.video, self.audio


def inspect(path: Path, how: Literal["decode", "probe"], tools: Tools) -> Inspection:
    """Look into a file; with `decode` every frame is decoded.

    Raises:
        StorageError: ffmpeg isn't installed.
        GivenUpError: the service is stopping.
    """
    asked = tools.run(_ffprobe("-show_format", "-show_streams", path))
    found = _parse(asked.output)
    streams: Sequence[Mapping[str, Any]] = found.get("streams") or ()
    duration = _number(found.get("format", {}).get("duration"))
    if asked.code != 0 or not streams:
        return Inspection(False, faults=1, note=asked.why if asked.complaints else "no streams")
    video = next((stream for stream in streams if stream.get("codec_type") == "video"), None)
    audio = next((stream for stream in streams if stream.get("codec_type") == "audio"), None)
    look = Inspection(
        readable=True,
        duration=duration,
        video=f"{video.get('codec_name')} {video.get('width')}x{video.get('height')}" if video else "",
        audio=f"{audio.get('codec_name')} {audio.get('sample_rate')} Hz {audio.get('channels')}" if audio else "",
        faults=asked.complained,
        note=asked.complaints[0] if asked.complaints else "",
    )
    return _decoded(path, look, tools) if how == "decode" or not duration else look


def packets(path: Path, tools: Tools) -> int:
    """How many packets of picture a file holds; 0 where it can't be read."""
    return _packets(tools.run(_ffprobe(*_COUNT, path)))


def packets_fed(stream: Iterable[bytes], tools: Tools) -> int:
    """How many packets of picture a transport stream holds that comes in pieces."""
    return _packets(tools.run(_ffprobe(*_COUNT, "-f", "mpegts", "-i", "pipe:0"), feed=stream))


def _packets(asked: Finished) -> int:
    streams = _parse(asked.output).get("streams") or [{}]
    return int(_number(streams[0].get("nb_read_packets")))


def _decoded(path: Path, look: Inspection, tools: Tools) -> Inspection:
    progress: dict[str, str] = {}

    def note(line: str) -> None:
        key, _, value = line.partition("=")
        progress[key] = value

    # Timestamps pass as they are: rounded to the frame rate they would be complained of where nothing is wrong.
    argv = ["ffmpeg", "-hide_banner", "-nostdin", "-v", "error", "-threads", "1", "-progress", "pipe:1"]
    argv += ["-i", str(path), "-map", "0:v?", "-map", "0:a?", "-fps_mode", "passthrough", "-enc_time_base", "1/1000"]
    done = tools.run([*argv, "-f", "null", "-"], on_line=note)
    frames = int(_number(progress.get("frame")))
    length = _number(progress.get("out_time_us")) / 1e6
    failed = done.code != 0
    return Inspection(
        readable=frames > 0 or (not look.video and length > 0),
        # A file that was torn off still claims its full length in its head.
        duration=length or look.duration,
        video=look.video,
        audio=look.audio,
        frames=frames,
        faults=done.complained or int(failed),
        note=done.complaints[0] if done.complaints else (done.why if failed else ""),
    )


def _ffprobe(*arguments: str | Path) -> list[str]:
    return ["ffprobe", "-v", "error", "-of", "json", *map(str, arguments)]


def _parse(output: bytes) -> dict[str, Any]:
    try:
        found = json.loads(output or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _number(text: object) -> float:
    try:
        return float(str(text))
    except ValueError:
        return 0.0
