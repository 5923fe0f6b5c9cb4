"""The road to a destination is cut off as a test says, before anything is judged by it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest

from tests.real.road import Road
from tests.support import until

_MOST = 1_000_000
"""Bytes that a blocked road may swallow: on loopback alone it would be several times that."""


@pytest.fixture
def end() -> Iterator[socket.socket]:
    """The destination: it takes one connection."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        server.settimeout(5)
        yield server


@pytest.fixture
def road(end: socket.socket) -> Iterator[Road]:
    road = Road(end.getsockname()[1])
    end.accept()[0].close()  # it was tried whether it is open
    yield road
    road.close()


def enter(road: Road, timeout: float = 5) -> socket.socket:
    return socket.create_connection(("127.0.0.1", road.port), timeout)


def test_it_passes_on_what_comes_both_ways(road: Road, end: socket.socket) -> None:
    """And the end of it."""
    with enter(road) as sender, end.accept()[0] as receiver:
        sender.sendall(b"there")
        receiver.sendall(b"and back")
        assert (receiver.recv(99), sender.recv(99)) == (b"there", b"and back")
        sender.close()
        assert receiver.recv(99) == b""


def test_a_blocked_one_soon_takes_nothing_more(road: Road, end: socket.socket) -> None:
    """What a sender writes waits; nothing of it is lost."""
    with enter(road) as sender, end.accept()[0] as receiver:
        road.block()
        sent = _fill(sender)
        assert sent < _MOST
        road.unblock()
        receiver.settimeout(5)
        got = 0
        while got < sent:
            got += len(receiver.recv(65536))
        assert got == sent


def test_packets_vanish_of_old_connections_and_of_new_ones(road: Road, end: socket.socket) -> None:
    """No answer comes at all; once it is mended, what was sent meanwhile arrives."""
    with enter(road) as sender, end.accept()[0] as receiver:
        road.vanish()
        until(lambda: _is_silent(road), 5, what="nobody answers")
        sender.sendall(b"lost?")
        receiver.settimeout(0.5)
        with pytest.raises(TimeoutError):
            receiver.recv(99)
        road.mend()
        receiver.settimeout(10)
        assert receiver.recv(99) == b"lost?"
        enter(road).close()


def _fill(sender: socket.socket) -> int:
    """Write until it doesn't take more; how many bytes."""
    sender.settimeout(0.5)
    sent = 0
    with suppress(TimeoutError):
        while sent < 10 * _MOST:
            sent += sender.send(bytes(4096))
    return sent


def _is_silent(road: Road) -> bool:
    try:
        enter(road, 0.5).close()
    except TimeoutError:
        return True
    return False
