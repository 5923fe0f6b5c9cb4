"""The road from a pusher to its destination: it can be blocked, or lose every packet without a word.

It passes a TCP connection on, holding as little as it can: on one machine the kernel alone would swallow half a minute
of a stream. It runs as a process of its own, `python -m tests.real.road PORT TO`, so that tests delay nothing.
"""

from __future__ import annotations

import ctypes
import signal
import socket
import struct
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from demo.sinks import free_port
from tests.support import until

_SEGMENT = 1400
"""Bytes of a packet: loopback's own of 64 kB make a sender's buffer hold megabytes."""
_HELD = 8192
"""Bytes that are taken before they are passed on."""
_ATTACH, _DETACH = 26, 27
"""SO_ATTACH_FILTER and SO_DETACH_FILTER, which the socket module doesn't name."""
_DROP = struct.pack("HBBI", 0x06, 0, 0, 0)
"""The packet filter "return 0": the kernel drops what comes, as if it had never come."""


class Road:
    """A road to a port on loopback."""

    def __init__(self, to: int) -> None:
        self.port = free_port()
        """Where it begins."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(self.port), str(to)],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        until(self._is_open, 10, what="the road is open")

    def block(self) -> None:
        """Nothing is passed on any more: what is sent fills the little room that there is, and then waits."""
        self._process.send_signal(signal.SIGSTOP)

    def unblock(self) -> None:
        """Go on, with what has waited first."""
        self._process.send_signal(signal.SIGCONT)

    def vanish(self) -> None:
        """Packets are lost from now on: those of connections that stand, and those that would begin one."""
        self._process.send_signal(signal.SIGUSR1)

    def mend(self) -> None:
        """Packets arrive again."""
        self._process.send_signal(signal.SIGUSR2)

    def close(self) -> None:
        """End it, with all its connections."""
        self._process.kill()
        self._process.wait()

    def _is_open(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


class _Passage:
    """What passes connections on, in the road's own process."""

    def __init__(self, port: int, to: int) -> None:
        self._to = to
        self._mended = threading.Event()
        self._mended.set()
        self._senders: set[socket.socket] = set()
        self._door = socket.socket()
        self._door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._door.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _HELD)
        self._door.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, _SEGMENT)
        self._door.bind(("127.0.0.1", port))
        self._door.listen(64)
        signal.signal(signal.SIGUSR1, lambda *_: self._vanish())
        signal.signal(signal.SIGUSR2, lambda *_: self._mend())

    def run(self) -> None:
        """Pass on whoever comes."""
        while True:
            sender, _ = self._door.accept()
            try:
                receiver = socket.create_connection(("127.0.0.1", self._to))
            except OSError:
                sender.close()
                continue
            self._senders.add(sender)
            for pair in ((sender, receiver), (receiver, sender)):
                threading.Thread(target=self._pass_on, args=pair, daemon=True).start()

    def _pass_on(self, source: socket.socket, to: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(_HELD):
                self._mended.wait()
                to.sendall(data)
        for each in (source, to):
            self._senders.discard(each)
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _vanish(self) -> None:
        self._mended.clear()
        program = ctypes.create_string_buffer(_DROP)
        for each in [self._door, *self._senders]:
            with suppress(OSError):
                each.setsockopt(socket.SOL_SOCKET, _ATTACH, struct.pack("HL", 1, ctypes.addressof(program)))

    def _mend(self) -> None:
        for each in [self._door, *self._senders]:
            with suppress(OSError):
                each.setsockopt(socket.SOL_SOCKET, _DETACH, struct.pack("i", 0))
        self._mended.set()


if __name__ == "__main__":
    _Passage(int(sys.argv[1]), int(sys.argv[2])).run()
