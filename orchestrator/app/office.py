"""What people and recordings need beside the air: archive, slates, room, probes, the schedule's file and the panel."""

from __future__ import annotations

import logging
import math
import os
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from orchestrator.app.address import Address
from orchestrator.app.air import Air
from orchestrator.app.ground import Ground
from orchestrator.app.plans import Plans
from orchestrator.archive.checking import Checker
from orchestrator.archive.keeper import Archivist
from orchestrator.backstage import Works
from orchestrator.backstage.keyring import Keyring
from orchestrator.backstage.places import Places
from orchestrator.backstage.prober import Prober
from orchestrator.backstage.schedule import ScheduleFile
from orchestrator.config.folders import folder_name
from orchestrator.config.load import peek
from orchestrator.config.model import Configuration
from orchestrator.desk import OperatorDesk
from orchestrator.devices.media.paths import HubPaths
from orchestrator.devices.obs.lens import Lens
from orchestrator.devices.slates import SlateKeeper
from orchestrator.errors import Problem
from orchestrator.plan.model import VenueState
from orchestrator.plan.state import next_change, state_at
from orchestrator.storage import StorageWatch
from orchestrator.web.server import WebServer

_log = logging.getLogger(__name__)

_ARCHIVE_WITHIN = 900.0
"""Seconds that `--stop-air` waits for the recordings to be archived: hours of them take minutes."""


class Office:
    """All that isn't the air itself.

    Args:
        ground: What it stands on.
        plans: The files and the timetable.
        air: The devices, to look at and to prepare; while an event is on they are the loops' alone.
        is_stopping: Whether the service is being stopped.
    """

    def __init__(self, ground: Ground, plans: Plans, air: Air, is_stopping: Callable[[], bool]) -> None:
        self._ground = ground
        self._plans = plans
        self._air = air
        self._is_stopping = is_stopping
        station, folder, clock, catalogue = ground.station, ground.folder, ground.clock, ground.catalogue
        venues = ground.configuration.venues
        self._lenses = {
            name: Lens(venue.studio, name, air.studios[name].scene, clock) for name, venue in venues.items()
        }
        self._slates = {
            name: SlateKeeper(
                venue, HubPaths(station.hub, venue), folder, clock, air.studios[name], partial(self._free_for, name)
            )
            for name, venue in venues.items()
        }
        self.archivist = Archivist(station.archive, folder, catalogue, clock, busy=self._is_busy)
        """Takes recordings in."""
        self.storage = StorageWatch(air.volumes, lambda: self._configuration().venues, plans.timetable.timeline, clock)
        """The room for recordings."""
        self._schedule = self._build_schedule()
        self._works = self._build_works()
        desk = OperatorDesk(
            ground.board,
            catalogue,
            clock,
            plans.timetable,
            plans.keeper.reload,
            self._works,
            self._schedule,
            self._lenses,
        )
        token = secrets.token_urlsafe(32)
        self._address = Address(folder, token)
        self._web = WebServer(desk, station.web, token)

    def start(self) -> str:
        """Start everything; returns the HTTP interface's address.

        Raises:
            ConfigError: the HTTP interface can't listen.
        """
        self._web.start()
        self._address.tell(self._web.url)
        for slate in self._slates.values():
            slate.start()
        self.archivist.start()
        self._works.start()
        self._plans.timetable.listen(self._works.keys.follow)
        self._plans.start(self._schedule.note)
        return self._web.url

    def stop(self) -> None:
        """Stop everything, in reverse; before the air."""
        for stop in self._stops():
            stop()

    def abandon(self) -> None:
        """End what was begun when `start` failed, whatever that is."""
        for stop in self._stops():
            with suppress(Exception):
                stop()

    def _stops(self) -> Sequence[Callable[[], object]]:
        return (
            self._address.withdraw,
            self._web.stop,
            self._works.stop,
            *(lens.stop for lens in self._lenses.values()),
            self.archivist.stop,
            *(slate.stop for slate in self._slates.values()),
        )

    def problems(self) -> Sequence[Problem]:
        """What is wrong with the archive, the disks and the slates."""
        slates = (problem for slate in self._slates.values() for problem in slate.problems())
        return (*self.archivist.problems(), *self.storage.problems(), *slates)

    def archive(self) -> tuple[str, ...]:
        """Have what was recorded archived, the panel showing it meanwhile; what is left, as venue and occurrence."""
        left = tuple(self.archivist.finish(_ARCHIVE_WITHIN))
        if left:
            _log.warning("not archived yet: %s", ", ".join(left))
        return left

    def _configuration(self) -> Configuration:
        return self._plans.timetable.configuration

    def _build_schedule(self) -> ScheduleFile:
        plans = self._plans
        return ScheduleFile(
            plans.schedule,
            lambda content: plans.read(content=content),
            partial(peek, plans.schedule, plans.profiles),
            self._configuration,
            plans.timetable.on_air,
            self._ground.catalogue,
            self._ground.clock,
            plans.keeper.reload,
        )

    def _build_works(self) -> Works:
        ground, timetable, air = self._ground, self._plans.timetable, self._air
        catalogue, clock = ground.catalogue, ground.clock
        places = Places(
            self._configuration, air.studios, ground.folder, catalogue, clock, self._free_for, self._slate_allowed
        )
        feeders = air.feeders.values()
        keys = Keyring(
            timetable, self._plans.profiles, os.environ, ground.board, catalogue, clock, feeders, places.any_slate
        )
        room = self.storage.covers
        prober = Prober(self._configuration, timetable.timeline, ground.board, places, keys, room, clock)
        return Works(Checker(catalogue, ground.station.archive.folder, clock), places, keys, prober)

    def _is_busy(self, venue: str, folder: str) -> bool:
        if self._air.is_clear:
            return False
        state = state_at(self._plans.timetable.timeline(), venue, self._ground.clock.now())
        return state.occurrence is not None and folder_name(state.occurrence) == folder_name(folder)

    def _slate_allowed(self, venue: str) -> None:
        self._slates[venue].allow()

    def _free_for(self, venue: str) -> float:
        """Seconds for which no event needs the venue; 0 while one does, or while the air is being cleared."""
        timeline, now = self._plans.timetable.timeline(), self._ground.clock.now()
        if self._is_stopping() or state_at(timeline, venue, now) != VenueState():
            return 0.0
        change = next_change(timeline, venue, now)
        return math.inf if change is None else (change - now).total_seconds()
