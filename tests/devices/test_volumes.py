"""Which disk is recorded to, before and after one is nearly full."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.config.folders import DataFolder
from orchestrator.devices import volumes
from orchestrator.devices.volumes import BEGIN_WITH, LEAVE_AT, Measured, Volume, Volumes, begin, stay_or_leave
from orchestrator.errors import Problem
from tests.fakes.clock import ManualClock
from tests.support import until

GB = 1_000_000_000
MB = 1_000_000
CLOSED = Problem("storage.overflow-closed", "closed")


def two(first: int, second: int) -> list[Volume]:
    return [Volume(Path("/one"), first, 100 * GB), Volume(Path("/two"), second, 100 * GB)]


@pytest.mark.parametrize(
    ("first", "second", "place"),
    [(50 * GB, 80 * GB, 0), (BEGIN_WITH - 1, 80 * GB, 1), (1 * GB, 500 * MB, 0), (100 * MB, 900 * MB, 1), (0, 0, 0)],
)
def test_an_occurrence_begins_where_there_is_room(first: int, second: int, place: int) -> None:
    """On the first disk while that has room to spare, else on the second, else wherever most is left."""
    assert begin(two(first, second)) == place


@pytest.mark.parametrize(
    ("first", "second", "at", "place"),
    [
        (401 * MB, 80 * GB, 0, 0),
        (399 * MB, 80 * GB, 0, 1),
        (399 * MB, 500 * MB, 0, 0),
        (50 * GB, 80 * GB, 1, 1),
        (50 * GB, 10 * MB, 1, 0),
    ],
)
def test_a_recording_changes_disks_only_when_it_must(first: int, second: int, at: int, place: int) -> None:
    """It leaves a disk that is nearly full for one that clearly isn't, and otherwise stays where it is."""
    assert stay_or_leave(two(first, second), at, 400 * MB) == place


@pytest.fixture
def disks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int, int], None]:
    """Two disks, as free as the test says; the second lies on another one."""
    free: dict[Path, int] = {}

    def say(first: int, second: int) -> None:
        free[tmp_path / "data/spool"], free[tmp_path / "second/spool"] = first, second

    monkeypatch.setattr(volumes, "_measure", lambda spool: Measured(Volume(spool, free[spool], 100 * GB), 1))
    monkeypatch.setattr(volumes, "_why_useless", lambda _first, _second: None)
    return say


def make(tmp_path: Path, clock: ManualClock) -> Volumes:
    return Volumes(DataFolder(tmp_path / "data", tmp_path / "second"), clock)


def test_the_recordings_go_on_on_the_second_disk_one_after_the_other(
    tmp_path: Path, disks: Callable[[int, int], None]
) -> None:
    """As the first disk fills, the studio recording leaves it before the safety recording does, and both stay away."""
    clock = ManualClock()
    found = make(tmp_path, clock)

    def where(free: int) -> tuple[str, str]:
        disks(free, 80 * GB)
        clock.forward(1.5)
        kinds = (found.spool("aula", "apel", "studio"), found.spool("aula", "apel", "safety"))
        return kinds[0].parent.name, kinds[1].parent.name

    assert where(50 * GB) == ("data", "data")
    assert [problem.code for problem in found.problems()] == []
    assert where(LEAVE_AT["studio"] - MB) == ("second", "data")
    assert [problem.code for problem in found.problems()] == ["storage.overflow"]
    assert where(LEAVE_AT["safety"] - MB) == ("second", "second")
    assert where(50 * GB) == ("second", "second")
    assert found.spool("aula", "berikut", "studio").parent.name == "data"


def test_a_service_that_comes_back_goes_on_where_the_recorder_is(
    tmp_path: Path, disks: Callable[[int, int], None]
) -> None:
    """After a restart a recording isn't moved, neither back to the first disk nor away from it too early."""
    folder = DataFolder(tmp_path / "data", tmp_path / "second")
    folder.studio("aula", "apel").mkdir(parents=True)
    folder.safety("aula", "apel", folder.spools[1]).mkdir(parents=True)
    disks(1 * GB, 80 * GB)
    found = make(tmp_path, ManualClock())
    assert found.spool("aula", "apel", "studio") == folder.spools[0]
    assert found.spool("aula", "apel", "safety") == folder.spools[1]


def test_where_a_recorder_was_is_known_without_asking_its_disk_again(tmp_path: Path) -> None:
    """Where a recording goes is decided by the last look at the disks: no loop waits for one that has begun to hang."""
    folder = DataFolder(tmp_path / "data", tmp_path / "second")
    found, clock = make(tmp_path, ManualClock()), ManualClock()
    before = folder.studio("aula", "apel", folder.spools[1])
    before.mkdir(parents=True)

    def look(spool: Path) -> Measured:
        return Measured(Volume(spool, 50 * GB, 100 * GB), hash(spool), writable=True)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(volumes, "_measure", look)
        found = make(tmp_path, clock)
        assert len(found.volumes()) == 2
        shutil.rmtree(tmp_path / "second")  # any question from now on would be answered otherwise
        assert found.spool("aula", "apel", "studio") == folder.spools[1]


def test_full_disks_are_told_loudly(tmp_path: Path, disks: Callable[[int, int], None]) -> None:
    """When no disk has room any more, that is the problem that is told."""
    disks(10 * MB, 20 * MB)
    assert [problem.code for problem in make(tmp_path, ManualClock()).problems()] == ["storage.full"]


def test_a_second_folder_on_the_same_disk_is_told_and_not_used(tmp_path: Path) -> None:
    """A second disk that isn't connected leaves an empty folder on the first: it is no help, and that is said."""
    (tmp_path / "second").mkdir()
    found = make(tmp_path, ManualClock())
    assert [problem.code for problem in found.problems()] == ["storage.overflow-same-disk"]
    assert [volume.spool for volume in found.volumes()] == [tmp_path / "data/spool"]
    assert found.spool("aula", "apel", "studio") == tmp_path / "data/spool"


def test_without_a_second_disk_nothing_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With one disk there is nothing to choose, so that a disk that hangs keeps no loop waiting."""
    monkeypatch.setattr(volumes, "_measure", None)
    assert Volumes(DataFolder(tmp_path), ManualClock()).spool("aula", "apel", "studio") == tmp_path / "spool"


def test_a_disk_that_hangs_holds_up_no_cue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dead network disk is left for the other one without anybody waiting for its answer, and used again later."""
    hung, clock, sound = threading.Event(), ManualClock(), shutil.disk_usage
    hung.set()

    def usage(folder: Path) -> object:
        hung.wait(30) if folder.is_relative_to(tmp_path / "second") else None
        return sound(folder)

    monkeypatch.setattr(shutil, "disk_usage", usage)
    monkeypatch.setattr(volumes, "_why_useless", lambda _, second: CLOSED if second.device is None else None)
    (tmp_path / "second").mkdir()
    (tmp_path / "data").mkdir()
    both = make(tmp_path, clock)
    assert len(both.volumes()) == 2
    hung.clear()
    began = time.monotonic()  # noqa: TID251 - what is waited for is real time
    try:
        for _ in range(10):
            clock.forward(1.5)
            both.spool("aula", "apel", "safety")
        took = time.monotonic() - began  # noqa: TID251 - as above
        assert len(both.volumes()) == 1
        assert CLOSED in both.problems()
    finally:
        hung.set()
    assert took < 0.5

    def is_back() -> bool:
        clock.forward(1.5)
        return len(both.volumes()) == 2

    until(is_back)
