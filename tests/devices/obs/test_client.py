"""Faults of the wire; what a real OBS does is tested in tests/real."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from orchestrator.devices.obs.client import ALL_EVENTS, NO_EVENTS, Connection, LinkError, Request, RequestError
from orchestrator.plan.model import Studio
from orchestrator.plan.secret import Secret
from tests.devices.obs.wire import Peer, Script, Wire
from tests.support import until

Connect = Callable[..., Connection]


def echo(peer: Peer) -> None:
    peer.identify()
    while True:
        request = peer.hear()
        peer.answer(request, {"got": request["d"].get("requestData")})


@pytest.fixture
def connect() -> Iterator[Connect]:
    opened: list[Any] = []

    def make(script: Script, subscriptions: int = NO_EVENTS, timeout: float = 1.0, **callbacks: Any) -> Connection:
        wire = Wire(script)
        connection = Connection(wire.studio, "aula", subscriptions, **callbacks)
        opened.append((connection, wire))
        connection.connect(timeout)
        return connection

    yield make
    for connection, wire in opened:
        connection.disconnect()
        wire.__exit__()


def elapsed(call: Callable[[], Any]) -> tuple[float, LinkError]:
    began = time.perf_counter()
    with pytest.raises(LinkError) as caught:
        call()
    return time.perf_counter() - began, caught.value


def silent(peer: Peer) -> None:
    threading.Event().wait(5)


def dripping(peer: Peer) -> None:
    peer.sock.sendall(b"HTTP/1.1 101 Switching Protocols\r\n")
    while True:
        peer.sock.sendall(b"X")
        threading.Event().wait(0.2)


def test_a_program_that_listens_but_says_nothing_is_called_frozen_in_time(connect: Connect) -> None:
    """A frozen OBS, which the kernel answers for, can't hold a connection for longer than it was given."""
    took, error = elapsed(lambda: connect(silent, timeout=1.0))
    assert error.problem.code == "obs.frozen"
    assert took < 1.5


def test_a_peer_that_drips_bytes_cannot_outlast_the_timeout(connect: Connect) -> None:
    """The time to connect is bounded as a whole, not from byte to byte."""
    took, _ = elapsed(lambda: connect(dripping, timeout=1.0))
    assert took < 1.5


@pytest.mark.parametrize(
    "said",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n",
        b"\x00\xff\xfe\n\n",
    ],
)
def test_another_program_is_told_apart_from_obs(connect: Connect, said: bytes) -> None:
    """What isn't OBS is called so, whatever it says."""

    def other(peer: Peer) -> None:
        peer.sock.sendall(said)
        peer.sock.shutdown(socket.SHUT_WR)

    _, error = elapsed(lambda: connect(other))
    assert error.problem.code == "obs.not-obs"


@pytest.mark.parametrize("hello", ["no JSON", "[]", '{"op": 7, "d": {}}', '{"op": 0}'])
def test_a_web_socket_that_is_not_obs_is_told_apart(connect: Connect, hello: str) -> None:
    """A WebSocket server of another kind is called not OBS."""

    def other(peer: Peer) -> None:
        peer.upgrade()
        peer.say(hello)
        peer.hear()

    _, error = elapsed(lambda: connect(other))
    assert error.problem.code == "obs.not-obs"


def test_the_old_protocol_is_recognised(connect: Connect) -> None:
    """obs-websocket 4, which waits for the client to speak, is named as what it is."""

    def old(peer: Peer) -> None:
        peer.upgrade()
        heard = peer.hear()
        peer.say({"status": "ok", "authRequired": False, "message-id": heard["message-id"]})
        peer.hear()

    _, error = elapsed(lambda: connect(old))
    assert error.problem.code == "obs.old-protocol"


def test_a_refused_password_is_told_apart(connect: Connect) -> None:
    """A close with OBS's code for a wrong password says that it is the password."""

    def strict(peer: Peer) -> None:
        peer.upgrade()
        challenge = {"salt": "s", "challenge": "c"}
        peer.say({"op": 0, "d": {"authentication": challenge, "rpcVersion": 1}})
        peer.hear()
        peer.close(4009)

    _, error = elapsed(lambda: connect(strict))
    assert error.problem.code == "obs.password"
    assert "geheim" not in str(error)


def test_nothing_there_is_said_so() -> None:
    """A port where nothing listens and a host that doesn't exist are the same problem with their own detail."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    connection = Connection(Studio("127.0.0.1", port, Secret(""), "never", None), "aula", NO_EVENTS)
    with pytest.raises(LinkError, match="nothing listens there") as caught:
        connection.connect(1.0)
    assert caught.value.problem.code == "obs.not-there"


def test_pending_calls_fail_at_once_when_obs_dies(connect: Connect) -> None:
    """Nobody waits for the answer of an OBS that is gone, and its connection holds no descriptor."""

    def dies(peer: Peer) -> None:
        peer.identify()
        peer.hear()
        peer.sock.close()
        peer.file.close()

    connection = connect(dies)
    took, error = elapsed(lambda: connection.request("GetStats", 30))
    assert took < 1.0
    assert error.problem.code == "obs.lost"
    again, _ = elapsed(lambda: connection.request("GetStats", 30))
    assert again < 0.1
    assert connection._socket is not None
    until(lambda: connection._socket.fileno() == -1, 5)


def test_a_call_without_an_answer_ends_after_its_timeout(connect: Connect) -> None:
    """A frozen OBS costs a caller no more than its own patience."""

    def mute(peer: Peer) -> None:
        peer.identify()
        peer.hear()
        silent(peer)

    connection = connect(mute)
    took, error = elapsed(lambda: connection.request("GetStats", 0.3))
    assert 0.3 <= took < 0.6
    assert error.problem.code == "obs.frozen"


def test_killing_a_connection_frees_everyone_who_waits(connect: Connect) -> None:
    """When the heartbeat has seen that OBS froze, all waiting calls fail at once."""

    def mute(peer: Peer) -> None:
        peer.identify()
        silent(peer)

    connection = connect(mute)
    from orchestrator.devices.obs import problems

    threading.Timer(0.2, connection.kill, [problems.frozen]).start()
    took, error = elapsed(lambda: connection.request("GetStats", 30))
    assert took < 1.0
    assert error.problem.code == "obs.frozen"


def test_garbage_between_messages_is_left_out(connect: Connect) -> None:
    """What isn't the protocol neither ends the connection nor confuses an answer."""

    def noisy(peer: Peer) -> None:
        peer.identify()
        request = peer.hear()
        for noise in (
            "garbage",
            "[1, 2]",
            '{"op": 7}',
            '{"op": 7, "d": {"requestId": "no such"}}',
            '{"op": 99, "d": 1}',
        ):
            peer.say(noise)
        peer.answer(request, {"fine": True})
        peer.hear()

    assert connect(noisy).request("GetStats") == {"fine": True}


def test_many_threads_get_each_their_own_answer(connect: Connect) -> None:
    """Request ids never collide, whoever calls."""
    connection = connect(echo)
    wrong: list[tuple[int, Any]] = []

    def ask(first: int) -> None:
        for number in range(first, first + 50):
            got = connection.request("Echo", number=number)
            if got != {"got": {"number": number}}:
                wrong.append((number, got))

    threads = [threading.Thread(target=ask, args=(1000 * index,)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_failing_callback_does_not_end_the_reception(connect: Connect) -> None:
    """An exception in a callback is logged; the next event is told and calls go on."""
    told: list[str] = []

    def eventful(peer: Peer) -> None:
        peer.identify()
        for name in ("First", "Second"):
            peer.say({"op": 5, "d": {"eventType": name, "eventIntent": 1, "eventData": {}}})
        peer.answer(peer.hear(), {"fine": True})
        peer.hear()

    def callback(name: str, _data: object) -> None:
        told.append(name)
        raise ValueError("a listener's mistake")

    connection = connect(eventful, ALL_EVENTS, on_event=callback)
    assert connection.request("GetStats") == {"fine": True}
    until(lambda: told == ["First", "Second"], 2)


def test_a_callback_may_send_requests(connect: Connect) -> None:
    """A call inside a callback gets its answer: callbacks run beside the reception."""
    answers: list[Any] = []
    ready = threading.Event()
    holder: list[Connection] = []

    def eventful(peer: Peer) -> None:
        peer.identify()
        ready.wait(2)
        peer.say({"op": 5, "d": {"eventType": "Any", "eventIntent": 1}})
        peer.answer(peer.hear(), {"fine": True})
        peer.hear()

    holder.append(
        connect(eventful, ALL_EVENTS, on_event=lambda _n, _d: answers.append(holder[0].request("GetStats", 1.0)))
    )
    ready.set()
    until(lambda: answers == [{"fine": True}], 2)


def test_the_owner_hears_once_that_the_connection_was_lost(connect: Connect) -> None:
    """A connection that ends by itself is told; one that is closed from here isn't."""
    lost: list[LinkError] = []

    def leaves(peer: Peer) -> None:
        peer.identify()
        peer.close(1001)

    connect(leaves, on_lost=lost.append)
    until(lambda: len(lost) == 1, 2)
    quiet: list[LinkError] = []
    connection = connect(echo, on_lost=quiet.append)
    connection.disconnect()
    assert quiet == []


def test_a_refused_request_carries_code_and_comment(connect: Connect) -> None:
    """OBS's own reason reaches the caller."""

    def refuses(peer: Peer) -> None:
        peer.identify()
        number = peer.hear()["d"]["requestId"]
        status = {"result": False, "code": 600, "comment": "No source was found"}
        peer.say({"op": 7, "d": {"requestType": "X", "requestId": number, "requestStatus": status}})
        peer.hear()

    with pytest.raises(RequestError) as caught:
        connect(refuses).request("X")
    assert (caught.value.code, caught.value.comment) == (600, "No source was found")


def test_a_batch_answers_each_request_by_its_own_result(connect: Connect) -> None:
    """In a batch one refusal is one refusal."""

    def batches(peer: Peer) -> None:
        peer.identify()
        request = peer.hear()["d"]
        results = [
            {"requestType": "A", "requestStatus": {"result": True, "code": 100}, "responseData": {"a": 1}},
            {"requestType": "B", "requestStatus": {"result": False, "code": 600}},
        ]
        assert [each["requestType"] for each in request["requests"]] == ["A", "B"]
        peer.say({"op": 9, "d": {"requestId": request["requestId"], "results": results}})
        peer.hear()

    first, second = connect(batches).batch([Request("A"), Request("B", {"x": 1})])
    assert first == {"a": 1}
    assert isinstance(second, RequestError)
    assert second.code == 600


def test_the_event_mask_can_be_changed(connect: Connect) -> None:
    """Reidentify asks for other events on the same connection."""
    heard: list[dict[str, Any]] = []

    def listens(peer: Peer) -> None:
        heard.append(peer.identify())
        heard.append(peer.hear())
        peer.hear()

    connection = connect(listens)
    connection.reidentify(ALL_EVENTS)
    until(lambda: len(heard) == 2, 2)
    assert heard[0]["d"]["eventSubscriptions"] == NO_EVENTS
    assert heard[1] == {"op": 3, "d": {"eventSubscriptions": ALL_EVENTS}}


def test_a_password_is_never_logged_or_printed(connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
    """Not at the most talkative level, and not in what prints the connection's fields."""

    def asks(peer: Peer) -> None:
        peer.upgrade()
        peer.say({"op": 0, "d": {"authentication": {"salt": "s", "challenge": "c"}, "rpcVersion": 1}})
        peer.hear()
        peer.say({"op": 2, "d": {"negotiatedRpcVersion": 1}})
        request = peer.hear()
        peer.answer(request)
        peer.hear()

    caplog.set_level(logging.DEBUG)
    connection = connect(asks)
    connection.request("SetStreamServiceSettings", streamServiceSettings={"key": "kunci-rahasia"})
    assert "geheim" not in caplog.text
    assert "kunci-rahasia" not in caplog.text
    assert "geheim" not in repr(vars(connection))
