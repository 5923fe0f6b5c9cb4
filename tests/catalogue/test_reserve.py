"""Room for the database on a full disk."""

from __future__ import annotations

from collections import namedtuple
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orchestrator.catalogue import reserve as reserves
from orchestrator.catalogue.reserve import MADE_OVER, NEEDED_FOR, NEEDED_UNDER, SIZE, Reserve
from orchestrator.catalogue.store import Catalogue
from orchestrator.errors import StorageError
from orchestrator.plan.model import ChangeKind
from tests.support import fill, small_disk, until

Usage = namedtuple("Usage", "free")


def test_room_is_kept_while_there_is_plenty_and_given_up_when_it_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In between it stays as it is, and a recording that is about to end for want of room doesn't get it."""
    reserve = Reserve(tmp_path / "catalogue.sqlite3")
    there = []
    short, plenty = NEEDED_UNDER - 1, MADE_OVER + 1
    looks = [(NEEDED_UNDER, 1), (plenty, 1), (NEEDED_UNDER, 9), (short, NEEDED_FOR - 1), (NEEDED_UNDER, 1)]
    for free, times in [*looks, (short, NEEDED_FOR), (MADE_OVER, 9), (plenty, 1)]:
        monkeypatch.setattr(reserves.shutil, "disk_usage", lambda _, free=free: Usage(free))
        for _ in range(times):
            reserve.look()
        there.append(reserve.path.exists() and reserve.path.stat().st_size == SIZE)
    assert there == [False, True, True, True, True, False, False, True]


def test_a_change_is_taken_on_a_disk_that_something_has_filled(tmp_path: Path) -> None:
    """An operator acts during a ceremony whose disk another program has filled to the last byte."""
    with small_disk(tmp_path / "data", "100m"), Catalogue(f"sqlite:///{tmp_path}/data/catalogue.sqlite3") as catalogue:
        reserve = tmp_path / "data" / "catalogue.sqlite3.reserve"
        until(lambda: reserve.exists() and reserve.stat().st_size == SIZE, 10)
        _fill(tmp_path / "data" / "film")
        until(lambda: not reserve.exists(), 20)
        at = datetime(2027, 8, 17, 0, 30, tzinfo=UTC)
        for number in range(50):
            catalogue.changes.add(ChangeKind.GO, at, "humas", "aula", "upacara", f"cue-{number}")
        assert len(catalogue.changes.active(venue="aula")) == 50


def _fill(film: Path) -> None:
    """Write until there is no room for a byte."""
    piece = bytes(65536)
    with film.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(piece):
            pass


def test_a_service_that_starts_on_a_full_disk_takes_the_room(tmp_path: Path) -> None:
    """After a power cut the state of now is reached, also where something has filled the disk to the last byte."""
    url = f"sqlite:///{tmp_path}/data/catalogue.sqlite3"
    with small_disk(tmp_path / "data", "20m"):
        with Catalogue(url) as before:
            first = before.changes.add(ChangeKind.HOLD, datetime(2027, 8, 17, tzinfo=UTC), "sari", "v")
        Reserve(tmp_path / "data" / "catalogue.sqlite3")._keep()
        fill(tmp_path / "data")
        with Catalogue(url) as catalogue:
            assert catalogue.changes.active() == [first]
            catalogue.changes.add(ChangeKind.HOLD, datetime(2027, 8, 17, tzinfo=UTC), "sari", "v")
            assert catalogue.problems == ()


def test_a_full_disk_is_no_damage(tmp_path: Path) -> None:
    """A sound database is left where it is while there is no room to look into it, and opened once there is some."""
    url = f"sqlite:///{tmp_path}/data/catalogue.sqlite3"
    with small_disk(tmp_path / "data", "1m"):
        Catalogue(url).close()
        fill(tmp_path / "data")
        with pytest.raises(StorageError, match="can't be opened"):
            Catalogue(url)
        (tmp_path / "data" / "ballast").unlink()
        with Catalogue(url) as catalogue:
            assert catalogue.problems == ()
        assert [*(tmp_path / "data").glob("*damaged*")] == []
