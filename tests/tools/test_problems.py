"""Every problem has a stable code, one sentence in both languages, and what to do."""

from __future__ import annotations

import re

import pytest

from tools.catalogues import translations
from tools.problems import CODE, PAGE, page, problems, told

FOUND = problems()
LISTED = told(FOUND)
INDONESIAN = translations("id")
_MORE = re.compile(r"[:;.,] ")
"""What is wrong, and then what to do."""
_NEWS = frozenset({"change.not-seen"})
"""What somebody else has done; what to do about it is said on the page that it is shown on."""
_OVERRUN = frozenset({"crowded.waits", "crowded.no-turn", "crowded.later"})
"""Whom an overrun keeps waiting, shown beside the buttons that extend and end the event."""


def test_the_list_is_current() -> None:
    """The list on file is the one that the code would give now; `make messages` writes it."""
    assert PAGE.read_text(encoding="utf-8") == page(LISTED, INDONESIAN)


def test_every_problem_s_code_can_be_told() -> None:
    """No problem is made with a code that the list can't have, and each has the form that programs rely on."""
    assert FOUND.unclear == []
    assert [code for code in FOUND.texts if not CODE.fullmatch(code)] == []
    assert len(LISTED) > 200


@pytest.mark.parametrize("code", LISTED)
def test_every_problem_says_what_is_wrong_and_what_to_do_in_both_languages(code: str) -> None:
    """A sentence in English, and one in Indonesian that isn't the same."""
    assert LISTED[code]
    for text in LISTED[code]:
        assert INDONESIAN.get(text)
        assert INDONESIAN[text] != text
        assert code in _NEWS | _OVERRUN or _MORE.search(text), text
