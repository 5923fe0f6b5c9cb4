"""What is being recorded is put on the disk."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pytest

from orchestrator.devices.flushing import LATE_AFTER, WELL_FOR, Flushing, Strain
from tests.fakes.clock import ManualClock
from tests.support import until


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files and folders that were synced, in order."""
    names: list[str] = []

    def note(descriptor: int) -> None:
        names.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)

    monkeypatch.setattr(os, "fdatasync", note)
    monkeypatch.setattr(os, "fsync", note)
    return names


def segment(spool: Path, name: str = "a.ts", data: bytes = b"x") -> None:
    """Write on a segment."""
    folder = spool / "aula" / "apel" / "safety"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / name).open("ab") as file:
        file.write(data)


def test_what_grows_is_synced_and_what_rests_is_not(tmp_path: Path, synced: list[str]) -> None:
    """A new file is synced with the folders that name it, a grown one by itself, a finished one never again."""
    spool = tmp_path / "spool"
    segment(spool, "old.ts")
    segment(spool)
    flushing = Flushing((spool,), ManualClock())
    flushing.start()
    until(lambda: {"old.ts", "a.ts", "safety", "apel", "aula", "spool"} <= set(synced))
    until(lambda: tmp_path.name in synced)
    synced.clear()
    segment(spool)
    until(lambda: synced)
    flushing.stop()
    assert synced == ["a.ts"]


def test_a_disk_that_hangs_holds_up_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each disk has a thread of its own, and an end doesn't wait for a hung one."""
    hung, done = threading.Event(), threading.Event()
    good = tmp_path / "good" / "spool"

    def sync(descriptor: int) -> None:
        if Path(f"/proc/self/fd/{descriptor}").readlink().is_relative_to(good):
            done.set()
        else:
            hung.wait(30)

    monkeypatch.setattr(os, "fdatasync", sync)
    segment(tmp_path / "hung" / "spool")
    segment(good)
    flushing = Flushing((tmp_path / "hung" / "spool", good), ManualClock())
    flushing.start()
    try:
        until(done.is_set)
        flushing.stop()
    finally:
        hung.set()


def codes(strain: Strain, begun: float | None, now: float) -> list[str]:
    problem = strain.problem("/srv/siaran", begun, now)
    return [] if problem is None else [problem.code]


def test_a_slow_disk_is_told_from_its_first_late_sync_until_it_was_quick_for_a_while() -> None:
    """It is told while the sync still lasts, and quick syncs in between don't end it: it is said once."""
    strain, late = Strain(), ["storage.sync-late"]
    assert codes(strain, 0.0, LATE_AFTER - 0.1) == []
    assert codes(strain, 0.0, LATE_AFTER) == late
    strain.synced(0.0, 6.0, None)
    strain.synced(7.0, 7.1, None)
    assert codes(strain, None, 6.0 + WELL_FOR - 0.1) == late
    assert codes(strain, None, 6.0 + WELL_FOR) == []


def test_a_failed_sync_is_told_above_a_slow_one() -> None:
    """What can't be kept at all is worse than what is kept late."""
    strain = Strain()
    strain.synced(0.0, 9.0, "Input/output error")
    problem = strain.problem("/srv/siaran", None, 9.0)
    assert problem is not None
    assert (problem.code, problem.where) == ("storage.sync-failed", "/srv/siaran")
    assert "Input/output error" in str(problem)
    strain.synced(10.0, 10.1, None)
    assert codes(strain, None, 9.0 + WELL_FOR) == []


def test_each_disk_tells_of_its_own_syncs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One fails, one hangs and one is full: the first two are told by their folders, the full one elsewhere."""
    release, clock = threading.Event(), ManualClock()
    spools = tuple(tmp_path / name / "spool" for name in ("broken", "hung", "full"))
    begun = set()

    def sync(descriptor: int) -> None:
        disk = Path(f"/proc/self/fd/{descriptor}").readlink().relative_to(tmp_path).parts[0]
        begun.add(disk)
        if disk == "hung":
            release.wait(30)
        raise OSError(errno.EIO if disk == "broken" else errno.ENOSPC, "no")

    monkeypatch.setattr(os, "fdatasync", sync)
    for spool in spools:
        segment(spool)
    flushing = Flushing(spools, clock)
    flushing.start()
    try:
        until(lambda: begun == {"broken", "hung", "full"} and len(flushing.problems()) == 1)
        clock.forward(LATE_AFTER)
        told = {problem.where: problem.code for problem in flushing.problems()}
        flushing.stop()
    finally:
        release.set()
    broken, hung, _ = (str(spool.parent) for spool in spools)
    assert told == {broken: "storage.sync-failed", hung: "storage.sync-late"}
