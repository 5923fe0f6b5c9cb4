from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from orchestrator.config.model import WebSettings
from orchestrator.web.server import WebServer
from tests.fakes.desk import FakeDesk

TOKEN = "of-the-commands"


@pytest.fixture
def desk(tmp_path: Path) -> FakeDesk:
    return FakeDesk(tmp_path)


@pytest.fixture
def address(desk: FakeDesk) -> Iterator[str]:
    server = WebServer(desk, WebSettings(port=0), TOKEN)
    port = server.start()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, trust_env=False, verify=False, headers={"accept-language": "en"}) as made:
        yield made


@pytest.fixture
def command(address: str) -> Iterator[httpx.Client]:
    """A command of this machine."""
    headers = {"accept-language": "en", "authorization": f"Bearer {TOKEN}", "x-orchestrator-user": "root"}
    with httpx.Client(base_url=address, trust_env=False, verify=False, headers=headers) as made:
        yield made
