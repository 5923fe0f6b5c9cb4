"""Silence for a source that brings no sound, so that the programme always has a picture's and a sound's track.

A change of tracks would end the programme's connection, and with it those of everybody who is fed from it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import cast

import av
from av.audio.frame import AudioFrame
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream

from orchestrator.devices.media.splicer.units import Unit

_RATE = 48000
_SAMPLES = 1024
"""Samples of one packet (AAC)."""
_STEP = _SAMPLES * 1000 / _RATE
"""Milliseconds of one packet."""
_SETTLED = 4
"""Packets after which the encoder gives nothing but silence."""
_JUMP = 1000
"""Milliseconds between picture and silence that are a jump of the source's clock: the silence begins anew there."""


class Silence:
    """A track of silence beside a source's pictures, in the form that the sound of studio and slate has."""

    def __init__(self) -> None:
        self._file: InputContainer = av.open(_coded(), "r", format="flv")
        track = self._file.streams.audio[0]
        self.stream: Stream = track
        """The track, for who opens an output."""
        self.packet = cast("Packet[Stream]", [each for each in self._file.demux(track) if each.size][_SETTLED])
        """A packet of it."""
        self._data = bytes(self.packet)
        self._extradata = bytes(self.stream.codec_context.extradata or b"")
        self._next: float | None = None

    def until(self, time: int) -> Iterator[Unit]:
        """The silence up to a picture, by its time of decoding, ms on the source's clock."""
        if self._next is None or abs(time - self._next) > _JUMP:
            self._next = time
        while self._next <= time:
            at = round(self._next)
            yield Unit("audio", at, at, True, len(self._data), self._extradata, self._packet())
            self._next += _STEP

    def _packet(self) -> Packet[Stream]:
        packet: Packet[Stream] = Packet(self._data)
        packet.time_base, packet.is_keyframe = self.packet.time_base, True
        return packet


def _coded() -> io.BytesIO:
    """A moment of silence as a file."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="flv") as output:
        track = output.add_stream("aac", rate=_RATE, layout="stereo")
        for number in range(2 * _SETTLED):
            frame = AudioFrame(format="fltp", layout="stereo", samples=_SAMPLES)
            frame.sample_rate, frame.pts = _RATE, number * _SAMPLES
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            output.mux(track.encode(frame))
        output.mux(track.encode(None))
    buffer.seek(0)
    return buffer
