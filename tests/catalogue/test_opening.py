"""A database that can't be opened is said plainly."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from orchestrator.catalogue.store import Catalogue
from orchestrator.errors import StorageError

NOBODY = 65534


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
