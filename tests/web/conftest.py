from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from orchestrator.config.model import WebSettings
from orchestrator.web.application import build
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
def app(desk: FakeDesk) -> FastAPI:
    return build(desk, TOKEN)


def in_process(app: FastAPI, **headers: str) -> httpx.Client:
    """A client on this machine that needs no server: starting and stopping one takes longer than most tests."""
    return TestClient(  # type: ignore[return-value]
        app,
        base_url="http://127.0.0.1:8080",
        client=("127.0.0.1", 50000),
        follow_redirects=False,
        headers={"accept-language": "en", **headers},
        raise_server_exceptions=False,
    )


@pytest.fixture
def client(app: FastAPI) -> Iterator[httpx.Client]:
    with closing(in_process(app)) as made:  # the panel knows no beginning and end, which its own context would call
        yield made


@pytest.fixture
def command(app: FastAPI) -> Iterator[httpx.Client]:
    """A command of this machine."""
    with closing(in_process(app, **{"authorization": f"Bearer {TOKEN}", "x-orchestrator-user": "root"})) as made:
        yield made
