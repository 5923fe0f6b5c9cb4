from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from orchestrator.devices import reach as reaching
from orchestrator.devices.media.trial import judge
from orchestrator.devices.reach import reach
from orchestrator.plan.model import Destination
from orchestrator.plan.secret import Secret


@pytest.mark.parametrize(
    ("code", "said", "sent", "outcome"),
    [
        (0, "", 6.0, "accepted"),
        (0, "", 1.0, "failed"),
        (1, "Server error: Publish.BadName", 0.0, "refused"),
        (1, "av_interleaved_write_frame(): Broken pipe", 0.5, "refused"),
        (1, "av_interleaved_write_frame(): Broken pipe", 5.0, "dropped"),
        (1, "rtmp://a/live: Input/output error", 0.0, "refused"),
        (1, "Connection refused", 0.0, "unreachable"),
        (1, "Failed to resolve hostname a.b: Name or service not known", 0.0, "name"),
        (1, "Audio codec not compatible with flv", 0.0, "format"),
        (None, "", 0.0, "stalled"),
        (1, "something new", 0.0, "failed"),
    ],
)
def test_what_an_end_means(code: int | None, said: str, sent: float, outcome: str) -> None:
    """A refused key is told from a destination that can't be reached; a push that sent enough was accepted."""
    assert judge(code, said, sent, "/data/slate.flv").outcome == outcome


def at(url: str) -> Destination:
    return Destination("x", "X", Secret(url), Secret("kunci"))


@pytest.fixture
def server() -> Iterator[socket.socket]:
    listener = socket.create_server(("127.0.0.1", 0))
    yield listener
    listener.close()


def serve(listener: socket.socket, answer: bytes) -> None:
    def run() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(4096)
            connection.sendall(answer)
            with suppress(OSError):
                connection.recv(1)

    threading.Thread(target=run, daemon=True).start()


def test_a_server_that_greets_is_reached(server: socket.socket) -> None:
    """An RTMP server that answers the handshake is there; nothing was published."""
    serve(server, b"\x03" + bytes(1536))
    found = reach(at(f"rtmp://127.0.0.1:{server.getsockname()[1]}/live"))
    assert (found.outcome, found.host) == ("reached", "127.0.0.1")


def test_a_server_that_says_nothing_is_told(server: socket.socket) -> None:
    """A port that takes the connection and keeps silent is no destination."""
    assert reach(at(f"rtmp://127.0.0.1:{server.getsockname()[1]}/live"), 0.3).outcome == "silent"


def test_a_closed_port_is_told(server: socket.socket) -> None:
    """Where nobody listens, the destination can't be reached."""
    port = server.getsockname()[1]
    server.close()
    assert reach(at(f"rtmp://127.0.0.1:{port}/live")).outcome == "unreachable"


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (socket.gaierror(), "name"),
        (ssl.SSLCertVerificationError(), "certificate"),
        (TimeoutError(), "unreachable"),
        (UnicodeError(), "unreachable"),
    ],
)
def test_why_a_destination_is_not_reached(error: Exception, outcome: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that isn't known, a certificate that isn't right, and no answer are told apart."""

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(reaching.socket, "create_connection", fail)
    assert reach(at("rtmps://a.example/live")).outcome == outcome


def test_of_srt_only_the_name_is_known() -> None:
    """What speaks no TCP can't be tried without publishing."""
    assert reach(at("srt://127.0.0.1:9000")).outcome == "unknown"
