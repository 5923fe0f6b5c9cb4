"""How a connection to OBS begins: the socket, the web socket on it, and who each of the two is.

Whatever is at the other end, it is known in time what it is: nothing, another program, an OBS that is frozen or too
old, one that wants another password, or one that takes requests from now on.
"""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import websocket

from orchestrator.devices.obs import problems
from orchestrator.devices.obs.messages import Peer
from orchestrator.errors import N_

_HELLO, _IDENTIFY, _IDENTIFIED = 0, 1, 2
_CLOSE_PASSWORD = 4009
_SHARE = 0.5
"""Part of the time to connect in which a modern OBS must have said hello; the rest is for an old one."""

Prove = Callable[[str, str], str]
"""Makes of a salt and a challenge the proof that the password is known."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A connection that takes requests."""

    sock: socket.socket
    """The socket."""
    ws: websocket.WebSocket
    """The web socket on it."""
    version: str | None
    """Of obs-websocket."""


def open_connection(peer: Peer, subscriptions: int, prove: Prove, timeout: float) -> Opened:
    """Connect and identify within `timeout` seconds.

    Raises:
        LinkError: Nothing there, not OBS, an old OBS, a frozen one, or a wrong password.
    """
    try:
        sock = socket.create_connection((peer.host, peer.port), timeout)
    except OSError as error:
        raise peer.error(problems.not_there, _plain(error)) from error
    # A peer that sends a byte now and then would outlast every timeout of a single receive.
    guillotine = threading.Timer(timeout, shut, [sock])
    guillotine.daemon = True
    guillotine.start()
    try:
        opened = _Handshake(peer, sock).shake(subscriptions, prove, timeout)
    except BaseException:
        shut(sock)
        sock.close()
        raise
    finally:
        guillotine.cancel()
    sock.settimeout(None)
    return opened


def shut(sock: socket.socket) -> None:
    """End a socket for both sides; who reads from it returns at once."""
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def acknowledge_at_once(ws: websocket.WebSocket) -> None:
    """Acknowledge the next message at once; the kernel forgets the wish after a while, so it is said each time."""
    if hasattr(socket, "TCP_QUICKACK") and ws.sock is not None:
        ws.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


class _Handshake:
    """The first messages on a socket."""

    def __init__(self, peer: Peer, sock: socket.socket) -> None:
        self._peer = peer
        self._sock = sock
        self._ws = websocket.WebSocket(enable_multithread=True)

    def shake(self, subscriptions: int, prove: Prove, timeout: float) -> Opened:
        self._sock.settimeout(timeout * _SHARE)
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._upgrade()
        hello = self._greeting()
        identify: dict[str, Any] = {"rpcVersion": 1, "eventSubscriptions": subscriptions}
        if proof := hello.get("authentication"):
            identify["authentication"] = prove(proof["salt"], proof["challenge"])
        try:
            self._ws.send(json.dumps({"op": _IDENTIFY, "d": identify}))
        except (OSError, websocket.WebSocketException) as error:
            raise self._peer.error(problems.lost) from error
        try:
            self._take(_IDENTIFIED)
        except websocket.WebSocketTimeoutException as error:
            raise self._peer.error(problems.frozen) from error
        return Opened(self._sock, self._ws, hello.get("obsWebSocketVersion"))

    def _upgrade(self) -> None:
        try:
            # An own socket: no proxy of the environment comes between.
            self._ws.connect(  # type: ignore[no-untyped-call]
                f"ws://{self._peer.host}:{self._peer.port}", socket=self._sock, redirect_limit=0, suppress_origin=True
            )
        except websocket.WebSocketTimeoutException as error:
            raise self._peer.error(problems.frozen) from error
        except (OSError, ValueError, websocket.WebSocketException) as error:
            raise self._peer.error(problems.not_obs) from error

    def _greeting(self) -> dict[str, Any]:
        try:
            return self._take(_HELLO)
        except websocket.WebSocketTimeoutException as error:
            raise self._peer.error(problems.old_protocol if self._is_old() else problems.frozen) from error

    def _take(self, op: int) -> dict[str, Any]:
        """The next message, which must be of this kind."""
        try:
            acknowledge_at_once(self._ws)
            code, raw = self._ws.recv_data()
            if code == websocket.ABNF.OPCODE_CLOSE:
                closed = struct.unpack("!H", raw[:2])[0] if len(raw) >= 2 else 0
                raise self._peer.error(problems.password if closed == _CLOSE_PASSWORD else problems.not_obs)
            message = json.loads(raw)
            if not isinstance(message, dict) or message.get("op") != op or not isinstance(message.get("d"), dict):
                raise self._peer.error(problems.not_obs)
            return dict(message["d"])
        except websocket.WebSocketTimeoutException:
            raise
        except (OSError, ValueError, websocket.WebSocketException) as error:
            raise self._peer.error(problems.not_obs) from error

    def _is_old(self) -> bool:
        """Whether it speaks protocol 4, where the client must speak first."""
        try:
            self._ws.send(json.dumps({"request-type": "GetAuthRequired", "message-id": "1"}))
            return bool(json.loads(self._ws.recv()).get("status") == "ok")
        except (OSError, ValueError, AttributeError, websocket.WebSocketException):
            return False


def _plain(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return N_("no answer")
    if isinstance(error, ConnectionRefusedError):
        return N_("nothing listens there")
    if isinstance(error, socket.gaierror):
        return N_("unknown host name")
    return error.strerror or type(error).__name__
