"""Room for recordings: what there is, how long it lasts, and whether that is enough for the events to come."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from orchestrator.archive.forecast import RESERVE, Need, need, room_for
from orchestrator.clock import Clock
from orchestrator.devices.volumes import LEAVE_AT, Volume, Volumes
from orchestrator.errors import N_, Problem
from orchestrator.plan.model import Venue
from orchestrator.plan.timeline import Timeline
from orchestrator.status import Storage, StorageVolume

AHEAD = timedelta(hours=24)
"""How far ahead events must begin to count."""
_LOOK_EVERY = 5.0
"""Seconds between looks."""
_RELIEVED = 0.9
"""Part of the room that the events may take for a shortage to be over: it must not come and go."""


class StorageWatch:
    """Looks at the disks of the recordings every few seconds.

    Args:
        volumes: The disks.
        venues: Every venue by id, as the files have them now.
        timeline: What is planned.
        clock: The clock.
    """

    def __init__(
        self,
        volumes: Volumes,
        venues: Callable[[], Mapping[str, Venue]],
        timeline: Callable[[], Timeline],
        clock: Clock,
    ) -> None:
        self._volumes = volumes
        self._venues = venues
        self._timeline = timeline
        self._clock = clock
        self._looked_at = float("-inf")
        self._latest: Storage | None = None
        self._is_short = False

    def look(self) -> Storage:
        """What there is; measured anew when the last look is some seconds old."""
        now = self._clock.monotonic()
        if self._latest is None or now - self._looked_at >= _LOOK_EVERY:
            self._looked_at = now
            at = self._clock.now()
            volumes = self._volumes.volumes()
            self._latest = storage(volumes, need(self._timeline(), self._venues(), at, at + AHEAD))
            self._is_short = self._latest.is_short(_RELIEVED if self._is_short else 1.0)
        return self._latest

    def problems(self) -> Sequence[Problem]:
        """What is wrong with the disks, or won't be enough."""
        found = list(self._volumes.problems())
        latest = self.look()
        if self._is_short and not any(problem.code == "storage.full" for problem in found):
            found.append(storage_low(latest))
        return found

    def covers(self, until: datetime) -> Problem | None:
        """Why there isn't room for everything that begins before `until`; None where there is."""
        found = storage(self._volumes.volumes(), need(self._timeline(), self._venues(), self._clock.now(), until))
        return storage_low(found) if found.is_short() else None


def storage(volumes: Sequence[Volume], wanted: Need) -> Storage:
    """The disks and what is to come, as status shows it. Pure."""
    reserves = [RESERVE, *(LEAVE_AT["studio"] for _ in volumes[1:])]
    room = sum(max(0, volume.free - reserve) for volume, reserve in zip(volumes, reserves, strict=True))
    return Storage(
        volumes=tuple(StorageVolume(str(volume.spool.parent), volume.free, volume.total) for volume in volumes),
        hours_left=room_for(room, wanted.rate),
        hours_wanted=wanted.seconds / 3600,
        room=room,
        wanted=round(wanted.size),
    )


def storage_low(found: Storage) -> Problem:
    """There isn't room for what is to come."""
    return Problem(
        "storage.low",
        N_(
            "There is room for {left} hours of recording, and the events of the next day need {wanted} hours "
            "({missing} GB are missing): free space on the disk with {folder}, "
            "or name a folder on a second disk (recordings in station.yaml)"
        ),
        {
            "left": "∞" if found.hours_left is None else round(found.hours_left, 1),
            "wanted": round(found.hours_wanted, 1),
            "missing": round(max(0, found.wanted - found.room) / 1e9, 1),
            "folder": found.volumes[0].folder,
        },
    )
