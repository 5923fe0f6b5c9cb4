"""Where the service is, told to this machine's commands."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from orchestrator.app import address
from orchestrator.app.address import Address
from orchestrator.config.folders import DataFolder
from tests.support import fill, small_disk, until


def test_commands_are_told_as_soon_as_the_disk_takes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a full disk the service is up without it; what shows its own commands is for its user alone."""
    monkeypatch.setattr(address, "_AGAIN", 0.05)
    folder = DataFolder(tmp_path)
    with small_disk(tmp_path, "64k"):
        fill(tmp_path)
        told = Address(folder, "kunci")
        told.tell("http://127.0.0.1:8080")
        assert not folder.service.exists()
        (tmp_path / "ballast").unlink()
        until(folder.service.exists, 5)
        assert json.loads(folder.service.read_text()) == {"url": "http://127.0.0.1:8080", "pid": os.getpid()}
        assert folder.token.read_text() == "kunci"
        assert stat.S_IMODE(folder.token.stat().st_mode) == 0o600
        told.withdraw()
        assert not folder.service.exists()
        assert not folder.token.exists()
