"""Whether a playlist of a live stream grows. Pure.

A source that died leaves its last playlist behind, and who opens that is given its last segments, old as they are: a
relay that is taken in anew would show them again and again.
"""

from __future__ import annotations

from dataclasses import dataclass

_HEAD = "#EXTM3U"
_VARIANT, _SEQUENCE, _SEGMENT = "#EXT-X-STREAM-INF", "#EXT-X-MEDIA-SEQUENCE:", "#EXTINF:"
FRESH = 2
"""Segments that must be new: with fewer, a segment that comes late would be missed."""


@dataclass(frozen=True, slots=True)
class Playlist:
    """One look at a playlist."""

    begin: int
    """The number of its first segment."""
    count: int
    """How many segments it lists."""
    variants: tuple[str, ...]
    """Addresses of the playlists that it offers instead, relative to its own; empty where it lists segments itself."""


def read(text: str) -> Playlist | None:
    """What a playlist says; None where the text is none."""
    lines = [line.strip() for line in text.splitlines()]
    if not lines or not lines[0].removeprefix("\ufeff").startswith(_HEAD):
        return None
    numbers = [line.removeprefix(_SEQUENCE).strip() for line in lines if line.startswith(_SEQUENCE)]
    begin = int(numbers[0]) if numbers and numbers[0].isascii() and numbers[0].isdigit() else 0
    variants = [_address(lines[at + 1 :]) for at, line in enumerate(lines) if line.startswith(_VARIANT)]
    count = sum(line.startswith(_SEGMENT) for line in lines)
    return Playlist(begin, count, tuple(address for address in variants if address))


class Growth:
    """What of a playlist came since the first look at it."""

    def __init__(self) -> None:
        self._from: int | None = None

    def look(self, found: Playlist) -> bool:
        """Take a look; whether enough of it is new. A playlist that was begun anew is new from its beginning."""
        end = found.begin + found.count
        if self._from is None:
            self._from = end
        elif end < self._from:
            self._from = found.begin
        return end - self._from >= FRESH


def _address(lines: list[str]) -> str:
    return next((line for line in lines if line and not line.startswith("#")), "")
