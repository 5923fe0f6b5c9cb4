"""What one kind of page shows, as named parts of HTML, and what has changed since it was last sent."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from orchestrator.i18n import Language

KEPT = 32
"""How many changes are kept for who is a little behind; who is further behind gets everything anew."""
SLOW = 1.0
"""Seconds between two messages that only bring figures."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One kind of page: everybody who looks at it gets the same."""

    page: str
    """Which page."""
    of: str
    """Of what: an occurrence; empty where the page is one for all."""
    language: Language
    """In which language."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a page that is replaced as a whole."""

    html: str
    """Its content."""
    slow: bool = False
    """Whether it is but figures, which may come a second later."""


@dataclass(slots=True)
class Channel:
    """A topic's present parts and its latest changes, encoded once for everybody."""

    serial: int = 0
    """Number of the latest change."""
    parts: Mapping[str, Part] = field(default_factory=dict)
    """As last sent."""
    whole: bytes = b""
    """The message that brings everything."""
    deltas: tuple[tuple[int, bytes], ...] = ()
    """Serial and message of the latest changes, oldest first."""
    sent_at: float = -SLOW
    """Steady clock: when the latest change was sent."""

    def paint(self, parts: Mapping[str, Part], now: datetime, steady: float) -> float | None:
        """Take in what there is to show.

        Returns None where that was sent or nothing has changed, else the seconds until it should be painted again.
        """
        changed = {name: part for name, part in parts.items() if self.parts.get(name) != part}
        gone = self.parts.keys() - parts.keys()
        if not changed and not gone:
            return None
        waits = self.sent_at + SLOW - steady
        if waits > 0 and not gone and all(part.slow and name in self.parts for name, part in changed.items()):
            return waits
        serial = self.serial + 1
        self.parts = parts
        self.sent_at = steady
        self.whole = _message(serial, parts, (), now, whole=True)
        self.deltas = (*self.deltas, (serial, _message(serial, changed, sorted(gone), now)))[-KEPT:]
        self.serial = serial  # last: whoever reads it in another thread finds its messages
        return None

    def since(self, serial: int) -> tuple[int, list[bytes]]:
        """The present serial, and the messages that bring somebody there who has this one; 0: who has nothing."""
        present, deltas = self.serial, self.deltas
        if serial == present:
            return present, []
        if serial == 0 or serial > present or serial + 1 < deltas[0][0]:
            return present, [self.whole]
        return present, [text for number, text in deltas if serial < number <= present]


def _message(
    serial: int, parts: Mapping[str, Part], gone: Sequence[str], now: datetime, *, whole: bool = False
) -> bytes:
    body = {
        "serial": serial,
        "now": stamp(now),
        "whole": whole,
        "parts": {name: part.html for name, part in parts.items()},
        "gone": list(gone),
    }
    return message("parts", body)


def stamp(now: datetime) -> int:
    """A time as scripts count it: milliseconds since 1970."""
    return round(now.timestamp() * 1000)


def message(event: str, body: Mapping[str, object]) -> bytes:
    """A server-sent event."""
    return f"event: {event}\ndata: {json.dumps(body, ensure_ascii=False, separators=(',', ':'))}\n\n".encode()
