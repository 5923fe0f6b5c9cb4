"""A file that somebody removes, replaces or takes away while it is in use."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.catalogue import copies
from orchestrator.catalogue.copies import regular
from orchestrator.catalogue.store import Catalogue
from orchestrator.plan.model import ChangeKind
from tests.catalogue.conftest import START
from tests.support import until


@pytest.mark.parametrize("left", [(), ("-wal", "-shm"), ("", "-wal", "-shm")], ids=["all", "beside", "an empty one"])
def test_a_file_that_is_removed_while_in_use_is_written_anew(url: str, left: tuple[str, ...]) -> None:
    """Whoever clears a folder costs nothing: within seconds the file is there again, with all that was in it."""
    file = Path(url.removeprefix("sqlite:///"))
    with Catalogue(url) as catalogue:
        first = catalogue.changes.add(ChangeKind.HOLD, START, "sari", "v")
        for ending in ("", "-wal", "-shm"):
            if ending not in left or not ending:
                Path(f"{file}{ending}").unlink()
        if "" in left:
            file.touch()
        until(lambda: [one.code for one in catalogue.problems] == ["catalogue.removed"], 10)
        second = catalogue.changes.add(ChangeKind.RESUME, START, "sari", "v")
        catalogue._database._copy()
    with Catalogue(url) as catalogue:
        assert catalogue.changes.active() == [first, second]
        assert catalogue.problems == ()
    with Catalogue(f"sqlite:///{regular(file)}") as copy:
        assert copy.changes.active() == [first, second]


def test_a_file_that_is_replaced_while_in_use_is_told_and_left_alone(url: str, tmp_path: Path) -> None:
    """A copy that is put back while the service runs isn't written over: the restart uses it."""
    file = Path(url.removeprefix("sqlite:///"))
    with Catalogue(f"sqlite:///{tmp_path}/other.sqlite3") as other:
        there = other.changes.add(ChangeKind.HOLD, START, "budi", "v")
    with Catalogue(url) as catalogue:
        catalogue.changes.add(ChangeKind.HOLD, START, "sari", "v")
        (tmp_path / "other.sqlite3").replace(file)
        for ending in ("-wal", "-shm"):
            Path(f"{file}{ending}").unlink()
        until(lambda: [one.code for one in catalogue.problems] == ["catalogue.replaced"], 10)
    with Catalogue(url) as catalogue:
        assert catalogue.changes.active() == [there]


def test_a_folder_that_is_gone_is_told_until_it_is_back(url: str, tmp_path: Path) -> None:
    """While the database's disk is away that is said, and afterwards nothing is missing."""
    folder = Path(url.removeprefix("sqlite:///")).parent
    with Catalogue(url) as catalogue:
        first = catalogue.changes.add(ChangeKind.HOLD, START, "sari", "v")
        away = folder.rename(tmp_path / "away")
        until(lambda: [one.code for one in catalogue.problems] == ["catalogue.write"], 10)
        away.rename(folder)
        until(lambda: not catalogue.problems, 10)
        assert catalogue.changes.active() == [first]


def test_a_copy_that_cannot_be_made_is_told_until_it_can(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What would be lost with a damaged file is told, but not where somebody only held the file for a moment."""

    def refuse(*_: Path) -> None:
        raise OSError(28, "No space left on device")

    with Catalogue(url) as catalogue:
        with monkeypatch.context() as patched:
            patched.setattr(copies, "make", refuse)
            told = []
            for _ in range(3):
                catalogue._database._copy()
                told.append([one.code for one in catalogue.problems])
        assert told == [[], ["catalogue.copy"], ["catalogue.copy"]]
        catalogue._database._copy()
        assert catalogue.problems == ()
