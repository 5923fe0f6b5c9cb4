"""What systemd is told: that the service is ready, and for how long all loops have gone on turning (sd_notify)."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from contextlib import suppress

from orchestrator.worker import Worker

_OFTEN = 3
"""Words within the time after which systemd takes the service for hung."""


def tell(state: str) -> None:
    """Send a word such as `READY=1` to the supervisor that started this program; without one, do nothing."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)  # a supervisor that hangs holds up nothing here
        sender.sendto(state.encode(), "\0" + address[1:] if address[0] == "@" else address)


class Watchdog:
    """Tells systemd that the service lives, as long as its loops turn: a hung one is then started anew.

    Args:
        is_turning: Whether every loop turns.
    """

    def __init__(self, is_turning: Callable[[], bool]) -> None:
        self._is_turning = is_turning
        within = os.environ.get("WATCHDOG_USEC", "")
        self._every = int(within) / 1e6 / _OFTEN if within.isdecimal() and int(within) else None
        self._worker = Worker("watchdog", self._turn, every=self._every or 1.0, failing="systemd couldn't be told")

    def start(self) -> None:
        """Begin, where systemd has asked for it."""
        if self._every is not None:
            self._worker.start()

    def stop(self) -> None:
        """Tell no more."""
        self._worker.stop()

    def _turn(self) -> None:
        if self._is_turning():
            tell("WATCHDOG=1")
