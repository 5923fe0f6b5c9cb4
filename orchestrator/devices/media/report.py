"""What a look at the media path means for people: the status, and the problems."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType

from orchestrator.config.folders import DataFolder
from orchestrator.devices.gauge import Gauge
from orchestrator.devices.media import problems
from orchestrator.devices.media.exits import Meaning
from orchestrator.devices.media.orders import FOLDER
from orchestrator.devices.media.progress import Progress
from orchestrator.devices.media.splicer.control import SplicerStatus
from orchestrator.devices.media.splicer.judge import Fault
from orchestrator.devices.media.state import MediaObserved
from orchestrator.devices.media.supervision import State, View
from orchestrator.errors import Problem
from orchestrator.plan.model import Destination, Source

_TRIES = 3
"""Restarts in a row after which a destination that connects counts as failed."""
_HOPELESS = frozenset({Meaning.REFUSED, Meaning.FORMAT, Meaning.NAME})
_SPLICER_DOWN_AFTER = 2
"""Restarts in a row of the splicer that are a problem to speak of."""
_DISK_WITHIN = 0.05
"""Seconds that a loop waits to hear what was recorded."""
_SILENT_AFTER = 5.0
"""Seconds without a packet on programme, with somebody fed, that are a problem to speak of."""

_SAID: Mapping[Meaning, Callable[[str, str], Problem]] = MappingProxyType(
    {
        Meaning.REFUSED: problems.key_refused,
        Meaning.BUSY: problems.key_in_use,
        Meaning.NAME: problems.name_unknown,
        Meaning.UNREACHABLE: problems.unreachable,
        Meaning.TURNED_AWAY: problems.turned_away,
        Meaning.DROPPED: problems.dropped,
        Meaning.STALLED: problems.stalled,
        Meaning.FORMAT: problems.format_refused,
        Meaning.DISK_FULL: problems.dropped,
        Meaning.NOT_WRITABLE: problems.dropped,
        Meaning.KILLED: problems.dropped,
        Meaning.UNKNOWN: problems.dropped,
    }
)
"""What is told of a pusher that ended. Where its source went, hub, splicer or programme are told of instead."""

_RELAY_FAULTS: Mapping[Fault, Callable[[str], Problem]] = MappingProxyType(
    {Fault.FROZEN: problems.relay_frozen, Fault.BLACK: problems.relay_black, Fault.SILENT: problems.relay_silent}
)


def stream_word(view: View) -> str:
    """A destination in a word: live, connecting, failed or off."""
    if view.live:
        return "live"
    if not view.ordered and view.state is State.STOPPED:
        return "off"
    hopeless = view.meaning in _HOPELESS and view.restarts > 0
    if view.state is State.FAILED or hopeless or view.restarts >= _TRIES:
        return "failed"
    return "connecting"


def problems_of(seen: MediaObserved, venue: str, destinations: Mapping[str, Destination]) -> list[Problem]:
    """What is wrong, one problem for each thing."""
    found: list[Problem] = []
    for name, view in seen.pushers.items():
        found += _of_pusher(view, f"{venue}/{name}", destinations[name].name if name in destinations else name)
    found += _of_recorder(seen.recorder, f"{venue}/safety")
    found += _of_programme(seen, venue)
    return found


@dataclass(frozen=True, slots=True)
class _OnDisk:
    """What lies on the disk that is recorded to."""

    free: int | None
    """Bytes free; None where it can't be told."""
    segments: tuple[Path, ...]
    """Of the safety recording."""
    size: int
    """Of these, bytes."""


class Meter:
    """Makes the status of looks; it remembers where each launch began, to tell how far one falls behind."""

    def __init__(self, venue: str, destinations: Mapping[str, Destination], folder: DataFolder) -> None:
        self._venue = venue
        self._destinations = destinations
        self._spool = folder.spool
        self._begun: dict[str, tuple[int | None, float]] = {}
        self._sizes: dict[Path, int] = {}
        self._disk: tuple[str | None, Gauge[_OnDisk]] | None = None
        self._on_disk = _OnDisk(None, (), 0)

    def report(self, seen: MediaObserved) -> Mapping[str, object]:
        """What status shows, as plain JSON values."""
        status = seen.splicer.data
        on_disk = self._look_at_disk(seen.recorder.files.get(FOLDER))
        return {
            "stream": {name: stream_word(view) for name, view in sorted(seen.pushers.items())},
            "record": seen.recorder.live,
            "source": seen.source,
            "details": {
                "destinations": {name: self._pusher(name, view) for name, view in sorted(seen.pushers.items())},
                "safety": _safety(seen.recorder, on_disk),
                "programme": asdict(status) if isinstance(status, SplicerStatus) else None,
                "level": _level(status),
                "disk_free": on_disk.free,
            },
        }

    def _pusher(self, name: str, view: View) -> Mapping[str, object]:
        found: dict[str, object] = {
            "state": str(view.state),
            "restarts": view.total_restarts,
            "working_for": round(view.working_for, 1),
        }
        if isinstance(view.data, Progress):
            found |= {
                "bitrate": view.data.bitrate,
                "speed": view.data.speed,
                "dropped": view.data.dropped,
                "sent": view.data.size,
                "lag": self._lag(name, view, view.data.time),
            }
        return found

    def _lag(self, name: str, view: View, time: float) -> float:
        """Seconds that it has fallen behind since it began to work."""
        begun = self._begun.get(name)
        ahead = view.working_for - time
        if begun is None or begun[0] != view.pid or ahead < begun[1]:
            begun = self._begun[name] = (view.pid, ahead)
        return round(ahead - begun[1], 1)

    def _look_at_disk(self, recording: str | None) -> _OnDisk:
        """What lies on the disk that is recorded to; as it was before where the disk doesn't answer."""
        if self._disk is None or self._disk[0] != recording:
            self._disk = (recording, Gauge(lambda: self._measure(recording), first=_DISK_WITHIN))
            self._on_disk = _OnDisk(None, (), 0)
        self._on_disk = self._disk[1].look() or self._on_disk
        return self._on_disk

    def _measure(self, recording: str | None) -> _OnDisk:
        segments = [] if recording is None else sorted(Path(recording).glob("*.ts"))
        sizes = [self._size(path, path == segments[-1]) for path in segments]
        return _OnDisk(self._free(recording), tuple(segments), sum(sizes))

    def _size(self, path: Path, growing: bool) -> int:
        if growing or path not in self._sizes:
            try:
                self._sizes[path] = path.stat().st_size
            except OSError:
                return 0
        return self._sizes[path]

    def _free(self, recording: str | None) -> int | None:
        """Bytes free on the disk that is recorded to."""
        folder = self._spool if recording is None else Path(recording)
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
        try:
            return shutil.disk_usage(folder).free
        except OSError:
            return None


def _safety(view: View, on_disk: _OnDisk) -> Mapping[str, object] | None:
    folder = view.files.get(FOLDER)
    if folder is None:
        return None
    return {
        "state": str(view.state),
        "folder": folder,
        "segments": len(on_disk.segments),
        "bytes": on_disk.size,
        "restarts": view.total_restarts,
    }


def _level(status: object) -> float | None:
    """Of the programme's sound, dBFS; None while it has none, or the slate is on."""
    return status.signal.level if isinstance(status, SplicerStatus) and status.signal is not None else None


def _of_pusher(view: View, where: str, name: str) -> list[Problem]:
    if not view.ordered:
        return []
    if view.problem is not None:
        return [view.problem]
    if view.meaning is None or view.meaning not in _SAID:
        return []
    return [_SAID[view.meaning](name, where)]


def _of_recorder(view: View, where: str) -> list[Problem]:
    if not view.ordered:
        return []
    if view.problem is not None:
        return [view.problem]
    if view.meaning is Meaning.DISK_FULL:
        return [problems.disk_full(Path(view.fingerprint), where)]
    if view.meaning is Meaning.NOT_WRITABLE:
        return [problems.not_writable(Path(view.fingerprint), where)]
    if view.meaning in {None, Meaning.SOURCE_GONE, Meaning.CLEAN}:
        return []
    return [problems.recorder_down(where)]


def _of_programme(seen: MediaObserved, venue: str) -> list[Problem]:
    found: list[Problem] = []
    if seen.splicer.ordered and seen.splicer.problem is not None:
        found.append(seen.splicer.problem)
    elif seen.splicer.ordered and seen.splicer.restarts >= _SPLICER_DOWN_AFTER:
        found.append(problems.splicer_down(venue))
    fed = seen.recorder.ordered or any(view.ordered for view in seen.pushers.values())
    status = seen.splicer.data
    if not fed or not isinstance(status, SplicerStatus):
        return found
    silent_for = seen.splicer.working_for if status.sent_age is None else status.sent_age
    if seen.source is None and silent_for > _SILENT_AFTER:
        found.append(problems.no_programme(venue))
    elif seen.source is Source.SLATE and seen.ordered_source is Source.STUDIO:
        found.append(problems.on_slate(str(seen.ordered_source), venue))
    if seen.ordered_source is Source.RELAY:
        found += _of_relay(seen, status, venue)
    return found


def _of_relay(seen: MediaObserved, status: SplicerStatus, venue: str) -> list[Problem]:
    """What is wrong with a relay that is wanted on programme; each says that viewers see the slate meanwhile."""
    if not seen.relay.ordered:
        return [problems.relay_missing(venue)]
    if status.relay_fault is not None:
        return [problems.relay_locked(venue) if status.locked else _RELAY_FAULTS[status.relay_fault](venue)]
    if seen.source is Source.RELAY:
        return [problems.relay_soundless(venue)] if status.relay_soundless else []
    if seen.relay.meaning is Meaning.FORMAT:
        return [problems.relay_format(venue)]
    if seen.source_reached:
        return [problems.relay_lost(venue)]
    # A relay that is only just taken in has its time: what was on before stays on meanwhile.
    return [problems.relay_down(venue)] if seen.source is Source.SLATE or seen.relay.restarts else []
