"""What open panels cost the service, and how soon they show what has changed.

    .venv/bin/python benchmarks/panel.py [--panels 50] [--seconds 20]

Serves a desk with four venues on air, whose loops publish their figures each second and whose eyes see a new picture a
second and ten levels; then lets so many panels follow the day's page.
Prints the service's CPU with and without them as a part of one core, and the time from a device's change to the
message's arrival at every panel. The panels run in a process of their own.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from types import MappingProxyType

from orchestrator.config.model import Configuration, WebSettings
from orchestrator.plan.state import state_at
from orchestrator.sights import Level, Picture, Shot
from orchestrator.status import Observed, VenueStatus
from orchestrator.web.server import WebServer
from tests.fakes.clock import ManualClock
from tests.fakes.desk import FakeDesk
from tests.fakes.station import a_venue

VENUES = ("gedung-daerah", "aula", "dompak", "batam")
MARK = "Menyambung…".encode()
"""What every panel shows while a destination connects."""
JPEG = os.urandom(18_000)
"""As large as a picture of 480 px."""


class SteadyClock(ManualClock):
    """Stands still at the ceremony, but for the time that passes."""

    def monotonic(self) -> float:
        """Real time."""
        return time.monotonic()


class MovingEye:
    """Sees another picture each second and ten levels."""

    def __init__(self) -> None:
        self._listener: Callable[[], None] = lambda: None
        self.number = 0

    def watch(self, next_scene: str | None) -> None:
        """Sees without being asked."""

    def picture(self, shot: Shot) -> Picture | None:
        """The latest."""
        return Picture(JPEG, f"{self.number // 10 if shot == 'programme' else self.number // 50:x}")

    def level(self) -> Level | None:
        """The latest."""
        return Level(-20.0 - self.number % 7, -9.0, "open")

    def listen(self, listener: Callable[[], None]) -> None:
        """Whom to tell."""
        self._listener = listener

    def move(self) -> None:
        """See something new."""
        self.number += 1
        self._listener()


def four_venues(desk: FakeDesk) -> Configuration:
    base = desk.configuration()
    (event,) = base.events
    venues = {name: a_venue(name, name) for name in VENUES}
    events = tuple(replace(event, id=f"acara-{name}", venue=name) for name in VENUES)
    return replace(base, venues=MappingProxyType(venues), events=events)


def status(desk: FakeDesk, venue: str, size: int, word: str) -> VenueStatus:
    details = {"obs": {"record_bytes": size, "muted": []}, "disk_free": 4e11 - size}
    details["destinations"] = {"youtube": {"bitrate": 5000 + size % 97}}
    seen = Observed("Lapangan Lebar", {"youtube": word}, True, "studio", details)
    return VenueStatus(venue, state_at(desk.timeline(), venue, desk.clock.now()), seen)


def publish(desk: FakeDesk, venue: str, size: int, word: str = "live") -> None:
    found = status(desk, venue, size, word)
    desk.status.publish(lambda snapshot: replace(snapshot, venues=MappingProxyType({**snapshot.venues, venue: found})))


def panels(port: int, count: int, told: Connection) -> None:
    """Follow the page so many times; tell when each marked change arrived."""
    lock = threading.Lock()
    arrivals: list[float] = []
    for _ in range(count):
        threading.Thread(target=one_panel, args=(port, arrivals, lock), daemon=True).start()
    while True:
        told.recv()
        with lock:
            told.send(list(arrivals))
            arrivals.clear()


def one_panel(port: int, arrivals: list[float], lock: threading.Lock) -> None:
    stream = socket.create_connection(("127.0.0.1", port))
    request = f"GET /api/v1/live?page=home&lang=id HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"
    stream.sendall(request.encode())
    while True:
        data = stream.recv(1 << 20)
        if MARK in data:
            with lock:
                arrivals.append(time.monotonic())


def used() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def cpu(seconds: float) -> float:
    before, began = used(), time.monotonic()
    time.sleep(seconds)
    return 100 * (used() - before) / (time.monotonic() - began)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--panels", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        desk = FakeDesk(Path(folder))
        desk.clock = SteadyClock(desk.clock.now())
        desk._configuration = four_venues(desk)
        timeline = desk.timeline()
        desk.timeline = lambda: timeline  # type: ignore[method-assign]  # as the real one: worked out once
        eyes = {name: MovingEye() for name in VENUES}
        desk.eyes.update(eyes)
        server = WebServer(desk, WebSettings(port=0))
        port = server.start()
        for name in VENUES:
            publish(desk, name, 1_000_000)
        threading.Thread(target=live_on, args=(desk, eyes), daemon=True).start()
        alone = cpu(options.seconds / 2)
        here, there = multiprocessing.Pipe()
        multiprocessing.get_context("fork").Process(
            target=panels, args=(port, options.panels, there), daemon=True
        ).start()
        time.sleep(3)
        watched = cpu(options.seconds)
        print(f"service alone {alone:.1f} % of a core, with {options.panels} panels {watched:.1f} %")
        late = latencies(desk, here, options.panels)
        print(
            f"device change to arrival at {options.panels} panels, ms: p50 {statistics.median(late):.0f}  "
            f"p99 {late[round(0.99 * (len(late) - 1))]:.0f}  max {late[-1]:.0f}  (n={len(late)})"
        )
        server.stop()


def live_on(desk: FakeDesk, eyes: dict[str, MovingEye]) -> None:
    """What goes on at four venues: figures each second, ten levels, one picture."""
    size = 1_000_000
    while True:
        for name in VENUES:
            size += 200_000
            publish(desk, name, size)
            for _ in range(2):
                for eye in eyes.values():
                    eye.move()
                time.sleep(0.125)


def latencies(desk: FakeDesk, here: Connection, count: int) -> list[float]:
    found: list[float] = []
    here.send("clear")
    here.recv()
    for n in range(20):
        changed = time.monotonic()
        publish(desk, "aula", 5_000_000 + n, "connecting")
        time.sleep(0.6)
        publish(desk, "aula", 5_000_000 + n)
        time.sleep(0.6)
        here.send("read")
        found += sorted(1000 * (at - changed) for at in here.recv())[:count]
    return sorted(found)


if __name__ == "__main__":
    main()
