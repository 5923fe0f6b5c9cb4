"""The slate: loading one, and cutting one out of a studio's own stream, in whole groups of pictures."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream

from orchestrator.clock import Clock
from orchestrator.devices.media import problems
from orchestrator.devices.media.splicer.reader import OPEN_OPTIONS, extradata_of, look_of, streams_of, to_unit
from orchestrator.devices.media.splicer.silence import Silence
from orchestrator.devices.media.splicer.units import Kind, Look, Loop, Unit
from orchestrator.errors import DeviceError

_LARGEST = 64_000_000
"""Bytes of the largest slate: it is held in memory."""


def load_slate(path: Path) -> Loop | None:
    """The slate of a file; None where there is none.

    Raises:
        ValueError: the file is no slate.
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise ValueError("larger than 64 MB")
        with av.open(str(path), format="flv") as container:
            streams = streams_of(container)
            packets = [packet for packet in container.demux(*streams.values()) if packet.dts is not None]
            heads: dict[Kind, Packet[Stream]] = {}
            for packet in packets:
                heads.setdefault("video" if packet.stream.type == "video" else "audio", packet)
            if "video" not in heads:
                raise ValueError("there is no picture in it")
            extradata = extradata_of(streams)
            silence = None if "audio" in heads else Silence()
            units: list[Unit] = []
            for packet in packets:
                if (unit := to_unit(packet, extradata)) is not None:
                    units += [*silence.until(unit.dts), unit] if silence is not None else [unit]
            return to_loop(units, look_of({kind: streams[kind] for kind in heads}, heads, silence))
    except FileNotFoundError:
        return None
    except (av.FFmpegError, OSError) as error:
        raise ValueError(str(error)) from error


def to_loop(units: Iterable[Unit], look: Look) -> Loop:
    """A slate out of packets, begun at their first key picture.

    Raises:
        ValueError: there is no key picture.
    """
    ordered = sorted(units, key=lambda unit: unit.dts)
    first = next((unit for unit in ordered if unit.kind == "video" and unit.key), None)
    if first is None:
        raise ValueError("there is no key picture in it")
    video = [unit for unit in ordered if unit.kind == "video" and unit.dts >= first.dts]
    length = round(len(video) * look.frame)
    audio = [unit for unit in ordered if unit.kind == "audio" and first.pts <= unit.pts < first.pts + length]
    rest = sorted([*video[1:], *audio], key=lambda unit: unit.dts)
    return Loop((first, *rest), length, look)


def capture_slate(address: str, path: Path, seconds: float, clock: Clock, patience: float = 15.0) -> None:
    """Cut a slate of at least some seconds out of a live stream, in whole groups of pictures.

    Args:
        address: The stream on the hub.
        path: The slate's file; it appears whole, and an older one stays until then.
        seconds: The least length.
        clock: The clock.
        patience: Seconds that it may take longer than the slate itself.

    Raises:
        DeviceError: no stream is there, it broke off, or it has no key pictures.
    """
    deadline = clock.monotonic() + seconds + patience
    aside = path.with_name(f".{path.name}.new")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with av.open(address, format="live_flv", options=OPEN_OPTIONS, timeout=(patience, 5.0)) as source:
            streams = streams_of(source)
            packets = list(_whole_groups(source, streams, seconds * 1000, lambda: clock.monotonic() > deadline))
            _save(aside, streams, packets)
    except (av.FFmpegError, OSError, ValueError, KeyError) as error:
        aside.unlink(missing_ok=True)
        raise DeviceError(problems.slate_not_captured(path.parent.name)) from error
    aside.replace(path)


def _whole_groups(
    source: InputContainer, streams: dict[Kind, Stream], length: float, late: Callable[[], bool]
) -> Iterator[Packet[Stream]]:
    """Packets from the first key picture up to one that comes after `length` ms, and the sound up to its time.

    The sound of the last pictures arrives after that key picture, so reading goes on for it.
    """
    first: int | None = None
    end: int | None = None
    for packet in source.demux(*streams.values()):
        if late():
            raise ValueError("no key picture in time")
        if packet.dts is None or packet.pts is None:
            continue
        picture = packet.stream.type == "video"
        if picture and packet.is_keyframe and end is None:
            if first is None:
                first = packet.pts
            elif packet.pts - first >= length:
                end = packet.pts
        if end is not None and (("audio" not in streams) or packet.dts >= end):
            return
        if first is not None and packet.pts >= first and (end is None or (not picture and packet.pts < end)):
            yield packet
    raise ValueError("the stream broke off")


def _save(path: Path, streams: dict[Kind, Stream], packets: list[Packet[Stream]]) -> None:
    first = min(packet.dts or 0 for packet in packets)
    with av.open(str(path), "w", format="flv") as output:
        outputs = {kind: output.add_stream_from_template(stream, opaque=True) for kind, stream in streams.items()}
        for packet in sorted(packets, key=lambda each: each.dts or 0):
            packet.pts, packet.dts = (packet.pts or 0) - first, (packet.dts or 0) - first
            packet.stream = outputs["video" if packet.stream.type == "video" else "audio"]
            output.mux_one(packet)
    with path.open("rb") as file:
        os.fsync(file.fileno())
