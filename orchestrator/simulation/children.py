"""The real media device on modelled processes: its decisions, its orders and its supervision are all its own."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from orchestrator.catalogue.records import ProcessRow
from orchestrator.clock import Clock
from orchestrator.config.folders import DataFolder
from orchestrator.config.model import Configuration
from orchestrator.devices.device import Command, Sent
from orchestrator.devices.media import report
from orchestrator.devices.media.child import Child
from orchestrator.devices.media.device import MediaDevice
from orchestrator.devices.media.heartbeat import Beat, Pulse
from orchestrator.devices.media.orders import FOLDER, Orders
from orchestrator.devices.media.paths import HubPaths
from orchestrator.devices.media.splicer.control import Wanted
from orchestrator.devices.media.state import MediaObserved, MediaWanted
from orchestrator.devices.media.supervision import Order, Policy, State
from orchestrator.devices.process import Process, ProcessSpec, ProcessStore
from orchestrator.errors import N_, DeviceError, Problem
from orchestrator.plan.model import Destination, Venue, VenueState
from orchestrator.plan.secret import Address
from orchestrator.simulation.agenda import Entry, Life
from orchestrator.simulation.programme import ModelPath, Surroundings
from orchestrator.simulation.said import said

_BUSY_TICK = (0.1, 0.9)
"""Seconds between looks at the children while anything is under way with them: between these, the real one's the
least, so that what the loop hears together and what one after another differs."""
_CALM_TICK = 1.0
"""The same while one of them stands still, which only time tells."""
_RESTING = frozenset({State.STOPPED, State.RUNNING})


class _Pulse:
    """A modelled program's heartbeat."""

    def __init__(self, path: ModelPath, key: str) -> None:
        self._path = path
        self._key = key

    def read(self, files: Mapping[str, str]) -> Beat | None:  # noqa: ARG002 - the protocol's signature
        """The latest look."""
        return self._path.beat(self._key)


class _Child(Child):
    """A child whose program is modelled."""

    def __init__(self, key: str, pulse: Pulse, policy: Policy, store: ProcessStore, clock: Clock) -> None:
        super().__init__(key, pulse, policy, store, clock)
        self.path: ModelPath
        """Where its program runs."""
        self.random: random.Random
        """Where its jitter comes from."""

    def _start(self, spec: ProcessSpec) -> Process:
        return cast("Process", self.path.launch(spec.key, spec.files))

    def _find(self, spec: ProcessSpec) -> Process | None:
        return cast("Process | None", self.path.processes.get(spec.key))

    def _last_words(self) -> str:
        return cast("Any", self._process).tail if self._process is not None else ""

    def _look_after_log(self, now: float, *, at_once: bool = False) -> None:
        pass


class _Orders(Orders):
    """Orders that touch no disk."""

    def __init__(
        self, paths: HubPaths, folder: DataFolder, clock: Clock, path: ModelPath, around: Surroundings
    ) -> None:
        super().__init__(paths, folder, clock)
        self._path = path
        self._around = around

    def splicer(self) -> Order:
        """The splicer."""
        return self._modelled(super().splicer(), "splicer")

    def pusher(self, destination: Destination) -> Order:
        """The pusher of one destination."""
        return self._modelled(super().pusher(destination), f"pusher/{destination.id}")

    def recorder(self, folder: Path) -> Order:
        """The safety recorder."""
        return self._modelled(super().recorder(folder), "recorder", {FOLDER: str(folder)})

    def relay(self, source: Address) -> Order:
        """What takes a relay in."""
        return self._modelled(super().relay(source), "relay")

    def is_disk_full(self) -> bool:
        """Never: a model writes nothing."""
        return False

    def wanted(self) -> Wanted | None:
        """What the splicer was last told."""
        return None if self._path.order is None else Wanted(self._path.order, self._path.locked)

    def _modelled(self, order: Order, child: str, files: Mapping[str, str] | None = None) -> Order:
        def make() -> ProcessSpec:
            if child == "recorder" and not self._around.disk:
                raise DeviceError(_no_disk(f"{self._venue}/safety"))
            return ProcessSpec(self.key(child), ("model",), Path("/model/log"), files=files or {})

        return replace(order, make=make)


class _Processes:
    """The processes that run, as the catalogue has them."""

    def __init__(self, path: ModelPath, clock: Clock) -> None:
        self._path = path
        self._clock = clock

    def put(self, row: ProcessRow) -> None:
        """Nothing: those that run are known."""

    def drop(self, key: str) -> None:
        """Nothing, as above."""

    def all(self) -> Sequence[ProcessRow]:
        """Every one."""
        return [
            ProcessRow(key, process.pid, 0.0, "", "{}", self._clock.now())
            for key, process in self._path.processes.items()
        ]


class SimulatedMedia(MediaDevice):
    """The real device, with a modelled keeper's thread and modelled programs."""

    def __init__(
        self,
        venue: Venue,
        configuration: Configuration,
        folder: DataFolder,
        path: ModelPath,
        around: Surroundings,
        life: Life,
        chance: random.Random,
        say: Callable[[str], None],
    ) -> None:
        self._path = path
        self._life = life
        self._chance = chance
        self._say = say
        clock, station = life.agenda.clock, configuration.station
        processes = cast("ProcessStore", _Processes(path, clock))
        super().__init__(venue, configuration.destinations, station, folder, clock, processes)
        self._orders = _Orders(HubPaths(station.hub, venue), folder, clock, path, around)
        self._entry: Entry | None = None
        self._kept_version = -1
        self.asked: Sequence[Command] = ()
        """What the last diff asked for."""
        self._compared: tuple[MediaObserved | None, MediaWanted | None] = (None, None)
        self._state: VenueState | None = None
        self._want = MediaWanted()

    def start(self, wake: Callable[[], None]) -> None:
        """Take over what an earlier life left running."""
        self._wake = wake
        self._adopt()
        self._look()
        self._soon()

    def needed(self, soon: bool) -> None:
        """Get the programme path up ahead of its time."""
        before = self._needed
        super().needed(soon)
        if before != soon:
            self._soon()

    def wanted(self, venue: VenueState) -> MediaWanted:
        """As the real one, worked out once for each state: a model has no second disk to go on with."""
        if venue is not self._state:
            self._state, self._want = venue, super().wanted(venue)
        return self._want

    def diff(self, observed: MediaObserved, wanted: MediaWanted) -> Sequence[Command]:
        """What to send; remembered, to know when all is quiet, and as long as nothing has changed."""
        if self._compared[0] is not observed or self._compared[1] is not wanted:
            self._compared, self.asked = (observed, wanted), super().diff(observed, wanted)
        return self.asked

    def send(self, commands: Sequence[Command]) -> Sequence[Sent]:
        """Send; the orchestrator may be killed before and after."""
        self._life.step()
        self._keep()  # the real keeper looks ten times a second, so that what it sees is never old
        sent = super().send(commands)
        said(commands, sent, self._say)
        self._soon()
        self._life.step()
        return sent

    def report(self, observed: MediaObserved) -> Mapping[str, object]:
        """What status shows, without figures of this machine's disk."""
        return {
            "stream": {name: report.stream_word(view) for name, view in sorted(observed.pushers.items())},
            "record": observed.recorder.live,
            "source": observed.source,
        }

    def world_changed(self) -> None:
        """Something has changed with the programs."""
        if self._kept_version != self._path.version:
            self._soon()

    def _child(self, name: str, pulse: Pulse, policy: Policy) -> Child:  # noqa: ARG002 - its own pulse is modelled
        key = f"{self._venue.id}/{name}"
        child = _Child(key, _Pulse(self._path, key), policy, self._processes, self._clock)
        child.path, child.random = self._path, self._chance
        child.on_exit = self._soon
        return child

    def _write(self, wanted: Wanted) -> None:
        self._path.tell(wanted.source, wanted.locked)

    def _soon(self) -> None:
        if self._entry is None or self._entry.call is None:
            self._entry = self._life.after(0.02, self._kept)

    def _kept(self) -> None:
        self._entry = None
        self._kept_version = self._path.version
        self._keep()
        if self._look():
            self._wake()
        if any(_is_moving(child) for child in self._children()):
            self._entry = self._life.after(self._chance.uniform(*_BUSY_TICK), self._kept)
        elif not self._path.calm():
            self._entry = self._life.after(_CALM_TICK, self._kept)
        else:
            self.world_changed()


def _is_moving(child: Child) -> bool:
    """Whether anything is under way with a child: it isn't as ordered, or on its way there."""
    return child.state not in _RESTING or (child.state is State.RUNNING) is not child.ordered


def _no_disk(where: str) -> Problem:
    return Problem("simulation.no-disk", N_("The modelled disk takes no recording."), where=where)
