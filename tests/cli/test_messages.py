from __future__ import annotations

import ast
import string

import pytest

from orchestrator.i18n import translate
from tools.catalogues import PACKAGE, path_of, translations
from tools.messages import catalogue, texts


def places(text: str) -> list[str]:
    """A template's places, with how they are converted."""
    return sorted(f"{name}!{conversion}" for _, name, _, conversion in string.Formatter().parse(text) if name)


@pytest.fixture(scope="module")
def found() -> dict[str, set[str]]:
    return texts()


@pytest.fixture(scope="module")
def indonesian() -> dict[str, str]:
    return translations("id")


def test_every_text_has_an_indonesian_translation(found: dict[str, set[str]], indonesian: dict[str, str]) -> None:
    """Nobody at the office meets an English sentence: `make messages` tells which are missing."""
    missing = {text: sorted(files) for text, files in found.items() if not indonesian.get(text)}
    assert missing == {}


def test_every_translation_has_the_same_places(indonesian: dict[str, str]) -> None:
    """A translated sentence says all that the English one says."""
    different = [(text, translated) for text, translated in indonesian.items() if places(text) != places(translated)]
    assert different == []


def test_the_catalogue_is_what_the_command_writes(found: dict[str, set[str]], indonesian: dict[str, str]) -> None:
    """The catalogue holds what the code says and nothing else, in the form that the command gives it."""
    assert path_of("id").read_text(encoding="utf-8") == catalogue("id", found, indonesian)


@pytest.mark.parametrize(
    ("english", "expected"),
    [("ON AIR", "SEDANG TAYANG"), ("Venue", "Lokasi"), ("Scene", "Tampilan"), ("Destinations", "Tujuan siaran")],
)
def test_the_words_are_the_office_s(english: str, expected: str) -> None:
    """The words are those of the office's glossary."""
    assert translate(english, "id") == expected


def test_a_text_without_a_translation_stays_as_it_is() -> None:
    """A text that isn't in the catalogue is shown rather than lost."""
    assert translate("something new", "id") == "something new"


def test_every_problem_is_marked_for_translation() -> None:
    """A problem's sentence is never a bare string: it would stay English."""
    bare = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Problem"
        for template in node.args[1:2]
        if isinstance(template, ast.Constant | ast.JoinedStr) and getattr(template, "value", "") != "{message}"
    ]
    assert bare == []
