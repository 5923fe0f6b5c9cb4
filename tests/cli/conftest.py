from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from orchestrator.cli.root import cli
from orchestrator.config.folders import DataFolder
from orchestrator.config.model import WebSettings
from orchestrator.files import write_whole
from orchestrator.web.server import WebServer
from tests.fakes.desk import FakeDesk

Run = Callable[..., Result]
TOKEN = "of-the-commands"


@pytest.fixture
def run() -> Run:
    """Run a command line in English, unless it says otherwise."""

    def runner(*arguments: str, lang: str | None = "en", text: str | None = None) -> Result:
        chosen = () if lang is None else ("--lang", lang)
        return CliRunner().invoke(cli, [*arguments, *chosen], input=text)

    return runner


@pytest.fixture
def desk(tmp_path: Path) -> FakeDesk:
    return FakeDesk(tmp_path)


@pytest.fixture
def data(desk: FakeDesk, tmp_path: Path) -> Iterator[str]:
    """The data folder of a running service."""
    server = WebServer(desk, WebSettings(port=0), TOKEN)
    url = f"http://127.0.0.1:{server.start()}"
    write_whole(DataFolder(tmp_path).token, TOKEN, mode=0o600)
    DataFolder(tmp_path).service.write_text(json.dumps({"url": url, "pid": os.getpid()}))
    yield str(tmp_path)
    server.stop()
