"""What is being recorded is put on the disk."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from orchestrator.devices.flushing import Flushing
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
    flushing = Flushing((spool,))
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
    flushing = Flushing((tmp_path / "hung" / "spool", good))
    flushing.start()
    try:
        until(done.is_set)
        flushing.stop()
    finally:
        hung.set()
