"""What becomes of a damaged database."""

from __future__ import annotations

import logging
import os
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.catalogue import copies, database
from orchestrator.catalogue.records import ProcessRow, Session
from orchestrator.catalogue.store import Catalogue
from orchestrator.errors import StorageError
from orchestrator.plan.model import ChangeKind
from tests.catalogue.conftest import START
from tests.catalogue.damage import tear, write_lines
from tests.catalogue.test_stores import LINE
from tests.support import until


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def codes(catalogue: Catalogue) -> list[str]:
    return [problem.code for problem in catalogue.problems]


@pytest.mark.parametrize(
    "content",
    [b"this is no database at all, however long it goes on" * 100, b"SQLite format 3\0" + b"\xff" * 5000],
    ids=["text", "header only"],
)
def test_a_damaged_file_is_set_aside_and_a_new_one_begun(
    url: str, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """The service runs although its database is damaged; the damaged file stays, dated, and everyone is told."""
    file = file_of(url)
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    os.utime(file, (1_786_948_200, 1_786_948_200))
    with Catalogue(url) as catalogue:
        catalogue.changes.add(ChangeKind.HOLD, START, "sari", "v")
        problems = catalogue.problems
    aside = file.with_name("catalogue.db.damaged-20260817T063000Z")
    assert [problem.code for problem in problems] == ["catalogue.damaged"]
    assert str(problems[0]) == (
        f"the database {file} was damaged; it was set aside as {aside} and a new one was begun, with what could"
        " still be read. Check what operators had changed for today's events, and look at the disk"
    )
    assert "was damaged" in caplog.text
    assert aside.read_bytes() == content
    with Catalogue(url) as again:
        assert not again.problems
        assert len(again.changes.active()) == 1


def test_a_second_damaged_file_does_not_replace_the_first(url: str) -> None:
    """Each damaged file is kept, also when two carry the same date."""
    file = file_of(url)
    file.parent.mkdir(parents=True)
    for _ in range(2):
        file.write_bytes(b"damaged" * 1000)
        os.utime(file, (1_786_948_200, 1_786_948_200))
        Catalogue(url).close()
    assert len(list(file.parent.glob("*.damaged-*Z*"))) == 2


def filled(url: str, *, copied: bool = True) -> Path:
    """A database with rows before and after its copy; a child's row has changed since then."""
    file = file_of(url)
    with Catalogue(url) as catalogue:
        write_lines(catalogue, range(400))
        catalogue.changes.add(ChangeKind.HOLD, START, "sari", "v")
        catalogue.processes.put(ProcessRow("v/obs", 1, 1.0, "", "{}", START))
        catalogue.processes.put(ProcessRow("v/recorder", 2, 1.0, "", "{}", START))
        if copied:
            copies.make(file, copies.regular(file))
            os.utime(copies.regular(file), (1_786_948_200, 1_786_948_200))
        write_lines(catalogue, range(400, 500))
        catalogue.changes.add(ChangeKind.RESUME, START, "sari", "v")
        catalogue.processes.put(ProcessRow("v/obs", 3, 1.0, "", "{}", START))
        catalogue.processes.drop("v/recorder")
    return file


def reasons(catalogue: Catalogue) -> list[int]:
    return [int(line.reason.split()[0]) for line in catalogue.asrun.between()]


def test_a_copy_is_used_with_all_that_can_be_read(url: str) -> None:
    """A torn page costs nothing that the copy has, nor what stands on other pages: changes, children, later lines."""
    file = filled(url)
    tear(file, "asrun", 3)
    with Catalogue(url) as catalogue:
        assert codes(catalogue) == ["catalogue.damaged"]
        assert "and its copy of 17-08-2026" in str(catalogue.problems[0])
        assert reasons(catalogue) == list(range(500))
        assert [change.kind for change in catalogue.changes.active()] == [ChangeKind.HOLD, ChangeKind.RESUME]
        assert [(row.key, row.pid) for row in catalogue.processes.all()] == [("v/obs", 3)]
        assert catalogue.asrun.add(LINE).id == 501
    with Catalogue(url) as again:
        assert codes(again) == []
        assert len(again.asrun.between()) == 501


def test_only_what_nobody_has_any_more_is_lost(url: str) -> None:
    """Rows that were written after the copy, on a page that is torn, are gone, and no others."""
    file = filled(url)
    tear(file, "asrun", -2)
    with Catalogue(url) as catalogue:
        found = reasons(catalogue)
        assert found[:400] == list(range(400))
        assert 60 < len(found) - 400 < 100
        assert found == sorted(found)
        assert found[-1] == 499


def test_without_a_copy_what_can_be_read_is_kept(url: str) -> None:
    """A database that was damaged before its first copy still gives its whole pages."""
    tear(filled(url, copied=False), "asrun", 3, 4)
    with Catalogue(url) as catalogue:
        assert "and a new one was begun, with what could still be read" in str(catalogue.problems[0])
        assert 400 < len(reasons(catalogue)) < 500
        assert [change.kind for change in catalogue.changes.active()] == [ChangeKind.HOLD, ChangeKind.RESUME]


def test_a_damaged_index_costs_nothing(url: str) -> None:
    """Where every row can be read all is saved, and it is said so."""
    tear(filled(url), "asrun_by_time", 1)
    with Catalogue(url) as catalogue:
        assert "everything in it could be saved" in str(catalogue.problems[0])
        assert reasons(catalogue) == list(range(500))


def test_a_copy_that_is_damaged_itself_is_passed_over(url: str) -> None:
    """The latest copy that is whole counts, be it one that was made before the file's form changed."""
    file = filled(url)
    older = copies.of_form(file, 3)
    copies.make(file, older)
    os.utime(older, (1_786_900_000, 1_786_900_000))
    tear(copies.regular(file), "asrun", 3)
    file.write_bytes(b"no database at all" * 1000)
    with Catalogue(url) as catalogue:
        assert codes(catalogue) == ["catalogue.damaged"]
        assert reasons(catalogue) == list(range(500))


def test_a_database_that_is_gone_is_made_of_its_copy(url: str) -> None:
    """Nothing is begun anew in silence while there is a copy."""
    filled(url).unlink()
    with Catalogue(url) as catalogue:
        assert codes(catalogue) == ["catalogue.gone"]
        assert reasons(catalogue) == list(range(400))


def test_a_row_that_cannot_be_right_is_left_out(url: str) -> None:
    """What a torn page has made of a row doesn't come into the new database, where it would stop the service."""
    file = filled(url, copied=False)
    wrong = (
        ("kind", "'nonsense'"), ("at", "'soon'"), ("value", "'{no json'"), ("until", "'never'"), ("at", "1 << 60"),
        ("who", "x'ff00'"),
    )  # fmt: skip
    with closing(sqlite3.connect(file)) as raw:
        for column, value in wrong:
            raw.execute("INSERT INTO changes (kind, at, who, venue, until) VALUES ('hold', 0, 'sari', 'v', 'release')")
            raw.execute(f"UPDATE changes SET {column} = {value} WHERE id = (SELECT max(id) FROM changes)")
        raw.commit()
    tear(file, "asrun", 3)
    with Catalogue(url) as catalogue:
        assert [change.id for change in catalogue.changes.active()] == [1, 2]


def test_sessions_live_on_only_whole(url: str) -> None:
    """Whoever was signed out isn't signed in again by an old copy; accounts are kept."""
    with Catalogue(url) as catalogue:
        account = catalogue.accounts.add("sari", "admin", "hash", START)
        for number in range(60):
            catalogue.sessions.add(Session(f"{number:064}", account.id, START, START, "127.0.0.1", "x" * 100))
    file = file_of(url)
    copies.make(file, copies.regular(file))
    tear(file, "sessions", 2)
    with Catalogue(url) as catalogue:
        assert [each.name for each in catalogue.accounts.all()] == ["sari"]
        assert catalogue.sessions.of("sari") == []


def test_a_copy_is_made_again_and_again(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the service runs its database is copied, when something has changed since the last copy."""
    monkeypatch.setattr(database, "_FIRST_COPY", 0.01)
    monkeypatch.setattr(database, "_COPY_EVERY", 0.01)
    with Catalogue(url) as catalogue:
        copy = copies.regular(file_of(url))
        for count in (1, 2):
            catalogue.changes.add(ChangeKind.HOLD, START, "sari", "v")
            until(lambda wanted=count: copy.exists() and held(copy) == wanted, 10)  # type: ignore[misc]
        number = copy.stat().st_ino
        until(lambda: not catalogue._database._uncopied.is_set(), 10)
        assert copy.stat().st_ino == number


def held(file: Path) -> int:
    with closing(sqlite3.connect(file)) as copy:
        return int(copy.execute("SELECT count(*) FROM changes").fetchone()[0])


def test_damage_in_use_stops_no_loop(url: str, caplog: pytest.LogCaptureFixture) -> None:
    """A database that goes bad under the service is told with what to do; lines wait, and its copy stays whole."""
    file = filled(url)
    with Catalogue(url) as catalogue:
        tear(file, "asrun", *range(8))
        tear(file, "asrun_by_time", 0)
        with pytest.raises(StorageError, match="restart the service, which then goes on with its copy"):
            catalogue.asrun.between()
        for number in range(3):
            catalogue.asrun.add(replace(LINE, reason=f"{number} later"))
            catalogue.incidents.begin("obs.lost", "v", "OBS is gone", START)
        assert codes(catalogue)[-1] == "catalogue.damaged-in-use"
        catalogue._database._copy()
        assert copies.is_whole(copies.regular(file))
        assert [record.levelno for record in caplog.records if "is damaged" in record.message] == [logging.ERROR]
    with Catalogue(url) as again:
        assert codes(again) == ["catalogue.damaged"]
        assert set(reasons(again)) >= set(range(400))
