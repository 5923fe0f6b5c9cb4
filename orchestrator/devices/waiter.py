"""One thread that sees every watched program end, and tells whoever wants to know."""

from __future__ import annotations

import logging
import os
import select
import threading
from collections.abc import Callable

_log = logging.getLogger(__name__)


class Waiter:
    """Waits for the ends of programs. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._poll = select.epoll()
        self._callbacks: dict[int, Callable[[], None]] = {}
        self._thread: threading.Thread | None = None

    def watch(self, pidfd: int, callback: Callable[[], None]) -> None:
        """Call `callback` once when the pidfd, which is ours from now on, says that its program has ended."""
        with self._lock:
            self._callbacks[pidfd] = callback
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="process-waiter", daemon=True)
                self._thread.start()
        self._poll.register(pidfd, select.EPOLLIN | select.EPOLLONESHOT)

    def _run(self) -> None:
        while True:
            for pidfd, _ in self._poll.poll():
                try:
                    self._ended(pidfd)
                except Exception:  # noqa: BLE001 - one bad listener must not deafen the others
                    _log.exception("A listener to a program's end failed")

    def _ended(self, pidfd: int) -> None:
        with self._lock:
            callback = self._callbacks.pop(pidfd, None)
        self._poll.unregister(pidfd)
        os.close(pidfd)
        if callback is not None:
            callback()


waiter = Waiter()
"""The service's own: one thread is enough for all."""
