"""Faults of the wire; what a real OBS does is tested in tests/real."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from orchestrator.devices.obs import problems
from orchestrator.devices.obs.connection import ALL_EVENTS, NO_EVENTS, Connection
from orchestrator.devices.obs.messages import LinkError, Request, RequestError
from tests.devices.obs.wire import Connect, Peer, elapsed, silent
from tests.support import until


def echo(peer: Peer) -> None:
    peer.identify()
    while True:
        request = peer.hear()
        peer.answer(request, {"got": request["d"].get("requestData")})


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
