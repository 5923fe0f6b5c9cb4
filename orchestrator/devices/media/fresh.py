"""`python -m orchestrator.devices.media.fresh ADDRESS PROGRAM …`: becomes the program once a playlist grows.

What is no playlist, or can't be asked for, is left to the program. Exit status 1 where the playlist doesn't grow.
"""

from __future__ import annotations

import os
import sys
import urllib.request
from urllib.parse import urljoin

from orchestrator.clock import Clock, SystemClock
from orchestrator.devices.media.playlist import Growth, Playlist, read

WITHIN = 40.0
"""Seconds that it has to grow: two segments of the longest kind that is common."""
_EVERY = 1.0
_TIMEOUT = 5.0
_MOST = 1_000_000
"""Bytes of the longest playlist."""
_AGENT = "Lavf/59.27.100"
"""A server that knows ffmpeg answers this program, too."""


def grows(address: str, clock: Clock) -> bool:
    """Wait until a playlist grows; False where it doesn't in time.

    Raises:
        ValueError: it is no playlist.
    """
    growth, deadline = Growth(), clock.monotonic() + WITHIN
    answered = False
    while clock.monotonic() < deadline:
        try:
            found, address = _segments(address)
            answered = True
        except OSError:
            found = None
        if found is not None and growth.look(found):
            return True
        clock.sleep(_EVERY)
    if not answered:
        raise ValueError("it can't be asked for")
    return False


def _segments(address: str) -> tuple[Playlist, str]:
    """The playlist that lists segments, and its address."""
    for _ in range(2):
        found, address = _fetch(address)
        if not found.variants:
            return found, address
        address = urljoin(address, found.variants[0])
    raise ValueError("playlists of playlists of playlists")


def _fetch(address: str) -> tuple[Playlist, str]:
    if not address.startswith(("http://", "https://")):
        raise ValueError("not from the web")
    request = urllib.request.Request(address, headers={"User-Agent": _AGENT})  # noqa: S310 - checked above
    with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310 - checked above
        text, at = answer.read(_MOST).decode("utf-8", "replace"), answer.geturl()
    found = read(text)
    if found is None:
        raise ValueError("no playlist")
    return found, at


def main(arguments: list[str]) -> int:
    """Wait, then become the program."""
    address, *program = arguments
    try:
        ready = grows(address, SystemClock())
    except ValueError:
        ready = True  # the program knows better what it is
    if ready:
        os.execvp(program[0], program)  # noqa: S606 - that is what it is for
    sys.stderr.write("the playlist doesn't grow\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
