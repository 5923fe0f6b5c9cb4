"""Recordings before they begin: their folder, their name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from orchestrator.devices.obs import outputs
from orchestrator.errors import DeviceError


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
    assert outputs.next_number(str(folder), (first, second)) == 1
    for path in (folder / "20270817T073000_01.mkv", second / "aula/upacara/studio/20270817T063500_02.mkv"):
        path.parent.mkdir(parents=True)
        path.touch()
    (folder / "2027-08-17 07-40-00.mkv").touch()
    assert outputs.next_number(str(folder), (first, second)) == 3
    assert outputs.next_number("/elsewhere", (first, second)) == 1
