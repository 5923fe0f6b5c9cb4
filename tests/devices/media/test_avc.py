"""Parameter sets before key pictures."""

from __future__ import annotations

import io
from fractions import Fraction

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.devices.media.splicer.avc import with_parameter_sets
from orchestrator.devices.media.splicer.reader import extradata_of, streams_of, to_unit

SPS, PPS, IDR = b"\x67\x64\x00\x1e\xac", b"\x68\xee\x3c", b"\x65\x88\x84"
RECORD = b"\x01\x64\x00\x1e\xff\xe1\x00\x05" + SPS + b"\x01\x00\x03" + PPS


def unit(data: bytes, width: int = 4) -> bytes:
    return len(data).to_bytes(width) + data


def test_a_key_picture_gets_its_parameter_sets() -> None:
    """What a stream tells apart stands before the picture, in order, in units like the picture's own."""
    assert with_parameter_sets(unit(IDR), RECORD) == unit(SPS) + unit(PPS) + unit(IDR)


def test_lengths_are_as_wide_as_the_stream_says() -> None:
    """A stream whose lengths have two bytes keeps them so."""
    short = RECORD[:4] + b"\xfd" + RECORD[5:]
    assert with_parameter_sets(unit(IDR, 2), short) == unit(SPS, 2) + unit(PPS, 2) + unit(IDR, 2)


def test_a_picture_that_has_its_own_keeps_them() -> None:
    """Nothing is doubled where the encoder already does so."""
    own = unit(b"\x09\x10") + unit(SPS) + unit(PPS) + unit(IDR)
    assert with_parameter_sets(own, RECORD) == own


@pytest.mark.parametrize("record", [b"", b"\x00\x00\x00\x01" + SPS, RECORD[:5], RECORD[:9], RECORD[:-2]])
def test_what_can_not_be_read_changes_nothing(record: bytes) -> None:
    """A picture goes on as it came where the parameter sets make no sense."""
    assert with_parameter_sets(unit(IDR), record) == unit(IDR)


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_no_bytes_break_it(picture: bytes, record: bytes) -> None:
    """Whatever a source sends, its picture's own bytes stay whole."""
    assert with_parameter_sets(picture, record).endswith(picture)


def test_what_is_read_of_a_source_brings_its_parameter_sets() -> None:
    """Every key picture on its way to the programme, and no other, holds what a decoder needs to begin with it."""
    with av.open(io.BytesIO(encoded()), format="flv") as source:
        streams = streams_of(source)
        extradata = extradata_of(streams)
        units = [unit for packet in source.demux() if (unit := to_unit(packet, extradata)) is not None]
    assert [each.key for each in units] == [True, False, False, True, False, False]
    for each in units:
        assert isinstance(each.packet, av.Packet)
        data = bytes(each.packet)
        assert (data[4] & 0x1F == 7) is each.key
        assert each.size == len(data)
        assert each.packet.is_keyframe is each.key


def encoded() -> bytes:
    """Six pictures in two groups, as a source sends them."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="flv") as output:
        stream = output.add_stream("libx264", rate=30, options={"g": "3", "bf": "0", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 64, 36, "yuv420p"
        stream.time_base = Fraction(1, 30)
        for number in range(6):
            picture = av.VideoFrame(64, 36, "yuv420p")
            picture.pts = number
            output.mux(stream.encode(picture))
        output.mux(stream.encode(None))
    return buffer.getvalue()
