"""The running service: started in order, the air first, and stopped in reverse."""

from __future__ import annotations

import gc
import logging
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.app.air import Air
from orchestrator.app.ground import Ground
from orchestrator.app.opening import Opening
from orchestrator.app.plans import Plans
from orchestrator.app.supervisor import Watchdog, tell
from orchestrator.app.watch import Watch
from orchestrator.clock import SystemClock
from orchestrator.config.folders import DataFolder
from orchestrator.config.model import Configuration
from orchestrator.errors import OrchestratorError, Problem
from orchestrator.instance import InstanceLock
from orchestrator.status import Storage

if TYPE_CHECKING:
    from orchestrator.app.office import Office

_log = logging.getLogger(__name__)

_HEAD_START = 1.0
"""Seconds that the loops get for what is on now before the office is loaded, which takes a core half a second."""


class Service:
    """The running service.

    Args:
        configuration: All that the files say.
        schedule: The file of events.
        profiles: The folder of profiles.
        clock: The clock.
        lock: On the data folder, where the caller holds it already.
        flawed: Whether the files as they lie there are not the configuration, since something is wrong with them.
    """

    def __init__(
        self,
        configuration: Configuration,
        schedule: Path,
        profiles: Path,
        clock: SystemClock,
        lock: InstanceLock | None = None,
        *,
        flawed: bool = False,
    ) -> None:
        self._configuration = configuration
        self._schedule = schedule
        self._profiles = profiles
        self._clock = clock
        self._lock = lock or InstanceLock(DataFolder(configuration.station.data))
        self._flawed = flawed
        self._stopping = threading.Event()
        self._done = threading.Event()
        self._office: Office | None = None
        self._opening = Opening(configuration.station, self._open_office)
        self._watch: Watch | None = None
        self._watchdog = Watchdog(lambda: self._stopping.is_set() or self._air.is_turning())
        self.address = ""
        """The HTTP interface's address, once started."""
        self.unarchived: tuple[str, ...] = ()
        """What of the recordings was still to be archived when `--stop-air` ended, as venue and occurrence."""

    def start(self) -> None:
        """Start everything, in order.

        Raises:
            BusyError: another service holds the data folder.
            StorageError: the data folder or the database can't be used.
            OrchestratorError: the HTTP interface can't listen.
        """
        sys.setswitchinterval(0.001)
        self._ground = Ground(self._configuration, self._clock, self._lock)
        try:
            self._plans = Plans(self._ground, self._schedule, self._profiles, flawed=self._flawed)
            self._air = Air(self._ground, self._plans.timetable, self._profiles)
        except OrchestratorError:
            self._ground.close()
            raise
        self._air.start()
        self._air.wait_seen(_HEAD_START)
        tell("READY=1")
        self._watchdog.start()
        self._watch = self._build_watch()
        self._watch.start()
        try:
            self._opening.begin()
        except OrchestratorError:
            self.stop()
            raise
        self.address = self.address or self._opening.url
        _log.info("started; the HTTP interface is at %s", self.address)

    def wait(self) -> None:
        """Wait until the service has stopped."""
        self._done.wait()

    def reload(self) -> None:
        """Read the files again."""
        self._plans.keeper.reload()

    def stop(self, stop_air: bool = False) -> None:
        """Stop in reverse order; what is on the air stays there, or ends and is archived with `stop_air`."""
        if self._stopping.is_set():
            self._done.wait()
            return
        self._stopping.set()
        self._opening.stop()
        if stop_air:
            self._air.clear()
        if self._office is not None:
            self.unarchived = self._office.archive() if stop_air else ()
        if self._watch is not None:
            self._watch.stop()
        if self._office is not None:
            self._office.stop()
        self._plans.keeper.stop()
        self._air.stop(end=stop_air)
        self._ground.close()
        self._watchdog.stop()
        self._done.set()
        _log.info("stopped; %s", "the air is off" if stop_air else "what is on the air stays on")

    def _open_office(self) -> None:
        gc.disable()  # what is loaded here stays: to look for garbage in it meanwhile is a sixth of the work
        try:
            self._load_office()
        finally:
            gc.enable()

    def _load_office(self) -> None:
        from orchestrator.app.office import Office  # noqa: PLC0415 - half of the start's work: the air doesn't wait for it

        office = Office(self._ground, self._plans, self._air, self._stopping.is_set)
        try:
            self.address = office.start()
        except BaseException:
            office.abandon()
            raise
        self._office = office

    def _build_watch(self) -> Watch:
        ground, plans, air = self._ground, self._plans, self._air
        sources = (
            ground.clock.problems,
            lambda: ground.catalogue.problems,
            plans.keeper.problems,
            air.problems,
            self._opening.problems,
            self._problems_of_office,
        )
        return Watch(ground, sources, self._room, air.is_ready)

    def _problems_of_office(self) -> Sequence[Problem]:
        office = self._office
        return () if office is None else office.problems()

    def _room(self) -> Storage | None:
        """The room for recordings; None until the office is open."""
        return None if self._office is None else self._office.storage.look()
