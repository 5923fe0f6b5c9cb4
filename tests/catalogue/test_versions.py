"""The schedule's versions in the catalogue."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest

from orchestrator.catalogue import migrations
from orchestrator.catalogue.database import Database
from orchestrator.catalogue.records import VersionAction, VersionRow
from orchestrator.catalogue.store import Catalogue
from tests.catalogue.conftest import START


def add(catalogue: Catalogue, action: VersionAction, content: str, **rest: object) -> VersionRow:
    digest = content.rjust(64, "0")
    return catalogue.versions.add(START, "sari", action, "Apel", digest, content, **rest)  # type: ignore[arg-type]


def test_versions_are_kept_in_order_with_their_texts(url: str) -> None:
    """The history is there after a restart, the newest first, each with its whole text."""
    with Catalogue(url) as catalogue:
        assert (catalogue.versions.latest(), catalogue.versions.get(1), catalogue.versions.before(1)) == (None,) * 3
        for number in (1, 2, 3):
            assert add(catalogue, "changed", f"text {number} é").number == number
    with Catalogue(url) as catalogue:
        assert [row.number for row in catalogue.versions.all()] == [3, 2, 1]
        assert [row.number for row in catalogue.versions.all(before=3, limit=1)] == [2]
        found = catalogue.versions.get(2)
        assert found is not None
        assert (found.content, found.row.at, found.row.who) == ("text 2 é", START, "sari")
        before = catalogue.versions.before(2)
        assert before is not None
        assert before.row.number == 1


def test_what_came_after_a_content_is_found_by_its_digest(catalogue: Catalogue) -> None:
    """Of a content that came twice, the later one counts; of one that never was, nothing is known."""
    first = add(catalogue, "found", "a")
    add(catalogue, "changed", "b")
    add(catalogue, "restored", "a")
    last = add(catalogue, "changed", "c")
    assert catalogue.versions.since(first.digest) == [last]
    assert catalogue.versions.since(last.digest) == []
    assert catalogue.versions.since("x" * 64) is None
    found = catalogue.versions.by_digest(first.digest)
    assert found is not None
    assert found.row.number == 3


def test_a_version_whose_file_cannot_be_written_is_not_kept(catalogue: Catalogue) -> None:
    """The row and the file come together, or neither."""

    def fail() -> None:
        raise OSError("read-only")

    with pytest.raises(OSError, match="read-only"):
        add(catalogue, "changed", "a", write=fail)
    assert catalogue.versions.all() == []


def test_a_file_of_the_form_before_takes_versions_and_keeps_its_rows(url: str) -> None:
    """A station that is brought up to date loses nothing, and begins its history of the schedule."""
    steps = [step for step in migrations.MIGRATIONS if step.version < 5]
    path = url.removeprefix("sqlite:///")
    Database(url, steps).close()
    with sqlite3.connect(path) as old:  # a new file has all tables at once: this one is to be of its time
        old.execute("DROP TABLE schedule_versions")
        old.execute("ALTER TABLE changes DROP COLUMN undoing")
        old.execute("ALTER TABLE changes DROP COLUMN starts_at")
        old.execute("INSERT INTO audit (at, who, action, subject) VALUES (0, 'sari', 'account.added', 'budi')")
    old.close()
    with Catalogue(url) as catalogue:
        assert [line.who for line in catalogue.audit.between()] == ["sari"]
        made = catalogue.versions.add(START + timedelta(1), "file", "found", "", "0" * 64, "events: []\n")
        assert catalogue.versions.all() == [made]
