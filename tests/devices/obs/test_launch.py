"""An OBS that is started where the disk takes nothing more."""

from __future__ import annotations

import configparser
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from orchestrator.clock import SystemClock
from orchestrator.config.folders import DataFolder
from orchestrator.devices.obs import launch
from orchestrator.devices.obs.launch import Launcher
from orchestrator.devices.process import ProcessSpec
from orchestrator.errors import DeviceError
from orchestrator.plan.model import Venue
from orchestrator.plan.secret import Secret
from tests.devices.obs.studio import make_venue
from tests.fakes.processes import MemoryStore
from tests.support import fill, remount, small_disk


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of the service's own."""
    folder = tmp_path / "data"
    with small_disk(folder, "200k"):
        yield folder


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was started; a screen says its number at once."""
    keys: list[str] = []

    def start(spec: ProcessSpec, *_: object) -> object:
        keys.append(spec.key)
        if spec.argv[0] == "Xvfb":
            with spec.log.open("a") as log:
                log.write("5\n")
        return SimpleNamespace(alive=lambda: True)

    monkeypatch.setattr(launch, "launch", start)
    monkeypatch.setattr(launch.shutil, "which", str)
    return keys


def launcher(disk: Path, venue: Venue | None = None) -> Launcher:
    return Launcher(venue or make_venue(), DataFolder(disk), SystemClock(), MemoryStore())


def test_a_full_disk_keeps_no_obs_from_its_start(disk: Path, started: list[str]) -> None:
    """Neither while its screen is there, nor with a new one; and files that must change are changed."""
    ours = launcher(disk)
    ours.launch()
    fill(disk)
    ours.launch()
    assert started == ["aula/display", "aula/obs", "aula/obs"]
    launcher(disk).launch()
    assert started[3:] == ["aula/display", "aula/obs"]
    venue = make_venue()
    launcher(disk, replace(venue, studio=replace(venue.studio, password=Secret("lain")))).launch()
    file = disk / "run/aula/obs/obs-studio/global.ini"
    assert setting(file, "OBSWebSocket", "ServerPassword") == "lain"
    assert setting(file, "General", "FirstRun") == "true"


def test_a_disk_that_can_only_be_read_keeps_no_obs_from_its_start(disk: Path, started: list[str]) -> None:
    """Its files are as they should be, so none is written."""
    ours = launcher(disk)
    ours.launch()
    remount(disk, "ro")
    ours.launch()
    assert started[-1] == "aula/obs"


def test_what_cannot_be_written_is_said_plainly(disk: Path, started: list[str]) -> None:
    """One sentence says which disk is full and what can't be started for it."""
    fill(disk)
    with pytest.raises(DeviceError, match="is full, so Xvfb can't be started: free some space") as raised:
        launcher(disk).launch()
    assert raised.value.problem.code == "process.disk-full"
    assert started == []


def test_what_obs_wrote_stays_and_what_it_emptied_is_made_again(disk: Path, started: list[str]) -> None:
    """Keys of its own are kept; a file that a full disk cost its content is as at the first start."""
    ours = launcher(disk)
    ours.launch()
    root = disk / "run/aula/obs/obs-studio"
    (profile,) = root.glob("basic/profiles/*/basic.ini")
    (root / "global.ini").write_text((root / "global.ini").read_text() + "[Own]\nInstallGUID=1\n")
    before = (root / "global.ini").read_bytes(), profile.read_bytes()
    ours.launch()
    assert ((root / "global.ini").read_bytes(), profile.read_bytes()) == before
    profile.write_bytes(b"")
    ours.launch()
    assert profile.read_bytes() == before[1]
    assert len(started) == 4


def setting(file: Path, section: str, key: str) -> str:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(file)
    return parser.get(section, key)
