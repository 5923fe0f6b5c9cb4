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

from orchestrator.backoff import Backoff
from orchestrator.clock import Clock
from orchestrator.config.model import Station
from orchestrator.devices.obs import blueprint, problems
from orchestrator.devices.obs.client import ObsClient
from orchestrator.devices.obs.compare import Comparison, compare
from orchestrator.devices.obs.connection import CONNECT_TIMEOUT, NO_EVENTS, Connection
from orchestrator.devices.obs.inventory import look
from orchestrator.devices.obs.launch import Launcher
from orchestrator.devices.obs.messages import NOT_READY, Data, LinkError, Request, RequestError
from orchestrator.devices.obs.provision import provision
from orchestrator.devices.obs.seen import Seen
from orchestrator.devices.obs.state import ObsObserved, Output
from orchestrator.devices.obs.steps import missing_kinds
from orchestrator.errors import DeviceError, Problem
from orchestrator.plan.model import Venue

_log = logging.getLogger(__name__)

READ_EVERY = 1.0
"""Seconds between full readings."""
HEARTBEAT_TIMEOUT = 2.0
"""Seconds without an answer after which OBS counts as frozen; TCP can't tell."""
FROZEN_FOR = 10.0
"""Seconds after which an OBS of our own that gives no answer is ended and started again."""
_SILENCES = frozenset({"obs.frozen", "obs.not-there", "obs.not-ready", "obs.lost"})
"""Problems in which OBS gives no answer at all."""
_ABSENCES = _SILENCES - {"obs.frozen"}
"""Problems that an OBS which is only just starting has, too."""
_START_WITHIN = 12.0
"""Seconds that a first start may take before it is a problem; it takes under two, on a busy machine some more."""
_LEAST_SILENCES = 3
"""Tries in a row that must have failed before OBS is ended."""
_LEAST_PATIENCE = 0.5
"""Seconds that a try to connect gets at least."""
_READ_TIMEOUT = 4.0
_READY_WITHIN = 20.0
_STARTING_POLL = 0.05
_CONNECT = Backoff(first=0.25, most=5.0, growth=1.7)
"""The pauses between tries to connect."""
_SHORT_LIFE = 5.0
"""Seconds; an OBS that ends sooner than that after its start didn't really start."""
_RELAUNCH = Backoff(first=1.0, most=30.0)
"""The pauses before an OBS that keeps ending is started again."""
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
        self._station = station
        self._base = base
        self._clock = clock
        self._launcher = launcher
        self._lock = threading.Lock()
        self._wake: Callable[[], None] = lambda: None
        self._on_event: Callable[[str, Data], None] = lambda _name, _data: None
        self._kick = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"obs-{venue.id}", daemon=True)
        self._needed = False
        self._fresh = False
        self._client: ObsClient | None = None
        self._seen = Seen(venue)
        self._observed: ObsObserved | None = None
        self._problem: Problem | None = None
        self._setup_problems: tuple[Problem, ...] = ()
        self._built: list[str] = []
        self._tries = 0
        self._silent_since: float | None = None
        self._read_at = -math.inf
        self._silences = 0
        self._answered = False
        self._needed_at = 0.0
        self._launched_at: float | None = None
        self._short_lives = 0
        self._exclusive = threading.Lock()

    def start(self, wake: Callable[[], None], on_event: Callable[[str, Data], None]) -> None:
        """Begin; `wake` is called when what was observed changes, `on_event` with each event after it was taken in."""
        self._wake = wake
        self._on_event = on_event
        self._thread.start()

    def stop(self) -> None:
        """End the connection; OBS stays as it is."""
        self._stopping.set()
        self._kick.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10)
        client = self._client
        if client is not None:
            client.close()

    def needed(self, soon: bool) -> None:
        """Whether OBS is to be started where none answers."""
        if soon and not self._needed:
            self._needed_at = self._clock.monotonic()
            self._answered = self._client is not None
            self._kick.set()
        self._needed = soon

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
            studio = self._venue.studio
            default = problems.lost(self._venue.id, studio.host, studio.port)
            raise LinkError(self._problem or default)
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
        own = None if self._is_expected(self._problem) else self._problem
        return [problem for problem in (own, *self._setup_problems) if problem is not None]

    def _is_expected(self, problem: Problem | None) -> bool:
        """Whether an OBS that we start ourselves isn't there because nobody needs it yet, or is just starting."""
        if problem is None or self._launcher is None or problem.code not in _ABSENCES:
            return False
        if not self._needed:
            return True
        return not self._answered and self._clock.monotonic() - self._needed_at < _START_WITHIN

    def provision(self) -> list[str]:
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
            changed = [*self._built, *self._provision()]
            self._built = []
            return changed

    def compare(self) -> Comparison:
        """How OBS differs from the profile; over a connection of its own, and nothing is changed.

        Raises:
            DeviceError: It can't be reached, or refused.
        """
        connection = Connection(self._venue.studio, self._venue.id, NO_EVENTS)
        connection.connect()
        try:
            service = blueprint.publishing(self._venue, self._station, connection.local_address)
            return compare(look(connection, self._venue, self._base), self._venue, self._base, service)
        finally:
            connection.disconnect()

    def _run(self) -> None:
        if self._launcher is not None:
            self._launcher.find()
        while not self._stopping.is_set():
            try:
                with self._exclusive:
                    self._open()
                self._recovered()
                self._watch()
            except DeviceError as error:
                self._lost(error)
                if not self._stopping.is_set():
                    self._kick.wait(self._mend(error))
            except Exception:  # noqa: BLE001 - whoever brings a studio back may not end with a mistake
                self._mistaken()
            self._kick.clear()

    def _open(self) -> None:
        """Connect, build what the profile says where OBS was just started, and read everything."""
        if self._fresh:
            self._try_provision()
            self._fresh = False
        seen = Seen(self._venue)
        client = ObsClient(self._venue.studio, self._venue.id, partial(self._event, seen), lambda _: self._kick.set())
        client.connect(self._patience())
        try:
            seen.version = self._version(client)
            with self._lock:
                self._seen, self._client = seen, client
            self._read(client)
        except DeviceError:
            client.kill()
            raise

    def _patience(self) -> float:
        """Seconds for a try to connect: no more than a silent OBS has left, so that its end isn't put off."""
        if self._silent_since is None:
            return CONNECT_TIMEOUT
        left = self._silent_since + FROZEN_FOR - self._clock.monotonic()
        return min(CONNECT_TIMEOUT, max(_LEAST_PATIENCE, left))

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
                    studio = self._venue.studio
                    raise LinkError(problems.not_ready(self._venue.id, studio.host, studio.port)) from error
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
        changed = self._observed is None or _essence(self._observed) != _essence(observed)
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

    def _recovered(self) -> None:
        self._problem = None
        self._answered = True
        self._tries = self._silences = 0
        self._silent_since = None

    def _lost(self, error: DeviceError) -> None:
        with self._lock:
            self._client = None
            self._observed = None
        self._problem = error.problem
        self._wake()

    def _mistaken(self) -> None:
        """Begin anew after something that no OBS should have said."""
        client, studio = self._client, self._venue.studio
        if self._tries == 0:
            _log.exception("the connection to OBS of %s failed", self._venue.id)
        self._lost(LinkError(problems.lost(self._venue.id, studio.host, studio.port)))
        if client is not None:
            client.kill()
        self._stopping.wait(self._backoff())

    def _mend(self, error: DeviceError) -> float:
        """Do something about an OBS that isn't there; says how many seconds to wait before the next try."""
        now = self._clock.monotonic()
        if self._launcher is None:
            return self._backoff()
        if self._launcher.alive():
            if error.problem.code not in _SILENCES:
                return self._backoff()  # it answers, if only to refuse: never ended for that
            if not self._is_frozen(error, now):
                return _STARTING_POLL
            _log.warning("OBS of %s gave no answer for %.0f s: it is started again", self._venue.id, FROZEN_FOR)
            self._launcher.kill()
            return self._launch(now)
        if self._needed and error.problem.code in {"obs.not-there", "obs.lost"}:
            return self._launch(now)
        return self._backoff()

    def _is_frozen(self, error: DeviceError, now: float) -> bool:
        """Whether an OBS that runs has given no answer for too long.

        Only tries count, not the time that passes: when this service itself stood still, OBS did not.
        """
        self._silences += 1
        if self._silent_since is None:
            # The question that wasn't answered was asked up to one reading after the last answer.
            asked_ago = HEARTBEAT_TIMEOUT + READ_EVERY if error.problem.code == "obs.frozen" else 0.0
            self._silent_since = max(self._read_at, now - asked_ago)
        since = max(self._silent_since, self._launched_at or self._silent_since)
        return self._silences >= _LEAST_SILENCES and now - since >= FROZEN_FOR

    def _launch(self, now: float) -> float:
        if self._launcher is None:
            return self._backoff()
        if self._launched_at is not None and now - self._launched_at < _SHORT_LIFE:
            self._short_lives += 1
            self._problem = problems.dies(self._venue.id, str(self._launcher.log))
            self._stopping.wait(_RELAUNCH.pause(self._short_lives, self._venue.id))
        elif self._launched_at is not None:
            self._short_lives = 0
        try:
            self._launcher.launch()
        except DeviceError as error:
            self._lost(error)
            return self._backoff()
        self._launched_at = self._clock.monotonic()
        self._silent_since, self._silences = None, 0
        self._fresh = True
        if self._launcher.process is not None:
            self._launcher.process.on_exit(self._kick.set)
        return _STARTING_POLL

    def _backoff(self) -> float:
        """Longer from try to try, and never the same for two venues."""
        self._tries += 1
        return _CONNECT.pause(self._tries, self._venue.id)

    def _try_provision(self) -> None:
        """Build the scenes of an OBS that was just started; what can't be built doesn't keep the rest off the air."""
        try:
            changed = self._provision()
        except RequestError as error:
            self._setup_problems = (error.problem,)
        except LinkError:
            raise
        except DeviceError as error:
            self._setup_problems = (error.problem,)
        else:
            self._built += changed
            if changed:
                _log.info("Built OBS of %s: %d changes", self._venue.id, len(changed))

    def _provision(self) -> list[str]:
        connection = Connection(self._venue.studio, self._venue.id, NO_EVENTS)
        connection.connect()
        try:
            changed = provision(connection, self._venue, self._station, self._base, self._clock)
            lacking = missing_kinds(look(connection, self._venue, self._base), self._venue, self._base)
        finally:
            connection.disconnect()
        self._setup_problems = tuple(problems.missing_kind(self._venue.id, *each) for each in lacking)
        return changed


def _essence(observed: ObsObserved) -> tuple[object, ...]:
    """What a loop would act upon: not the figures that change with every frame."""
    return (
        observed.scene,
        observed.scenes,
        observed.mutes,
        observed.texts,
        observed.items,
        observed.relays,
        observed.record,
        observed.record_path if observed.record is Output.LIVE else None,
        observed.stream,
    )
