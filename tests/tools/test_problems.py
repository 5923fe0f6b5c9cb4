"""Every problem has a stable code, one sentence in both languages, and what to do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from orchestrator.web.live import troubles
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
_VARIANTS = frozenset(
    {
        "catalogue.damaged", "change.not-seen", "change.unknown", "key.not-seen", "schedule.changed-meanwhile",
        # What can't be used of a file or a form: the code says what, the sentences in which ways.
        "calendar.damaged", "calendar.end", "calendar.rule", "calendar.time", "calendar.twice", "config.address",
        "config.alias", "config.cue", "config.day", "config.detail", "config.duplicate-id", "config.duration",
        "config.end", "config.id", "config.item", "config.item-name", "config.missing-detail", "config.no-sun",
        "config.not-a-number", "config.not-keys", "config.repeat", "config.rrule", "config.secret", "config.start",
        "config.unknown-scene", "form.relay",
    }
)  # fmt: skip
"""Codes that several places make with sentences of their own, since what is wrong is the same."""


def test_the_list_is_current() -> None:
    """The list on file is the one that the code would give now; `make messages` writes it."""
    assert PAGE.read_text(encoding="utf-8") == page(LISTED, INDONESIAN)


def test_every_problem_s_code_can_be_told() -> None:
    """No problem is made with a code that the list can't have, and each has the form that programs rely on."""
    assert FOUND.unclear == []
    assert [code for code in FOUND.texts if not CODE.fullmatch(code)] == []
    assert len(LISTED) > 200


def test_a_code_means_one_thing() -> None:
    """No code is given to two sentences by two makers: what is wrong is known by its code and place."""
    assert set(FOUND.shared()) == _VARIANTS


def test_what_is_done_by_a_code_is_done_by_one_that_there_is() -> None:
    """The order in which troubles are told, and the buttons that help, go by codes that are made."""
    known = [prefix for prefix, _ in (*troubles._REMEDIES, *troubles._OF_SERVICE)]
    assert [each for each in (*troubles._ORDER, *known) if not any(code.startswith(each) for code in LISTED)] == []


def test_no_maker_is_overlooked(tmp_path: Path) -> None:
    """Who makes a problem in a way that the list can't follow is found, wherever that stands."""
    source = """
async def ask(code):
    raise RefusedError(Problem(code, N_("no; ask anew")))
class Kept:
    of_class = [Problem("a.b", N_("no; keep it"))]
if True:
    Problem("c.d", N_("no; look"))
def named():
    return Problem(code="e.f", template=N_("no; name it"))
def another(problem):
    return replace(problem, code="g.h")
def one():
    return Problem("i.j", N_("one; do this"))
def other():
    return Problem("i.j", N_("other; do that"))
"""
    (tmp_path / "here.py").write_text(source)
    found = problems(tmp_path)
    assert sorted(int(place.rpartition(":")[2]) for place in found.unclear) == [3, 5, 7, 9, 11]
    assert found.shared() == ["i.j"]


@pytest.mark.parametrize("code", LISTED)
def test_every_problem_says_what_is_wrong_and_what_to_do_in_both_languages(code: str) -> None:
    """A sentence in English, and one in Indonesian that isn't the same."""
    assert LISTED[code]
    for text in LISTED[code]:
        assert INDONESIAN.get(text)
        assert INDONESIAN[text] != text
        assert code in _NEWS | _OVERRUN or _MORE.search(text), text
