from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from orchestrator.devices import reach as reaching
from orchestrator.devices.media import argv, trial
from orchestrator.devices.media.exits import EARLY_DROPS
from orchestrator.devices.media.trial import judge
from orchestrator.devices.reach import reach
from orchestrator.plan.model import Destination
from orchestrator.plan.secret import Secret

DROP = "echo 'av_interleaved_write_frame(): Broken pipe' >&2; exit 1"
BUSY = "echo 'Server error: Already publishing' >&2; exit 1"
TAKEN = "printf 'frame=150\\ntotal_size=9\\nout_time_us=6000000\\nprogress=end\\n' > \"$0\""
"""What a push says and does; `$0` is where it reports to."""


@pytest.mark.parametrize(
    ("code", "said", "sent", "outcome"),
    [
        (0, "", 6.0, "accepted"),
        (0, "", 1.0, "failed"),
        (1, "Server error: Publish.BadName", 0.0, "refused"),
        (1, "Server error: Already publishing\nrtmp://a/live/k: Operation not permitted", 0.0, "busy"),
        (1, "av_interleaved_write_frame(): Broken pipe", 0.5, "dropped"),
        (1, "av_interleaved_write_frame(): Broken pipe", 5.0, "dropped"),
        (1, "rtmp://a/live: Input/output error", 0.0, "dropped"),
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


@pytest.mark.parametrize("said", ["av_interleaved_write_frame(): Broken pipe", "rtmp://a/live: Input/output error"])
def test_a_drop_that_repeats_is_a_refusal(said: str) -> None:
    """Who breaks off soon each time refuses the key; who breaks off after it took enough doesn't."""
    assert judge(1, said, 0.5, "/data/slate.flv", EARLY_DROPS - 1).outcome == "dropped"
    assert judge(1, said, 0.5, "/data/slate.flv", EARLY_DROPS).outcome == "refused"
    assert judge(1, said, 5.0, "/data/slate.flv", EARLY_DROPS).outcome == "dropped"


@pytest.mark.parametrize(
    ("ends", "within", "outcome", "tries"),
    [
        ([DROP, DROP, DROP, DROP], 25.0, "refused", 3),
        ([DROP, BUSY], 25.0, "busy", 2),
        ([DROP, DROP, TAKEN], 25.0, "accepted", 3),
        ([TAKEN], 25.0, "accepted", 1),
        ([DROP, DROP, DROP], trial.SECONDS, "dropped", 1),
    ],
)
def test_a_destination_that_breaks_off_is_tried_again(
    ends: list[str], within: float, outcome: str, tries: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One break is the network's; a trial repeats it in the time that it has, and doesn't call the key refused."""
    made: list[str] = []

    def program(*arguments: object) -> tuple[str, ...]:
        made.append(ends[len(made)])
        return ("sh", "-c", made[-1], str(arguments[-1]))

    monkeypatch.setattr(argv, "trial", program)
    found = trial.push(tmp_path / "slate.flv", at("rtmp://a/live"), within=within)
    assert (found.outcome, len(made)) == (outcome, tries)


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
