"""What is at the other end is known in time, whatever it is."""

from __future__ import annotations

import logging
import socket
import threading

import pytest

from orchestrator.devices.obs.connection import NO_EVENTS, Connection
from orchestrator.devices.obs.messages import LinkError
from orchestrator.plan.model import Studio
from orchestrator.plan.secret import Secret
from tests.devices.obs.wire import Connect, Peer, elapsed, silent


def dripping(peer: Peer) -> None:
    peer.sock.sendall(b"HTTP/1.1 101 Switching Protocols\r\n")
    while True:
        peer.sock.sendall(b"X")
        threading.Event().wait(0.2)


def test_a_program_that_listens_but_says_nothing_is_called_frozen_in_time(connect: Connect) -> None:
    """A frozen OBS, which the kernel answers for, can't hold a connection for longer than it was given."""
    took, error = elapsed(lambda: connect(silent, timeout=1.0))
    assert error.problem.code == "obs.frozen"
    assert took < 1.5


def test_a_peer_that_drips_bytes_cannot_outlast_the_timeout(connect: Connect) -> None:
    """The time to connect is bounded as a whole, not from byte to byte."""
    took, _ = elapsed(lambda: connect(dripping, timeout=1.0))
    assert took < 1.5


@pytest.mark.parametrize(
    "said",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n",
        b"\x00\xff\xfe\n\n",
    ],
)
def test_another_program_is_told_apart_from_obs(connect: Connect, said: bytes) -> None:
    """What isn't OBS is called so, whatever it says."""

    def other(peer: Peer) -> None:
        peer.sock.sendall(said)
        peer.sock.shutdown(socket.SHUT_WR)

    _, error = elapsed(lambda: connect(other))
    assert error.problem.code == "obs.not-obs"


@pytest.mark.parametrize("hello", ["no JSON", "[]", '{"op": 7, "d": {}}', '{"op": 0}'])
def test_a_web_socket_that_is_not_obs_is_told_apart(connect: Connect, hello: str) -> None:
    """A WebSocket server of another kind is called not OBS."""

    def other(peer: Peer) -> None:
        peer.upgrade()
        peer.say(hello)
        peer.hear()

    _, error = elapsed(lambda: connect(other))
    assert error.problem.code == "obs.not-obs"


def test_the_old_protocol_is_recognised(connect: Connect) -> None:
    """obs-websocket 4, which waits for the client to speak, is named as what it is."""

    def old(peer: Peer) -> None:
        peer.upgrade()
        heard = peer.hear()
        peer.say({"status": "ok", "authRequired": False, "message-id": heard["message-id"]})
        peer.hear()

    _, error = elapsed(lambda: connect(old))
    assert error.problem.code == "obs.old-protocol"


def test_a_refused_password_is_told_apart(connect: Connect) -> None:
    """A close with OBS's code for a wrong password says that it is the password."""

    def strict(peer: Peer) -> None:
        peer.upgrade()
        challenge = {"salt": "s", "challenge": "c"}
        peer.say({"op": 0, "d": {"authentication": challenge, "rpcVersion": 1}})
        peer.hear()
        peer.close(4009)

    _, error = elapsed(lambda: connect(strict))
    assert error.problem.code == "obs.password"
    assert "geheim" not in str(error)


def test_nothing_there_is_said_so() -> None:
    """A port where nothing listens and a host that doesn't exist are the same problem with their own detail."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    connection = Connection(Studio("127.0.0.1", port, Secret(""), "never", None), "aula", NO_EVENTS)
    with pytest.raises(LinkError, match="nothing listens there") as caught:
        connection.connect(1.0)
    assert caught.value.problem.code == "obs.not-there"


def test_a_password_is_never_logged_or_printed(connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
    """Not at the most talkative level, and not in what prints the connection's fields."""

    def asks(peer: Peer) -> None:
        peer.upgrade()
        peer.say({"op": 0, "d": {"authentication": {"salt": "s", "challenge": "c"}, "rpcVersion": 1}})
        peer.hear()
        peer.say({"op": 2, "d": {"negotiatedRpcVersion": 1}})
        request = peer.hear()
        peer.answer(request)
        peer.hear()

    caplog.set_level(logging.DEBUG)
    connection = connect(asks)
    connection.request("SetStreamServiceSettings", streamServiceSettings={"key": "kunci-rahasia"})
    assert "geheim" not in caplog.text
    assert "kunci-rahasia" not in caplog.text
    assert "geheim" not in repr(vars(connection))
