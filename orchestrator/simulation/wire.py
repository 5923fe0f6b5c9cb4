"""The wire to a modelled OBS, in place of devices/obs/link.py and client.py; everything above it is the real device."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from random import Random
from typing import Any, cast

from orchestrator.devices.obs import problems
from orchestrator.devices.obs.client import ObsClient
from orchestrator.devices.obs.link import HEARTBEAT_TIMEOUT, READ_EVERY
from orchestrator.devices.obs.messages import Data, LinkError, Request, RequestError
from orchestrator.devices.obs.reviver import FROZEN_FOR
from orchestrator.devices.obs.seen import Seen
from orchestrator.devices.obs.state import ObsObserved, Output
from orchestrator.errors import Problem
from orchestrator.plan.model import Venue
from orchestrator.simulation.agenda import Entry, Life
from orchestrator.simulation.studio import READING, ModelStudio

_SOON = (0.05, 0.3)
"""Seconds after its coming up until a studio that is started from here is connected: between these."""
_LATER = (0.2, 6.0)
"""The same for another's, which is looked for less and less often."""
_MOVING = frozenset({Output.STARTING, Output.STOPPING})
_MOST_ROUNDS = 5
"""Rounds of a reading in which names may still turn up."""


class Client:
    """Asks a modelled OBS; stands where ObsClient does."""

    local_address = "127.0.0.1"

    def __init__(self, studio: ModelStudio, life: Life, lost: Callable[[], bool]) -> None:
        self._studio = studio
        self._life = life
        self._lost = lost

    def request(self, name: str, timeout: float = 5.0, **data: Any) -> Data:
        """Ask one thing.

        Raises:
            RequestError: OBS refused.
            LinkError: it gave no answer.
        """
        answer = self.batch([Request(name, data)], timeout)[0]
        if isinstance(answer, RequestError):
            raise answer
        return answer

    def batch(self, requests: Sequence[Request], timeout: float = 5.0) -> list[Data | RequestError]:
        """Ask several things at once."""
        studio, sent_at = self._studio, self._life.agenda.now
        if studio.slow:
            self._life.pause(min(studio.slow, timeout))
            if studio.slow > timeout and not self._lost():
                late = partial(_answer_all, studio, tuple(requests), sent_at)
                self._life.agenda.after(studio.slow - timeout, late)
                raise LinkError(_gone(studio.venue))
        if studio.frozen:
            for request in requests:
                studio.ask_later(request)
            self._life.pause(min(timeout, HEARTBEAT_TIMEOUT))
            raise LinkError(_gone(studio.venue))
        if self._lost():
            raise LinkError(_gone(studio.venue))
        return [studio.answer(request, sent_at) for request in requests]

    def read(self, requests: Sequence[Request], timeout: float = 5.0) -> list[Data | RequestError]:
        """Ask several things on the second connection."""
        return self.batch(requests, timeout)


class Wire:
    """The connection of one venue in one life of the orchestrator; stands where Link does."""

    def __init__(self, venue: Venue, studio: ModelStudio, life: Life, random: Random, launches: bool) -> None:
        self._venue = venue
        self._studio = studio
        self._life = life
        self._random = random
        self._launches = launches
        self._wake: Callable[[], None] = lambda: None
        self._on_event: Callable[[str, Data], None] = lambda _name, _data: None
        self._needed = False
        self._client: Client | None = None
        self._seen = Seen(venue)
        self._observed: ObsObserved | None = None
        self._problem: Problem | None = None
        self._reading: Entry | None = None
        self._read_version = -1
        self._under_way = False
        self._number = 0

    def start(self, wake: Callable[[], None], on_event: Callable[[str, Data], None]) -> None:
        """Begin."""
        self._wake, self._on_event = wake, on_event
        self._studio.on_life = self._lived
        self._lived()

    def needed(self, soon: bool) -> None:
        """Whether OBS is to be started where none answers."""
        self._needed = soon
        if soon and self._launches and not self._studio.running:
            self._studio.launch()

    def observed(self) -> ObsObserved | None:
        """What was last seen."""
        return self._observed

    def client(self) -> ObsClient:
        """The client, while OBS is ready.

        Raises:
            LinkError: It isn't.
        """
        if self._client is None or self._observed is None:
            raise LinkError(self._problem or _gone(self._venue))
        return cast("ObsClient", self._client)

    def where(self, item: str) -> list[tuple[str, int]]:
        """Where a scene item is."""
        return self._seen.where(item)

    def cut(self) -> str | None:
        """The name of the transition that is a cut."""
        return self._seen.cut()

    def wrote(self, texts: dict[str, str]) -> None:
        """Texts that were set from here."""
        self._seen.texts.update(texts)

    def read_soon(self) -> None:
        """Read everything now."""
        self._read_in(0.0)

    def problems(self) -> list[Problem]:
        """What is wrong with the connection."""
        return [self._problem] if self._problem is not None else []

    def world_changed(self) -> None:
        """Something has changed in the studio: the reading of the next second will find it, if no event tells."""
        if self._client is not None and self._read_version != self._studio.version:
            self._read_in(self._random.uniform(0.0, READ_EVERY))

    # The connection

    def _lived(self) -> None:
        """The studio came up, died, froze or thawed."""
        studio = self._studio
        self._number += 1
        number = self._number
        if not studio.running:
            self._life.after(0.01, self._lose)
            if self._launches and self._needed:
                self._life.after(self._random.uniform(*_SOON), studio.launch)
        elif studio.frozen:
            self._life.after(HEARTBEAT_TIMEOUT + self._random.uniform(0.0, READ_EVERY), lambda: self._silent(number))
            if self._launches:
                self._life.after(FROZEN_FOR, lambda: self._give_up(number))
        elif self._client is None:
            self._connect_soon()

    def _connect_soon(self) -> None:
        self._life.after(self._random.uniform(*(_SOON if self._launches else _LATER)), self._connect)

    def _silent(self, number: int) -> None:
        if number == self._number:
            self._lose()

    def _give_up(self, number: int) -> None:
        if number == self._number and self._studio.frozen:
            self._studio.die()

    def _connect(self) -> None:
        studio = self._studio
        if self._client is not None or not studio.running or studio.frozen:
            return
        self._seen = seen = Seen(self._venue)
        self._client = client = Client(studio, self._life, lambda: self._client is not client or not studio.running)
        studio.connect(lambda name, data: self._heard(seen, name, data))
        self._problem = None
        self._take(seen.begin())

    def _lose(self) -> None:
        if self._client is None and self._problem is not None:
            return
        self._client, self._observed = None, None
        self._problem = _gone(self._venue)
        self._wake()
        if self._studio.running and not self._studio.frozen:
            self._connect_soon()

    # What is seen

    def _read_in(self, seconds: float) -> None:
        at = self._life.agenda.now + seconds
        if self._reading is not None and self._reading.call is not None and self._reading.at <= at:
            return
        if self._reading is not None:
            self._reading.cancel()
        self._reading = self._life.after(seconds, self._read)

    def _read(self) -> None:
        self._reading = None
        if self._client is None or self._studio.frozen or not self._studio.running:
            return
        if self._under_way:
            self._read_in(READING)  # one after the other, as the real one's thread does
            return
        self._under_way = True
        seen, requests = self._seen, self._seen.begin()
        self._read_version = self._studio.version
        answers = [self._studio.answer(request) for request in requests]
        self._life.after(READING, lambda: self._taken(seen, requests, answers))

    def _taken(self, seen: Seen, requests: list[Request], answers: list[Data | RequestError]) -> None:
        self._under_way = False
        if seen is not self._seen or self._client is None:
            return
        more = seen.take(requests, answers, self._life.agenda.now)
        self._take(more)

    def _take(self, requests: list[Request]) -> None:
        """Rounds of a reading until no new names turn up; then show what was seen."""
        for _ in range(_MOST_ROUNDS):
            if not requests:
                break
            answers = [self._studio.answer(request) for request in requests]
            requests = self._seen.take(requests, answers, self._life.agenda.now)
        self._publish()
        if {self._seen.record, self._seen.stream} & _MOVING:
            self._read_in(READ_EVERY)
        else:
            self.world_changed()

    def _heard(self, seen: Seen, name: str, data: Data) -> None:
        self._life.after(0.0, lambda: self._event(seen, name, data))

    def _event(self, seen: Seen, name: str, data: Data) -> None:
        if seen is not self._seen or self._client is None:
            return
        again = seen.apply(name, data, self._life.agenda.now)
        if self._observed is not None:
            self._publish()
        self._on_event(name, data)
        if again:
            self._read_in(0.0)
        elif self._studio.delaying or {self._seen.record, self._seen.stream} & _MOVING:
            self._read_in(self._random.uniform(0.0, READ_EVERY))  # what it said may be out of date

    def _publish(self) -> None:
        observed = self._seen.observed()
        changed = observed != self._observed
        self._observed = observed
        if changed:
            self._wake()


def _answer_all(studio: ModelStudio, requests: Sequence[Request], sent_at: float) -> None:
    """Do what nobody waits for any more."""
    for request in requests:
        studio.answer(request, sent_at, awaited=False)


def _gone(venue: Venue) -> Problem:
    return problems.lost(venue.id, venue.studio.host, venue.studio.port)
