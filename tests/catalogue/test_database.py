from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, inspect, text
from sqlalchemy.exc import OperationalError

from orchestrator.catalogue import migrations
from orchestrator.catalogue.copies import regular
from orchestrator.catalogue.database import Database
from orchestrator.catalogue.migrations import Migration
from orchestrator.catalogue.records import ProcessRow
from orchestrator.catalogue.store import Catalogue
from orchestrator.errors import StorageError
from orchestrator.plan.model import ChangeKind
from tests.catalogue.conftest import START
from tests.catalogue.test_stores import LINE
from tests.support import until

NOBODY = 65534


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def as_nobody(call: Callable[[], str]) -> str:
    """What `call` says in a process without root's right to write everywhere."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            if os.getuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            os.write(writer, call().encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as said:
        text = said.read()
    os.waitpid(child, 0)
    return text


def complaint(url: str) -> str:
    """What the catalogue says when it is opened."""
    try:
        Catalogue(url).close()
    except StorageError as error:
        return f"{error.problem.code} {error}"
    return "opened"


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


def test_a_folder_that_cannot_be_written_is_said_plainly(tmp_path: Path) -> None:
    """A data folder that belongs to somebody else is one sentence with what to do."""
    folder = tmp_path / "locked"
    folder.mkdir()
    folder.chmod(0o555)
    for parent in [tmp_path, *tmp_path.parents][:3]:
        parent.chmod(parent.stat().st_mode | 0o055)
    said = as_nobody(lambda: complaint(f"sqlite:///{folder}/catalogue.db"))
    assert said.startswith(f"catalogue.open the database {folder}/catalogue.db can't be opened")
    assert "check that the folder exists, belongs to this user" in said


def test_a_file_that_cannot_be_written_is_said_plainly(url: str, tmp_path: Path) -> None:
    """A database that belongs to somebody else is said at the start, not at the first change."""
    Catalogue(url).close()
    for parent in [tmp_path, *tmp_path.parents][:3]:
        parent.chmod(parent.stat().st_mode | 0o055)
    assert as_nobody(lambda: complaint(url)).startswith("catalogue.open the database ")


def test_a_folder_that_cannot_be_made_is_said_plainly(tmp_path: Path) -> None:
    """A data folder whose place is taken by a file is one sentence with what to do."""
    (tmp_path / "data").write_text("not a folder")
    with pytest.raises(StorageError, match=r"can't be opened \(file exists\); check that the folder"):
        Catalogue(f"sqlite:///{tmp_path}/data/catalogue.db")


@pytest.mark.parametrize("url", ["oracel://somewhere/db", "mssql+pyodbc://u:geheim@h/db", "catalogue.db", ""])
def test_an_address_that_nothing_can_speak_to_is_said_plainly(url: str) -> None:
    """A mistyped `database` is one sentence that shows what to write, without the password."""
    with pytest.raises(StorageError, match=r"write sqlite:///FILE in station\.yaml") as caught:
        Catalogue(url)
    assert "geheim" not in str(caught.value)


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
        event.listen(catalogue._database._engine, "begin", (refuse := Refusal()).begin)
        refuse.full = True
        with pytest.raises(StorageError, match="free some disk space"):
            catalogue.accounts.add("sari", "admin", "x", START)
        assert [problem.code for problem in catalogue.problems] == ["catalogue.write"]
        refuse.full = False
        until(lambda: not catalogue.problems, 10)


def test_a_full_disk_never_stops_a_loop(url: str, caplog: pytest.LogCaptureFixture) -> None:
    """While the disk takes nothing, log lines wait in memory in their order; operators are told; nothing is lost."""
    with Catalogue(url) as catalogue:
        database = catalogue._database
        event.listen(database._engine, "begin", (refuse := Refusal()).begin)
        refuse.full = True
        line = catalogue.asrun.add(LINE)
        catalogue.asrun.settle(line.id, confirmed_at=START, outcome="done")
        catalogue.incidents.begin("disk.full", "v", "the disk is full", START)
        catalogue.processes.put(ProcessRow("v/obs", 1, 1.0, "", "{}", START))
        assert [problem.code for problem in catalogue.problems] == ["catalogue.write"]
        assert catalogue.asrun.of("hut") == []
        refuse.full = False
        until(lambda: not catalogue.problems, 10, what="the waiting lines are written")
        assert [found.outcome for found in catalogue.asrun.of("hut")] == ["done"]
        assert len(catalogue.incidents.lasting()) == len(catalogue.processes.all()) == 1
    assert caplog.text.count("can't be written") == 1


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


class Refusal:
    """A disk that can be made to take nothing."""

    full = False

    def begin(self, connection: Connection) -> None:
        if self.full and connection.get_execution_options().get("writes"):
            raise OperationalError("INSERT", None, Exception("database or disk is full"))


def add_colour(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE changes ADD COLUMN colour TEXT"))


def add_shape_then_fail(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE changes ADD COLUMN shape TEXT"))
    raise OperationalError("a step", None, Exception("power cut"))


def columns(url: str, steps: Sequence[Migration]) -> set[str]:
    database = Database(url, steps)
    with database.read() as connection:
        found = {column["name"] for column in inspect(connection).get_columns("changes")}
    database.close()
    return found


NEWEST = migrations.newest(migrations.MIGRATIONS)
COLOUR = Migration(NEWEST + 1, "changes have a colour", add_colour)
SHAPE = Migration(NEWEST + 2, "changes have a shape", add_shape_then_fail)


def test_an_older_file_is_copied_then_brought_up_to_date(url: str) -> None:
    """A new release keeps all rows, and leaves a whole copy of the file as it was before."""
    with Catalogue(url) as catalogue:
        change = catalogue.changes.add(ChangeKind.HOLD, START, "sari", "v")
    assert "colour" in columns(url, [COLOUR])
    copies = list(file_of(url).parent.glob(f"catalogue.db.form-{NEWEST}-*"))
    assert len(copies) == 1
    with Catalogue(f"sqlite:///{copies[0]}") as before:
        assert before.changes.active() == [change]
    assert "colour" in columns(url, [COLOUR])
    assert len(list(file_of(url).parent.glob("catalogue.db.form-*Z"))) == 1


def test_a_step_that_fails_is_not_half_done(url: str) -> None:
    """A migration that fails leaves the file in the last form that was reached, and the next start goes on there."""
    Catalogue(url).close()
    with pytest.raises(StorageError, match="power cut"):
        Database(url, [COLOUR, SHAPE])
    assert columns(url, [COLOUR]) >= {"colour"}
    assert "shape" not in columns(url, [COLOUR])
    done = replace(SHAPE, apply=lambda connection: None)
    assert "colour" in columns(url, [COLOUR, done])


def test_a_file_of_a_newer_release_is_left_alone(url: str) -> None:
    """An older release refuses a newer file with one sentence, and doesn't touch it."""
    Catalogue(url).close()
    columns(url, [COLOUR])
    with pytest.raises(StorageError, match=rf"newer release \(form {NEWEST + 1}, this one knows {NEWEST}\)"):
        Catalogue(url)


def test_the_steps_are_numbered_without_gaps() -> None:
    """Migrations follow each other from the first form on."""
    numbers = [step.version for step in migrations.MIGRATIONS]
    assert numbers == list(range(migrations.FIRST + 1, migrations.FIRST + 1 + len(numbers)))


def described(url: str) -> dict[str, object]:
    database = Database(url)
    with database.read() as connection:
        inspector = inspect(connection)
        form: dict[str, object] = {
            table: (
                {column["name"]: (str(column["type"]), column["nullable"]) for column in inspector.get_columns(table)},
                sorted(str(index["name"]) for index in inspector.get_indexes(table)),
            )
            for table in inspector.get_table_names()
            if not table.startswith("sqlite_")
        }
    database.close()
    return form


def test_a_file_of_the_first_release_ends_in_the_form_of_a_new_one(tmp_path: Path) -> None:
    """A file that the first release made, brought up to date, is the same as one that this release makes."""
    old = sqlite3.connect(tmp_path / "old.db")
    old.executescript((Path(__file__).parent / "form_1.sql").read_text())
    old.close()
    assert described(f"sqlite:///{tmp_path}/old.db") == described(f"sqlite:///{tmp_path}/new.db")


def test_a_password_that_an_earlier_release_logged_is_struck_out(tmp_path: Path) -> None:
    """Addresses that the log and the incidents had whole are shown in part from the first start on."""
    old = sqlite3.connect(tmp_path / "old.db")
    old.executescript((Path(__file__).parent / "form_1.sql").read_text())
    columns_ = 'venue, field, "before", "after", reason, outcome, at'
    insert = f"INSERT INTO asrun ({columns_}) VALUES ('v', ?, ?, ?, '', 'done', 0)"
    whole = "rtmp://sari:geheim@192.0.2.1/live/kunci"
    old.execute(insert, ("relay:Umpan", "", whole))
    old.execute(insert, ("relay", "stopped", whole))
    old.execute(insert, ("text:Judul", "", "lihat https://kepri.example/siaran"))
    message = f"The device accepted “relay:Umpan → {whole}” but did not do it."
    old.execute(
        "INSERT INTO incidents (code, place, message, since) VALUES ('loop.without-effect', 'v', ?, 0)", (message,)
    )
    old.commit()
    old.close()
    with Catalogue(f"sqlite:///{tmp_path}/old.db") as catalogue:
        values = [(line.before, line.after) for line in catalogue.asrun.between()]
        said = [incident.message for incident in catalogue.incidents.lasting()]
    shown = "rtmp://192.0.2.1/…"
    assert values == [("", shown), ("stopped", shown), ("", "lihat https://kepri.example/siaran")]
    assert said == [f"The device accepted “relay:Umpan → {shown}” but did not do it."]


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
