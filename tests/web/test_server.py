from __future__ import annotations

import socket
import time
from pathlib import Path

import httpx
import pytest

from orchestrator.config.model import WebSettings
from orchestrator.errors import ConfigError
from orchestrator.web.server import WebServer
from tests.fakes.desk import FakeDesk
from tests.support import until


def test_it_tells_the_port_that_it_got(desk: FakeDesk) -> None:
    """Port 0 takes any free port, and the answer says which."""
    server = WebServer(desk, WebSettings(port=0))
    port = server.start()
    try:
        assert httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False).json() == {"status": "alive"}
    finally:
        server.stop()


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "studio.kepri.example"])
def test_it_refuses_to_listen_beyond_this_machine(desk: FakeDesk, host: str) -> None:
    """Until there are accounts, no other machine can reach the service."""
    with pytest.raises(ConfigError) as caught:
        WebServer(desk, WebSettings(host=host)).start()
    assert caught.value.problem.code == "web.beyond-loopback"


def test_a_taken_port_is_said_in_plain_words(desk: FakeDesk) -> None:
    """A port that another program holds is named, with what to do."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ConfigError) as caught:
            WebServer(desk, WebSettings(port=port)).start()
    assert str(port) in str(caught.value)
    assert "another port under web in station.yaml" in str(caught.value)


def test_it_stops_at_once_with_clients_connected(tmp_path: Path) -> None:
    """A service that is told to stop is gone within 2 s, whoever is connected or in the middle of a request."""
    desk = FakeDesk(tmp_path)
    server = WebServer(desk, WebSettings(port=0))
    port = server.start()
    idle = socket.create_connection(("127.0.0.1", port))
    halfway = socket.create_connection(("127.0.0.1", port))
    halfway.sendall(b"POST /api/v1/changes HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n")
    halfway.sendall(b"Content-Length: 100\r\n\r\n{")
    with httpx.Client(trust_env=False) as kept:
        kept.get(f"http://127.0.0.1:{port}/healthz")
        began = time.monotonic()  # noqa: TID251 - the promise is in real seconds
        server.stop()
        assert time.monotonic() - began < 2.0  # noqa: TID251 - as above
    idle.close()
    halfway.close()
    until(lambda: _refused(port), 2, what="the port is closed")


def _refused(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=0.2).close()
    except OSError:
        return True
    return False


def test_it_can_be_started_again_on_the_same_port(desk: FakeDesk) -> None:
    """A restarted service comes back at the same address."""
    first = WebServer(desk, WebSettings(port=0))
    port = first.start()
    httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False)
    first.stop()
    second = WebServer(desk, WebSettings(port=port))
    assert second.start() == port
    second.stop()


def test_stopping_what_never_started_is_harmless(desk: FakeDesk) -> None:
    """Stopping is safe at any time."""
    WebServer(desk, WebSettings()).stop()
