"""The documented way to open the panel to a network: a proxy with TLS on the same machine."""

from __future__ import annotations

import re
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from orchestrator.config.model import WebSettings
from orchestrator.web.server import WebServer
from tests.fakes.desk import FakeDesk
from tests.support import until
from tests.web.browser import CHEAP, PASSWORD

pytestmark = [pytest.mark.real, pytest.mark.patient]

_DOCS = Path(__file__).parents[3] / "docs" / "operate.md"


@pytest.fixture
def desk(tmp_path: Path) -> FakeDesk:
    return FakeDesk(tmp_path)


@pytest.fixture
def proxied(desk: FakeDesk, tmp_path: Path) -> Iterator[str]:
    """The panel's address behind nginx, set up as the documentation says."""
    server = WebServer(desk, WebSettings(port=0), passwords=CHEAP)
    port, outside = server.start(), _free_port()
    _certificate(tmp_path)
    found = re.search(r"```nginx\n(.*?)```", _DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    block = (
        found[1]
        .replace("listen 443 ssl", f"listen 127.0.0.1:{outside} ssl")
        .replace("127.0.0.1:8080", f"127.0.0.1:{port}")
        .replace("/etc/ssl/panel", f"{tmp_path}/panel")
    )
    places = "".join(
        f"{kind}_temp_path {tmp_path}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    configuration = tmp_path / "nginx.conf"
    configuration.write_text(
        f"daemon off; pid {tmp_path}/nginx.pid; error_log {tmp_path}/error.log; worker_processes 1;\n"
        f"events {{}}\nhttp {{ access_log off;\n{places}{block}}}\n"
    )
    nginx = subprocess.Popen(["/usr/sbin/nginx", "-c", str(configuration), "-p", str(tmp_path)])
    until(lambda: _answers(outside), what="nginx listens")
    yield f"https://127.0.0.1:{outside}"
    nginx.terminate()
    nginx.wait(10)
    server.stop()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=0.2).close()
    except OSError:
        return False
    return True


def _certificate(folder: Path) -> None:
    subprocess.run(
        [
            *(
                "/usr/bin/openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
            ),
            *("-subj", "/CN=127.0.0.1", "-days", "1", "-keyout", f"{folder}/panel.key", "-out", f"{folder}/panel.pem"),
        ],
        check=True,
        capture_output=True,
    )


def test_the_documented_proxy_serves_people_and_nobody_before_there_are_any(desk: FakeDesk, proxied: str) -> None:
    """Set up as documented, the proxy lets nobody in without an account, and whoever signs in can act over TLS."""
    with httpx.Client(base_url=proxied, verify=False, trust_env=False) as client:
        refused = client.get("/", headers={"accept": "text/html"})
        assert (refused.status_code, "account add" in refused.text) == (403, True)
        desk.catalogue.accounts.add("budi", "admin", CHEAP.hash(PASSWORD), desk.clock.now())
        desk.clock.forward(2)
        made = client.post("/api/v1/session", json={"name": "budi", "password": PASSWORD})
        assert made.status_code == 200
        assert "Secure" in made.headers["set-cookie"].split("; ")
        page = {"origin": proxied, "sec-fetch-site": "same-origin", "x-csrf-token": made.json()["csrf"]}
        assert client.post("/api/v1/reload", headers=page).status_code == 200
        foreign = client.post("/api/v1/reload", headers=page | {"origin": "https://evil.example"})
        assert (foreign.status_code, foreign.json()["code"]) == (403, "web.cross-site")
        with client.stream("GET", "/api/v1/live", params={"page": "shell"}) as live:
            first = next(line for line in live.iter_lines() if line)
            assert first.partition(":")[0] in {"event", "data", "id", "retry"}
