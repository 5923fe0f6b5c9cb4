"""The wiring: everything started in order, stopped in reverse. The only importer of concrete devices."""

from __future__ import annotations

import json
import logging
import math
import os
import secrets
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.archive.card import write_card
from orchestrator.archive.checking import Checker
from orchestrator.archive.keeper import Archivist
from orchestrator.backstage import Works
from orchestrator.backstage.keyring import Keyring
from orchestrator.backstage.places import Places
from orchestrator.backstage.prober import Prober
from orchestrator.backstage.schedule import ScheduleFile
from orchestrator.catalogue.store import Catalogue
from orchestrator.clock import SystemClock
from orchestrator.config.folders import DataFolder, folder_name
from orchestrator.config.load import load, peek
from orchestrator.config.model import Configuration
from orchestrator.desk import OperatorDesk
from orchestrator.devices.media.device import MediaDevice
from orchestrator.devices.media.hub import Hub
from orchestrator.devices.media.paths import HubPaths
from orchestrator.devices.obs.device import ObsDevice
from orchestrator.devices.obs.lens import Lens
from orchestrator.devices.slates import SlateKeeper
from orchestrator.devices.volumes import Volumes
from orchestrator.errors import ConfigError, DeviceError, OrchestratorError
from orchestrator.files import write_whole
from orchestrator.in_force import FilesInForce
from orchestrator.incidents import IncidentBook
from orchestrator.instance import InstanceLock
from orchestrator.plan.model import Occurrence, VenueState
from orchestrator.plan.state import next_change, state_at
from orchestrator.reconciler import Reconciler
from orchestrator.reconciler.alarms import alarms
from orchestrator.reload import ScheduleKeeper
from orchestrator.status import Snapshot, StatusBoard
from orchestrator.storage import StorageWatch
from orchestrator.timetable import Timetable
from orchestrator.web.doors import where_to_listen

if TYPE_CHECKING:
    from orchestrator.web.server import WebServer

_log = logging.getLogger(__name__)

_WATCH_EVERY = 1.0
"""Seconds between looks at what is wrong with the service as a whole."""
_CLEAR_AIR_WITHIN = 40.0
"""Seconds that `--stop-air` waits for streams and recordings to end in order."""
_ARCHIVE_WITHIN = 900.0
"""Seconds that `--stop-air` waits for the recordings to be archived: hours of them take minutes."""
_OBS_WITHIN = 30.0
"""Seconds that `provision` waits for OBS."""


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
        self._flawed = flawed
        self._read: Callable[..., Configuration] = partial(
            load, schedule, profiles, data=configuration.station.data, environment=os.environ
        )
        self._station = configuration.station
        self._configuration = configuration
        self._files = (schedule, profiles)
        self._profiles = profiles
        self._clock = clock
        self._folder = DataFolder(configuration.station.data, configuration.station.overflow)
        self._volumes = Volumes(self._folder, clock)
        self._in_force = FilesInForce(self._folder.in_force, schedule, profiles)
        self._lock = lock or InstanceLock(self._folder)
        self._stopping = threading.Event()
        self._stopped = threading.Event()
        self._is_clear = False
        self._done = threading.Event()
        self._studios: dict[str, ObsDevice] = {}
        self._lenses: dict[str, Lens] = {}
        self._feeders: dict[str, MediaDevice] = {}
        self._web: WebServer | None = None
        self._watcher = threading.Thread(target=self._watch, name="watch", daemon=True)
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
        self._lock.acquire(self._clock.now().isoformat(timespec="seconds"))
        try:
            self._catalogue = Catalogue(self._station.database)
        except OrchestratorError:
            self._lock.release()
            raise
        try:
            where_to_listen(self._station.web, self._catalogue)
        except OrchestratorError:
            self._catalogue.close()
            self._lock.release()
            raise
        self._clock.start()
        self._incidents = IncidentBook(self._catalogue.incidents, self._catalogue.incidents.lasting())
        self._board = StatusBoard(Snapshot(self._clock.now()))
        before = self._files_before()
        self._timetable = Timetable(before or self._configuration, self._catalogue.changes, self._clock)
        self._keeper = ScheduleKeeper(
            self._files,
            self._read,
            self._timetable,
            self._timetable.on_air,
            keep=self._keep_files,
            note=self._note_files,
        )
        self._schedule = self._build_schedule()
        self._hub = self._build_hub()
        self._reconcilers = self._build_reconcilers()
        self._slates = self._build_slates()
        self._archivist = Archivist(
            self._station.archive, self._folder, self._catalogue, self._clock, busy=self._is_busy
        )
        self._storage = StorageWatch(
            self._volumes, lambda: self._timetable.configuration.venues, self._timetable.timeline, self._clock
        )
        self._works = self._build_works()
        self._desk = OperatorDesk(
            self._board,
            self._catalogue,
            self._clock,
            self._timetable,
            self._keeper.reload,
            self._works,
            self._schedule,
            self._lenses,
        )
        self._token = secrets.token_urlsafe(32)
        if before is None and not self._flawed:
            self._keep_files()
            self._schedule.note()
        else:
            self._keeper.reload()
        try:
            self._start_parts()
        except OrchestratorError:
            self.stop()
            raise

    def wait(self) -> None:
        """Wait until the service has stopped."""
        self._done.wait()

    def reload(self) -> None:
        """Read the files again."""
        self._keeper.reload()

    def stop(self, stop_air: bool = False) -> None:
        """Stop in reverse order; what is on the air stays there, or ends and is archived with `stop_air`."""
        if self._stopping.is_set():
            self._done.wait()
            return
        self._stopping.set()
        if stop_air:
            self._clear_air()
            self._archive()
        self._stopped.set()
        if self._watcher.is_alive():
            self._watcher.join(timeout=5)
        self._folder.service.unlink(missing_ok=True)
        self._folder.token.unlink(missing_ok=True)
        if self._web is not None:
            self._web.stop()
        self._works.stop()
        for lens in self._lenses.values():
            lens.stop()
        self._archivist.stop()
        self._keeper.stop()
        for slate in self._slates:
            slate.stop()
        for reconciler in self._reconcilers.values():
            reconciler.stop()
            if stop_air:
                reconciler.end_devices()
        self._hub.stop()
        if stop_air:
            self._hub.end()
        self._clock.stop()
        self._catalogue.close()
        self._lock.release()
        self._done.set()
        _log.info("stopped; %s", "the air is off" if stop_air else "what is on the air stays on")

    def _files_before(self) -> Configuration | None:
        """The files as the service before this one had them, where they were changed since; see in_force."""
        copy = self._in_force
        try:
            changed = copy.differs()
            return (
                load(copy.schedule, copy.profiles, data=self._station.data, environment=os.environ) if changed else None
            )
        except (OSError, ConfigError) as error:
            _log.warning("the files as they were before can't be used: %s", error)
            return None

    def _keep_files(self) -> None:
        try:
            self._in_force.keep()
        except (OSError, UnicodeDecodeError) as error:
            _log.warning(
                "the files can't be copied; a change of them while the service is down counts at once: %s", error
            )

    def _note_files(self) -> None:
        self._schedule.note()

    def _build_hub(self) -> Hub:
        return Hub(self._station, self._configuration.venues, self._folder, self._clock, self._catalogue.processes)

    def _build_reconcilers(self) -> dict[str, Reconciler]:
        return {venue: self._build_reconciler(venue) for venue in self._configuration.venues}

    def _build_reconciler(self, venue_id: str) -> Reconciler:
        venue = self._configuration.venues[venue_id]
        station, folder, clock, processes = self._station, self._folder, self._clock, self._catalogue.processes
        studio = self._studios[venue_id] = ObsDevice(
            venue, station, folder, clock, processes, self._profiles, self._volumes
        )
        self._lenses[venue_id] = Lens(venue.studio, venue_id, studio.scene, clock)
        self._feeders[venue_id] = MediaDevice(
            venue, self._configuration.destinations, station, folder, clock, processes, self._volumes
        )
        reconciler = Reconciler(
            venue_id,
            (self._studios[venue_id], self._feeders[venue_id]),
            clock=clock,
            plans=self._timetable,
            asrun=self._catalogue.asrun,
            changes=self._catalogue.changes,
            incidents=self._incidents,
            board=self._board,
            announce=self._announce,
            alarms=partial(alarms, venue),
        )
        self._timetable.listen(reconciler.wake)
        return reconciler

    def _build_slates(self) -> list[SlateKeeper]:
        return [
            SlateKeeper(
                venue,
                HubPaths(self._station.hub, venue),
                self._folder,
                self._clock,
                self._studios[venue.id],
                partial(self._free_for, venue.id),
            )
            for venue in self._configuration.venues.values()
        ]

    def _build_works(self) -> Works:
        timetable, board, clock, catalogue = self._timetable, self._board, self._clock, self._catalogue

        def configuration() -> Configuration:
            return timetable.configuration

        places = Places(configuration, self._studios, self._folder, catalogue, clock, self._free_for)
        feeders = self._feeders.values()
        keys = Keyring(timetable, self._profiles, os.environ, board, catalogue, clock, feeders, places.any_slate)
        timetable.listen(keys.follow)
        room = self._storage.covers
        prober = Prober(configuration, timetable.timeline, board, places, keys, room, clock)
        return Works(Checker(catalogue, self._station.archive.folder, clock), places, keys, prober)

    def _build_schedule(self) -> ScheduleFile:
        schedule, profiles = self._files
        return ScheduleFile(
            schedule,
            lambda content: self._read(content=content),
            partial(peek, schedule, profiles),
            lambda: self._timetable.configuration,
            self._timetable.on_air,
            self._catalogue,
            self._clock,
            self._keeper.reload,
        )

    def _build_web(self) -> WebServer:
        """Loaded only now: its framework takes half a second, in which the air is looked after already."""
        from orchestrator.web.server import WebServer  # noqa: PLC0415 - see above

        return WebServer(self._desk, self._station.web, self._token)

    def _start_parts(self) -> None:
        self._hub.start(lambda: None)
        for reconciler in self._reconcilers.values():
            reconciler.start()
        for slate in self._slates:
            slate.start()
        self._archivist.start()
        self._keeper.start()
        self._works.start()
        self._web = self._build_web()
        self._web.start()
        self.address = self._web.url
        write_whole(self._folder.token, self._token, mode=0o600)
        write_whole(self._folder.service, json.dumps({"url": self.address, "pid": os.getpid()}))
        self._watcher.start()
        _log.info("started; the HTTP interface is at %s", self.address)

    def _watch(self) -> None:
        failed = False
        while not self._stopped.wait(_WATCH_EVERY):
            try:
                self._look_over()
                failed = False
            except Exception:  # noqa: BLE001 - whoever tells of problems may not end with one
                if not failed:
                    _log.exception("a look at the service as a whole failed")
                failed = True

    def _look_over(self) -> None:
        found = [
            *self._clock.problems(),
            *self._catalogue.problems,
            *self._timetable.problems(),
            *self._keeper.problems(),
            *self._hub.problems(),
            *self._archivist.problems(),
            *self._storage.problems(),
        ]
        room = self._storage.look()
        standing = self._incidents.update("service", found, self._clock.now())
        ready = self._board.latest.venues.keys() >= self._reconcilers.keys()
        self._board.publish(partial(replace, problems=standing, ready=ready, storage=room))

    def _announce(self, occurrence: Occurrence) -> None:
        write_card(self._folder, self._timetable.configuration, occurrence)

    def _is_busy(self, venue: str, folder: str) -> bool:
        if self._is_clear:
            return False
        state = state_at(self._timetable.timeline(), venue, self._clock.now())
        return state.occurrence is not None and folder_name(state.occurrence) == folder_name(folder)

    def _free_for(self, venue: str) -> float:
        """Seconds for which no event needs the venue; 0 while one does, or while the air is being cleared."""
        timeline, now = self._timetable.timeline(), self._clock.now()
        if self._stopping.is_set() or state_at(timeline, venue, now) != VenueState():
            return 0.0
        change = next_change(timeline, venue, now)
        return math.inf if change is None else (change - now).total_seconds()

    def _clear_air(self) -> None:
        for reconciler in self._reconcilers.values():
            reconciler.clear_air()
        deadline = self._clock.monotonic() + _CLEAR_AIR_WITHIN
        while self._clock.monotonic() < deadline:
            if all(reconciler.is_clear() for reconciler in self._reconcilers.values()):
                self._is_clear = True
                return
            self._clock.sleep(0.1)
        _log.error("not everything was off the air within %.0f s", _CLEAR_AIR_WITHIN)

    def _archive(self) -> None:
        """Have what was recorded archived; the panel shows it meanwhile."""
        self.unarchived = tuple(self._archivist.finish(_ARCHIVE_WITHIN))
        if self.unarchived:
            _log.warning("not archived yet: %s", ", ".join(self.unarchived))


def provision(configuration: Configuration, venue_id: str, profiles: Path) -> list[str]:
    """Build a venue's scenes, sound and output settings in its OBS, without the service; what was changed.

    An OBS that had to be started for it is ended again.

    Raises:
        BusyError: the service runs on this data folder; it is the one to ask.
        DeviceError: OBS can't be reached, is on the air, or refused.
    """
    clock, folder = SystemClock(), DataFolder(configuration.station.data)
    lock = InstanceLock(folder)
    lock.acquire(clock.now().isoformat(timespec="seconds"))
    try:
        with Catalogue(configuration.station.database) as catalogue:
            venue = configuration.venues[venue_id]
            ran_before = any(row.key.startswith(f"{venue_id}/") for row in catalogue.processes.all())
            device = ObsDevice(venue, configuration.station, folder, clock, catalogue.processes, profiles)
            device.needed(soon=True)
            device.start(lambda: None)
            try:
                _wait_for(device, clock)
                return list(device.provision())
            finally:
                device.stop()
                if not ran_before:
                    device.end()
    finally:
        lock.release()


def _wait_for(device: ObsDevice, clock: SystemClock) -> None:
    deadline = clock.monotonic() + _OBS_WITHIN
    while device.observe() is None:
        if clock.monotonic() > deadline:
            raise DeviceError(*device.problems())
        clock.sleep(0.1)
