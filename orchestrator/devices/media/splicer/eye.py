"""Looking at a source: its key pictures and its sound, decoded in a thread of their own, at little cost."""

from __future__ import annotations

import logging
import math
import queue
import threading
from collections.abc import Callable, Sequence
from operator import mul
from typing import cast

import av
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.codec.context import CodecContext
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from orchestrator.devices.media.splicer.units import Kind, Look, Unit
from orchestrator.devices.media.splicer.watch import COLUMNS, ROWS, Watch

_log = logging.getLogger(__name__)

_MOST_WAITING = 500
"""Packets that may wait to be looked at; more are left out."""
_WINDOW = 0.4
"""Seconds of sound that make one level."""
_EVERY = 4
"""Of so many samples one is taken: enough to tell a level."""
_SILENCE = -100.0
"""dBFS of nothing at all."""
_DEAF_AFTER = 50
"""Packets of sound in a row that can't be decoded."""

Told = Callable[[Watch], None]
"""What was learnt, to be told to the watch of the source."""


class Eye:
    """Looks at one source.

    Args:
        tell: Takes what was learnt; called from the eye's own thread. MUST NOT block.
    """

    def __init__(self, name: str, tell: Callable[[Told], None]) -> None:
        self._name = name
        self._tell = tell
        self._codecs: dict[Kind, str] = {}
        self._queue: queue.SimpleQueue[tuple[str, Unit, bytes, float]] = queue.SimpleQueue()
        self._picture = _Decoder()
        self._sound = _Decoder()
        self._meter = _Meter()
        self._errors = 0
        self._thread = threading.Thread(target=self._run, name=f"eye-{name}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def opened(self, look: Look) -> None:
        """The source is there."""
        self._codecs, self._errors = dict(look.codecs), 0
        if look.soundless:
            self._codecs.pop("audio", None)

    def offer(self, unit: Unit, at: float) -> None:
        """A packet came, at a monotonic second; only a key picture and sound are looked at."""
        codec = self._codecs.get(unit.kind)
        packet = unit.packet
        if not unit.key or codec is None or not isinstance(packet, Packet) or self._queue.qsize() > _MOST_WAITING:
            return
        # A copy: who sends the packet changes it.
        self._queue.put((codec, unit, bytes(packet), at))

    def _run(self) -> None:
        while True:
            codec, unit, data, at = self._queue.get()
            try:
                if unit.kind == "video":
                    self._look(self._picture.context(codec, unit.extradata), data, at)
                else:
                    self._hear(self._sound.context(codec, unit.extradata), data, at)
                    self._errors = 0
            except Exception as error:  # noqa: BLE001 - whatever it can't make out, it looks at what comes next
                self._failed(unit.kind, error)

    def _look(self, context: CodecContext, data: bytes, at: float) -> None:
        decoder = cast("VideoCodecContext", context)
        packet = cast("Packet[av.VideoStream]", Packet(data))
        # Nothing may wait inside for pictures that are never given to it.
        frames = decoder.decode(packet) or decoder.decode(None)
        decoder.flush_buffers()
        if frames:
            cells = _cells(frames[0])
            self._tell(lambda watch: watch.picture(cells, at))

    def _hear(self, context: CodecContext, data: bytes, at: float) -> None:
        packet = cast("Packet[av.AudioStream]", Packet(data))
        for frame in cast("AudioCodecContext", context).decode(packet):
            level = self._meter.add(frame)
            if level is not None:
                self._tell(lambda watch, level=level: watch.sound(level, at))  # type: ignore[misc]

    def _failed(self, kind: Kind, error: Exception) -> None:
        if kind == "audio":
            self._errors += 1
            if self._errors == _DEAF_AFTER:
                _log.warning("%s: its sound can't be understood (%s)", self._name, error)
                self._tell(Watch.deaf)


class _Decoder:
    """The decoder of one kind; made anew when the parameter sets change."""

    def __init__(self) -> None:
        self._made_of: tuple[str, bytes] | None = None
        self._context: CodecContext | None = None

    def context(self, codec: str, extradata: bytes) -> CodecContext:
        """A decoder for packets with these parameter sets."""
        if self._context is None or self._made_of != (codec, extradata):
            context = CodecContext.create(codec, "r")
            context.extradata = extradata or None
            context.thread_count = 1
            context.options = {"skip_loop_filter": "all"} if context.type == "video" else {}
            self._context, self._made_of = context, (codec, extradata)
        return self._context


class _Meter:
    """Makes levels of frames of sound."""

    def __init__(self) -> None:
        self._resampler: AudioResampler | None = None
        self._sum = 0.0
        self._count = 0
        self._length = 0.0

    def add(self, frame: AudioFrame) -> float | None:
        """Take a frame; returns the level, dBFS, when a window is full."""
        for each in self._floats(frame):
            for plane in each.planes:
                samples = memoryview(plane).cast("B")[: each.samples * 4].cast("f")[::_EVERY].tolist()
                self._sum += sum(map(mul, samples, samples))
                self._count += len(samples)
            self._length += each.samples / each.sample_rate
        if self._length < _WINDOW or not self._count:
            return None
        level = decibels(self._sum / self._count)
        self._sum, self._count, self._length = 0.0, 0, 0.0
        return level

    def _floats(self, frame: AudioFrame) -> Sequence[AudioFrame]:
        if frame.format.name == "fltp":
            return (frame,)
        if self._resampler is None:
            self._resampler = AudioResampler(format="fltp")
        return self._resampler.resample(frame)


def decibels(power: float) -> float:
    """A mean square as dBFS, one decimal; a sine at full scale is -3."""
    return _SILENCE if not power > 10 ** (_SILENCE / 10) else round(10 * math.log10(power), 1)


def _cells(frame: VideoFrame) -> bytes:
    """The mean brightness of each cell, row by row."""
    small = frame.reformat(width=COLUMNS, height=ROWS, format="gray", interpolation="AREA")
    plane = small.planes[0]
    data = bytes(plane)
    return b"".join(data[row * plane.line_size :][:COLUMNS] for row in range(ROWS))
