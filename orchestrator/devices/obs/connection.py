"""One connection to an OBS: obs-websocket-py with its weaknesses mended.

A failed request raises; nobody waits for an OBS that is gone; no callback can stop the reception.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import logging
import queue
import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any, Final

import websocket
from obswebsocket import base_classes, events, obsws

from orchestrator.devices.obs import problems
from orchestrator.devices.obs.handshake import acknowledge_at_once, open_connection, shut
from orchestrator.devices.obs.messages import Data, LinkError, Peer, Request, RequestError
from orchestrator.errors import Problem
from orchestrator.plan.model import Studio

_log = logging.getLogger(__name__)

OnEvent = Callable[[str, Data], None]

NO_EVENTS: Final = 0
ALL_EVENTS: Final = 1 | 2 | 4 | 8 | 16 | 64 | 128 | 256
"""General, config, scenes, inputs, transitions, outputs, scene items, media; not the filters, nor the 20 Hz meters."""
REQUEST_TIMEOUT: Final = 5.0
"""Seconds that a request may take."""
CONNECT_TIMEOUT: Final = 3.0
"""Seconds that a connection may take to be ready, whatever is at the other end."""

_REIDENTIFY, _EVENT = 3, 5
_REQUEST, _RESPONSE, _BATCH, _BATCH_RESPONSE = 6, 7, 8, 9


class Connection(obsws):  # type: ignore[misc]  # the library has no types
    """One connection to an OBS; made once, and not used again after it has ended.

    Args:
        studio: Which OBS.
        where: The venue, for problems.
        subscriptions: obs-websocket's event mask.
        on_event: Called with each event's name and data, in order, in a thread of its own.
        on_lost: Called once, in that thread, when the connection ends without having been closed from here.
    """

    def __init__(
        self,
        studio: Studio,
        where: str,
        subscriptions: int,
        on_event: OnEvent | None = None,
        on_lost: Callable[[LinkError], None] | None = None,
    ) -> None:
        self._secret = studio.password
        super().__init__(studio.host, studio.port, legacy=False, timeout=REQUEST_TIMEOUT)
        self._peer = Peer.of(studio, where)
        self._subscriptions = subscriptions
        self._on_event = on_event
        self._on_lost = on_lost
        self._ids = itertools.count(1)
        self._lock = threading.Lock()
        self._pending: dict[str, Future[Data]] = {}
        self._ended: LinkError | None = None
        self._local_address = ""
        self._closing = False
        self._inbox: queue.SimpleQueue[tuple[str, Data] | None] = queue.SimpleQueue()
        self._socket: socket.socket | None = None
        self._threads: list[threading.Thread] = []

    @property
    def password(self) -> str:
        """Where the library looks for the password; it stays a secret in every print of this object's fields."""
        return self._secret.reveal()

    @password.setter
    def password(self, _: str) -> None:
        """The library's constructor sets its default; ours counts."""

    @property
    def alive(self) -> bool:
        """Whether requests can be sent."""
        return self._socket is not None and self._ended is None

    @property
    def local_address(self) -> str:
        """This machine's address as the OBS sees it."""
        return self._local_address

    def connect(self, timeout: float = CONNECT_TIMEOUT) -> None:
        """Connect and identify within `timeout` seconds.

        Raises:
            LinkError: Nothing there, not OBS, an old OBS, a frozen one, or a wrong password.
        """
        opened = open_connection(self._peer, self._subscriptions, self._build_auth_string, timeout)
        if self._ended is not None:  # from here, meanwhile
            shut(opened.sock)
            opened.sock.close()
            raise self._ended
        self.ws, self.server_version = opened.ws, opened.version
        self._socket, self._local_address = opened.sock, str(opened.sock.getsockname()[0])
        for name, target in (("receive", self._receive), ("events", self._dispatch)):
            thread = threading.Thread(target=target, name=f"obs-{self._peer.where}-{name}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def disconnect(self) -> None:
        """Close the connection; what still waits for an answer fails at once."""
        self._closing = True
        if self._socket is None:
            return
        if self._ended is None:
            with contextlib.suppress(OSError, websocket.WebSocketException):
                self._socket.settimeout(0.5)
                self.ws.send_close()
        self.kill(problems.lost)
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(timeout=2)

    def kill(self, why: Callable[[str, str, int], Problem]) -> None:
        """End the connection without a word to the other end, which may be frozen."""
        self._end(self._peer.error(why))
        if self._socket is not None:
            shut(self._socket)

    def call(self, obj: Any, timeout: float | None = None) -> Any:
        """Send a request object of the library; it comes back filled.

        Raises:
            RequestError: OBS refused it.
            LinkError: OBS didn't answer, or is gone.
        """
        if not isinstance(obj, base_classes.Baserequests):
            raise TypeError(f"not a request: {obj!r}")
        obj.input(self.request(obj.name, timeout, **obj.data()), True)
        return obj

    def request(self, name: str, timeout: float | None = None, /, **data: Any) -> Data:
        """Send one request and return OBS's answer; raises as `call` does."""
        body = {"requestType": name, "requestData": data} if data else {"requestType": name}
        return self._result(name, self._ask(_REQUEST, body, timeout))

    def batch(self, requests: Sequence[Request], timeout: float | None = None) -> list[Data | RequestError]:
        """Send many requests in one message; OBS does them in order and answers each, with data or an error.

        Raises:
            LinkError: OBS didn't answer, or is gone.
        """
        if not requests:
            return []
        body = {
            "haltOnFailure": False,
            "executionType": 0,
            "requests": [{"requestType": each.name, "requestData": dict(each.data)} for each in requests],
        }
        results: list[Data | RequestError] = []
        for request, answer in zip(requests, self._ask(_BATCH, body, timeout)["results"], strict=True):
            try:
                results.append(self._result(request.name, answer))
            except RequestError as error:
                results.append(error)
        return results

    def reidentify(self, subscriptions: int) -> None:
        """Change which events come."""
        self._subscriptions = subscriptions
        self._send(_REIDENTIFY, {"eventSubscriptions": subscriptions})

    def _send(self, op: int, body: Data) -> None:
        if self._ended is not None:
            raise self._ended
        try:
            self.ws.send(json.dumps({"op": op, "d": body}))
        except (OSError, websocket.WebSocketException) as error:
            self.kill(problems.lost)
            raise self._peer.error(problems.lost) from error

    def _ask(self, op: int, body: Data, timeout: float | None) -> Data:
        answer: Future[Data] = Future()
        with self._lock:
            number = str(next(self._ids))
            self._pending[number] = answer
        try:
            self._send(op, {"requestId": number, **body})
            return answer.result(self.timeout if timeout is None else timeout)
        except FutureTimeout as error:
            raise self._peer.error(problems.frozen) from error
        finally:
            with self._lock:
                self._pending.pop(number, None)

    def _result(self, name: str, answer: Data) -> Data:
        status = answer["requestStatus"]
        if not status["result"]:
            raise RequestError(self._peer.where, name, status.get("code", 0), status.get("comment", ""))
        data: Data = answer.get("responseData") or {}
        return data

    def _receive(self) -> None:
        """The thread that reads; it does nothing else, so that nothing can stop it."""
        while self._ended is None:
            try:
                acknowledge_at_once(self.ws)
                code, raw = self.ws.recv_data()
                if code == websocket.ABNF.OPCODE_CLOSE:
                    break
                self._sort(json.loads(raw))
            except (OSError, websocket.WebSocketException):
                break
            except (ValueError, KeyError, TypeError):
                _log.warning("OBS of %s sent something that isn't its protocol; it is left out", self._peer.where)
        self.kill(problems.lost)
        if self._socket is not None:
            # Nobody else reads: left to the garbage collector, a descriptor would stay for each OBS that died.
            self._socket.close()
        self._inbox.put(None)

    def _sort(self, message: Any) -> None:
        body = message["d"]
        if message["op"] == _EVENT:
            self._inbox.put((body["eventType"], body.get("eventData") or {}))
        elif message["op"] in {_RESPONSE, _BATCH_RESPONSE}:
            with self._lock:
                answer = self._pending.pop(body["requestId"], None)
            if answer is not None:
                answer.set_result(body)

    def _dispatch(self) -> None:
        """The thread that calls back: a callback may be slow, may fail, and may itself send requests."""
        while (entry := self._inbox.get()) is not None:
            name, data = entry
            if self._on_event is not None:
                self._guard(self._on_event, name, data)
            if self.eventmanager.functions:
                event = getattr(events, name)()
                event.input(data)
                for callback, trigger in tuple(self.eventmanager.functions):
                    if trigger is None or isinstance(event, trigger):
                        self._guard(callback, event)
        if self._on_lost is not None and not self._closing and self._ended is not None:
            self._guard(self._on_lost, self._ended)

    def _guard(self, callback: Callable[..., None], *arguments: Any) -> None:
        try:
            callback(*arguments)
        except Exception:  # noqa: BLE001 - whatever a callback does wrong, the next event is still told
            _log.exception("A callback for OBS of %s failed", self._peer.where)

    def _end(self, error: LinkError) -> None:
        with self._lock:
            if self._ended is not None:
                return
            self._ended = error
            waiting = list(self._pending.values())
            self._pending.clear()
        for answer in waiting:
            answer.set_exception(error)
