"""The copy of the files that a restart begins with."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.in_force import FilesInForce


@pytest.fixture
def copy(tmp_path: Path) -> FilesInForce:
    """Files of a station, and where their copy goes."""
    (tmp_path / "profiles" / "venues").mkdir(parents=True)
    (tmp_path / "profiles" / "venues" / "aula.yaml").write_text("name: Aula\n")
    (tmp_path / "profiles" / "station.yaml").write_text("name: Humas\n")
    (tmp_path / "profiles" / "secrets.env").write_text("KEY=rahasia\n")
    (tmp_path / "jadwal.yaml").write_text("events: []\n")
    return FilesInForce(tmp_path / "data" / "in-force", tmp_path / "jadwal.yaml", tmp_path / "profiles")


def test_a_copy_is_as_the_files_were(copy: FilesInForce, tmp_path: Path) -> None:
    """All YAML files are in it, and stay as they were when the files change."""
    assert not copy.differs()
    copy.keep()
    assert not copy.differs()
    (tmp_path / "profiles" / "venues" / "aula.yaml").write_text("name: Lain\n")
    assert copy.differs()
    assert (copy.profiles / "venues" / "aula.yaml").read_text() == "name: Aula\n"
    assert copy.schedule.read_text() == "events: []\n"
    copy.keep()
    assert not copy.differs()
    assert (copy.profiles / "venues" / "aula.yaml").read_text() == "name: Lain\n"


def test_a_file_that_came_or_went_is_a_difference(copy: FilesInForce, tmp_path: Path) -> None:
    """A new ceremony, and one that is gone, make other files."""
    copy.keep()
    (tmp_path / "profiles" / "baru.yaml").write_text("name: Baru\n")
    assert copy.differs()
    copy.keep()
    (tmp_path / "profiles" / "baru.yaml").unlink()
    assert copy.differs()


def test_no_secret_is_copied(copy: FilesInForce, tmp_path: Path) -> None:
    """The copy takes its secrets from where they are."""
    copy.keep()
    assert (copy.profiles / "secrets.env").readlink() == tmp_path / "profiles" / "secrets.env"


def test_a_copy_that_cannot_be_made_leaves_the_one_before(copy: FilesInForce, tmp_path: Path) -> None:
    """Files that can't be read any more change nothing of the copy."""
    copy.keep()
    (tmp_path / "jadwal.yaml").unlink()
    with pytest.raises(OSError, match="jadwal"):
        copy.keep()
    assert copy.schedule.read_text() == "events: []\n"
