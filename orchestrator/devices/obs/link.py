"""Keeps a connection to a venue's OBS, whatever happens to it: finds it, starts it, notices that it froze or died.

One thread owns the connection; it reads everything once a second, and events fill in what happens between.
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from orchestrator.clock import Clock
from orchestrator.config.model import Station
from orchestrator.devices.obs import problems
from orchestrator.devices.obs.builder import Builder
from orchestrator.devices.obs.client import ObsClient
from orchestrator.devices.obs.compare import Comparison
from orchestrator.devices.obs.launch import Launcher
from orchestrator.devices.obs.messages import NOT_READY, Data, LinkError, Peer, Request, RequestError
from orchestrator.devices.obs.reviver import Reviver
from orchestrator.devices.obs.seen import Seen
from orchestrator.devices.obs.state import ObsObserved
from orchestrator.errors import DeviceError, Problem, Saying
from orchestrator.plan.model import Venue
from orchestrator.worker import Worker

_log = logging.getLogger(__name__)

READ_EVERY = 1.0
"""Seconds between full readings."""
HEARTBEAT_TIMEOUT = 2.0
"""Seconds without an answer after which OBS counts as frozen; TCP can't tell."""
_READ_TIMEOUT = 4.0
_READY_WITHIN = 20.0
_STARTING_POLL = 0.05
_READINGS = 5
"""Rounds of a reading in which names may still turn up."""


class Link:
    """The connection of one venue.

    Args:
        venue: The venue.
        station: For the hub that provisioning enters in OBS.
        base: The folder that relative paths of images and media start from.
        clock: The clock.
        launcher: Starts an OBS where none answers; None where it is never started from here.
    """

    def __init__(self, venue: Venue, station: Station, base: Path, clock: Clock, launcher: Launcher | None) -> None:
        self._venue = venue
        self._peer = Peer.of(venue.studio, venue.id)
        self._clock = clock
        self._launcher = launcher
        self._lock = threading.Lock()
        self._wake: Callable[[], None] = lambda: None
        self._on_event: Callable[[str, Data], None] = lambda _name, _data: None
        self._kick = threading.Event()
        self._stopping = threading.Event()
        self._worker = Worker(
            f"obs-{venue.id}",
            self._turn,
            every=READ_EVERY,
            failing=f"OBS of {venue.id} couldn't be looked after",
            within=10.0,
            stopping=self._stopping,
        )
        self._client: ObsClient | None = None
        self._seen = Seen(venue)
        self._observed: ObsObserved | None = None
        self._problem: Problem | None = None
        self._read_at = -math.inf
        self._sought = False
        self._exclusive = threading.Lock()
        self._builder = Builder(venue, station, base, clock)
        self._reviver = Reviver(venue.id, clock, launcher, self._kick.set, self._stopping.wait, self._tell)

    def start(self, wake: Callable[[], None], on_event: Callable[[str, Data], None]) -> None:
        """Begin; `wake` is called when what was observed changes, `on_event` with each event after it was taken in."""
        self._wake = wake
        self._on_event = on_event
        self._worker.start()

    def stop(self) -> None:
        """End the connection; OBS stays as it is."""
        self._stopping.set()
        self._kick.set()
        self._worker.stop()
        client = self._client
        if client is not None:
            client.close()

    def needed(self, soon: bool) -> None:
        """Whether OBS is to be started where none answers."""
        if self._reviver.needed(soon, answers=self._client is not None):
            self._kick.set()

    def observed(self) -> ObsObserved | None:
        """What was last seen; None while there is no ready OBS."""
        return self._observed

    def client(self) -> ObsClient:
        """The client, while OBS is ready.

        Raises:
            LinkError: It isn't; the problem says why.
        """
        client = self._client
        if client is None or self._observed is None:
            problem = self._problem
            raise self._peer.error(problems.lost) if problem is None else LinkError(problem)
        return client

    def where(self, item: str) -> list[tuple[str, int]]:
        """Where a scene item is: scenes and its numbers there."""
        with self._lock:
            return self._seen.where(item)

    def cut(self) -> str | None:
        """The name of the transition that is a cut."""
        with self._lock:
            return self._seen.cut()

    def wrote(self, texts: dict[str, str]) -> None:
        """Texts that were set from here: OBS before 5.4's protocol tells nobody."""
        with self._lock:
            self._seen.texts.update(texts)
            if self._observed is not None:
                self._publish()

    def read_soon(self) -> None:
        """Read everything now rather than at the next second."""
        self._kick.set()

    def problems(self) -> list[Problem]:
        """What is wrong with the connection or with what was built."""
        own = None if self._reviver.is_expected(self._problem) else self._problem
        return [problem for problem in (own, *self._builder.problems()) if problem is not None]

    def provision(self) -> list[Saying]:
        """Bring OBS to what the profile says, with nobody of ours polling meanwhile.

        Returns what was changed, with what was built unasked since the last time when OBS was started.

        Raises:
            DeviceError: It can't be reached, is on the air, or refused.
        """
        with self._exclusive:
            with self._lock:
                client, self._client, self._observed = self._client, None, None
            if client is not None:
                client.close()
            self._kick.set()
            return self._builder.build()

    def compare(self) -> Comparison:
        """How OBS differs from the profile; nothing is changed.

        Raises:
            DeviceError: It can't be reached, or refused.
        """
        return self._builder.compare()

    def _turn(self) -> float:
        """One connection's time, and what is done about its end; no seconds until the next."""
        try:
            self._seek()
            error = self._live()
            if error is not None and not self._stopping.is_set():
                self._kick.wait(self._reviver.mend(error, self._silent_since(error)))
        except Exception:  # noqa: BLE001 - whoever brings a studio back begins anew after a mistake
            self._mistaken()
        self._kick.clear()
        return 0.0

    def _seek(self) -> None:
        """Once, before any is started: find the OBS that an earlier service left running."""
        if self._launcher is not None and not self._sought:
            self._launcher.find()
        self._sought = True

    def _live(self) -> DeviceError | None:
        """Connect, and look for as long as OBS answers; how that ended, None where it was to."""
        try:
            with self._exclusive:
                self._open()
            self._problem = None
            self._reviver.answered()
            self._watch()
        except DeviceError as error:
            self._lost(self._reviver.meaning(error))
            return error
        return None

    def _open(self) -> None:
        """Connect, build what the profile says where OBS was just started, and read everything."""
        if self._reviver.fresh:
            self._builder.build_unasked()
            self._reviver.fresh = False
        seen = Seen(self._venue)
        client = ObsClient(self._venue.studio, self._venue.id, partial(self._event, seen), lambda _: self._kick.set())
        client.connect(self._reviver.patience())
        try:
            seen.version = self._version(client)
            with self._lock:
                self._seen, self._client = seen, client
            self._read(client)
        except DeviceError:
            client.kill()
            raise

    def _watch(self) -> None:
        """Read once a second, or sooner when told to, for as long as OBS answers."""
        client = self._client
        while client is not None and not self._stopping.is_set():
            self._kick.wait(READ_EVERY)
            self._kick.clear()
            try:
                client.read([Request("GetStats")], HEARTBEAT_TIMEOUT)
                self._read(client)
            except LinkError:
                if self._client is not client or self._stopping.is_set():
                    return  # put down by provisioning, or by the end of the service
                client.kill()
                raise

    def _version(self, client: ObsClient) -> str:
        """OBS's version, as soon as it has finished starting."""
        deadline = self._clock.monotonic() + _READY_WITHIN
        while True:
            try:
                return str(client.request("GetVersion")["obsVersion"])
            except RequestError as error:
                if error.code != NOT_READY:
                    raise
                if self._clock.monotonic() > deadline:
                    raise self._peer.error(problems.not_ready) from error
            self._clock.sleep(_STARTING_POLL)

    def _read(self, client: ObsClient) -> None:
        with self._lock:
            seen = self._seen
            requests = seen.begin()
        for _ in range(_READINGS):
            answers = client.read(requests, _READ_TIMEOUT)
            with self._lock:
                requests = seen.take(requests, answers, self._clock.monotonic())
            if not requests:
                break
        self._read_at = self._clock.monotonic()
        with self._lock:
            if self._client is client:
                self._publish()

    def _publish(self) -> None:
        """Show what was seen and wake the loop where it differs from before; the lock is held."""
        observed = self._seen.observed()
        changed = self._observed is None or self._observed.essence != observed.essence
        self._observed = observed
        if changed:
            self._wake()

    def _event(self, seen: Seen, name: str, data: Data) -> None:
        """Take an event in; a late one of a connection that has ended changes nothing any more."""
        with self._lock:
            again = seen.apply(name, data, self._clock.monotonic())
            if self._observed is not None and self._seen is seen:
                self._publish()
        self._on_event(name, data)
        if again:
            self._kick.set()

    def _tell(self, problem: Problem) -> None:
        self._problem = problem
        self._wake()

    def _lost(self, problem: Problem) -> None:
        with self._lock:
            self._client = None
            self._observed = None
        self._tell(problem)

    def _silent_since(self, error: DeviceError) -> float:
        """Since when OBS may have been silent, if it is."""
        # The question that wasn't answered was asked up to one reading after the last answer.
        asked_ago = HEARTBEAT_TIMEOUT + READ_EVERY if error.problem.code == "obs.frozen" else 0.0
        return max(self._read_at, self._clock.monotonic() - asked_ago)

    def _mistaken(self) -> None:
        """Begin anew after something that no OBS should have said."""
        client = self._client
        if self._reviver.tries == 0:
            _log.exception("the connection to OBS of %s failed", self._venue.id)
        self._lost(self._peer.error(problems.lost).problem)
        if client is not None:
            client.kill()
        self._stopping.wait(self._reviver.pause())
