from __future__ import annotations

import pytest

from orchestrator.catalogue.wording import Sought, sought, words_of


def test_words_have_no_capitals_accents_or_marks() -> None:
    """A text is found however it is written."""
    assert words_of("Détik-Detik, HUT RI ke-82: 100%_Doa") == ["detik", "hut", "ri", "ke", "82", "100", "doa"]


@pytest.mark.parametrize(
    ("text", "words", "days"),
    [
        ("Gubernur, Gedung Daerah, 17 Agustus 2021, doa", ("gubernur", "gedung", "daerah", "doa"), ["20210817"]),
        ("17 august 2021", (), ["20210817"]),
        ("17 Agt 2021 doa", ("doa",), ["20210817"]),
        ("2021-08-17", (), ["20210817"]),
        ("17/8/2021", (), ["20210817"]),
        ("17.08.2021 doa", ("doa",), ["20210817"]),
        ("apel agustus 2021", ("apel",), ["202108"]),
        ("2021-08", (), ["202108"]),
        ("HUT RI 17 Agustus", ("hut", "ri", "17", "agustus"), []),
        ("doa 2021", ("doa", "2021"), []),
        ("upacara di Gedung Daerah", ("upacara", "gedung", "daerah"), []),
        ("di", ("di",), []),
        ("99/99/2021", ("99", "2021"), []),
    ],
)
def test_dates_are_told_from_words(text: str, words: tuple[str, ...], days: list[str]) -> None:
    """A date is understood in the ways in which people of the office write one; all else is words."""
    found = sought(text)
    assert (found.words, [day.stamp for day in found.days]) == (words, days)


@pytest.mark.parametrize(("text", "nothing"), [("", False), ("  ", False), ("_!?", True)])
def test_marks_alone_find_nothing(text: str, nothing: bool) -> None:
    """Nothing typed finds everything; marks without a word find nothing."""
    assert sought(text) == Sought(nothing=nothing)
