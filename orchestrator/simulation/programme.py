"""A modelled programme path: the processes of one venue, the hub, the destinations and the relay's source."""

from __future__ import annotations

import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random

from orchestrator.devices.media.heartbeat import Beat
from orchestrator.devices.media.orders import FOLDER
from orchestrator.devices.media.splicer.control import SplicerStatus
from orchestrator.devices.media.splicer.judge import Fault
from orchestrator.devices.obs.state import Output
from orchestrator.plan.model import Source
from orchestrator.simulation.agenda import Agenda
from orchestrator.simulation.studio import ModelStudio
from orchestrator.simulation.vault import Recording, Vault

_numbers = count(1000)
_CONNECTS: Mapping[str, tuple[float, float]] = {
    "splicer": (0.2, 0.6),
    "recorder": (0.3, 0.9),
    "relay": (0.5, 2.0),
    "pusher": (0.5, 2.5),
}
"""Seconds from its launch until a process of a kind does its work: between these."""
_SOURCES_FIRST = ("relay", "splicer", "recorder", "pusher")
"""In which order programs depend on each other."""
_ENDS = (0.05, 0.6)
"""Seconds until a process that is asked to end has: between these."""


@dataclass(slots=True)
class Surroundings:
    """What all venues share; each is a fault while it is away."""

    hub: bool = True
    """Whether the hub runs."""
    relays: bool = True
    """Whether the relays' sources give anything."""
    relay_fault: Fault | None = None
    """What is wrong with what they give."""
    disk: bool = True
    """Whether a recording can be begun."""
    away: set[str] = field(default_factory=set)
    """Destinations that can't be reached."""


class ModelProcess:
    """One modelled ffmpeg or splicer; stands where devices/process.Process does."""

    def __init__(self, key: str, pid: int, files: Mapping[str, str], works_at: float, path: ModelPath) -> None:
        self.key = key
        """Its key in the store."""
        self.pid = pid
        """Its process id."""
        self.files = files
        """The paths of its launch."""
        self.works_at = works_at
        """The monotonic second from which it can do its work."""
        self.stalled = False
        """Whether it stands still."""
        self.working = False
        """Whether it does its work."""
        self.moved_at = 0.0
        """The monotonic second until which it did."""
        self.tail = ""
        """The end of its log."""
        self.file: Recording | None = None
        """What it writes."""
        self.told = False
        """Whether it was asked to end."""
        self._path = path
        self._code: int | None = None
        self._callback: Callable[[], None] = lambda: None

    @property
    def kind(self) -> str:
        """`splicer`, `recorder`, `relay` or `pusher`."""
        return self.key.split("/")[1]

    def alive(self) -> bool:
        """Whether it runs."""
        return self._code is None

    def exit_code(self) -> int | None:
        """Its exit code."""
        return self._code

    def on_exit(self, callback: Callable[[], None]) -> None:
        """Call `callback` when it ends; one life of the orchestrator after another asks for it."""
        self._callback = callback

    def signal(self, which: signal.Signals) -> None:
        """Ask it to end; one that stands still hears only SIGKILL."""
        if not self.alive():
            return
        # One that stands still is ended because of that: it has broken off already.
        self.told = self.told or self.working
        if which is signal.SIGKILL:
            self.end(-int(signal.SIGKILL))
        elif not self.stalled:
            self._path.end_soon(self)

    def end(self, code: int, tail: str = "") -> None:
        """It has ended."""
        if self.alive():
            self._code = code
            self.tail = tail
            self._path.ended(self)
            self._callback()


class ModelPath:
    """The programme path of one venue."""

    def __init__(
        self,
        studio: ModelStudio,
        around: Surroundings,
        agenda: Agenda,
        vault: Vault,
        random: Random,
        changed: Callable[[], None],
    ) -> None:
        self.venue = studio.venue.id
        """The venue's id."""
        self.processes: dict[str, ModelProcess] = {}
        """Those that run, by their key."""
        self.order: Source | None = None
        """What the splicer is told to feed the programme from."""
        self.locked = False
        """Whether it is told that the picture is locked, so that a relay isn't judged."""
        self.version = 0
        """Counts every change."""
        self.on_output: Callable[[str, bool, bool, bool], None] = lambda _key, _began, _told, _doubled: None
        """Who hears of a process that began or ended, whether it was told to, and whether one ran already."""
        self._studio = studio
        self._around = around
        self._agenda = agenda
        self._vault = vault
        self._random = random
        self._changed = changed

    # What the orchestrator does

    def launch(self, key: str, files: Mapping[str, str]) -> ModelProcess:
        """Start a program."""
        doubled = key in self.processes
        kind = key.split("/")[1]
        connect = self._random.uniform(*_CONNECTS[kind])
        process = ModelProcess(key, next(_numbers), files, self._agenda.now + connect, self)
        self.processes[key] = process
        self.on_output(self._name(process), True, True, doubled)
        self._agenda.after(connect, self.update)
        return process

    def tell(self, source: Source, locked: bool) -> None:
        """Tell the splicer what to feed the programme from, and whether the picture is locked."""
        self.order, self.locked = source, locked
        self.update()

    # What is done to it

    def kill(self, name: str) -> bool:
        """A program is killed; whether it ran."""
        process = self.processes.get(f"{self.venue}/{name}")
        if process is not None:
            process.end(-int(signal.SIGKILL))
        return process is not None

    def stall(self, name: str) -> bool:
        """A program stands still from now on; whether it ran."""
        process = self.processes.get(f"{self.venue}/{name}")
        if process is not None:
            process.stalled = True
            self.update()
        return process is not None

    def end_soon(self, process: ModelProcess) -> None:
        """A program was asked to end."""
        self._agenda.after(self._random.uniform(*_ENDS), lambda: process.end(0))

    def ended(self, process: ModelProcess) -> None:
        """A program has ended."""
        if self.processes.get(process.key) is process:
            del self.processes[process.key]
        if process.file is not None:
            process.file.closed = self._agenda.now
        self.on_output(self._name(process), False, process.told, False)
        self.update()

    # What is

    def feeding(self) -> Source | None:
        """What the programme is really fed from: the slate while its source gives nothing."""
        splicer = self.processes.get(f"{self.venue}/splicer")
        if splicer is None or not splicer.working or not self._around.hub:
            return None
        has = {
            Source.STUDIO: self._studio.inside.outputs["publish"] in {Output.LIVE, Output.STOPPING}
            and not self._studio.frozen,
            Source.RELAY: self._relayed() and (self._around.relay_fault is None or self.locked),
        }
        return self.order if self.order is not None and has.get(self.order, False) else Source.SLATE

    def _relayed(self) -> bool:
        """Whether a relay sends."""
        relay = self.processes.get(f"{self.venue}/relay")
        return relay is not None and relay.working

    def fed(self) -> frozenset[str]:
        """Destinations that get the programme."""
        return frozenset(
            process.key.rpartition("/")[2]
            for process in self.processes.values()
            if process.kind == "pusher" and process.working
        )

    def pushers(self) -> frozenset[str]:
        """Destinations for which a pusher runs."""
        return frozenset(key.rpartition("/")[2] for key in self.processes if key.split("/")[1] == "pusher")

    def safety(self) -> str | None:
        """The folder that the safety recorder writes to, while it does."""
        recorder = self.processes.get(f"{self.venue}/recorder")
        return recorder.files.get(FOLDER) if recorder is not None and recorder.working else None

    def beat(self, key: str) -> Beat | None:
        """What a program's heartbeat file says."""
        process = self.processes.get(key)
        if process is None or self._agenda.now < process.works_at:
            return None
        self._move(process)
        if process.kind != "splicer":
            return Beat(process.moved_at, process.moved_at > 0.0) if process.moved_at else None
        on = self.feeding()
        status = SplicerStatus(
            pid=process.pid,
            beat=0,
            on=None if on is None else str(on),
            since=0.0,
            connected=self._around.hub,
            packets=0,
            size=0,
            sent_age=None if on is None else 0.0,
            studio_age=None,
            relay_age=None,
            reconnects=0,
            switches=0,
            slate=True,
            relay_fault=self._around.relay_fault if self._relayed() else None,
            locked=self.locked,
        )
        return Beat(process.moved_at, True, status)

    def calm(self) -> bool:
        """Whether every program does its work."""
        return all(process.working for process in self.processes.values())

    def update(self) -> None:
        """Work out what each program does now, since something has changed."""
        for process in sorted(self.processes.values(), key=lambda process: _SOURCES_FIRST.index(process.kind)):
            if process.alive() and self._agenda.now >= process.works_at:
                self._work(process)
        self.version += 1
        self._changed()

    def _work(self, process: ModelProcess) -> None:
        self._move(process)
        around, kind = self._around, process.kind
        reachable = around.hub
        if kind == "pusher":
            reachable = reachable and process.key.rpartition("/")[2] not in around.away
        elif kind == "relay":
            reachable = reachable and around.relays
        if not reachable and kind != "splicer":
            if not process.stalled:
                process.working = False
                self._agenda.after(0.5, lambda: self._fail(process))
            return
        flows = kind in {"splicer", "relay"} or self.feeding() is not None
        process.working = flows and not process.stalled
        if process.working and kind == "recorder" and process.file is None:
            folder = Path(process.files[FOLDER]).parent.name
            process.file = self._vault.open(self.venue, folder, "safety", self._agenda.now)

    def _fail(self, process: ModelProcess) -> None:
        """What can't be reached ends a program."""
        name = process.key.rpartition("/")[2]
        gone = (
            not self._around.hub or name in self._around.away or (process.kind == "relay" and not self._around.relays)
        )
        if process.alive() and gone:
            process.end(1, "Connection refused" if not process.moved_at else "Broken pipe")

    def _move(self, process: ModelProcess) -> None:
        if process.working:
            process.moved_at = self._agenda.now

    def _name(self, process: ModelProcess) -> str:
        return process.key.partition("/")[2]
