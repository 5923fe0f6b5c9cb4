"""A stand-in for the wire alone: for the faults that a real OBS can't be made to show."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import struct
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from orchestrator.devices.obs.connection import Connection
from orchestrator.devices.obs.messages import LinkError
from orchestrator.plan.model import Studio
from orchestrator.plan.secret import Secret

_MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Peer:
    """One accepted connection, as a script drives it."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.file = sock.makefile("rb")

    def upgrade(self) -> None:
        key = ""
        while line := self.file.readline().strip():
            name, _, value = line.decode().partition(":")
            if name.lower() == "sec-websocket-key":
                key = value.strip()
        proof = base64.b64encode(hashlib.sha1((key + _MAGIC).encode()).digest()).decode()
        head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        self.sock.sendall(f"{head}Sec-WebSocket-Accept: {proof}\r\n\r\n".encode())

    def say(self, message: Any) -> None:
        self.frame(1, (message if isinstance(message, str) else json.dumps(message)).encode())

    def close(self, code: int) -> None:
        self.frame(8, struct.pack("!H", code))

    def frame(self, opcode: int, payload: bytes) -> None:
        size = bytes([len(payload)]) if len(payload) < 126 else b"\x7e" + struct.pack("!H", len(payload))
        self.sock.sendall(bytes([0x80 | opcode]) + size + payload)

    def hear(self) -> dict[str, Any]:
        head = self.file.read(2)
        if len(head) < 2:
            raise ConnectionError
        size = head[1] & 0x7F
        if size == 126:
            (size,) = struct.unpack("!H", self.file.read(2))
        mask = self.file.read(4)
        payload = bytes(byte ^ mask[place % 4] for place, byte in enumerate(self.file.read(size)))
        if head[0] & 0x0F != 1:
            raise ConnectionError
        return dict(json.loads(payload))

    def identify(self) -> dict[str, Any]:
        """As a modern OBS without a password greets."""
        self.upgrade()
        self.say({"op": 0, "d": {"obsWebSocketVersion": "5.1.0", "rpcVersion": 1}})
        heard = self.hear()
        self.say({"op": 2, "d": {"negotiatedRpcVersion": 1}})
        return heard

    def answer(self, request: dict[str, Any], data: dict[str, Any] | None = None, *, code: int = 100) -> None:
        status = {"result": code == 100, "code": code}
        body = {"requestId": request["d"]["requestId"], "requestStatus": status, "responseData": data or {}}
        self.say({"op": 7, "d": {"requestType": request["d"]["requestType"], **body}})


Script = Callable[[Peer], None]
Connect = Callable[..., Connection]
"""Opens a connection to a peer that plays a script; closed after the test."""


class Wire:
    """Listens on a free port and plays a script for each connection."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._peers: list[socket.socket] = []
        self.studio = Studio("127.0.0.1", self._listener.getsockname()[1], Secret("geheim"), "never", None)
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        for sock in self._peers:
            sock.close()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self._peers.append(sock)
            threading.Thread(target=self._play, args=(sock,), daemon=True).start()

    def _play(self, sock: socket.socket) -> None:
        try:
            self._script(Peer(sock))
        except (OSError, ValueError, ConnectionError):
            sock.close()


def silent(peer: Peer) -> None:
    threading.Event().wait(5)


def elapsed(call: Callable[[], Any]) -> tuple[float, LinkError]:
    began = time.perf_counter()
    with pytest.raises(LinkError) as caught:
        call()
    return time.perf_counter() - began, caught.value
