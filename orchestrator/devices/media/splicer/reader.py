"""Reading a live source: packets as they come, from a stream that is opened again whenever it ends."""

from __future__ import annotations

import io
import logging
import threading
from typing import Protocol

import av
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import Stream

from orchestrator.backoff import Backoff
from orchestrator.clock import Clock
from orchestrator.devices.media.splicer.avc import with_parameter_sets
from orchestrator.devices.media.splicer.silence import Silence
from orchestrator.devices.media.splicer.units import FRAME, Kind, Look, Unit
from orchestrator.plan.model import Source

_log = logging.getLogger(__name__)

_AGAIN = Backoff(first=0.1, most=0.5)
"""When a source is opened again: it is missed from the air."""
_MOST_WAITING = 200
"""Packets within which the first of picture and of sound come, where both are there."""
_QUIET = 3600.0
"""Seconds that a subscription waits for a source that isn't there, or is frozen: the hub tells when it goes."""
OPEN_OPTIONS = {
    "fpsprobesize": "0",
    "probesize": "5000000",
    "analyzeduration": "4000000",
}
"""Opening ends as soon as picture and sound are known; a source without sound is taken after four seconds."""


class Inbox(Protocol):
    """Who takes what was read. MUST NOT block."""

    def opened(self, source: Source, look: Look) -> None:
        """A source is there."""

    def came(self, source: Source, unit: Unit, at: float) -> None:
        """A packet came, at a monotonic second."""

    def gone(self, source: Source) -> None:
        """A source ended."""


class Reader:
    """Keeps one live source subscribed."""

    def __init__(self, source: Source, address: str, inbox: Inbox, clock: Clock) -> None:
        self._source = source
        self._address = address
        self._inbox = inbox
        self._clock = clock
        self._failures = 0
        self._thread = threading.Thread(target=self._run, name=f"read-{source}", daemon=True)

    def start(self) -> None:
        """Begin to read, for as long as the process lives."""
        self._thread.start()

    def _run(self) -> None:
        while True:
            self._failures += 1
            try:
                self._read()
            except (av.FFmpegError, OSError, ValueError) as error:
                _log.debug("%s: %s", self._source, error)
            except Exception:  # noqa: BLE001 - whatever a source sends, it is taken again when it sends something else
                _log.exception("%s can't be taken", self._source)
            self._clock.sleep(_AGAIN.pause(self._failures, self._address))

    def _read(self) -> None:
        with av.open(self._address, format="live_flv", options=OPEN_OPTIONS, timeout=(_QUIET, _QUIET)) as container:
            streams = streams_of(container)
            if "video" not in streams:
                return
            self._failures = 1
            _log.info("%s is there", self._source)
            try:
                self._pump(container, streams)
            finally:
                self._inbox.gone(self._source)
                _log.info("%s is gone", self._source)

    def _pump(self, container: InputContainer, streams: dict[Kind, Stream]) -> None:
        heads: dict[Kind, Packet[Stream]] = {}
        waiting: list[tuple[Unit, float]] = []
        extradata = extradata_of(streams)
        silence = None if "audio" in streams else Silence()
        opened = False
        for packet in container.demux(*streams.values()):
            at = self._clock.monotonic()
            unit = to_unit(packet, extradata)
            if unit is None:
                continue
            if silence is not None:
                waiting += [(each, at) for each in silence.until(unit.dts)]
            waiting.append((unit, at))
            if not opened and unit.key:
                heads.setdefault(unit.kind, packet)
            if not opened and heads and (len(heads) == len(streams) or len(waiting) > _MOST_WAITING):
                self._inbox.opened(self._source, look_of(streams, heads, silence))
                opened = True
            if opened:
                for each, when in waiting:
                    self._inbox.came(self._source, each, when)
                waiting.clear()


def to_unit(packet: Packet[Stream], extradata: dict[Kind, bytes]) -> Unit | None:
    """A packet as the splicer takes it; None for what has no time. New parameter sets are noted in `extradata`."""
    kind: Kind = "video" if packet.stream.type == "video" else "audio"
    if packet.dts is None or packet.pts is None or packet.stream.type not in {"video", "audio"}:
        return None
    if packet.has_sidedata("new_extradata"):
        extradata[kind] = bytes(packet.get_sidedata("new_extradata"))
    key = packet.is_keyframe or kind == "audio"
    whole = _decodable(packet, extradata[kind]) if kind == "video" and key else packet
    return Unit(kind, packet.pts, packet.dts, key, whole.size, extradata[kind], whole)


def _decodable(key: Packet[Stream], extradata: bytes) -> Packet[Stream]:
    """A key picture that brings its parameter sets along."""
    data = bytes(key)
    whole = with_parameter_sets(data, extradata) if key.stream.codec_context.name == "h264" else data
    if len(whole) == len(data):
        return key
    copy: Packet[Stream] = Packet(whole)
    copy.time_base, copy.duration, copy.is_keyframe = key.time_base, key.duration, True
    return copy


def look_of(streams: dict[Kind, Stream], heads: dict[Kind, Packet[Stream]], silence: Silence | None = None) -> Look:
    """What a source looks like, from its streams and the first packet of each, and the silence put in for its sound."""
    video = streams["video"]
    if silence is not None:
        streams, heads = {**streams, "audio": silence.stream}, {**heads, "audio": silence.packet}
    rate = getattr(video, "guessed_rate", None) or video.average_rate
    codecs = tuple((kind, streams[kind].codec_context.name) for kind in ("video", "audio") if kind in streams)
    return Look(codecs, float(1000 / rate) if rate else FRAME, _head(streams, heads), silence is not None)


def streams_of(container: InputContainer | OutputContainer) -> dict[Kind, Stream]:
    """The picture and the sound of what was opened."""
    found: dict[Kind, Stream] = {}
    if container.streams.video:
        found["video"] = container.streams.video[0]
    if container.streams.audio:
        found["audio"] = container.streams.audio[0]
    return found


def extradata_of(streams: dict[Kind, Stream]) -> dict[Kind, bytes]:
    """The parameter sets of each stream, to be kept current by `to_unit`."""
    return {kind: bytes(stream.codec_context.extradata or b"") for kind, stream in streams.items()}


def _head(streams: dict[Kind, Stream], heads: dict[Kind, Packet[Stream]]) -> bytes:
    """The parameters as a tiny file: they outlive the container, unlike its streams."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="flv") as output:
        outputs = {kind: output.add_stream_from_template(stream, opaque=True) for kind, stream in streams.items()}
        for kind, packet in heads.items():
            copy: Packet[Stream] = Packet(bytes(packet))
            copy.stream = outputs[kind]
            copy.pts, copy.dts = (packet.pts or 0) - (packet.dts or 0), 0
            copy.time_base = packet.time_base
            copy.is_keyframe = True
            output.mux_one(copy)
    return buffer.getvalue()
