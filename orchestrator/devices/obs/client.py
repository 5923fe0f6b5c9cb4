"""The one place that speaks obs-websocket: obs-websocket-py with its weaknesses mended.

`Connection` is one socket; `ObsClient` holds two: one for requests, which no event ever delays, and one for events and
for reading. A failed request raises; nobody waits for an OBS that is gone; no callback can stop the reception.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import logging
import queue
import socket
import struct
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass, field
from typing import Any, Final

import websocket
from obswebsocket import base_classes, events, obsws

from orchestrator.devices.obs import problems
from orchestrator.errors import N_, DeviceError, Problem
from orchestrator.plan.model import Studio

_log = logging.getLogger(__name__)

Data = Mapping[str, Any]
OnEvent = Callable[[str, Data], None]

NO_EVENTS: Final = 0
ALL_EVENTS: Final = 1 | 2 | 4 | 8 | 16 | 64 | 128 | 256
"""General, config, scenes, inputs, transitions, outputs, scene items, media; not the filters, nor the 20 Hz meters."""
REQUEST_TIMEOUT: Final = 5.0
"""Seconds that a request may take."""
CONNECT_TIMEOUT: Final = 3.0
"""Seconds that a connection may take to be ready, whatever is at the other end."""
NOT_READY: Final = 207
"""OBS's code for: still starting, or changing its scene collection."""

_HELLO, _IDENTIFY, _IDENTIFIED, _REIDENTIFY, _EVENT = 0, 1, 2, 3, 5
_REQUEST, _RESPONSE, _BATCH, _BATCH_RESPONSE = 6, 7, 8, 9
_CLOSE_PASSWORD = 4009
_HANDSHAKE_SHARE = 0.5
"""Part of the time to connect in which a modern OBS must have said hello; the rest is for an old one."""


class RequestError(DeviceError):
    """OBS refused a request."""

    def __init__(self, where: str, request: str, code: int, comment: str) -> None:
        super().__init__(problems.refused(where, request, code, comment))
        self.request = request
        """The request's type."""
        self.code = code
        """OBS's status code, such as 600 for a resource that isn't there."""
        self.comment = comment
        """OBS's own explanation; may be empty."""


class LinkError(DeviceError):
    """There is no working connection to OBS; its problem says why."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request of a batch."""

    name: str
    """The request's type."""
    data: Data = field(default_factory=dict)
    """Its data."""


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
        self._where = where
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
        try:
            sock = socket.create_connection((self.host, self.port), timeout)
        except OSError as error:
            raise self._error(problems.not_there, _plain(error)) from error
        # A peer that sends a byte now and then would outlast every timeout of a single receive.
        guillotine = threading.Timer(timeout, _shut, [sock])
        guillotine.daemon = True
        guillotine.start()
        try:
            self._handshake(sock, timeout)
        except BaseException:
            _shut(sock)
            sock.close()
            raise
        finally:
            guillotine.cancel()
        sock.settimeout(None)
        self._socket, self._local_address = sock, str(sock.getsockname()[0])
        for name, target in (("receive", self._receive), ("events", self._dispatch)):
            thread = threading.Thread(target=target, name=f"obs-{self._where}-{name}", daemon=True)
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
        self._end(self._error(why))
        if self._socket is not None:
            _shut(self._socket)

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

    def _handshake(self, sock: socket.socket, timeout: float) -> None:
        sock.settimeout(timeout * _HANDSHAKE_SHARE)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.ws = websocket.WebSocket(enable_multithread=True)
        try:
            # An own socket: no proxy of the environment comes between.
            self.ws.connect(  # type: ignore[no-untyped-call]
                f"ws://{self.host}:{self.port}", socket=sock, redirect_limit=0, suppress_origin=True
            )
        except websocket.WebSocketTimeoutException as error:
            raise self._error(problems.frozen) from error
        except (OSError, ValueError, websocket.WebSocketException) as error:
            raise self._error(problems.not_obs) from error
        try:
            hello = self._take(_HELLO)
        except websocket.WebSocketTimeoutException as error:
            raise self._error(problems.old_protocol if self._is_old() else problems.frozen) from error
        identify: dict[str, Any] = {"rpcVersion": 1, "eventSubscriptions": self._subscriptions}
        if proof := hello.get("authentication"):
            identify["authentication"] = self._build_auth_string(proof["salt"], proof["challenge"])
        self.server_version = hello.get("obsWebSocketVersion")
        self._send(_IDENTIFY, identify)
        try:
            self._take(_IDENTIFIED)
        except websocket.WebSocketTimeoutException as error:
            raise self._error(problems.frozen) from error

    def _take(self, op: int) -> dict[str, Any]:
        """The next message, which must be of this kind."""
        try:
            self._arm()
            code, raw = self.ws.recv_data()
            if code == websocket.ABNF.OPCODE_CLOSE:
                closed = struct.unpack("!H", raw[:2])[0] if len(raw) >= 2 else 0
                raise self._error(problems.password if closed == _CLOSE_PASSWORD else problems.not_obs)
            message = json.loads(raw)
            if not isinstance(message, dict) or message.get("op") != op or not isinstance(message.get("d"), dict):
                raise self._error(problems.not_obs)
            return dict(message["d"])
        except websocket.WebSocketTimeoutException:
            raise
        except (OSError, ValueError, websocket.WebSocketException) as error:
            raise self._error(problems.not_obs) from error

    def _is_old(self) -> bool:
        """Whether it speaks protocol 4, where the client must speak first."""
        try:
            self.ws.send(json.dumps({"request-type": "GetAuthRequired", "message-id": "1"}))
            return bool(json.loads(self.ws.recv()).get("status") == "ok")
        except (OSError, ValueError, AttributeError, websocket.WebSocketException):
            return False

    def _arm(self) -> None:
        """Acknowledge the next message at once; the kernel forgets the wish after a while, so it is said each time."""
        if hasattr(socket, "TCP_QUICKACK") and self.ws.sock is not None:
            self.ws.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)

    def _send(self, op: int, body: Data) -> None:
        if self._ended is not None:
            raise self._ended
        try:
            self.ws.send(json.dumps({"op": op, "d": body}))
        except (OSError, websocket.WebSocketException) as error:
            self.kill(problems.lost)
            raise self._error(problems.lost) from error

    def _ask(self, op: int, body: Data, timeout: float | None) -> Data:
        answer: Future[Data] = Future()
        with self._lock:
            number = str(next(self._ids))
            self._pending[number] = answer
        try:
            self._send(op, {"requestId": number, **body})
            return answer.result(self.timeout if timeout is None else timeout)
        except FutureTimeout as error:
            raise self._error(problems.frozen) from error
        finally:
            with self._lock:
                self._pending.pop(number, None)

    def _result(self, name: str, answer: Data) -> Data:
        status = answer["requestStatus"]
        if not status["result"]:
            raise RequestError(self._where, name, status.get("code", 0), status.get("comment", ""))
        data: Data = answer.get("responseData") or {}
        return data

    def _receive(self) -> None:
        """The thread that reads; it does nothing else, so that nothing can stop it."""
        while self._ended is None:
            try:
                self._arm()
                code, raw = self.ws.recv_data()
                if code == websocket.ABNF.OPCODE_CLOSE:
                    break
                self._sort(json.loads(raw))
            except (OSError, websocket.WebSocketException):
                break
            except (ValueError, KeyError, TypeError):
                _log.warning("OBS of %s sent something that isn't its protocol; it is left out", self._where)
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
            _log.exception("A callback for OBS of %s failed", self._where)

    def _end(self, error: LinkError) -> None:
        with self._lock:
            if self._ended is not None:
                return
            self._ended = error
            waiting = list(self._pending.values())
            self._pending.clear()
        for answer in waiting:
            answer.set_exception(error)

    def _error(self, why: Callable[..., Problem], *details: str) -> LinkError:
        return LinkError(why(self._where, self.host, self.port, *details))


class ObsClient:
    """Both connections to one OBS: `request` and `batch` go one way, events and `read` the other.

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


def _shut(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def _plain(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return N_("no answer")
    if isinstance(error, ConnectionRefusedError):
        return N_("nothing listens there")
    if isinstance(error, socket.gaierror):
        return N_("unknown host name")
    return error.strerror or type(error).__name__
