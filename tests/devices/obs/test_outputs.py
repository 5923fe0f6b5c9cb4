"""Orders to the recording and the stream."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from orchestrator.devices.obs import outputs
from orchestrator.devices.obs.state import Output
from orchestrator.errors import DeviceError


@pytest.fixture
def order() -> outputs.Order:
    asked = outputs.Order()
    asked.ask(True, 100.0)
    return asked


def test_an_order_without_any_word_becomes_a_problem(order: outputs.Order) -> None:
    """OBS says yes to a recording that it can't write, and then nothing."""
    assert order.trouble(104.0) is None
    assert order.trouble(106.0) == "silent"
    order.see(Output.STARTING)
    assert order.trouble(106.0) is None


def test_a_start_that_ends_at_once_is_a_failure_until_it_lives(order: outputs.Order) -> None:
    """A stream that the hub refuses goes from starting to stopped."""
    order.see(Output.STARTING)
    order.see(Output.OFF)
    assert order.trouble(100.5) == "failed"
    order.ask(True, 101.0)
    order.see(Output.STARTING)
    assert order.trouble(101.1) == "failed"
    order.see(Output.LIVE)
    assert order.trouble(101.2) is None


def test_an_end_that_was_ordered_is_no_failure(order: outputs.Order) -> None:
    """Only what ended by itself is told."""
    order.see(Output.LIVE)
    order.ask(False, 200.0)
    order.see(Output.STOPPING)
    order.see(Output.OFF)
    assert order.trouble(300.0) is None


def test_what_nobody_ordered_is_nobodys_problem() -> None:
    """A recording that somebody makes by hand and ends again is theirs."""
    order = outputs.Order()
    order.see(Output.LIVE)
    order.see(Output.OFF)
    assert order.trouble(100.0) is None


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
    """Its name is its time, and OBS is told never to write over a file."""
    values = {
        request.data["parameterName"]: request.data["parameterValue"] for request in outputs.record_settings("/x")
    }
    assert values["FilePath"] == "/x"
    assert values["RecFormat"] == values["RecFormat2"] == "mkv"
    assert values["OverwriteIfExists"] == "false"
    assert values["FilenameFormatting"] == "%CCYY%MM%DDT%hh%mm%ss"


def test_what_only_flickers_is_not_told() -> None:
    """A busy machine that stumbles for a moment is no problem; one that stays slow is, until it has been well again."""
    slow = outputs.Lasting(5.0)
    seen = [(0, True), (2, False), (3, True), (7, True), (8, True), (9, False), (10, True), (11, False), (16, False)]
    assert [slow.tell(wrong, at) for at, wrong in seen] == [False] * 4 + [True] * 4 + [False]
