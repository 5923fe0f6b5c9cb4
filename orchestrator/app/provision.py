"""Building a venue's scenes while no service runs."""

from __future__ import annotations

from pathlib import Path

from orchestrator.catalogue.store import Catalogue
from orchestrator.clock import SystemClock
from orchestrator.config.folders import DataFolder
from orchestrator.config.model import Configuration
from orchestrator.devices.obs.device import ObsDevice
from orchestrator.errors import DeviceError, Saying
from orchestrator.instance import InstanceLock

_OBS_WITHIN = 30.0
"""Seconds that OBS gets to be there."""


def provision(configuration: Configuration, venue_id: str, profiles: Path) -> list[Saying]:
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
