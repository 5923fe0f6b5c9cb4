"""The instruments of all real tests, themselves tested: a sink and a viewer that counts every frame."""

from __future__ import annotations

import socket
from datetime import timedelta

import pytest

from demo.proof import Planned, check_decoding, check_gaps, check_scenes
from demo.station import PALETTE
from tests.real.sinks import MakeSink, Watch, publish, settled
from tests.support import until

pytestmark = pytest.mark.real

SCENES = ("Segera Dimulai", "Tiang Bendera", "Penutup")
COLOURS = ("0x0b3d91", "0xc8102e", "0x00a0b0")


def test_a_viewer_sees_every_scene_in_order_and_no_gap(make_sink: MakeSink, watch: Watch) -> None:
    """A clean stream is proven clean, and a picture of each scene is kept."""
    sink = make_sink("clean")
    viewer = watch(sink)
    publish(sink.address, COLOURS)
    seen = settled(viewer, 175)
    plan = Planned(tuple(("cue", scene) for scene in SCENES), PALETTE, (), timedelta())
    assert check_scenes(seen, plan).holds, check_scenes(seen, plan)
    assert check_gaps(seen).holds, check_gaps(seen)
    assert check_decoding(seen).holds, check_decoding(seen)
    assert len(list((viewer.folder / "pictures").glob("*.png"))) == len(SCENES)


def test_a_hole_in_the_stream_is_found(make_sink: MakeSink, watch: Watch) -> None:
    """Half a second without pictures is measured as such."""
    sink = make_sink("hole")
    viewer = watch(sink)
    publish(sink.address, COLOURS[:2], hole=0.5)
    check = check_gaps(settled(viewer, 100))
    assert not check.holds
    assert "longest between frames 5" in check.figures


def test_a_frozen_sink_answers_nobody_until_it_thaws(make_sink: MakeSink) -> None:
    """A stalled server keeps its port but says nothing, and goes on where it was when it is let go."""
    sink = make_sink("frozen")
    sink.freeze()
    with socket.create_connection(("127.0.0.1", sink.port), timeout=0.5) as visitor:
        visitor.sendall(b"\x03" + bytes(1536))
        with pytest.raises(TimeoutError):
            visitor.recv(1)
        sink.thaw()
        visitor.settimeout(5)
        assert visitor.recv(1) == b"\x03"


def test_a_killed_sink_comes_back_on_its_port(make_sink: MakeSink) -> None:
    """A server that died can be started again where its publishers look for it."""
    sink = make_sink("killed")
    port = sink.port
    sink.kill()
    until(lambda: not _listens(port), 5, what="nobody listens any more")
    sink.start()
    socket.create_connection(("127.0.0.1", port), timeout=1).close()


def _listens(port: int) -> bool:
    """Whether anybody takes connections; the workers of a killed server do so for a moment more."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except ConnectionRefusedError:
        return False
    return True
