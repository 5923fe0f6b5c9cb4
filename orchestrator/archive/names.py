"""How folders and files of the archive are called: to be found by people, on any file system."""

from __future__ import annotations

from orchestrator.archive.card import Card
from orchestrator.config.naming import slug


def base_name(card: Card) -> str:
    """`2027-08-17_0730_<title>_<venue>`, in the event's own time: a recording's folder, and how its files begin."""
    return f"{card.local_start:%Y-%m-%d_%H%M}_{slug(card.title, card.event)}_{card.venue}"


def year(card: Card) -> str:
    """The folder that a recording's folder lies in."""
    return f"{card.local_start:%Y}"


def numbered(base: str, number: int) -> str:
    """A name for the second, third … that would be called the same."""
    return base if number == 1 else f"{base}_{number:02}"
