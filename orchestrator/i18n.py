"""Texts in the reader's language: gettext catalogues under locale/, read as .po so that nothing compiled goes stale."""

from __future__ import annotations

import gettext
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Literal

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from orchestrator.errors import Problem

Language = Literal["id", "en"]

_LOCALE = Path(__file__).parent / "locale"


@lru_cache(maxsize=4)
def catalogue(language: Language) -> gettext.NullTranslations:
    """The catalogue of a language; English is the source and needs none."""
    source = _LOCALE / language / "LC_MESSAGES" / "orchestrator.po"
    if language == "en" or not source.exists():
        return gettext.NullTranslations()
    compiled = BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def translate(text: str, language: Language) -> str:
    """A text of the catalogue in a language; an unknown text comes back as it is."""
    return catalogue(language).gettext(text) if text else text


def render(problem: Problem, language: Language) -> str:
    """A problem's sentence, without its place."""
    return translate(problem.template, language).format_map(dict(problem.values))
