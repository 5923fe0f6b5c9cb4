"""Recordings before they begin: their folder, their name."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from types import SimpleNamespace
from typing import cast

import pytest

from orchestrator.config.model import HubSettings
from orchestrator.devices import volumes
from orchestrator.devices.obs import outputs
from orchestrator.devices.obs.client import ObsClient
from orchestrator.devices.obs.difference import RecordCommand
from orchestrator.devices.obs.link import Link
from orchestrator.devices.obs.messages import Request
from orchestrator.devices.obs.outputs import Outputs
from orchestrator.devices.obs.state import Output
from orchestrator.devices.volumes import Twins
from orchestrator.errors import DeviceError
from tests.devices.media.bench import station, venue
from tests.fakes.clock import ManualClock
from tests.support import until


def test_a_recording_folder_is_made(tmp_path: Path) -> None:
    """The folder is there before OBS is told of it."""
    folder = tmp_path / "spool" / "aula" / "studio"
    outputs.prepare_folder(str(folder), "aula")
    assert folder.is_dir()
    assert list(folder.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_told_before_obs_is_asked(tmp_path: Path) -> None:
    """In plain words, with the folder and the reason."""
    (tmp_path / "spool").write_text("a file where a folder should be")
    with pytest.raises(DeviceError) as caught:
        outputs.prepare_folder(str(tmp_path / "spool" / "studio"), "aula")
    problem = caught.value.problem
    assert problem.code == "obs.record-folder"
    assert str(tmp_path / "spool" / "studio") in str(problem)


@pytest.mark.skipif(not os.access("/proc/self", os.R_OK), reason="needs a file system that refuses everybody")
def test_a_folder_that_refuses_even_root_is_told(tmp_path: Path) -> None:
    """A disk that is mounted read-only, for instance."""
    with pytest.raises(DeviceError, match="can't be written"):
        outputs.prepare_folder("/proc/self/studio", "aula")


def test_a_full_disk_is_told_before_obs_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too little room for minutes of recording isn't begun upon."""
    monkeypatch.setattr(outputs, "LEAST_FREE", 10**18)
    with pytest.raises(DeviceError) as caught:
        outputs.prepare_folder(str(tmp_path), "aula")
    assert caught.value.problem.code == "obs.disk-full"


class FakeObs:
    """An OBS that isn't recording, as link and client."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def observed(self) -> SimpleNamespace:
        return SimpleNamespace(record=Output.OFF, stream=Output.OFF)

    def batch(self, requests: Sequence[Request], _timeout: float) -> list[object]:
        self.asked += [str(request.data["parameterValue"]) for request in requests]
        return []

    def request(self, name: str, _timeout: float) -> None:
        self.asked.append(name)


def test_a_folder_on_a_disk_that_hangs_holds_up_no_loop(tmp_path: Path) -> None:
    """It is told, OBS isn't asked for what would hang it, and the recording begins once a disk answers."""
    hung, obs = threading.Event(), FakeObs()
    made = Outputs(venue(), station(tmp_path, HubSettings()), cast("Link", obs), ManualClock())

    def prepare(folder: str, where: str) -> None:
        if "second" in folder:
            hung.wait(5)
        outputs.prepare_folder(folder, where)

    def start(folder: str) -> DeviceError | None:
        command = RecordCommand("record", "record", False, True, "", 50, folder=str(tmp_path / folder))
        return made.send(cast("ObsClient", obs), command)

    made.prepare = prepare
    began = perf_counter()
    try:
        refused = [start("second") for _ in range(3)]
        took = perf_counter() - began
        assert obs.asked == []
        assert start("first") is None
        assert obs.asked[-1] == "StartRecord"
    finally:
        hung.set()
    assert [error.problem.code for error in refused if error] == ["obs.record-folder"] * 3
    assert "the disk doesn't answer" in str(refused[0])
    assert took < 1
    until(lambda: start("second") is None)
    assert str(tmp_path / "second") in obs.asked


def test_what_lies_on_another_disk_that_hangs_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A recording on a sound disk doesn't wait for the other's list of files."""
    hung, names = threading.Event(), volumes._names
    spools = (tmp_path / "a", tmp_path / "b")
    for spool, name in zip(spools, ("20270817T073000_01.mkv", "20270817T073000_02.mkv"), strict=True):
        (spool / "aula").mkdir(parents=True)
        (spool / "aula" / name).touch()

    def listed(folder: Path) -> frozenset[str]:
        if folder.is_relative_to(spools[1]):
            hung.wait(5)
        return names(folder)

    monkeypatch.setattr(volumes, "_names", listed)
    twins, began = Twins(spools[0] / "aula", spools), perf_counter()
    try:
        assert twins.names() == {"20270817T073000_01.mkv"}
        assert perf_counter() - began < 1
    finally:
        hung.set()
    until(lambda: len(twins.names()) == 2)


def test_a_recording_never_overwrites_another() -> None:
    """Its name is its time and number, and OBS is told never to write over a file."""
    values = {
        request.data["parameterName"]: request.data["parameterValue"] for request in outputs.record_settings("/x", 2)
    }
    assert values["FilePath"] == "/x"
    assert values["RecFormat"] == values["RecFormat2"] == "mkv"
    assert values["OverwriteIfExists"] == "false"
    assert values["FilenameFormatting"] == "%CCYY%MM%DDT%hh%mm%ss_02"


def test_a_recording_has_the_number_after_all_others_of_its_event(tmp_path: Path) -> None:
    """Whatever the clock says, and on whichever disk they lie; what else lies there has no number."""
    first, second = tmp_path / "a", tmp_path / "b"
    folder = first / "aula/upacara/studio"

    def number(of: Path) -> int:
        return outputs.next_number(Twins(of, (first, second)).names())

    assert number(folder) == 1
    for path in (folder / "20270817T073000_01.mkv", second / "aula/upacara/studio/20270817T063500_02.mkv"):
        path.parent.mkdir(parents=True)
        path.touch()
    (folder / "2027-08-17 07-40-00.mkv").touch()
    assert number(folder) == 3
    assert number(Path("/elsewhere")) == 1
