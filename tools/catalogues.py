"""The message catalogues as they lie in the package."""

from __future__ import annotations

from pathlib import Path

from babel.messages.pofile import read_po

PACKAGE = Path(__file__).parent.parent / "orchestrator"
"""The package whose texts they hold."""
LANGUAGES = ("id",)
"""Those that there is a catalogue for; the texts themselves are English."""


def path_of(language: str) -> Path:
    """Where a language's catalogue lies."""
    return PACKAGE / "locale" / language / "LC_MESSAGES" / "orchestrator.po"


def translations(language: str) -> dict[str, str]:
    """A language's texts, as its catalogue has them."""
    path = path_of(language)
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file, locale=language) if message.id}
