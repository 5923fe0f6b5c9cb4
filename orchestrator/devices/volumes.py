"""Which disk an occurrence is recorded to: the first, or the second once that is nearly full."""

from __future__ import annotations

import logging
import os
import shutil
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

from orchestrator.clock import Clock
from orchestrator.config.folders import DataFolder
from orchestrator.devices import problems
from orchestrator.devices.gauge import Gauge
from orchestrator.errors import Problem

_log = logging.getLogger(__name__)

Kind = Literal["studio", "safety"]

BEGIN_WITH = 2_000_000_000
"""Bytes that a disk must have free for an occurrence to begin on it, where another has more."""
LEAVE_AT = {"studio": 400_000_000, "safety": 150_000_000}
"""Bytes free at which a recording leaves a disk. The safety recording stays longer, so that the two never change at the
same moment: while one changes, the other goes on."""
_LOOK_EVERY = 1.0
"""Seconds for which a measurement holds."""
_OTHERS_WITHIN = 0.1
"""Seconds that what lies on other disks is waited for, the first time."""
_SILENT_FOR = 5.0
"""Seconds for which a disk that doesn't answer counts as it was: busy, perhaps."""


@dataclass(frozen=True, slots=True)
class Volume:
    """A disk that recordings may go to."""

    spool: Path
    """The folder of recordings on it."""
    free: int
    """Bytes that this user may still write; 0 where it can't be written."""
    total: int
    """Bytes in all."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a look at a disk found."""

    volume: Volume
    """The disk."""
    device: int | None
    """Which one it is to the kernel; None where it doesn't answer."""
    writable: bool = False
    """Whether this user may write it."""
    begun: frozenset[Path] = frozenset()
    """The recorders' folders that are there: `<venue>/<occurrence>/studio|safety` in its spool."""


def begin(volumes: Sequence[Volume]) -> int:
    """The place of the disk that a new occurrence begins on: the first with room enough, else the one with most."""
    roomy = [place for place, volume in enumerate(volumes) if volume.free >= BEGIN_WITH]
    return roomy[0] if roomy else max(range(len(volumes)), key=lambda place: volumes[place].free)


def stay_or_leave(volumes: Sequence[Volume], at: int, least: int) -> int:
    """The place of the disk to go on with: another one only when this one is nearly full and that one clearly isn't."""
    if volumes[at].free >= least:
        return at
    best = max(range(len(volumes)), key=lambda place: volumes[place].free)
    return best if volumes[best].free > 2 * least else at


class Twins:
    """The folders of one recorder of an occurrence on every disk: what lies in them is one recording.

    Args:
        folder: The one that is recorded to.
        spools: Every folder that may hold recordings, on each disk.
    """

    def __init__(self, folder: Path, spools: Sequence[Path]) -> None:
        self._folder = folder
        own = next((spool for spool in map(Path.absolute, spools) if folder.absolute().is_relative_to(spool)), None)
        place = None if own is None else folder.absolute().relative_to(own)
        others = () if place is None else (spool.absolute() / place for spool in spools if spool.absolute() != own)
        self._others = [Gauge(partial(_names, other), first=_OTHERS_WITHIN) for other in others]

    def names(self) -> frozenset[str]:
        """What lies in them; another disk that doesn't answer is left out. Waits for the folder's own."""
        return _names(self._folder).union(*(gauge.look() or () for gauge in self._others))


def _names(folder: Path) -> frozenset[str]:
    with suppress(OSError):
        return frozenset(each.name for each in folder.iterdir())
    return frozenset()


class Volumes:
    """Chooses the disk for each occurrence and recorder, and tells what is wrong with the disks.

    What it has chosen holds until that disk is nearly full; after a restart it goes on where the recorder was.
    """

    def __init__(self, folder: DataFolder, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._lock = threading.Lock()
        self._looked_at = float("-inf")
        self._volumes: tuple[Volume, ...] = ()
        self._begun: tuple[frozenset[Path], ...] = ()
        self._useless: Problem | None = None
        self._chosen: dict[tuple[str, Kind], tuple[str, Path]] = {}
        self._gauges = [_gauge(spool) for spool in folder.spools]
        self._last: dict[int, Measured] = {}
        self._silent_since: dict[int, float] = {}

    def spool(self, venue: str, occurrence: str, kind: Kind) -> Path:
        """The spool that this recorder of this occurrence writes to now."""
        if self._folder.overflow is None:
            return self._folder.spool
        with self._lock:
            volumes = self._look()
            spools = [volume.spool for volume in volumes]
            known, before = self._chosen.get((venue, kind), ("", self._folder.spool))
            if known != occurrence or before not in spools:
                at = self._resume(volumes, venue, occurrence, kind)
            else:
                at = spools.index(before)
            at = stay_or_leave(volumes, at, LEAVE_AT[kind])
            if known == occurrence and spools[at] != before:
                _log.warning("%s: the %s recording leaves %s, which is nearly full", venue, kind, before)
            self._chosen[venue, kind] = (occurrence, spools[at])
            return spools[at]

    def volumes(self) -> tuple[Volume, ...]:
        """Every disk that is of use, as last measured."""
        with self._lock:
            return self._look()

    def problems(self) -> Sequence[Problem]:
        """What is wrong with the disks, or about to be."""
        with self._lock:
            volumes = self._look()
            found = [] if self._useless is None else [self._useless]
            spools = {path for _, path in self._chosen.values()}
        least = LEAVE_AT["studio"]
        if all(volume.free < least for volume in volumes):
            found.append(problems.storage_full(str(volumes[0].spool.parent), least // 1_000_000))
        elif len(volumes) > 1 and volumes[0].free < BEGIN_WITH and volumes[1].spool in spools:
            found.append(problems.storage_overflow(str(volumes[0].spool.parent), str(volumes[1].spool.parent)))
        return found

    def _resume(self, volumes: Sequence[Volume], venue: str, occurrence: str, kind: Kind) -> int:
        """Where an earlier service had this recorder, else where a new occurrence begins."""
        make = self._folder.studio if kind == "studio" else self._folder.safety
        begun = [
            place
            for place, (volume, folders) in enumerate(zip(volumes, self._begun, strict=True))
            if make(venue, occurrence, volume.spool) in folders
        ]
        return begun[-1] if begun else begin(volumes)

    def _look(self) -> tuple[Volume, ...]:
        now = self._clock.monotonic()
        if now - self._looked_at >= _LOOK_EVERY or not self._volumes:
            self._looked_at = now
            first, *rest = (self._measured(place, now) for place in range(len(self._gauges)))
            second = rest[0] if rest else None
            self._useless = _why_useless(first, second) if second is not None else None
            useful = (first,) if second is None or self._useless is not None else (first, second)
            self._volumes = tuple(measured.volume for measured in useful)
            self._begun = tuple(measured.begun for measured in useful)
        return self._volumes

    def _measured(self, place: int, now: float) -> Measured:
        """How a disk is; one that doesn't answer counts as it was for a moment, then as one that can't be written."""
        spool = self._folder.spools[place]
        found = self._gauges[place].look()
        if found is not None:
            self._silent_since.pop(place, None)
            self._last[place] = found
            return found
        since = self._silent_since.setdefault(place, now)
        known = self._last.get(place)
        if known is not None and now - since < _SILENT_FOR:
            return known
        return Measured(Volume(spool, 0, 0), None)


def _there(folder: Path) -> Path:
    """The nearest folder above that is there: what isn't yet is going to be made on its disk."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder


def _gauge(spool: Path) -> Gauge[Measured]:
    return Gauge(lambda: replace(_measure(spool), begun=_begun(spool)))


def _measure(spool: Path) -> Measured:
    try:
        there = _there(spool)
        usage = shutil.disk_usage(there)
        device = there.stat().st_dev
        writable = os.access(there, os.W_OK)
        if writable and there == spool:
            os.utime(there)  # a dying disk's figures come from memory: only a write tells that it hangs
    except OSError:
        return Measured(Volume(spool, 0, 0), None)
    return Measured(Volume(spool, usage.free if writable else 0, usage.total), device, writable)


def _begun(spool: Path) -> frozenset[Path]:
    with suppress(OSError):
        return frozenset(spool.glob("*/*/*/"))
    return frozenset()


def _why_useless(first: Measured, second: Measured) -> Problem | None:
    folder = str(second.volume.spool.parent)
    if second.device is None:
        return problems.overflow_closed(folder)
    if first.device == second.device:
        return problems.overflow_same_disk(folder)
    return None if second.writable else problems.overflow_closed(folder)
