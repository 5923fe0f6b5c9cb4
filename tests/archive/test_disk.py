"""The archive's disk: whether it is there."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from orchestrator.archive.disk import ArchiveDisk


def codes(disk: ArchiveDisk) -> list[str]:
    found = disk.look()
    return [] if found is None else [found.code]


def test_a_folder_that_was_never_used_may_be_missing_or_empty(tmp_path: Path) -> None:
    """A new station has no archive yet: it is made with the first recording."""
    disk = ArchiveDisk(tmp_path / "archive", lambda: False)
    assert codes(disk) == []
    (tmp_path / "archive").mkdir()
    assert codes(disk) == []


def test_an_empty_folder_where_recordings_were_is_a_disk_that_is_missing(tmp_path: Path) -> None:
    """After a boot without the disk nothing is written beneath the place where it is mounted."""
    (tmp_path / "archive").mkdir()
    disk = ArchiveDisk(tmp_path / "archive", lambda: True)
    assert codes(disk) == ["archive.gone"]
    (tmp_path / "archive" / "2027").mkdir()
    assert codes(disk) == []
    assert codes(ArchiveDisk(tmp_path / "nowhere", lambda: True)) == ["archive.gone"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a disk")
def test_a_disk_that_is_unmounted_or_read_only_is_seen_and_its_return_too(tmp_path: Path) -> None:
    """Whatever happens to the disk while the service runs shows at the next look."""
    folder = tmp_path / "archive"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    disk = ArchiveDisk(folder, lambda: True)
    subprocess.run(mount, check=True)
    try:
        (folder / "2027").mkdir()
        assert codes(disk) == []
        subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
        found = disk.look()
        assert found is not None
        assert "read-only file system" in str(found)
        subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)
        assert codes(disk) == []
    finally:
        subprocess.run(["umount", str(folder)], check=True)
    assert codes(disk) == ["archive.gone"]
