"""The hub's keeper, where the disk takes nothing or something goes wrong."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from demo.sinks import free_port
from orchestrator.clock import SystemClock
from orchestrator.config.folders import DataFolder
from orchestrator.config.model import HubSettings
from orchestrator.devices.media import hub as module
from orchestrator.devices.media.child import Child
from orchestrator.devices.media.hub import Hub
from orchestrator.errors import DeviceError
from tests.devices.media.bench import station, venue
from tests.fakes.processes import MemoryStore
from tests.support import fill, remount, small_disk, until


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """A small disk of the service's own."""
    with small_disk(tmp_path / "data", "64k"):
        yield tmp_path / "data"


@pytest.fixture
def hub(data: Path, monkeypatch: pytest.MonkeyPatch) -> Hub:
    """A hub of which nothing is installed that would be missed."""
    monkeypatch.setattr(module.nginx, "MODULES", (Path(os.devnull),))
    aula = venue()
    return Hub(
        station(data, HubSettings(port=free_port())), {aula.id: aula}, DataFolder(data), SystemClock(), MemoryStore()
    )


def test_a_full_disk_keeps_no_hub_from_its_start(data: Path, hub: Hub) -> None:
    """Its configuration is there, and its number needs no room; the same on a disk that can only be read."""
    hub._make()
    number = data / "run/hub/nginx.pid"
    assert number.readlink() == Path(os.devnull)
    fill(data)
    number.unlink()  # as nginx does that ends in order
    hub._make()
    assert number.readlink() == Path(os.devnull)
    remount(data, "ro")
    hub._make()


def test_a_hub_that_cannot_be_started_for_a_full_disk_is_said_so(data: Path, hub: Hub) -> None:
    """And not that somebody isn't its folder's owner."""
    fill(data)
    with pytest.raises(DeviceError, match="is full, so nginx can't be started") as raised:
        hub._make()
    assert raised.value.problem.code == "process.disk-full"


def test_a_mistake_does_not_end_the_hubs_keeper(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever goes wrong in a look, the next one is made, and the next question asked."""
    looks, questions = [], []

    def fail(told: list[int]) -> None:
        told.append(1)
        raise OSError("No space left on device")

    monkeypatch.setattr(Child, "tick", lambda *_: fail(looks))
    monkeypatch.setattr(module.probe, "answers", lambda *_: fail(questions))
    monkeypatch.setattr(module, "_PROBE_EVERY", 0.05)
    with ExitStack() as stack:
        hub.start(lambda: None)
        stack.callback(hub.stop)
        until(lambda: len(looks) > 3, 10)
        until(lambda: len(questions) > 1, 10)
