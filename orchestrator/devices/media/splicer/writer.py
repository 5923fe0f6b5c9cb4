"""Publishing the programme to the hub: one connection, opened again by itself."""

from __future__ import annotations

import io
import logging
from typing import Any

import av
from av.container import OutputContainer
from av.packet import Packet, PacketSideData
from av.stream import Stream

from orchestrator.backoff import Backoff
from orchestrator.clock import Clock
from orchestrator.devices.media.splicer.reader import extradata_of, streams_of
from orchestrator.devices.media.splicer.units import Kind, Look, Sent

_log = logging.getLogger(__name__)

_AGAIN = Backoff(first=0.1, most=0.5)
"""When the hub is tried again: everything on the air waits for it."""
_OPEN_WITHIN = 2.5
"""Seconds that the hub has to take the connection."""
_OPTIONS = {"flvflags": "no_duration_filesize", "max_interleave_delta": "200000"}
"""A source without sound must not make its pictures wait for it longer than 0.2 s."""
_NEW_EXTRADATA = 1
"""The number of side data `new_extradata`."""


class Writer:
    """The connection that the programme is published on."""

    def __init__(self, address: str, clock: Clock) -> None:
        self._address = address
        self._clock = clock
        self._output: OutputContainer | None = None
        self._streams: dict[Kind, Stream] = {}
        self._extradata: dict[Kind, bytes] = {}
        self._codecs: tuple[tuple[Kind, str], ...] = ()
        self._try_at = 0.0
        self._failures = 0
        self._said = False
        self.opens = 0
        """How often it was opened."""

    @property
    def connected(self) -> bool:
        """Whether the hub takes the programme."""
        return self._output is not None

    def ready(self, look: Look) -> bool:
        """Open the connection for packets of this look if need be; True where it could be used all along.

        False means that it was opened just now or can't be: what is on programme must begin with a key picture.
        """
        if self._output is not None and look.codecs == self._codecs:
            return True
        if self._output is not None:
            _log.info("The programme's coding changes to %s: publishing anew", look.codecs)
            self.close()
        if self._clock.monotonic() >= self._try_at:
            self._open(look)
        return False

    def write(self, sent: Sent) -> bool:
        """Send one packet; False where the connection broke, which closes it."""
        if self._output is None:
            return False
        packet = sent.unit.packet
        if not isinstance(packet, Packet):
            return True
        kind = sent.unit.kind
        packet.stream = self._streams[kind]
        packet.pts, packet.dts = sent.pts, sent.dts
        if sent.unit.extradata and sent.unit.extradata != self._extradata.get(kind):
            self._resend(kind, sent.unit.extradata, packet)
        try:
            self._output.mux_one(packet)
        except (av.FFmpegError, OSError) as error:
            _log.warning("The hub broke off the programme (%s)", error)
            self.close()
            return False
        return True

    def close(self) -> None:
        """End the connection."""
        output, self._output = self._output, None
        if output is not None:
            try:
                output.close()
            except (av.FFmpegError, OSError) as error:
                _log.debug("closing: %s", error)

    def _open(self, look: Look) -> None:
        self._failures += 1
        self._try_at = self._clock.monotonic() + _AGAIN.pause(self._failures, self._address)
        try:
            output = av.open(self._address, "w", format="flv", options=_OPTIONS, timeout=_OPEN_WITHIN)
            with av.open(io.BytesIO(look.head), format="flv") as head:
                found = streams_of(head)
                self._streams = {
                    kind: output.add_stream_from_template(each, opaque=True) for kind, each in found.items()
                }
                self._extradata = extradata_of(found)
            output.start_encoding()
        except (av.FFmpegError, OSError, ValueError) as error:
            if not self._said:
                _log.warning("The hub doesn't take the programme (%s); trying on", error)
            self._said = True
            return
        self._output, self._codecs, self._said, self._failures = output, look.codecs, False, 0
        self.opens += 1
        _log.info("Publishing the programme")

    def _resend(self, kind: Kind, extradata: bytes, packet: Packet[Stream]) -> None:
        make: Any = PacketSideData  # its stub leaves the arguments out
        side = make(_NEW_EXTRADATA, len(extradata))
        memoryview(side)[:] = extradata
        packet.set_sidedata(side)
        self._extradata[kind] = extradata
