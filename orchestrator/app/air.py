"""What keeps on the air what should be: the hub, each venue's devices, and the loop that drives them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from orchestrator.app.cards import Cards
from orchestrator.app.ground import Ground
from orchestrator.archive.card import card
from orchestrator.devices.flushing import Flushing
from orchestrator.devices.media.device import MediaDevice
from orchestrator.devices.media.hub import Hub
from orchestrator.devices.obs.device import ObsDevice
from orchestrator.devices.volumes import Volumes
from orchestrator.errors import Problem
from orchestrator.plan.model import Occurrence
from orchestrator.plan.state import state_at
from orchestrator.reconciler import Reconciler
from orchestrator.reconciler.alarms import alarms
from orchestrator.timetable import Timetable

_log = logging.getLogger(__name__)

_CLEAR_WITHIN = 40.0
"""Seconds that `--stop-air` waits for streams and recordings to end in order."""
_HUNG_AFTER = 15.0
"""Seconds without the end of a turn after which a loop counts as hung: longer than any device keeps one waiting."""
_POLL = 0.05
"""Seconds between looks at the loops."""


class Air:
    """The loops of all venues, with what they drive.

    Args:
        ground: What it stands on.
        timetable: The plan in force.
        profiles: The folder of profiles.
    """

    def __init__(self, ground: Ground, timetable: Timetable, profiles: Path) -> None:
        self._ground = ground
        self._timetable = timetable
        self._clock = ground.clock
        venues, processes = ground.configuration.venues, ground.catalogue.processes
        self.volumes = Volumes(ground.folder, ground.clock)
        """The disks for recordings."""
        self._cards = Cards(ground.folder)
        self._flushing = Flushing(ground.folder.spools, ground.clock)
        self.hub = Hub(ground.station, venues, ground.folder, ground.clock, processes)
        """The RTMP hub."""
        self.studios = {
            name: ObsDevice(venue, ground.station, ground.folder, ground.clock, processes, profiles, self.volumes)
            for name, venue in venues.items()
        }
        """Every venue's OBS."""
        self.feeders = {name: self._feeder(name) for name in venues}
        """Every venue's media path."""
        self._loops = {name: self._loop(name) for name in venues}
        self.is_clear = False
        """Whether `clear` has taken everything off the air."""

    def start(self) -> None:
        """Take over what runs, and begin to look after it."""
        self.hub.start(lambda: None)
        for loop in self._loops.values():
            loop.start()
        self._flushing.start()

    def wait_seen(self, within: float) -> None:
        """Wait until each venue that is on now was seen and told what it lacks, but no longer than this, seconds."""
        deadline = self._clock.monotonic() + within
        timeline, now = self._timetable.timeline(), self._clock.now()
        on = [loop for venue, loop in self._loops.items() if state_at(timeline, venue, now).occurrence is not None]
        while not all(loop.has_seen for loop in on) and self._clock.monotonic() < deadline:
            self._clock.sleep(_POLL)

    def clear(self) -> None:
        """Take everything off the air, in order."""
        for loop in self._loops.values():
            loop.clear_air()
        deadline = self._clock.monotonic() + _CLEAR_WITHIN
        while self._clock.monotonic() < deadline:
            if all(loop.is_clear() for loop in self._loops.values()):
                self.is_clear = True
                return
            self._clock.sleep(_POLL)
        _log.error("not everything was off the air within %.0f s", _CLEAR_WITHIN)

    def stop(self, *, end: bool) -> None:
        """Look after it no more; with `end`, end what runs, too."""
        for loop in self._loops.values():
            loop.stop()
            if end:
                loop.end_devices()
        self._flushing.stop()
        self.hub.stop()
        if end:
            self.hub.end()

    def problems(self) -> Sequence[Problem]:
        """What is wrong with what all venues share; each venue's loop tells of its own."""
        return (*self.hub.problems(), *self._flushing.problems())

    def is_ready(self) -> bool:
        """Whether every loop has looked at its devices."""
        return self._ground.board.latest.venues.keys() >= self._loops.keys()

    def is_turning(self) -> bool:
        """Whether no loop hangs."""
        now = self._clock.monotonic()
        return all(now - loop.turned_at < _HUNG_AFTER for loop in self._loops.values())

    def _feeder(self, name: str) -> MediaDevice:
        ground = self._ground
        return MediaDevice(
            ground.configuration.venues[name],
            ground.configuration.destinations,
            ground.station,
            ground.folder,
            ground.clock,
            ground.catalogue.processes,
            self.volumes,
        )

    def _loop(self, name: str) -> Reconciler:
        ground = self._ground
        loop = Reconciler(
            name,
            (self.studios[name], self.feeders[name]),
            clock=ground.clock,
            plans=self._timetable,
            asrun=ground.catalogue.asrun,
            changes=ground.catalogue.changes,
            incidents=ground.incidents,
            board=ground.board,
            announce=self._announce,
            alarms=partial(alarms, ground.configuration.venues[name]),
        )
        self._timetable.listen(loop.wake)
        return loop

    def _announce(self, occurrence: Occurrence) -> None:
        self._cards.put(card(self._timetable.configuration, occurrence))
