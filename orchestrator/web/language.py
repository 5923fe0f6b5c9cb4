"""Which language an answer is in."""

from __future__ import annotations

from orchestrator.i18n import Language

LANGUAGES: tuple[Language, ...] = ("id", "en")
COOKIE = "lang"
"""The name of the cookie that keeps the language that a reader chose."""


def of_page(query: str | None, cookie: str | None, default: Language) -> Language:
    """The language of a page: asked for, else chosen before, else the station's.

    A browser's own language doesn't count: an office's browsers are often English while its people aren't.
    """
    for wish in (query, cookie):
        if wish in LANGUAGES:
            return "id" if wish == "id" else "en"
    return default


def pick(query: str | None, header: str | None, default: Language) -> Language:
    """The language asked for by `?lang=`, else by Accept-Language, else the station's."""
    if query in LANGUAGES:
        return "id" if query == "id" else "en"
    for tag in _by_preference(header or ""):
        primary = tag.split("-", 1)[0]
        if primary == "id":
            return "id"
        if primary == "en":
            return "en"
    return default


def _by_preference(header: str) -> list[str]:
    weighed: list[tuple[float, str]] = []
    for part in header.split(","):
        tag, _, parameter = part.strip().partition(";")
        weight = _weight(parameter)
        if tag and weight > 0:
            weighed.append((weight, tag.strip().lower()))
    return [tag for _, tag in sorted(weighed, key=lambda pair: -pair[0])]


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
