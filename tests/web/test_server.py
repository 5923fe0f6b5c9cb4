from __future__ import annotations

import socket
import time
from pathlib import Path

import httpx
import pytest

from orchestrator.catalogue.store import Catalogue
from orchestrator.config.model import WebSettings
from orchestrator.errors import ConfigError
from orchestrator.web.doors import where_to_listen
from orchestrator.web.server import WebServer
from tests.fakes.desk import FakeDesk
from tests.fakes.station import NOW
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
    """Until there are accounts, no other machine can reach the service; the sentence says how to make one."""
    with pytest.raises(ConfigError) as caught:
        WebServer(desk, WebSettings(host=host)).start()
    assert caught.value.problem.code == "web.beyond-loopback"
    assert "orchestrator account add NAME --role admin" in str(caught.value)


def test_with_accounts_it_listens_wherever_it_is_told(desk: FakeDesk) -> None:
    """Once there is an account, the panel can be opened to the network; this machine's programs still find it."""
    desk.catalogue.accounts.add("sari", "admin", "hash", NOW)
    server = WebServer(desk, WebSettings(host="0.0.0.0", port=0))
    port = server.start()
    try:
        assert server.url == f"http://127.0.0.1:{port}"
        assert httpx.get(f"{server.url}/healthz", trust_env=False).json() == {"status": "alive"}
    finally:
        server.stop()


def test_accounts_that_were_lost_with_the_database_stop_no_service(tmp_path: Path) -> None:
    """Where a damaged database took the accounts with it, the service runs, and listens to this machine alone."""
    file = tmp_path / "catalogue.sqlite3"
    file.write_bytes(b"not a database at all" * 100)
    with Catalogue(f"sqlite:///{file}") as catalogue:
        assert where_to_listen(WebSettings(host="0.0.0.0", port=9), catalogue) == WebSettings("127.0.0.1", 9)


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
