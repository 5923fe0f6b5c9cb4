"""A disk that takes nothing: what is told, what waits, what stays."""

from __future__ import annotations

import sqlite3
import threading
from datetime import timedelta
from pathlib import Path
from time import perf_counter

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import OperationalError

from orchestrator.catalogue.database import Database
from orchestrator.catalogue.records import ProcessRow
from orchestrator.catalogue.store import Catalogue
from orchestrator.errors import StorageError
from orchestrator.plan.model import ChangeKind
from tests.catalogue.conftest import START
from tests.catalogue.test_stores import LINE
from tests.support import frozen_disk, until


def test_a_full_disk_is_said_plainly_and_what_was_written_stays(url: str) -> None:
    """When the disk is full a write fails with one sentence, nothing earlier is lost, and later writes go on."""
    with Catalogue(url) as catalogue:
        first = catalogue.changes.add(ChangeKind.HOLD, START, "sari", "v")
        with catalogue._database.read() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

    database = Database(url)

    def fill() -> None:
        with database.write() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
            connection.execute(text("CREATE TABLE more AS SELECT randomblob(100000) AS b"))

    with pytest.raises(StorageError, match="free some disk space"):
        fill()
    database.close()
    with Catalogue(url) as catalogue:
        second = catalogue.changes.add(ChangeKind.HOLD, START, "sari", "v")
        assert catalogue.changes.active() == [first, second]


def test_what_the_disk_refused_is_told_until_it_takes_another(url: str) -> None:
    """Whoever comes to the panel later sees why nothing can be kept, and no longer once everything can."""
    with Catalogue(url) as catalogue:
        refuse = Refusal.by(catalogue)
        with pytest.raises(StorageError, match="free some disk space"):
            catalogue.accounts.add("sari", "admin", "x", START)
        assert [problem.code for problem in catalogue.problems] == ["catalogue.write"]
        refuse.full = False
        until(lambda: not catalogue.problems, 10)


def test_a_slow_disk_holds_up_no_loop(url: str) -> None:
    """While another's write waits for the disk, log lines are left to be written after it, in their order."""
    with Catalogue(url) as catalogue:
        begun, goes_on = threading.Event(), threading.Event()

        def slow() -> None:
            with catalogue._database.write(durable=True):
                begun.set()
                goes_on.wait(10)

        other = threading.Thread(target=slow)
        other.start()
        begun.wait(10)
        line = catalogue.asrun.add(LINE)
        catalogue.asrun.settle(line.id, confirmed_at=START, outcome="done")
        assert other.is_alive(), "a loop waited until the disk was done"
        goes_on.set()
        other.join()
        until(
            lambda: [row.outcome for row in catalogue.asrun.between(START, START + timedelta(days=1))] == ["done"], 10
        )


def test_another_program_that_holds_the_file_holds_up_no_loop(url: str) -> None:
    """A loop's lines and changes are written in order once the other lets go; meanwhile changes count, loops go on."""
    with Catalogue(url) as catalogue:
        other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        began = perf_counter()
        lines = [catalogue.asrun.add(LINE) for _ in range(20)]
        for line in lines:
            catalogue.asrun.settle(line.id, confirmed_at=START, outcome="done")
        change = catalogue.changes.add(ChangeKind.CLOSED, START, "service", "v", "o", hurried=True)
        took = perf_counter() - began
        assert catalogue.changes.active(START) == [change]
        assert not catalogue.changes.is_written(change.id)
        other.execute("ROLLBACK")
        other.close()
        until(lambda: catalogue.changes.is_written(change.id), 10)
        until(lambda: [line.outcome for line in catalogue.asrun.of("hut")] == ["done"] * 20, 10)
        assert [line.id for line in catalogue.asrun.of("hut")] == [line.id for line in lines]
    assert took < 0.5


def test_a_disk_that_hangs_keeps_nobody_from_acting(tmp_path: Path) -> None:
    """What an operator does while the database's disk gives no answer counts within a second or so; this is told."""
    with frozen_disk(tmp_path / "disk") as disk, Catalogue(f"sqlite:///{tmp_path}/disk/catalogue.db") as catalogue:
        assert catalogue.changes.active(START) == []
        disk.freeze()
        began = perf_counter()
        first = catalogue.changes.add(ChangeKind.HOLD, START, "sari", "v")
        second = catalogue.changes.add(ChangeKind.RESUME, START, "sari", "v")
        catalogue.changes.undo(second.id, "sari", START)
        catalogue.asrun.add(LINE)
        took = perf_counter() - began
        assert catalogue.changes.active(START) == [first]
        assert not catalogue.changes.is_written(first.id)
        assert [problem.code for problem in catalogue.problems] == ["catalogue.unwritten"]
        disk.thaw()
        until(lambda: catalogue.changes.is_written(second.id) and catalogue.asrun.of("hut"), 10)
        assert catalogue.problems == ()
        assert [record.undone_by for record in catalogue.changes.history()] == [None, "sari"]
    assert took < 2.5


def test_no_write_of_a_loop_moves_the_log_into_the_file(url: str, tmp_path: Path) -> None:
    """That waits for the disk, and a thread does it, so that the log doesn't grow for ever."""
    with Catalogue(url) as catalogue:
        wal = tmp_path / "data" / "catalogue.db-wal"
        database = catalogue._database
        with database.read() as connection:
            assert connection.exec_driver_sql("PRAGMA wal_autocheckpoint").scalar_one() == 0
        for _ in range(300):
            catalogue.asrun.add(LINE)

        def is_used_again() -> bool:
            before = wal.stat().st_size
            catalogue.asrun.add(LINE)
            return wal.stat().st_size == before

        until(is_used_again, 10, every=0.2, what="the log begins at its begin again")


def test_a_full_disk_never_stops_a_loop(url: str, caplog: pytest.LogCaptureFixture) -> None:
    """While the disk takes nothing, log lines wait in memory in their order; operators are told; nothing is lost."""
    with Catalogue(url) as catalogue:
        refuse = Refusal.by(catalogue)
        line = catalogue.asrun.add(LINE)
        catalogue.asrun.settle(line.id, confirmed_at=START, outcome="done")
        catalogue.incidents.begin("disk.full", "v", "the disk is full", START)
        catalogue.processes.put(ProcessRow("v/obs", 1, 1.0, "", "{}", START))
        until(lambda: [problem.code for problem in catalogue.problems] == ["catalogue.write"], 10)
        assert catalogue.asrun.of("hut") == []
        refuse.full = False
        until(lambda: not catalogue.problems, 10, what="the waiting lines are written")
        assert [found.outcome for found in catalogue.asrun.of("hut")] == ["done"]
        assert len(catalogue.incidents.lasting()) == len(catalogue.processes.all()) == 1
    assert caplog.text.count("can't be written") == 1


class Refusal:
    """A disk that can be made to take nothing."""

    full = True

    @classmethod
    def by(cls, catalogue: Catalogue) -> Refusal:
        """Let a catalogue's disk take nothing from now on."""
        made = cls()
        event.listen(catalogue._database._engine, "begin", made.begin)
        return made

    def begin(self, connection: Connection) -> None:
        if self.full and connection.get_execution_options().get("writes"):
            raise OperationalError("INSERT", None, Exception("database or disk is full"))
