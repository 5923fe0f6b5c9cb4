from __future__ import annotations

import threading
from datetime import datetime
from pathlib import Path

import bagit
import pytest

from orchestrator.archive import checking
from orchestrator.archive.checking import Checker
from orchestrator.catalogue.records import ArchivedRecording
from orchestrator.catalogue.store import Catalogue
from orchestrator.errors import Problem, StorageError
from tests.archive.conftest import START
from tests.fakes.clock import ManualClock
from tests.support import until


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue("sqlite://")


def a_recording(catalogue: Catalogue, root: Path, name: str = "penaikan") -> ArchivedRecording:
    folder = root / "2027" / name
    folder.mkdir(parents=True)
    (folder / "film.mp4").write_bytes(b"film" * 1000)
    bagit.make_bag(str(folder), checksums=["sha256"])
    row = ArchivedRecording(name, "gedung", "Penaikan", START, f"2027/{name}", 1.0, 4000, START, "whole")
    return catalogue.recordings.put(row)


def test_a_recording_is_verified_in_the_background(catalogue: Catalogue, tmp_path: Path) -> None:
    """Who asks is answered at once, finds the result later, and stands in the audit with it."""
    checker = Checker(catalogue, tmp_path, ManualClock(START))
    assert checker.start(a_recording(catalogue, tmp_path), "sari").state == "waiting"
    found = until(lambda: (seen := checker.of("penaikan")) and seen.finished_at and seen)
    checker.stop()
    assert (found.state, found.done, found.problems) == ("whole", found.total, ())
    lines = [(line.who, line.action, line.subject) for line in catalogue.audit.between()]
    assert lines == [("sari", "recording.verify", "penaikan"), ("sari", "recording.whole", "penaikan")]


def test_damage_is_told_and_kept(catalogue: Catalogue, tmp_path: Path) -> None:
    """A file that isn't what was archived makes the recording damaged, with a sentence that names the file."""
    recording = a_recording(catalogue, tmp_path)
    (tmp_path / "2027/penaikan/data/film.mp4").write_bytes(b"Film" * 1000)
    checker = Checker(catalogue, tmp_path, ManualClock(START))
    checker.start(recording, "sari")
    found = until(lambda: (seen := checker.of("penaikan")) and seen.finished_at and seen)
    checker.stop()
    assert [problem.code for problem in found.problems] == ["archive.file-changed"]
    row = catalogue.recordings.find("penaikan")
    assert row is not None
    assert row.state == "damaged"


def test_one_recording_is_read_at_a_time_and_only_once(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two who ask for the same get the same; others wait for their turn, so that the disk serves the air."""
    begun: list[str] = []
    go_on = threading.Event()

    def slow(recording: ArchivedRecording, *_: object) -> list[object]:
        begun.append(recording.occurrence)
        go_on.wait(10)
        return []

    monkeypatch.setattr(checking, "verify", slow)
    checker = Checker(catalogue, tmp_path, ManualClock(START))
    one, two = a_recording(catalogue, tmp_path), a_recording(catalogue, tmp_path, "rapat")
    first = checker.start(one, "sari")
    checker.start(two, "budi")
    until(lambda: begun)
    assert checker.start(one, "budi") == first
    assert begun == ["penaikan"]
    go_on.set()
    until(lambda: (seen := checker.of("rapat")) and seen.finished_at)
    checker.stop()
    assert begun == ["penaikan", "rapat"]


def test_one_that_cannot_be_written_down_ends_none_of_those_to_come(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full when the result is to be kept: it is seen all the same, and the next recording is read."""
    checker = Checker(catalogue, tmp_path, ManualClock(START))
    one, two = a_recording(catalogue, tmp_path), a_recording(catalogue, tmp_path, "rapat")
    add = catalogue.audit.add

    def full(at: datetime, who: str, action: str, subject: str) -> None:
        if action != "recording.verify":
            raise StorageError(Problem("catalogue.write", "full"))
        add(at, who, action, subject)

    monkeypatch.setattr(catalogue.audit, "add", full)
    for recording in (one, two):
        checker.start(recording, "sari")
    until(lambda: (seen := checker.of("rapat")) and seen.finished_at, 10)
    checker.stop()


def test_a_stop_gives_up_what_is_being_read(catalogue: Catalogue, tmp_path: Path) -> None:
    """The service's end waits for no verification."""
    checker = Checker(catalogue, tmp_path, ManualClock(START))
    checker.stop()
    checker.start(a_recording(catalogue, tmp_path), "sari")
    checker.stop()
    found = checker.of("penaikan")
    assert found is not None
    assert found.finished_at is None
