"""Builds a venue's scenes in its OBS, and tells what is amiss with them: each time over a connection of its own."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from orchestrator.clock import Clock
from orchestrator.config.model import Station
from orchestrator.devices.obs import problems, studio_settings
from orchestrator.devices.obs.compare import Comparison, compare
from orchestrator.devices.obs.connection import NO_EVENTS, Connection
from orchestrator.devices.obs.inventory import look
from orchestrator.devices.obs.messages import LinkError
from orchestrator.devices.obs.provision import provision
from orchestrator.devices.obs.steps import missing_kinds
from orchestrator.errors import DeviceError, Problem, Saying
from orchestrator.plan.model import Venue

_log = logging.getLogger(__name__)


class Builder:
    """Brings one OBS to what its venue's profile says.

    Args:
        venue: The venue.
        station: For the hub that is entered in OBS.
        base: The folder that relative paths of images and media start from.
        clock: The clock.
    """

    def __init__(self, venue: Venue, station: Station, base: Path, clock: Clock) -> None:
        self._venue = venue
        self._station = station
        self._base = base
        self._clock = clock
        self._problems: tuple[Problem, ...] = ()
        self._unasked: list[Saying] = []

    def problems(self) -> Sequence[Problem]:
        """What is wrong with what was built."""
        return self._problems

    def build(self) -> list[Saying]:
        """Bring OBS to what the profile says; nobody of ours may poll it meanwhile.

        Returns what was changed, with what was built unasked since the last time.

        Raises:
            DeviceError: It can't be reached, is on the air, or refused.
        """
        changed = [*self._unasked, *self._build()]
        self._unasked = []
        return changed

    def build_unasked(self) -> None:
        """Build the scenes of an OBS that was just started; what can't be built doesn't keep the rest off the air.

        Raises:
            LinkError: It can't be reached.
        """
        try:
            changed = self._build()
        except LinkError:
            raise
        except DeviceError as error:
            self._problems = (error.problem,)
        else:
            self._unasked += changed
            if changed:
                _log.info("Built OBS of %s: %d changes", self._venue.id, len(changed))

    def compare(self) -> Comparison:
        """How OBS differs from the profile; nothing is changed.

        Raises:
            DeviceError: It can't be reached, or refused.
        """
        with self._connected() as connection:
            service = studio_settings.publishing(self._venue, self._station, connection.local_address)
            return compare(look(connection, self._venue, self._base), self._venue, self._base, service)

    def _build(self) -> list[Saying]:
        with self._connected() as connection:
            changed = provision(connection, self._venue, self._station, self._base, self._clock)
            lacking = missing_kinds(look(connection, self._venue, self._base), self._venue, self._base)
        self._problems = tuple(problems.missing_kind(self._venue.id, *each) for each in lacking)
        return changed

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        connection = Connection(self._venue.studio, self._venue.id, NO_EVENTS)
        connection.connect()
        try:
            yield connection
        finally:
            connection.disconnect()
