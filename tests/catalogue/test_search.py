from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from orchestrator.catalogue.recordings import Filters
from orchestrator.catalogue.records import ArchivedRecording
from orchestrator.catalogue.search import Field
from orchestrator.catalogue.store import Catalogue
from tests.catalogue.conftest import START

RAISING = ArchivedRecording(
    "hut-ri-82-penaikan", "gedung-daerah", "Upacara Penaikan Bendera", START, "2027/x", 3.0, 9, START, "whole"
)
TEXTS: dict[Field, str] = {
    "title": "Upacara Penaikan Bendera",
    "venue": "Gedung Daerah, Tanjungpinang",
    "detail": "Gubernur Kepulauan Riau",
    "cue": "doa mulai",
    "text": "Kolonel Laut Budi",
    "day": "Selasa 17 Agustus 2027 Tuesday August 20270817 202708",
}
NEXT_DAY: dict[Field, str] = {"title": "Evaluasi 17 Agustus 2027", "day": "Rabu 18 Agustus 2027 20270818 202708"}


@pytest.fixture
def filled(catalogue: Catalogue) -> Catalogue:
    """The raising of the flag, a meeting about it on the next day, and a drill in September."""
    catalogue.recordings.put(replace(RAISING, ceremony="flag-raising"), TEXTS)
    meeting = replace(RAISING, occurrence="rapat", venue="aula", start=START + timedelta(days=1))
    catalogue.recordings.put(meeting, NEXT_DAY)
    drill = replace(RAISING, occurrence="apel@2027-09-06T07:30", start=START + timedelta(days=20))
    catalogue.recordings.put(drill, {"title": "Apel Pagi 1730", "day": "Senin 6 September 2027 20270906 202709"})
    return catalogue


def found(catalogue: Catalogue, **filters: object) -> list[str]:
    rows, count = catalogue.recordings.page(Filters(**filters), 50)  # type: ignore[arg-type]
    assert count == len(rows)
    return [row.occurrence for row in rows]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Gubernur, Gedung Daerah, 17 Agustus 2027, doa", ["hut-ri-82-penaikan"]),
        ("naik", ["hut-ri-82-penaikan"]),
        ("kolonel budi", ["hut-ri-82-penaikan"]),
        ("17 Agustus 2027", ["rapat", "hut-ri-82-penaikan"]),
        ("18 Agustus 2027", ["rapat"]),
        ("agustus 2027", ["rapat", "hut-ri-82-penaikan"]),
        ("senin", ["apel@2027-09-06T07:30"]),
        ("17 pagi", []),
        ("1730", ["apel@2027-09-06T07:30"]),
        ("gubernur batam", []),
        ("%", []),
    ],
)
def test_recordings_are_found_by_words_and_dates(filled: Catalogue, words: str, expected: list[str]) -> None:
    """A word is found within others, a number only as it is, a date as the day or where a text speaks of it."""
    assert found(filled, words=words) == expected


def test_recordings_are_narrowed_by_what_is_known(filled: Catalogue) -> None:
    """Venue, ceremony, official and time narrow a search; the latest recording comes first."""
    assert found(filled) == ["apel@2027-09-06T07:30", "rapat", "hut-ri-82-penaikan"]
    assert found(filled, venue="aula") == ["rapat"]
    assert found(filled, ceremony="flag-raising") == ["hut-ri-82-penaikan"]
    assert found(filled, official="gubernur riau") == ["hut-ri-82-penaikan"]
    assert found(filled, official="bendera") == []
    assert found(filled, until=START + timedelta(days=1)) == ["hut-ri-82-penaikan"]
    assert filled.recordings.venues() == ["aula", "gedung-daerah"]
    assert filled.recordings.ceremonies() == ["flag-raising"]


def test_results_come_in_pages(filled: Catalogue) -> None:
    """A page holds some of the recordings, and tells how many there are."""
    rows, count = filled.recordings.page(Filters(), 2, 2)
    assert ([row.occurrence for row in rows], count) == (["hut-ri-82-penaikan"], 3)


def test_a_recording_that_is_entered_again_is_found_by_its_new_texts_only(filled: Catalogue) -> None:
    """What a recording is found by is replaced with it."""
    filled.recordings.put(RAISING, {"title": "Gladi"})
    assert found(filled, words="gladi") == ["hut-ri-82-penaikan"]
    assert found(filled, words="gubernur") == []


def test_recordings_of_an_older_release_are_found_and_wait_for_more(tmp_path: Path) -> None:
    """A file of the first release is searched as before, and tells which recordings should be indexed anew."""
    old = sqlite3.connect(tmp_path / "old.db")
    old.executescript((Path(__file__).parent / "form_1.sql").read_text())
    old.execute(
        "INSERT INTO recordings VALUES"
        " (1, 'apel', 'aula', 'Apel Pagi', 1, 'f', 1.0, 1, 1, 'whole', '', 'apel pagi aula')"
    )
    old.commit()
    old.close()
    with Catalogue(f"sqlite:///{tmp_path}/old.db") as catalogue:
        assert found(catalogue, words="Pagi") == ["apel"]
        assert [row.occurrence for row in catalogue.recordings.unindexed()] == ["apel"]
