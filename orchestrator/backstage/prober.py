"""Finds out what a judgement of readiness goes by: on request, and by itself when an event is near."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from types import MappingProxyType

from orchestrator.backstage.keyring import Keyring
from orchestrator.backstage.places import Places
from orchestrator.clock import Clock
from orchestrator.config.model import Configuration
from orchestrator.devices.reach import Reach, reach
from orchestrator.errors import Problem
from orchestrator.plan.model import Destination
from orchestrator.plan.span import Span
from orchestrator.plan.timeline import Timeline
from orchestrator.readiness.facts import Facts, Target
from orchestrator.readiness.judge import Report, judge
from orchestrator.status import StatusBoard

_log = logging.getLogger(__name__)

AHEAD = timedelta(hours=24)
"""Events that begin within this are judged, and the next one of each venue however far."""
NEAR = timedelta(minutes=60)
"""How near an event must be for the probes to be made by themselves."""
_RENEW = timedelta(minutes=10)
"""How old probes may be while an event is near."""
_LOOK_EVERY = 15.0
"""Seconds between looks at whether an event is near."""
_AT_ONCE = 4
"""Destinations that are tried to reach at a time."""

Room = Callable[[datetime], Problem | None]
"""Why there isn't room for what begins before a time."""


class Prober:
    """Keeps what was found out, and judges by it.

    Args:
        configuration: The files as they are in force.
        timeline: What is planned.
        board: What the devices tell.
        places: The venues' studios.
        keyring: The stream keys.
        room: Whether there is room for recordings.
        clock: The clock.
    """

    def __init__(
        self,
        configuration: Callable[[], Configuration],
        timeline: Callable[[], Timeline],
        board: StatusBoard,
        places: Places,
        keyring: Keyring,
        room: Room,
        clock: Clock,
    ) -> None:
        self._configuration = configuration
        self._timeline = timeline
        self._board = board
        self._places = places
        self._keyring = keyring
        self._room = room
        self._clock = clock
        self._reached: Mapping[str, tuple[datetime, Reach]] = MappingProxyType({})
        self._in_step: bool | None = None
        self._asked = threading.Event()
        self._stopping = threading.Event()
        self._busy = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="readiness", daemon=True)
        self.probed_at: datetime | None = None
        """When all was last found out."""

    def start(self) -> None:
        """Begin; the first look is made soon."""
        self._asked.set()
        self._thread.start()

    def stop(self) -> None:
        """Stop; a probe that is under way ends by itself."""
        self._stopping.set()
        self._asked.set()
        if self._thread.is_alive():
            self._thread.join(timeout=3)

    def ask(self) -> None:
        """Find everything out anew, in the background."""
        self._asked.set()

    @property
    def probing(self) -> bool:
        """Whether something is being found out."""
        return self._asked.is_set() or self._busy.locked()

    def reports(self) -> list[Report]:
        """The checklists of the events to come, the nearest first, by what is known."""
        spans = coming(self._timeline(), self._clock.now())
        facts = self._facts(spans)
        return [judge(span, facts) for span in spans]

    def reached(self, destination: str) -> tuple[datetime, Reach] | None:
        """When and how a destination was last tried to reach."""
        return self._reached.get(destination)

    def probe(self) -> None:
        """Find everything out anew."""
        with self._busy:
            configuration = self._configuration()
            destinations = list(configuration.destinations.values())
            with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="reach") as pool:
                found = list(pool.map(reach, destinations))
            now = self._clock.now()
            self._reached = MappingProxyType(
                {each.id: (now, one) for each, one in zip(destinations, found, strict=True)}
            )
            self._in_step = in_step()
            for venue in configuration.venues:
                self._places.compare(venue)
            self.probed_at = self._clock.now()

    def _run(self) -> None:
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
        while not self._stopping.is_set():
            self._asked.wait(_LOOK_EVERY)
            if self._stopping.is_set():
                return
            try:
                if self._asked.is_set() or self._is_due():
                    self.probe()
            except Exception:  # noqa: BLE001 - a probe that fails must not end the ones to come
                _log.exception("the station couldn't be probed")
            self._asked.clear()

    def _is_due(self) -> bool:
        """Whether an event is near and what is known is old."""
        now = self._clock.now()
        near = any(now < span.opens <= now + NEAR for span in self._timeline().spans.values())
        return near and (self.probed_at is None or abs(now - self.probed_at) >= _RENEW)

    def _facts(self, spans: Iterable[Span]) -> Facts:
        configuration, snapshot = self._configuration(), self._board.latest
        room = {span.occurrence.id: self._room(span.opens + timedelta(seconds=1)) for span in spans}
        return Facts(
            now=self._clock.now(),
            studios={venue: self._places.studio(venue) for venue in configuration.venues},
            targets={name: self._target(each) for name, each in configuration.destinations.items()},
            slates={venue: kind for venue in configuration.venues if (kind := self._places.slate(venue)) is not None},
            room={name: problem for name, problem in room.items() if problem is not None},
            clock_in_step=self._in_step,
            problems=snapshot.problems,
            at_venues={name: status.problems for name, status in snapshot.venues.items()},
        )

    def _target(self, destination: Destination) -> Target:
        at, found = self._reached.get(destination.id, (None, None))
        return Target(
            name=destination.name,
            live=any(v.observed.stream.get(destination.id) == "live" for v in self._board.latest.venues.values()),
            has_key=bool(destination.key) or self._keyring.keys()[destination.id].origin.kind == "none",
            reached=found.outcome if found is not None else None,
            reached_at=at,
            trial=self._keyring.trial(destination.id),
        )


def coming(timeline: Timeline, now: datetime) -> list[Span]:
    """Events that begin within a day and aren't over, and the next one of each venue; the nearest first. Pure."""
    open_ = [span for span in timeline.spans.values() if _is_coming(span, now)]
    first: dict[str, Span] = {}
    for span in sorted(open_, key=lambda span: (span.opens, span.occurrence.id)):
        first.setdefault(span.venue.id, span)
    wanted = [span for span in open_ if span.opens <= now + AHEAD or span is first[span.venue.id]]
    return sorted(wanted, key=lambda span: (span.opens, span.occurrence.id))


def _is_coming(span: Span, now: datetime) -> bool:
    return not span.cancelled and span.course.closed_at is None and max(span.reach, span.occurrence.end) > now


def in_step() -> bool | None:
    """Whether this machine's clock follows a time server; None where it can't be told."""
    program = shutil.which("timedatectl")
    if program is None:
        return None
    try:
        said = subprocess.run(
            [program, "show", "--property=NTPSynchronized", "--value"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return {"yes": True, "no": False}.get(said.stdout.strip())
