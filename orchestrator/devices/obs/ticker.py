"""Keeps the countdowns on programme going."""

from __future__ import annotations

from contextlib import suppress

from orchestrator.clock import Clock
from orchestrator.devices.obs.countdown import countdown_texts
from orchestrator.devices.obs.link import Link
from orchestrator.devices.obs.messages import text_request
from orchestrator.errors import DeviceError
from orchestrator.plan.model import Venue, VenueState
from orchestrator.worker import Worker


class Ticker:
    """Writes the countdowns of one venue.

    Args:
        venue: The venue.
        link: Its OBS.
        clock: The clock.
    """

    def __init__(self, venue: Venue, link: Link, clock: Clock) -> None:
        self._venue = venue
        self._link = link
        self._clock = clock
        self._state = VenueState()
        self._worker = Worker(
            f"obs-{venue.id}-countdown",
            self._write,
            every=1.0,
            at_once=False,
            failing=f"the countdowns of {venue.id} couldn't be written",
        )

    def start(self) -> None:
        """Begin to count."""
        self._worker.start()

    def stop(self) -> None:
        """Count no more."""
        self._worker.stop()

    def count_for(self, state: VenueState) -> None:
        """Count to the times of this state from now on."""
        self._state = state
        self._worker.wake()

    def look(self) -> None:
        """Another scene is on programme."""
        self._worker.wake()

    def _write(self) -> float:
        """Once a second, the texts of the countdowns that are on programme."""
        observed = self._link.observed()
        if observed is not None:
            texts = countdown_texts(self._state, self._venue, observed.scene, self._clock.now())
            stale = {name: text for name, text in texts.items() if observed.texts.get(name, text) != text}
            if stale:
                with suppress(DeviceError):  # the link says what is wrong with it
                    self._link.client().read([text_request(name, text) for name, text in stale.items()])
                    self._link.wrote(stale)
        return self._to_next_second()

    def _to_next_second(self) -> float:
        """Seconds until the countdowns of this event change."""
        target = self._state.starts_at or self._state.ends_at
        if target is None:
            return 1.0
        return (target - self._clock.now()).total_seconds() % 1.0 + 0.002
