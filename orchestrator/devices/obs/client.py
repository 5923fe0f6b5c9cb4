"""Both connections to one OBS: for requests, which no event ever delays, and for events and reading."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from orchestrator.devices.obs import problems
from orchestrator.devices.obs.connection import ALL_EVENTS, CONNECT_TIMEOUT, NO_EVENTS, Connection, OnEvent
from orchestrator.devices.obs.messages import Data, LinkError, Request, RequestError
from orchestrator.errors import Problem
from orchestrator.plan.model import Studio


class ObsClient:
    """A client of one OBS: `request` and `batch` go one way, events and `read` the other.

    Args:
        studio: Which OBS.
        where: The venue, for problems.
        on_event: Called with each event's name and data, in order, in a thread of the client.
        on_lost: Called once when either connection ends without having been closed from here.
    """

    def __init__(
        self,
        studio: Studio,
        where: str = "",
        on_event: OnEvent | None = None,
        on_lost: Callable[[LinkError], None] | None = None,
    ) -> None:
        self._on_lost = on_lost
        self._told = threading.Lock()
        self._requests = Connection(studio, where, NO_EVENTS, on_lost=self._lost)
        self._watch = Connection(studio, where, ALL_EVENTS if on_event else NO_EVENTS, on_event, self._lost)

    @property
    def alive(self) -> bool:
        """Whether both connections stand."""
        return self._requests.alive and self._watch.alive

    @property
    def local_address(self) -> str:
        """This machine's address as the OBS sees it."""
        return self._requests.local_address

    def connect(self, timeout: float = CONNECT_TIMEOUT) -> None:
        """Connect both; raises LinkError as `Connection.connect` does."""
        try:
            self._requests.connect(timeout)
            self._watch.connect(timeout)
        except LinkError:
            self.close()
            raise

    def close(self) -> None:
        """Close both."""
        self._requests.disconnect()
        self._watch.disconnect()

    def kill(self, why: Callable[[str, str, int], Problem] = problems.frozen) -> None:
        """End both without waiting for the other end; all that waits for an answer fails at once."""
        self._requests.kill(why)
        self._watch.kill(why)

    def request(self, name: str, timeout: float | None = None, /, **data: Any) -> Data:
        """Change something: on the connection that events never delay."""
        return self._requests.request(name, timeout, **data)

    def batch(self, requests: Sequence[Request], timeout: float | None = None) -> list[Data | RequestError]:
        """Change many things in order, in one message."""
        return self._requests.batch(requests, timeout)

    def read(self, requests: Sequence[Request], timeout: float | None = None) -> list[Data | RequestError]:
        """Read many things in one message, out of the way of what must be quick."""
        return self._watch.batch(requests, timeout)

    def subscribe(self, subscriptions: int) -> None:
        """Change which events come."""
        self._watch.reidentify(subscriptions)

    def _lost(self, error: LinkError) -> None:
        """One end for both: half a client is of no use, and its owner hears of it once."""
        if self._told.acquire(blocking=False):
            self.kill(problems.lost)
            if self._on_lost is not None:
                self._on_lost(error)
