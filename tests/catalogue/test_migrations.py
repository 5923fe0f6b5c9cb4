"""Files of other releases: brought up to date, or left alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import OperationalError

from orchestrator.catalogue import migrations
from orchestrator.catalogue.database import Database
from orchestrator.catalogue.migrations import Migration
from orchestrator.catalogue.store import Catalogue
from orchestrator.errors import StorageError
from orchestrator.plan.model import ChangeKind
from tests.catalogue.conftest import START


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


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


def first_release(path: Path) -> sqlite3.Connection:
    """A file as the first release made it."""
    old = sqlite3.connect(path)
    old.executescript((Path(__file__).parent / "form_1.sql").read_text())
    return old


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
    first_release(tmp_path / "old.db").close()
    assert described(f"sqlite:///{tmp_path}/old.db") == described(f"sqlite:///{tmp_path}/new.db")


def test_a_password_that_an_earlier_release_logged_is_struck_out(tmp_path: Path) -> None:
    """Addresses that the log and the incidents had whole are shown in part from the first start on."""
    old = first_release(tmp_path / "old.db")
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
