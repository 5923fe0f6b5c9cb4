"""Operators' changes while the database takes nothing: they count at once, and are written once it does."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError

from orchestrator.catalogue.store import Catalogue
from orchestrator.errors import Problem, RefusedError, StorageError
from orchestrator.plan.model import Change, ChangeKind
from tests.catalogue.conftest import START
from tests.catalogue.test_stores import LINE
from tests.support import small_disk, until


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, too small for the database's reserve."""
    with small_disk(tmp_path / "disk", "2m"):
        yield tmp_path / "disk"


def fill(folder: Path) -> Path:
    """Write until nothing more goes onto a disk; the file that fills it."""
    filling = folder / "filling"
    with suppress(OSError), filling.open("wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            with suppress(OSError):
                while file.write(bytes(size)):
                    pass
    return filling


def fill_up(catalogue: Catalogue, folder: Path) -> Path:
    """Fill a disk until the database takes nothing more: its log may still have room in what it was given."""
    filling = fill(folder)
    for _ in range(2000):
        catalogue.asrun.add(LINE)
        if catalogue.problems:
            return filling
    raise AssertionError("the database still takes lines")


def in_file(file: Path) -> list[tuple[int, str, str | None]]:
    """Number, who and who took it back of all changes in a file."""
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute("SELECT id, who, undone_by FROM changes ORDER BY id").fetchall()


def act(catalogue: Catalogue, who: str, after: int = 0) -> Change:
    return catalogue.changes.add(
        ChangeKind.HOLD, START + timedelta(seconds=after), who, "v", value=frozenset({"b", "a"})
    )


def test_on_a_full_disk_changes_count_at_once_and_are_written_in_order_once(disk: Path) -> None:
    """GO, hold and undo work on a disk that takes no byte; afterwards the file tells the same story, each part once."""
    file = disk / "catalogue.db"
    with Catalogue(f"sqlite:///{file}") as catalogue:
        before = act(catalogue, "sari")
        heard: list[int] = []
        catalogue.changes.listen(lambda: heard.append(len(catalogue.changes.active(START))))
        filling = fill_up(catalogue, disk)
        first, second = act(catalogue, "sari", 1), act(catalogue, "budi", 2)
        catalogue.changes.undo(first.id, "budi", START)
        catalogue.changes.undo(before.id, "tini", START)
        assert catalogue.changes.active(START) == catalogue.changes.active() == [second]
        assert heard == [2, 3, 2, 1]
        assert [record.undoing for record in catalogue.changes.recent(START)] == [2, 1, 0]
        assert [record.undone_by for record in catalogue.changes.history()] == ["tini", "budi", None]
        with pytest.raises(RefusedError, match="undone already, by budi"):
            catalogue.changes.undo(first.id, "tini", START)
        assert not any(catalogue.changes.is_written(change.id) for change in (before, first, second))
        assert [problem.code for problem in catalogue.problems] == ["catalogue.unwritten"]
        assert in_file(file) == [(1, "sari", None)]
        filling.unlink()
        until(lambda: not catalogue.problems, 10, what="all that waited is written")
        assert catalogue.changes.is_written(before.id)
        assert catalogue.changes.is_written(second.id)
        third = act(catalogue, "sari", 3)
        told = catalogue.changes.history()
    assert in_file(file) == [(1, "sari", "tini"), (2, "sari", "budi"), (3, "budi", None), (4, "sari", None)]
    with Catalogue(f"sqlite:///{file}") as again:
        assert again.changes.history() == told
        assert again.changes.active() == [second, third]
        assert again.problems == ()


def test_a_death_before_they_are_written_loses_them_and_nothing_else(disk: Path) -> None:
    """A service that is killed while its disk is full has lost exactly what it said it would."""
    file = disk / "catalogue.db"
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            catalogue = Catalogue(f"sqlite:///{file}")
            kept = [act(catalogue, "sari", number).id for number in range(3)]
            fill_up(catalogue, disk)
            lost = [act(catalogue, "budi", number).id for number in range(3)]
            unwritten = [number for number in kept + lost if not catalogue.changes.is_written(number)]
            os.write(writer, f"{unwritten} {catalogue.problems[0].code}".encode())
        signal.pause()
    os.close(writer)
    said = os.read(reader, 100).decode()
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reader)
    assert said == "[4, 5, 6] catalogue.unwritten"
    (disk / "filling").unlink()
    with Catalogue(f"sqlite:///{file}") as after:
        assert after.problems == ()
        assert [change.who for change in after.changes.active()] == ["sari"] * 3
        assert act(after, "tini").id == 4


def test_a_folder_that_is_away_keeps_nobody_from_acting(url: str, tmp_path: Path) -> None:
    """What is done while the database's folder is gone counts, isn't said to be written, and is there afterwards."""
    folder = Path(url.removeprefix("sqlite:///")).parent
    with Catalogue(url) as catalogue:
        first = act(catalogue, "sari")
        away = folder.rename(tmp_path / "away")
        second = act(catalogue, "budi", 1)
        catalogue.changes.undo(first.id, "budi", START)
        assert catalogue.changes.active(START) == [second]
        assert not catalogue.changes.is_written(second.id)
        until(lambda: [one.code for one in catalogue.problems] == ["catalogue.unwritten"], 10)
        away.rename(folder)
        until(lambda: catalogue.changes.is_written(second.id), 10)
        until(lambda: not catalogue.problems, 10)
    with Catalogue(url) as after:
        assert after.changes.active() == [second]


def test_a_change_made_while_the_file_is_removed_is_in_the_one_that_is_written_anew(url: str) -> None:
    """It isn't said to be written before it is in a file that the next start finds."""
    file = Path(url.removeprefix("sqlite:///"))
    with Catalogue(url) as catalogue:
        act(catalogue, "sari")
        for ending in ("", "-wal", "-shm"):
            Path(f"{file}{ending}").unlink()
        change = act(catalogue, "budi", 1)
        assert not catalogue.changes.is_written(change.id)
        until(lambda: catalogue.changes.is_written(change.id), 10)
        os.sync()
        assert [who for _, who, _ in in_file(file)] == ["sari", "budi"]


def test_a_stop_while_the_file_is_removed_loses_nothing(url: str) -> None:
    """Stopped in order, the service writes the file anew first, with what waited."""
    file = Path(url.removeprefix("sqlite:///"))
    with Catalogue(url) as catalogue:
        for ending in ("", "-wal", "-shm"):
            Path(f"{file}{ending}").unlink()
        act(catalogue, "budi")
    assert [who for _, who, _ in in_file(file)] == ["budi"]


def test_a_write_that_was_told_as_failed_is_done_once(
    url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A disk that fails after the last byte was written makes no second change of one, and no second undoing."""
    with Catalogue(url) as catalogue:
        database, failing = catalogue._database, [True, True]
        write = database.write

        @contextmanager
        def unsure(*, durable: bool = False) -> Iterator[Connection]:
            with write(durable=durable) as connection:
                yield connection
            if failing and failing.pop():
                raise StorageError(FULL) from OperationalError("COMMIT", None, Exception("disk is full"))

        monkeypatch.setattr(database, "write", unsure)
        change = act(catalogue, "sari")
        catalogue.changes.undo(change.id, "budi", START)
        assert not catalogue.changes.is_written(change.id)
        until(lambda: catalogue.changes.is_written(change.id), 10)
        assert [(one.change.id, one.undone_by, one.undoing) for one in catalogue.changes.history()] == [(1, "budi", 1)]
    assert "can never be done" not in caplog.text


def test_changes_that_cannot_be_read_any_more_still_count(url: str) -> None:
    """When the database fails whole, the air goes on by what was read last and by what was done since, and says so."""
    with Catalogue(url) as catalogue:
        taken = catalogue.changes.add(
            ChangeKind.TAKE, START - timedelta(days=90), "sari", "v", field="scene", value="x"
        )
        first = act(catalogue, "sari")
        assert catalogue.changes.active(START) == [taken, first]
        broken = Broken()
        event.listen(catalogue._database._engine, "begin", broken.begin)
        broken.fails = True
        second = act(catalogue, "budi", 1)
        catalogue.changes.undo(first.id, "budi", START)
        assert catalogue.changes.active(START) == [taken, second]
        assert [record.undone_by for record in catalogue.changes.recent(START)] == ["budi", None]
        assert [problem.code for problem in catalogue.problems] == ["catalogue.unwritten"]
        broken.fails = False
        until(lambda: not catalogue.problems, 10, what="it can be read and written again")
        assert catalogue.changes.active(START) == [taken, second]


def test_a_database_that_could_never_be_read_is_said(catalogue: Catalogue) -> None:
    """Nobody is told that there are no changes where none could be looked for."""
    broken = Broken()
    event.listen(catalogue._database._engine, "begin", broken.begin)
    broken.fails = True
    with pytest.raises(StorageError, match="disk is gone"):
        catalogue.changes.active()
    assert [problem.code for problem in catalogue.problems] == ["catalogue.write"]
    broken.fails = False
    until(lambda: not catalogue.problems, 10)


FULL = Problem("catalogue.write", "the database {place} can't be written ({why})", {"place": "x", "why": "full"})


class Broken:
    """A database that can be made to fail whatever it is asked."""

    fails = False

    def begin(self, _connection: Connection) -> None:
        if self.fails:
            raise OperationalError("BEGIN", None, Exception("the disk is gone"))
