"""Many threads and processes at one database, and writes that are whole or not at all."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from orchestrator.catalogue.records import ProcessRow
from orchestrator.catalogue.store import Catalogue
from orchestrator.errors import StorageError
from orchestrator.plan.model import ChangeKind
from tests.catalogue.conftest import START
from tests.catalogue.test_stores import LINE


def test_eight_threads_write_and_read_at_once(catalogue: Catalogue) -> None:
    """Loops, web and archive use one catalogue at once: every write is there, and no number twice."""
    numbers: list[int] = []
    failures: list[BaseException] = []

    def work(name: str) -> None:
        try:
            for count in range(50):
                numbers.append(catalogue.changes.add(ChangeKind.HOLD, START, name, name).id)
                catalogue.processes.put(ProcessRow(name, count, 1.0, "", "{}", START))
                assert len(catalogue.changes.active(venue=name)) == count + 1
        except BaseException as error:
            failures.append(error)
            raise

    threads = [threading.Thread(target=work, args=(f"t{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert len(set(numbers)) == 400
    assert len(catalogue.changes.active()) == 400
    assert {row.pid for row in catalogue.processes.all()} == {49}


def test_two_processes_write_to_one_file(url: str, catalogue: Catalogue) -> None:
    """A command that opens the catalogue of the running service waits its turn."""
    with Catalogue(url) as other:
        for number in range(20):
            (catalogue if number % 2 else other).changes.add(ChangeKind.HOLD, START, "x", "v")
        assert len(other.changes.active()) == len(catalogue.changes.active()) == 20


def test_a_durable_write_is_synced_and_others_soon_after(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    """An operator's change waits for the disk; a line on a loop's path doesn't, and is synced by itself soon after."""
    database = catalogue._database
    levels: list[int] = []
    for durable in (True, False):
        with database.write(durable=durable) as connection:
            levels.append(connection.exec_driver_sql("PRAGMA synchronous").scalar_one())
    assert levels == [2, 1]
    synced = threading.Event()
    monkeypatch.setattr(database, "_sync", synced.set)
    catalogue.processes.drop("anything")
    assert synced.wait(5)


def test_every_connection_is_prepared(catalogue: Catalogue) -> None:
    """Write-ahead log, waiting for a busy file and foreign keys hold for each connection."""
    with catalogue._database.read() as connection:
        pragmas = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "busy_timeout", "foreign_keys")
        ]
    assert pragmas == ["wal", 5000, 1]


def test_numbers_of_lines_go_on_after_a_restart(url: str) -> None:
    """A line's number is never given twice."""
    for expected in (1, 2, 3):
        with Catalogue(url) as catalogue:
            assert catalogue.asrun.add(LINE).id == expected


def test_a_write_that_can_never_succeed_holds_up_no_other(catalogue: Catalogue) -> None:
    """One impossible line is an error of who wrote it; those after it are written."""
    with pytest.raises(StorageError):
        catalogue.asrun.add(replace(LINE, reason=None))  # type: ignore[arg-type]
    catalogue.asrun.add(LINE)
    assert len(catalogue.asrun.of("hut")) == 1
    assert catalogue.problems == ()


def test_a_write_that_fails_leaves_nothing_half_done(catalogue: Catalogue) -> None:
    """A transaction is whole or not at all."""
    database = catalogue._database

    def fail() -> None:
        with database.write() as connection:
            connection.execute(text("INSERT INTO processes VALUES ('k', 1, 1.0, '', '{}', 0)"))
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        fail()
    assert catalogue.processes.all() == []


def test_a_database_in_memory_serves_threads(tmp_path: Path) -> None:
    """Tests and simulations may keep the catalogue in memory."""
    with Catalogue("sqlite://") as catalogue:
        threads = [
            threading.Thread(target=catalogue.changes.add, args=(ChangeKind.HOLD, START, "x", "v")) for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(catalogue.changes.active()) == 4
