"""A catalogue on a real SQLite file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orchestrator.catalogue import database
from orchestrator.catalogue.store import Catalogue

START = datetime(2027, 8, 17, 0, 30, tzinfo=UTC)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/data/catalogue.db"


@pytest.fixture
def catalogue(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Catalogue]:
    """One that is waited for however busy this machine is, as no loop would."""
    monkeypatch.setattr(database, "_HURRY", 10.0)
    with Catalogue(url) as opened:
        yield opened
