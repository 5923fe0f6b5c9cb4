"""A clip that flashes and beeps at once, and what becomes of the two: how sound and picture stand to each other."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import yaml
from av.packet import Packet

from tests.real.faults.measure import rises, skew

SOUND = "Mikrofon"
"""The venue's other sound, which must be muted for the beeps to be heard."""
FLASH = "between(mod(t,61/60),0.5,0.6)"
"""When it flashes and beeps, to ffmpeg: from flash to flash isn't a whole number of frames, so that rounding averages
out; the first picture of all is dark."""
_MOVER = "color=c=0x404040:s=20x10:r=60"
"""What moves beside it all the time, as in every camera's picture: key pictures are a second apart, and of a flash each
second they would show none for most of a minute, which counts as a frozen picture."""
_SECONDS = 61
_BRIGHT, _LOUD = 140, 0.1
_NEAR = 0.028
"""Seconds between two packets of sound with none between them, be it at 44.1 or at 48 kHz."""
_LEAST = 4
"""Flashes that are needed on either side."""


@dataclass(frozen=True, slots=True)
class Skew:
    """How much later than its flash a beep sounds, seconds."""

    before: float
    """Before the longest time without a flash."""
    after: float
    """After it."""

    @property
    def shift(self) -> float:
        """How much later than before it that time has made sounds come than pictures, seconds."""
        return self.after - self.before


def put_in(profiles: Path, venue: Path, scene: str) -> None:
    """Put the clip into the corner of a scene of a venue's profile."""
    clip = profiles / "assets" / "flash.mkv"
    clip.parent.mkdir(exist_ok=True)
    flashes = f"color=c=0x101010:s=160x90:r=60:d={_SECONDS},drawbox=c=white:t=fill:enable='{FLASH}'"
    picture = f"{flashes}[flashes];{_MOVER}[mover];[flashes][mover]overlay=x=10:y='mod(t*13,80)':shortest=1"
    sound = f"aevalsrc='if({FLASH},0.5*sin(2*PI*1000*t),0)':s=48000:d={_SECONDS}"
    subprocess.run(
        [
            *("ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound),
            *("-c:v", "libx264", "-preset", "ultrafast", "-g", "60", "-pix_fmt", "yuv420p", "-c:a", "flac", str(clip)),
        ],
        stdin=subprocess.DEVNULL,
        check=True,
    )
    document = yaml.safe_load(venue.read_text())
    document["scenes"][scene].append(
        {"media": "assets/flash.mkv", "loop": True, "name": "Kilat", "x": 480, "y": 0, "width": 160, "height": 90}
    )
    venue.write_text(yaml.safe_dump(document, allow_unicode=True))


def skews(recording: Path, seconds: float) -> Skew:
    """How sound stood to picture in a recording's last seconds, before and after the longest time without a flash.

    Raises:
        ValueError: there are too few flashes on either side of it.
    """
    flashes, beeps = _rises(recording, seconds)
    if len(flashes) < 2 * _LEAST:
        raise ValueError(f"only {len(flashes)} flashes")
    holes = [later - earlier for earlier, later in pairwise(flashes)]
    cut = holes.index(max(holes)) + 1
    if min(cut, len(flashes) - cut) < _LEAST:
        raise ValueError(f"only {cut} flashes before and {len(flashes) - cut} after")
    return Skew(skew(flashes[:cut], beeps), skew(flashes[cut:], beeps))


def moved(old: Path, new: Path, seconds: float) -> float:
    """How much later than before sounds come in a studio's own recording, seconds; `new` may be the same file."""
    if old == new:
        return skews(new, seconds).shift
    before, after = (skew(*_rises(file, seconds)) for file in (old, new))
    return after - before


def times(files: list[Path]) -> list[float]:
    """The times of the pictures in segments of one recording, in the order in which they are shown.

    The last file may still grow: of its end, only what nothing can come before any more counts.
    """
    found: list[float] = []
    reached = 0.0
    for file in files:
        with av.open(str(file)) as container:
            for packet in container.demux(video=0):
                if packet.pts is not None and packet.dts is not None and packet.time_base is not None:
                    found.append(float(packet.pts * packet.time_base))
                    reached = float(packet.dts * packet.time_base)
    return sorted(time for time in found if time <= reached)


def complaints(file: Path) -> list[str]:
    """What a decoder has to say against a file, read by itself."""
    command = ["ffmpeg", "-v", "error", "-i", str(file), "-fps_mode", "passthrough", "-enc_time_base", "1/1000"]
    done = subprocess.run([*command, "-f", "null", "-"], capture_output=True, text=True, check=False)
    return done.stderr.splitlines()


def rate(file: Path) -> int:
    """Thousands of samples a second of a file's sound, by how far its packets are apart where none is missing."""
    with av.open(str(file)) as container:
        frames = [(float(frame.time or 0), frame.samples) for frame in container.decode(audio=0)]
    near = [(later - at, samples) for (at, samples), (later, _) in pairwise(frames) if later - at < _NEAR]
    return round(sum(samples for _, samples in near) / sum(step for step, _ in near) / 1000)


def sets(file: Path) -> int:
    """How many different parameter sets a stream's pictures had: a decoder must begin anew with each."""
    with av.open(str(file)) as container:
        found = {bytes(container.streams.video[0].codec_context.extradata or b"")}
        for packet in container.demux(video=0):
            if packet.has_sidedata("new_extradata"):
                found.add(bytes(packet.get_sidedata("new_extradata")))
    return len(found)


def length(file: Path) -> float:
    """Seconds of a recording of which every picture can be decoded, to its last one."""
    with av.open(str(file)) as container:
        shown = [float(frame.time or 0.0) for frame in container.decode(video=0)]
    return shown[-1] - shown[0]


def _rises(recording: Path, seconds: float) -> tuple[list[float], list[float]]:
    """When it flashed and when it beeped in a recording's last seconds."""
    brightness, loudness = _levels(recording, seconds)
    return rises(brightness, _BRIGHT), rises(loudness, _LOUD)


def _levels(recording: Path, seconds: float) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """The corner's brightness and the sound's peak for each 4 ms, over time."""
    brightness: list[tuple[float, float]] = []
    loudness: list[tuple[float, float]] = []
    for frame in _decoded(recording, seconds):
        if isinstance(frame, av.VideoFrame):
            corner = frame.to_ndarray(format="gray")[20:70, 520:600]
            brightness.append((float(frame.time or 0), float(corner.mean())))
        elif isinstance(frame, av.AudioFrame):
            samples = np.abs(frame.to_ndarray()).max(axis=0)
            step = frame.sample_rate // 250
            start = float(frame.time or 0)
            loudness += [
                (start + at / frame.sample_rate, float(samples[at : at + step].max()))
                for at in range(0, len(samples), step)
            ]
    return brightness, loudness


def _decoded(recording: Path, seconds: float) -> Iterator[av.VideoFrame | av.AudioFrame]:
    """The pictures and sounds of the last seconds, from a key picture on."""
    with av.open(str(recording)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        decoders = {}
        for stream in (video, audio):
            decoder = decoders[stream.index] = av.CodecContext.create(stream.codec_context.name, "r")
            decoder.extradata = stream.codec_context.extradata
        kept: list[Packet[Any]] = []
        for packet in container.demux(video, audio):
            if packet.pts is None or packet.time_base is None:
                continue
            kept.append(packet)
            if packet.stream is video and packet.is_keyframe:
                now = float(packet.pts * packet.time_base)
                keys = [at for at, each in enumerate(kept) if each.stream is video and each.is_keyframe]
                stale = [at for at in keys if float(kept[at].pts * kept[at].time_base) < now - seconds]
                for old in kept[: stale[-1]] if stale else ():
                    _note_sets(old, decoders[old.stream.index])
                kept = kept[stale[-1] :] if stale else kept
        for packet in kept:
            yield from decoders[packet.stream.index].decode(packet)  # type: ignore[attr-defined]


def _note_sets(packet: Packet[Any], decoder: av.CodecContext) -> None:
    """A packet that is left out may bring what those after it need to be decoded."""
    if packet.has_sidedata("new_extradata"):
        decoder.extradata = bytes(packet.get_sidedata("new_extradata"))
