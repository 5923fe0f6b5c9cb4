"""What a program writes while it runs: its last words, how much of it there may be, and no secret in it."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from pathlib import Path

_log = logging.getLogger(__name__)

_TAIL = 8192
"""Bytes of the log's end that are read for the meaning of an exit."""
_MOST = 20_000_000
"""Bytes at which a running program's log is emptied: a flood must not fill the disk of the recordings."""


class Journal:
    """A program's log, which it alone appends to.

    Args:
        path: The file.
        begin: Bytes that were in it before this launch.
    """

    def __init__(self, path: Path, begin: int = 0) -> None:
        self.path = path
        """The file."""
        self._begin = begin
        self._struck = 0

    def tail(self) -> str:
        """The last lines of this launch, as they stand there."""
        try:
            with self.path.open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(min(self._begin, size), size - _TAIL))
                return file.read().decode("utf-8", "replace")
        except OSError:
            return ""

    def look_after(self, secrets: Sequence[str]) -> None:
        """Strike the secrets out of what is new, and empty the file where it has grown too large."""
        try:
            self._strike([each.encode() for each in secrets if each])
            if self.path.stat().st_size > _MOST:
                os.truncate(self.path, 0)
        except FileNotFoundError:
            pass  # nothing was said yet
        except OSError as error:
            _log.debug("%s: %s", self.path, error)

    def _strike(self, secrets: Sequence[bytes]) -> None:
        """Stars in their place, as many as they have bytes: whoever appends meanwhile isn't disturbed."""
        if not secrets:
            return
        with self.path.open("r+b", buffering=0) as file:
            size = file.seek(0, os.SEEK_END)
            begin = self._struck if self._struck <= size else 0
            file.seek(begin)
            text = file.read(size - begin)
            for secret in sorted(secrets, key=len, reverse=True):
                place = text.find(secret)
                while place >= 0:
                    os.pwrite(file.fileno(), b"*" * len(secret), begin + place)
                    place = text.find(secret, place + len(secret))
            # The end of what was read may be the beginning of a secret.
            self._struck = max(begin, size - max(map(len, secrets)))
