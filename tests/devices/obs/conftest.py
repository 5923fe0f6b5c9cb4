"""Connections to scripted peers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from orchestrator.devices.obs.connection import NO_EVENTS, Connection
from tests.devices.obs.wire import Connect, Script, Wire


@pytest.fixture
def connect() -> Iterator[Connect]:
    opened: list[Any] = []

    def make(script: Script, subscriptions: int = NO_EVENTS, timeout: float = 1.0, **callbacks: Any) -> Connection:
        wire = Wire(script)
        connection = Connection(wire.studio, "aula", subscriptions, **callbacks)
        opened.append((connection, wire))
        connection.connect(timeout)
        return connection

    yield make
    for connection, wire in opened:
        connection.disconnect()
        wire.__exit__()
