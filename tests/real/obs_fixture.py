"""A real OBS without a screen: one for the whole session, started by the device itself."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from demo.sinks import free_port
from orchestrator.clock import SystemClock
from orchestrator.config.folders import DataFolder
from orchestrator.config.model import Station
from orchestrator.devices.device import Command
from orchestrator.devices.obs.client import ObsClient
from orchestrator.devices.obs.connection import Connection
from orchestrator.devices.obs.device import ObsDevice
from orchestrator.devices.obs.messages import Data
from orchestrator.devices.obs.state import ObsObserved
from orchestrator.plan.model import Venue, VenueState
from tests.devices.obs.studio import make_station, make_venue
from tests.fakes.processes import MemoryStore
from tests.support import until

METERS = 1 << 16
"""The event mask of InputVolumeMeters, which come 20 times a second."""
SILENT = VenueState(scene="Penutup", mute="all", record=False, destinations=frozenset(), studio=True)


class RealStudio:
    """A venue with an OBS of its own, and a loop in small: diff, send, wait until it is so."""

    def __init__(self, root: Path, venue: Venue, station: Station | None = None) -> None:
        self.root = root
        self.venue = venue
        self.station = station or make_station(root, hub_port=free_port())
        self.folder = DataFolder(root)
        self.clock = SystemClock()
        self.store = MemoryStore()
        self.changed = threading.Event()
        self.device = self.make_device()

    def make_device(self) -> ObsDevice:
        return ObsDevice(self.venue, self.station, self.folder, self.clock, self.store, self.root)

    def start(self) -> None:
        self.device.start(self.changed.set)
        self.device.needed(True)

    def stop(self) -> None:
        self.device.stop()
        self.device.end()

    def ready(self, timeout: float = 30.0) -> ObsObserved:
        return until(self.device.observe, timeout, what=f"OBS ready: {[str(p) for p in self.device.problems()]}")

    def commands(self, state: VenueState, *, publish: bool = False) -> Sequence[Command]:
        """What it takes to reach the state; to publish is left out unless there is a hub."""
        observed = self.ready()
        wanted = self.device.wanted(state)
        return self.device.diff(observed, wanted if publish else replace(wanted, publish=None))

    def reach(self, state: VenueState, timeout: float = 20.0, *, publish: bool = False) -> ObsObserved:
        """Send what it takes and wait until the studio is as wanted.

        What is sent comes of the last reading, which an event on its way may overtake: as in the loop, what is
        found to be missing after that is sent too, and nothing twice.
        """
        sent: set[tuple[str, object, object]] = set()

        def reached() -> bool:
            commands = self.commands(state, publish=publish)
            new = [each for each in commands if (each.field, str(each.before), str(each.after)) not in sent]
            sent.update((each.field, str(each.before), str(each.after)) for each in new)
            refused = [str(answer.error) for answer in self.device.send(new) if answer.error is not None]
            assert refused == []
            return not commands

        until(reached, timeout, what=f"reached: {state}")
        return self.ready()

    def pid(self) -> int:
        return next(row.pid for row in self.store.all() if row.key.endswith("/obs"))

    def client(self) -> ObsClient:
        return self.device._link.client()


def loudness(studio: RealStudio) -> dict[str, float]:
    """The peak of each input on programme in the next meter reading, 0 to 1."""
    levels: dict[str, float] = {}
    measured = threading.Event()

    def meters(name: str, data: Data) -> None:
        if name == "InputVolumeMeters":
            for each in data["inputs"]:
                levels[each["inputName"]] = max((channel[1] for channel in each["inputLevelsMul"]), default=0.0)
            measured.set()

    connection = Connection(studio.venue.studio, studio.venue.id, METERS, on_event=meters)
    connection.connect()
    try:
        assert measured.wait(5)
    finally:
        connection.disconnect()
    return levels


@pytest.fixture(scope="session")
def shared_studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealStudio]:
    studio = RealStudio(tmp_path_factory.mktemp("studio"), make_venue(free_port()))
    studio.start()
    try:
        studio.ready()
        yield studio
    finally:
        studio.stop()


@pytest.fixture
def studio(shared_studio: RealStudio) -> Iterator[RealStudio]:
    """The shared OBS, silent and off the air before and after each test."""
    shared_studio.ready()
    shared_studio.reach(SILENT, publish=True)
    yield shared_studio
    shared_studio.ready()
    shared_studio.reach(SILENT, publish=True)
