"""The real device of an OBS on a modelled wire."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

from orchestrator.clock import Clock
from orchestrator.config.folders import DataFolder
from orchestrator.config.model import Station
from orchestrator.devices.device import Command, Sent
from orchestrator.devices.obs.device import ObsDevice
from orchestrator.devices.obs.link import Link
from orchestrator.devices.obs.state import ObsObserved, ObsWanted
from orchestrator.devices.process import ProcessStore
from orchestrator.plan.model import Venue, VenueState
from orchestrator.simulation.agenda import Life
from orchestrator.simulation.said import said
from orchestrator.simulation.wire import Wire


class SimulatedObs(ObsDevice):
    """As ObsDevice: its decisions, its requests, its reading of events are all its own."""

    def __init__(
        self,
        venue: Venue,
        station: Station,
        folder: DataFolder,
        clock: Clock,
        processes: ProcessStore,
        wire: Wire,
        life: Life,
        say: Callable[[str], None],
    ) -> None:
        super().__init__(venue, station, folder, clock, processes, Path("/model"), link=cast("Link", wire))
        self._outputs.prepare = lambda _folder, _where: None  # no folder is made on this machine's disk
        self._wire = wire
        self._say = say
        self._life = life
        self.asked: Sequence[Command] = ()
        """What the last diff asked for."""
        self._compared: tuple[ObsObserved | None, ObsWanted | None] = (None, None)

    def start(self, wake: Callable[[], None]) -> None:
        """Begin to watch; countdowns aren't modelled."""
        self._link.start(wake, self._event)

    def wanted(self, state_: VenueState) -> ObsWanted:
        """As the real one, worked out once for each state: a model has no second disk to go on with."""
        return self._wish if state_ is self._state else super().wanted(state_)

    def diff(self, observed: ObsObserved, wanted: ObsWanted) -> Sequence[Command]:
        """What to send; remembered, to know when all is quiet, and as long as nothing has changed."""
        if self._compared[0] is not observed or self._compared[1] is not wanted:
            self._compared, self.asked = (observed, wanted), super().diff(observed, wanted)
        return self.asked

    def send(self, commands: Sequence[Command]) -> Sequence[Sent]:
        """Send; the orchestrator may be killed before and after."""
        self._life.step()
        sent = super().send(commands)
        said(commands, sent, self._say)
        self._life.step()
        return sent

    def world_changed(self) -> None:
        """Something has changed in the studio."""
        self._wire.world_changed()
