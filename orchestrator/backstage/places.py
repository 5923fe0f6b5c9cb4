"""The venues' studios: looked at beside their profiles, and built."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal

from orchestrator.backstage import problems
from orchestrator.catalogue.store import Catalogue
from orchestrator.clock import Clock
from orchestrator.config.folders import DataFolder
from orchestrator.config.model import Configuration
from orchestrator.devices.media.splicer.control import SplicerFiles
from orchestrator.devices.obs.compare import Comparison
from orchestrator.devices.obs.device import ObsDevice
from orchestrator.devices.obs.state import Output
from orchestrator.devices.slates import kind_of
from orchestrator.errors import DeviceError, RefusedError, Saying
from orchestrator.plan.model import Venue
from orchestrator.readiness.facts import Studio

_log = logging.getLogger(__name__)

_OBS_WITHIN = 30.0
"""Seconds that building waits for OBS."""
_IDLE_WITHIN = 20.0
"""Seconds that building waits for what OBS is sending or recording outside of any event."""


class Places:
    """Every venue's studio.

    Args:
        configuration: The files as they are in force.
        studios: The OBS of each venue.
        folder: The data folder, for the slates.
        catalogue: For the audit.
        clock: The clock.
        free_for: Seconds for which no event needs a venue; 0 while one does.
        built: Told the venue whose studio was built.
    """

    def __init__(
        self,
        configuration: Callable[[], Configuration],
        studios: Mapping[str, ObsDevice],
        folder: DataFolder,
        catalogue: Catalogue,
        clock: Clock,
        free_for: Callable[[str], float],
        built: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._configuration = configuration
        self._studios = studios
        self._folder = folder
        self._catalogue = catalogue
        self._clock = clock
        self._free_for = free_for
        self._built = built
        self._lock = threading.Lock()
        self._building = {venue: threading.Lock() for venue in studios}
        self._compared: dict[str, tuple[datetime, Comparison]] = {}

    def studio(self, venue: str) -> Studio:
        """What is known of a venue's studio; nothing is asked anew."""
        there = self._configuration().venues[venue]
        device = self._studios.get(venue)
        by_itself = there.studio.launch == "auto"
        observed = device.observe() if device is not None else None
        if observed is None:
            with self._lock:
                self._compared.pop(venue, None)  # who comes back may be another
            return Studio(reachable=False, by_itself=by_itself)
        with self._lock:
            at, found = self._compared.get(venue, (None, None))
        return Studio(
            reachable=True,
            by_itself=by_itself,
            version=observed.version,
            muted=frozenset(name for name, muted in observed.mutes.items() if muted),
            collection=found.collection if found else "",
            profile=found.profile if found else "",
            picture=found.picture if found else "",
            missing_scenes=tuple(name for name in there.scenes if name not in observed.scenes),
            missing_inputs=found.missing_inputs if found else (),
            changes=found.changes if found else (),
            compared_at=at,
        )

    def compare(self, venue: str) -> None:
        """Put a studio beside its profile; one that is on air or away is left as it was last seen."""
        device = self._studios.get(venue)
        if device is None or device.observe() is None or self._free_for(venue) <= 0:
            return
        if not self._building[venue].acquire(blocking=False):
            return  # what is being built would be seen half done
        try:
            found = device.compare()
        except DeviceError as error:
            _log.warning("the studio of %s couldn't be compared with its profile: %s", venue, error)
            return
        finally:
            self._building[venue].release()
        with self._lock:
            self._compared[venue] = (self._clock.now(), found)

    def provision(self, venue: str, who: str) -> list[Saying]:
        """Build a venue's scenes, sound and output settings; what was changed.

        An OBS that the service starts by itself is started for it.

        Raises:
            RefusedError: there is no such venue, or it is on air.
            DeviceError: OBS can't be reached, or refused.
        """
        there, device = self._venue(venue), self._studios.get(venue)
        if device is None:
            raise RefusedError(problems.unknown_venue(venue, ", ".join(self._studios)))
        with self._building[venue]:
            self._require_free(there)
            self._wait_for(device)
            self._wait_until_idle(there, device)
            self._require_free(there)
            changed = list(device.provision())
        self._catalogue.audit.add(self._clock.now(), who, "venue.provisioned", venue)
        _log.info("built the studio of %s for %s: %d changes", venue, who, len(changed))
        with self._lock:
            self._compared.pop(venue, None)
        self._built(venue)
        return changed

    def slate(self, venue: str) -> Literal["own", "drawn"] | None:
        """What a venue has to show in times of trouble."""
        return kind_of(SplicerFiles(self._folder.run(venue)).slate)

    def any_slate(self) -> Path | None:
        """A slate of any venue."""
        paths = (SplicerFiles(self._folder.run(venue)).slate for venue in self._configuration().venues)
        return next((path for path in paths if path.exists()), None)

    def _venue(self, venue: str) -> Venue:
        venues = self._configuration().venues
        if venue not in venues:
            raise RefusedError(problems.unknown_venue(venue, ", ".join(venues)))
        return venues[venue]

    def _require_free(self, venue: Venue) -> None:
        if self._free_for(venue.id) <= 0:
            raise RefusedError(problems.venue_on_air(venue.name, venue.id))

    def _wait_until_idle(self, venue: Venue, device: ObsDevice) -> None:
        """Wait for an output to end: the slate is cut from a short stream of the studio's own."""
        deadline = self._clock.monotonic() + _IDLE_WITHIN
        while (seen := device.observe()) is not None and (seen.stream, seen.record) != (Output.OFF, Output.OFF):
            if self._clock.monotonic() > deadline:
                raise RefusedError(problems.studio_busy(venue.name, venue.id))
            self._clock.sleep(0.1)

    def _wait_for(self, device: ObsDevice) -> None:
        deadline = self._clock.monotonic() + _OBS_WITHIN
        while device.observe() is None:
            if self._clock.monotonic() > deadline:
                raise DeviceError(*device.problems())
            device.needed(soon=True)
            self._clock.sleep(0.1)
