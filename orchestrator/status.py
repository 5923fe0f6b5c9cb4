"""The latest snapshot of everything, and who wants to hear of a new one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from orchestrator.errors import Problem
from orchestrator.plan.model import VenueState


@dataclass(frozen=True, slots=True)
class StandingProblem:
    """A problem that lasts."""

    problem: Problem
    """What it is."""
    since: datetime
    """UTC: since when."""


@dataclass(frozen=True, slots=True)
class Observed:
    """What was last seen of a venue."""

    scene: str | None = None
    """The scene on programme; None where OBS can't be reached."""
    stream: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Destination to live, connecting, failed or off."""
    record: bool | None = None
    """Whether what should record does: the studio's and the safety recording; None where unknown."""
    source: str | None = None
    """What the programme is fed from."""
    details: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    """What the devices tell besides: muted inputs, sizes, rates. Plain JSON values."""


@dataclass(frozen=True, slots=True)
class VenueStatus:
    """A venue at one moment."""

    venue: str
    """Its id."""
    wanted: VenueState
    """What it should be in."""
    observed: Observed
    """What it was last seen in."""
    next_cue: tuple[str, datetime | None] | None = None
    """The next cue's id and its time in UTC; the time is None for a GO without one."""
    problems: tuple[StandingProblem, ...] = ()
    """What is wrong with it."""

    @property
    def on_air(self) -> bool:
        """Whether at least one destination is really fed."""
        return "live" in self.observed.stream.values()


@dataclass(frozen=True, slots=True)
class StorageVolume:
    """A disk that recordings may go to."""

    folder: str
    """The folder on it."""
    free: int
    """Bytes that may still be written."""
    total: int
    """Bytes in all."""


@dataclass(frozen=True, slots=True)
class Storage:
    """Room for recordings."""

    volumes: tuple[StorageVolume, ...]
    """The first disk first."""
    hours_left: float | None
    """Hours of recording for which there is room, as it is recorded now or next; None where nothing is."""
    hours_wanted: float
    """Hours that the events of the next day record, all venues together."""
    room: int
    """Bytes for recordings; what is kept free for the rest of the service is left out."""
    wanted: int
    """Bytes that the events of the next day take."""

    @property
    def free(self) -> int:
        """Bytes free on all disks together."""
        return sum(volume.free for volume in self.volumes)

    def is_short(self, part: float = 1.0) -> bool:
        """Whether what is to come doesn't fit into this part of the room."""
        return self.wanted > part * self.room


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The service at one moment."""

    time: datetime
    """UTC."""
    venues: Mapping[str, VenueStatus] = field(default_factory=lambda: MappingProxyType({}))
    """By venue id."""
    problems: tuple[StandingProblem, ...] = ()
    """What is wrong with the service as a whole: the schedule's errors, the disk, the archive."""
    ready: bool = False
    """Whether every loop has observed its devices at least once."""
    storage: Storage | None = None
    """Room for recordings; None before the first look."""


class StatusBoard:
    """Holds the latest snapshot; anyone may read it at any time."""

    def __init__(self, first: Snapshot) -> None:
        self._lock = threading.Lock()
        self._latest = first
        self._listeners: list[Callable[[Snapshot], None]] = []

    @property
    def latest(self) -> Snapshot:
        """The latest snapshot."""
        return self._latest

    def listen(self, listener: Callable[[Snapshot], None]) -> Callable[[], None]:
        """Call `listener` (quickly, it may not block) with every new snapshot; returns what ends it."""
        with self._lock:
            self._listeners.append(listener)

        def stop() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return stop

    def publish(self, change: Callable[[Snapshot], Snapshot]) -> None:
        """Replace the snapshot by what `change` makes of it, and tell the listeners."""
        with self._lock:
            self._latest = change(self._latest)
            latest, listeners = self._latest, tuple(self._listeners)
        for listener in listeners:
            listener(latest)
