"""The archive's disk: whether it is there."""

from __future__ import annotations

from pathlib import Path

from orchestrator.archive.disk import ArchiveDisk
from tests.support import remount, small_disk


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


def test_a_disk_that_is_unmounted_or_read_only_is_seen_and_its_return_too(tmp_path: Path) -> None:
    """Whatever happens to the disk while the service runs shows at the next look."""
    folder = tmp_path / "archive"
    watched = ArchiveDisk(folder, lambda: True)
    with small_disk(folder, "1m"):
        (folder / "2027").mkdir()
        assert codes(watched) == []
        remount(folder, "ro")
        found = watched.look()
        assert found is not None
        assert "read-only file system" in str(found)
        remount(folder, "rw")
        assert codes(watched) == []
    assert codes(watched) == ["archive.gone"]
