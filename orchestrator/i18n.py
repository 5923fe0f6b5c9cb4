"""Texts in the reader's language: gettext catalogues under locale/, read as .po so that nothing compiled goes stale."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Literal

from orchestrator.errors import Problem, Saying

Language = Literal["id", "en"]

_REASONS = frozenset({"detail", "reason", "why"})
"""Names of the values of problems that may be texts of the catalogue themselves."""
_DECIMAL = re.compile(r"-?\d+\.\d")
"""A number with the one decimal that sentences have; versions and addresses have more parts."""
_LOCALE = Path(__file__).parent / "locale"


@lru_cache(maxsize=4)
def _catalogue(language: Language) -> Mapping[str, str]:
    """Every text with its translation; English is the source and needs none."""
    source = _LOCALE / language / "LC_MESSAGES" / "orchestrator.po"
    if language == "en" or not source.exists():
        return {}
    from babel.messages.pofile import read_po  # noqa: PLC0415 - a service's start says nothing, and doesn't wait for it

    with source.open("rb") as file:
        found = read_po(file, locale=language)
    return {str(message.id): str(message.string) for message in found if message.string and not message.fuzzy}


def translate(text: str, language: Language) -> str:
    """A text of the catalogue in a language; an unknown text comes back as it is."""
    return _catalogue(language).get(text, text)


def number(value: float, language: Language, form: str = "#,##0.#") -> str:
    """A number as the language writes it, such as `16,4`.

    Args:
        value: The number.
        language: The reader's.
        form: Its digits, as Babel's number patterns have them.
    """
    from babel.numbers import format_decimal  # noqa: PLC0415 - as above

    return format_decimal(value, form, locale=language)


def render(problem: Problem, language: Language) -> str:
    """A problem's sentence, without its place."""
    return filled(problem.template, problem.values, language)


def said(saying: Saying, language: Language) -> str:
    """A sentence in a language."""
    return filled(saying.template, saying.values, language)


def filled(template: str, values: Mapping[str, object], language: Language) -> str:
    """A sentence with its values, decimals as the language writes them; reasons that the catalogue knows translated."""
    return translate(template, language).format_map({name: _value(name, values[name], language) for name in values})


def _value(name: str, value: object, language: Language) -> object:
    if isinstance(value, float):
        return number(value, language)
    if isinstance(value, Saying):
        return said(value, language)
    return translate(value, language) if name in _REASONS and isinstance(value, str) else value


def respoken(sentence: str, language: Language) -> str:
    """A sentence that was kept in English, in the reader's language; as it is where the catalogue doesn't know it.

    Incidents are kept as they were told in the log: `place: sentence`, its values filled in.
    """
    if language == "en":
        return sentence
    place, text = "", sentence
    while True:
        for form, template in _forms(language):
            if (found := form.fullmatch(text)) is not None:
                values = {name: _respoken_value(value) for name, value in found.groupdict().items()}
                return place + filled(template, values, language)
        before, colon, after = text.partition(": ")
        if not colon or " " in before:
            return sentence
        place, text = f"{place}{before}{colon}", after


def _respoken_value(text: str) -> str | float:
    """A value of a sentence in English: a decimal as the number that it was."""
    return float(text) if _DECIMAL.fullmatch(text) else text


@lru_cache(maxsize=2)
def _forms(language: Language) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Every sentence of the catalogue as a pattern that gives its values, the longest first."""
    templates = sorted((text for text in _catalogue(language) if " " in text), key=len, reverse=True)
    return tuple((_form(template), template) for template in templates)


def _form(template: str) -> re.Pattern[str]:
    parts, seen = [], set[str]()
    for text, name, _, _ in Formatter().parse(template):
        parts.append(re.escape(text))
        if name is not None and name.isidentifier():
            parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>.*?)")
            seen.add(name)
    return re.compile("".join(parts), re.DOTALL)
