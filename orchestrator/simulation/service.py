"""One life of the modelled orchestrator: real loops, plan, ledger and desk, wired as orchestrator.app wires them."""

from __future__ import annotations

import traceback
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, cast

from orchestrator.catalogue.store import Catalogue
from orchestrator.config.folders import DataFolder, folder_name
from orchestrator.config.model import Configuration
from orchestrator.desk import OperatorDesk
from orchestrator.devices.obs.studio_settings import is_here
from orchestrator.errors import ConfigError, OrchestratorError
from orchestrator.incidents import IncidentBook
from orchestrator.plan.model import Occurrence
from orchestrator.plan.state import state_at
from orchestrator.plan.timeline import Timeline
from orchestrator.reconciler import Reconciler
from orchestrator.reload import ScheduleKeeper
from orchestrator.simulation.agenda import Entry, Life
from orchestrator.simulation.children import SimulatedMedia
from orchestrator.simulation.obs import SimulatedObs
from orchestrator.simulation.programme import ModelPath, Surroundings
from orchestrator.simulation.rows import LivingCatalogue
from orchestrator.simulation.studio import ModelStudio
from orchestrator.simulation.vault import Vault
from orchestrator.simulation.wire import Wire
from orchestrator.status import Snapshot, StatusBoard
from orchestrator.timetable import Timetable

TICK = 1.0
"""Seconds between a loop's looks when nothing else is a reason, as in the real one."""
_AT_ONCE = 0.001
"""Seconds from a reason to look until the look."""
_AFTER_FAULT = 0.2
"""Seconds until the next turn after one that failed, as in the real one."""
_IDLE = 24 * 3600.0
"""Seconds after which an idle loop looks in any case; the timeline reaches further ahead."""
_SOON = timedelta(minutes=30)
"""How long before its first cue an occurrence's devices get themselves up, as in the real loop."""
_FOLDER = DataFolder(Path("/model"))

Say = Callable[[str, str], None]
"""Told of a venue and what was sent to its devices."""
Mistaken = Callable[[str, str], None]
"""Told of a venue in whose turn the program itself failed, with the traceback."""


class _Loop(Reconciler):
    """The real loop, which says when it is woken instead of waking a thread."""

    on_wake: Callable[[], None] = staticmethod(lambda: None)

    def wake(self) -> None:
        """There is a reason to look."""
        self.on_wake()


class Runner:
    """Gives the loop of one venue its turns: at every reason to look, and once a second unless all is quiet.

    Quiet is a venue whose last turn found nothing to do. Then nothing can change but by the plan, an operator, a file
    or a device, and the clock may go to the next of these; `every_second` looks all the same, to prove it.
    """

    def __init__(self, loop: _Loop, devices: Sequence[SimulatedObs | SimulatedMedia], service: ModelService) -> None:
        self.loop = loop
        """The loop."""
        self._devices = devices
        self._service = service
        self._life = service.life
        self._entry: Entry | None = None
        self._busy = False
        self._again = False
        self._moments: tuple[Timeline | None, list[datetime]] = (None, [])

    def start(self) -> None:
        """Start the devices, and look."""
        for device in self._devices:
            device.start(self.wake)
        self._look_in(0.0)

    def wake(self) -> None:
        """There is a reason to look."""
        if self._busy:
            self._again = True
        else:
            self._look_in(_AT_ONCE)

    def world_changed(self) -> None:
        """Something has changed in the venue's world."""
        for device in self._devices:
            device.world_changed()

    def _look_in(self, seconds: float) -> None:
        entry = self._entry
        if entry is not None and entry.call is not None:
            if entry.at <= self._life.agenda.now + seconds:
                return
            entry.cancel()
        self._entry = self._life.after(seconds, self._look)

    def _look(self) -> None:
        self._entry, self._again, self._busy = None, False, True
        failed = False
        try:
            self.loop.turn()
        except OrchestratorError:
            failed = True
        except Exception:  # noqa: BLE001 - what the real loop survives is told as a mistake of the program
            failed = True
            self._service.mistaken(self.loop.venue, "".join(traceback.format_exc().splitlines(keepends=True)[-6:]))
        self._busy = False
        self._service.looked()
        self._look_in(_AT_ONCE if self._again else _AFTER_FAULT if failed else self._rest())

    def _rest(self) -> float:
        """Seconds until the next look, if nothing is a reason before."""
        asked = any(device.asked and device.observe() is not None for device in self._devices)
        if asked or self._service.every_second:
            return TICK
        timeline, now = self._service.timetable.timeline(), self._life.agenda.clock.now()
        if self._moments[0] is not timeline:
            self._moments = (timeline, moments(timeline, self.loop.venue))
        times = self._moments[1]
        place = bisect_right(times, now)
        until = (times[place] - now).total_seconds() if place < len(times) else _IDLE
        return min(until, _IDLE)


def moments(timeline: Timeline, venue: str) -> list[datetime]:
    """Every time at which a turn of a venue's loop may find something new, though nothing happens."""
    there = timeline.venues[venue]
    times: set[datetime] = set(there.overrides.breaks)
    for span in there.spans:
        times.update(span.breaks)
        times.update(cue.at for cue in span.cues if cue.at is not None)
        times.update(over for _, over in span.course.active if over is not None)
        times.update((span.occurrence.end, (span.begin or span.opens) - _SOON))
    return sorted(times)


class ModelService:
    """Everything that dies with the orchestrator.

    Args:
        configuration: The files as they were when all of them was in force.
        read: Reads the files.
        keep: Keeps the files as they are now for the next life, since all of them is in force.
        life: The life that this is.
        catalogue: The catalogue that outlives it.
        studios: Each venue's OBS.
        paths: Each venue's programme path.
        around: What all venues share.
        vault: The recordings.
        random: Where chance comes from.
        mistaken: Told of the program's own mistakes.
        say: Told of what is sent.
        every_second: Whether loops look once a second even when all is quiet.
    """

    def __init__(  # noqa: PLR0913 - the modelled world, each part by name
        self,
        configuration: Configuration,
        *,
        read: Callable[[], Configuration],
        keep: Callable[[], None],
        life: Life,
        catalogue: LivingCatalogue,
        studios: Mapping[str, ModelStudio],
        paths: Mapping[str, ModelPath],
        around: Surroundings,
        vault: Vault,
        random: Random,
        mistaken: Mistaken,
        say: Say,
        every_second: bool = False,
    ) -> None:
        clock = life.agenda.clock
        self._read = read
        self.life = life
        """The life."""
        self.mistaken = mistaken
        """Told of the program's own mistakes."""
        self.every_second = every_second
        """Whether loops look once a second even when all is quiet."""
        self.board = StatusBoard(Snapshot(clock.now()))
        """The status."""
        self.timetable = Timetable(configuration, catalogue.changes, catalogue.asrun, clock)
        """The plan in force."""
        self.keeper = ScheduleKeeper((), read, self.timetable, self.timetable.on_air, keep)
        """Takes in changed files."""
        nothing = cast("Any", None)  # nobody in a simulation asks for work beside the air, or edits through the panel
        self.desk = OperatorDesk(
            self.board, cast("Catalogue", catalogue), clock, self.timetable, self.keeper.reload, nothing, nothing
        )
        """Where operators' changes come in."""
        self._vault = vault
        self._taking_in: Entry | None = None
        self._reloading: Entry | None = None
        incidents = IncidentBook(catalogue.incidents)
        self.runners: dict[str, Runner] = {}
        """By venue."""
        for name, venue in configuration.venues.items():
            wire = Wire(venue, studios[name], life, random, venue.studio.launch == "auto" and is_here(venue.studio))
            none: Any = None
            devices = (
                SimulatedObs(venue, configuration.station, _FOLDER, clock, none, wire, life, partial(say, name)),
                SimulatedMedia(venue, configuration, _FOLDER, paths[name], around, life, random, partial(say, name)),
            )
            loop = _Loop(
                name,
                devices,
                clock=clock,
                plans=self.timetable,
                asrun=catalogue.asrun,
                changes=catalogue.changes,
                incidents=incidents,
                board=self.board,
                announce=_nothing,
            )
            runner = Runner(loop, devices, self)
            loop.on_wake = runner.wake
            self.timetable.listen(loop.wake)
            self.runners[name] = runner

    def start(self) -> None:
        """Take in the files as they are now, but for what is on air, and start every loop."""
        if not self._unchanged():
            self.keeper.reload()
        for runner in self.runners.values():
            runner.start()

    def _unchanged(self) -> bool:
        """Whether the files are as they were when all of them was in force: app.py doesn't read them again then."""
        try:
            return self._read() is self.timetable.configuration
        except ConfigError:
            return False

    def looked(self) -> None:
        """After each turn: what the archive and the schedule's keeper do on their own."""
        if self._vault.waiting:
            self.take_in()
        if self.keeper.problems() and self._reloading is None:
            self._reloading = self.life.after(1.0, self._reload)

    def take_in(self) -> None:
        """Let the archive look."""
        soon = self._vault.take_in(self._is_busy, self.life.agenda.now)
        if soon is not None and (self._taking_in is None or self._taking_in.at <= self.life.agenda.now):
            self._taking_in = self.life.after(soon, self.take_in)

    def _is_busy(self, venue: str, folder: str) -> bool:
        """As orchestrator.app has it."""
        state = state_at(self.timetable.timeline(), venue, self.life.agenda.clock.now())
        return state.occurrence is not None and folder_name(state.occurrence) == folder_name(folder)

    def _reload(self) -> None:
        self._reloading = None
        if not self.timetable.on_air():
            self.keeper.reload()


def _nothing(_occurrence: Occurrence) -> None:
    """The occurrence's card isn't modelled."""
