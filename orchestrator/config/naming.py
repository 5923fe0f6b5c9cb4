"""Names for files and ids, made from what people call things. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from datetime import date

_LONGEST = 80
"""Characters of a title in a name: with date, venue and ending it stays under the 255 bytes of file systems."""
_STEM = 60
"""Characters of a title in an id, which may get a day and a number behind it."""


def slug(title: str, otherwise: str = "", longest: int = _LONGEST) -> str:
    """A title in small ASCII letters, digits and hyphens; `otherwise` where nothing of it is left."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if len(words) > longest:
        words = words[: longest + 1].rpartition("-")[0] or words[:longest]
    return words or otherwise


def new_id(title: str, day: date, taken: Container[str]) -> str:
    """An id for a new event: its title, with its day and at last a number where another has it already.

    Args:
        title: What people call it.
        day: Its first day.
        taken: The ids that there are, without capitals.
    """
    stem = slug(title, "acara", _STEM)
    dated = stem if stem.endswith(f"-{day}") else f"{stem}-{day}"
    return next(name for name in (stem, dated, *(f"{dated}-{n}" for n in range(2, 100_000))) if name not in taken)
