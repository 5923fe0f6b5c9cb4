"""Keeps the countdowns on programme going."""

from __future__ import annotations

import threading

from orchestrator.clock import Clock
from orchestrator.devices.obs.countdown import countdown_texts
from orchestrator.devices.obs.link import Link
from orchestrator.devices.obs.messages import text_request
from orchestrator.errors import DeviceError
from orchestrator.plan.model import Venue, VenueState


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
        self._tick = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"obs-{venue.id}-countdown", daemon=True)

    def start(self) -> None:
        """Begin to count."""
        self._thread.start()

    def stop(self) -> None:
        """Count no more."""
        self._stopping.set()
        self._tick.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def count_for(self, state: VenueState) -> None:
        """Count to the times of this state from now on."""
        self._state = state
        self._tick.set()

    def look(self) -> None:
        """Another scene is on programme."""
        self._tick.set()

    def _run(self) -> None:
        """Once a second, the texts of the countdowns that are on programme."""
        while not self._stopping.is_set():
            self._tick.wait(self._to_next_second())
            self._tick.clear()
            observed = self._link.observed()
            if observed is None or self._stopping.is_set():
                continue
            texts = countdown_texts(self._state, self._venue, observed.scene, self._clock.now())
            stale = {name: text for name, text in texts.items() if observed.texts.get(name, text) != text}
            if not stale:
                continue
            try:
                self._link.client().read([text_request(name, text) for name, text in stale.items()])
                self._link.wrote(stale)
            except DeviceError:
                pass  # the link says what is wrong with it

    def _to_next_second(self) -> float:
        """Seconds until the countdowns of this event change."""
        target = self._state.starts_at or self._state.ends_at
        if target is None:
            return 1.0
        return (target - self._clock.now()).total_seconds() % 1.0 + 0.002
