"""A viewer at a sink that notes every frame it decodes: `python -m demo.probe URL FOLDER`.

It is a process of its own, so that nothing else delays its notes, and subscribes before the stream begins. It watches
until it is killed: each line is written at once. FOLDER gets `frames.jsonl`, one JSON object a line, and `pictures/`,
a PNG of each new picture.

Lines, times in seconds: `{"kind": "start", "mono", "wall"}` ties the two clocks; `{"kind": "v", "pts", "mono", "rgb",
"bad"}` is a decoded frame; `{"kind": "a", "pts", "mono"}` an audio packet; `{"kind": "error", "mono", "text"}` what the
decoder complained of; `{"kind": "open", "mono"}` and `{"kind": "closed", "mono"}` a connection's beginning and end.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from statistics import median
from typing import Any

import av
import av.logging
from av.audio.stream import AudioStream
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from orchestrator.clock import SystemClock

_OPTIONS = {"analyzeduration": "500000", "fpsprobesize": "0", "rtmp_live": "live"}
_SMALL = (16, 9)
_PICTURE = (320, 180)
_NEW_PICTURE = 40.0
"""How far a colour must be from the last picture's, in RGB space, to count as a new picture."""
_SETTLED = 15
"""Frames for which a picture must have stood before it is kept."""


def typical_colour(frame: VideoFrame) -> tuple[int, int, int]:
    """The median colour of a frame: lettering on a plain ground doesn't shift it, as it would a mean."""
    small = frame.reformat(*_SMALL, format="rgb24", interpolation="AREA")
    plane = small.planes[0]
    data, row = bytes(plane), _SMALL[0] * 3
    pixels = b"".join(data[y * plane.line_size : y * plane.line_size + row] for y in range(_SMALL[1]))
    red, green, blue = (int(median(pixels[channel::3])) for channel in range(3))
    return red, green, blue


def distance(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """How far two colours are apart: straight line in RGB."""
    return float(sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5)


def save_png(frame: VideoFrame, path: Path) -> None:
    """A frame as a small PNG."""
    encoder = av.CodecContext.create("png", "w")
    assert isinstance(encoder, av.VideoCodecContext)  # noqa: S101 - tells the type checker what png is
    encoder.width, encoder.height = _PICTURE
    encoder.pix_fmt = "rgb24"
    encoder.time_base = Fraction(1, 30)
    picture = frame.reformat(*_PICTURE, format="rgb24", interpolation="AREA")
    picture.pts = None
    aside = path.with_suffix(".part")
    aside.write_bytes(b"".join(bytes(packet) for packet in [*encoder.encode(picture), *encoder.encode(None)]))
    aside.rename(path)


@dataclass(slots=True)
class _Pictures:
    """Keeps one picture of each scene, as it stands, not as it fades."""

    folder: Path
    last: tuple[int, int, int] | None = None
    candidate: tuple[int, int, int] | None = None
    stood: int = 0
    count: int = 0

    def see(self, frame: VideoFrame, colour: tuple[int, int, int]) -> None:
        if self.candidate is None or distance(colour, self.candidate) > _NEW_PICTURE / 2:
            self.candidate, self.stood = colour, 0
            return
        self.stood += 1
        if self.stood != _SETTLED or (self.last is not None and distance(colour, self.last) < _NEW_PICTURE):
            return
        self.last, self.count = colour, self.count + 1
        save_png(frame, self.folder / f"{self.count:03}.png")


class Probe:
    """Watches one address and writes what it sees."""

    def __init__(self, url: str, folder: Path) -> None:
        self._url = url
        self._clock = SystemClock()
        self._pictures = _Pictures(folder / "pictures")
        self._pictures.folder.mkdir(parents=True, exist_ok=True)
        self._notes = (folder / "frames.jsonl").open("w", buffering=1)
        self._arrived: dict[int, float] = {}

    def run(self) -> None:
        """Watch for ever, connecting again where the server ends a connection."""
        self._note("start", wall=self._clock.now().timestamp())
        while True:
            self._watch_once()
            self._clock.sleep(0.2)

    def _watch_once(self) -> None:
        try:
            with av.open(self._url, format="live_flv", options=_OPTIONS) as container:
                self._note("open")
                if not container.streams.video:
                    return  # joined before the first picture: what comes later wouldn't be seen
                for stream in container.streams.video:
                    stream.codec_context.thread_count = 1
                for packet in container.demux():
                    self._take(packet)
        except OSError as error:
            self._note("error" if isinstance(error, av.InvalidDataError) else "refused", text=str(error))
        self._note("closed")

    def _take(self, packet: Packet[Any]) -> None:
        arrived = self._clock.monotonic()
        if packet.pts is None:
            return
        seconds = float(packet.pts * packet.time_base)
        if isinstance(packet.stream, AudioStream):
            self._note("a", arrived, pts=seconds)
        elif isinstance(packet.stream, VideoStream):
            self._arrived[packet.pts] = arrived
            for frame in self._decode(packet):
                self._see(frame)

    def _decode(self, packet: Packet[Any]) -> Iterator[VideoFrame]:
        with av.logging.Capture(local=True) as complaints:
            try:
                frames = packet.decode()
            except av.FFmpegError as error:
                frames = []
                self._note("error", text=str(error))
        for level, name, text in complaints:
            if level <= av.logging.ERROR:
                self._note("error", text=f"{name}: {text.strip()}")
        yield from (frame for frame in frames if isinstance(frame, VideoFrame))

    def _see(self, frame: VideoFrame) -> None:
        if frame.pts is None or frame.time_base is None:
            return
        arrived = self._arrived.pop(frame.pts, None)
        colour = typical_colour(frame)
        self._note("v", arrived, pts=float(frame.pts * frame.time_base), rgb=colour, bad=frame.is_corrupt)
        self._pictures.see(frame, colour)

    def _note(self, kind: str, mono: float | None = None, **values: object) -> None:
        moment = self._clock.monotonic() if mono is None else mono
        self._notes.write(json.dumps({"kind": kind, "mono": round(moment, 6), **values}) + "\n")


def main() -> None:
    """Run a probe by the arguments of the command line."""
    av.logging.set_level(av.logging.ERROR)
    url, folder = sys.argv[1:]
    Probe(url, Path(folder)).run()


if __name__ == "__main__":
    main()
