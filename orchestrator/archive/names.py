"""How folders and files of the archive are called: to be found by people, on any file system."""

from __future__ import annotations

import re
import unicodedata

from orchestrator.archive.card import Card

_LONGEST = 80
"""Characters of a title in a name: with date, venue and ending it stays under the 255 bytes of file systems."""


def slug(title: str, otherwise: str = "") -> str:
    """A title in small ASCII letters, digits and hyphens; `otherwise` where nothing of it is left."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if len(words) > _LONGEST:
        words = words[: _LONGEST + 1].rpartition("-")[0] or words[:_LONGEST]
    return words or otherwise


def base_name(card: Card) -> str:
    """`2027-08-17_0730_<title>_<venue>`, in the event's own time: a recording's folder, and how its files begin."""
    return f"{card.local_start:%Y-%m-%d_%H%M}_{slug(card.title, card.event)}_{card.venue}"


def year(card: Card) -> str:
    """The folder that a recording's folder lies in."""
    return f"{card.local_start:%Y}"


def numbered(base: str, number: int) -> str:
    """A name for the second, third … that would be called the same."""
    return base if number == 1 else f"{base}_{number:02}"
