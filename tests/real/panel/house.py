"""The real service with its panel at a known address and no OBS of its own, and a network that fails."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml

from demo.service import Service
from demo.sinks import Sink, free_port
from demo.station import VENUE, prepare

QUIET_SHOW = [
    {"id": "mulai", "at": "start", "do": {"scene": "Lapangan Lebar"}},
    {"id": "bendera", "at": "go", "do": {"scene": "Tiang Bendera"}},
    {"id": "penutup", "at": "end", "do": {"scene": "Penutup"}},
]
"""A ceremony that is neither streamed nor recorded."""


class House:
    """A station with an event on which operators can act; it can be broken in any way.

    Args:
        root: The folder of all that it writes.
        lead: Until its event starts.
        cues: The ceremony's.
        obs: Whether an OBS is started.
    """

    def __init__(
        self, root: Path, lead: timedelta = timedelta(), cues: object = QUIET_SHOW, *, obs: bool = False
    ) -> None:
        start = (datetime.now(UTC) + lead).replace(microsecond=0)  # noqa: TID251 - the real clock
        self.station = prepare(root, {name: Sink(root / name) for name in ("youtube", "facebook")}, start)
        self.port = free_port()
        self.edit("profiles/station.yaml", "port: 0", f"port: {self.port}")
        if not obs:
            self.edit(f"profiles/venues/{VENUE}.yaml", "launch: auto", "launch: never")
        self.edit("schedules.yaml", "duration: 34s", "duration: 2h")
        self.file("profiles/ceremonies/flag-raising.yaml").write_text(yaml.safe_dump({"name": "Uji", "cues": cues}))
        self.service = Service(self.station)
        self.address = f"http://127.0.0.1:{self.port}"

    def file(self, name: str) -> Path:
        """One of the station's files."""
        return self.station.root / name

    def edit(self, name: str, old: str, new: str) -> None:
        """Change a file."""
        text = self.file(name).read_text()
        assert old in text
        self.file(name).write_text(text.replace(old, new))

    def open(self) -> None:
        """Start the service and wait until it answers."""
        self.service.start()
        self.service.wait_ready(30)

    def close(self) -> None:
        """End it."""
        self.service.stop()
        self.service.sweep()


class Network:
    """The way to an address that can stall: connections stay open and nothing comes through, as with a dead switch."""

    def __init__(self, port: int) -> None:
        self._beyond = port
        self._flows = threading.Event()
        self._flows.set()
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def stall(self) -> None:
        """Let nothing through from now on."""
        self._flows.clear()

    def flow(self) -> None:
        """Let everything through again."""
        self._flows.set()

    def close(self) -> None:
        """End all connections."""
        self._flows.set()
        for one in (self._listener, *self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._beyond))
                self._open += [near, far]
                for here, there in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(here, there), daemon=True).start()

    def _carry(self, here: socket.socket, there: socket.socket) -> None:
        with suppress(OSError):
            while data := here.recv(65536):
                self._flows.wait()
                there.sendall(data)
            self._flows.wait()
            there.shutdown(socket.SHUT_WR)
