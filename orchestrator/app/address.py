"""Tells this machine's own commands where the service is, and what to show it."""

from __future__ import annotations

import json
import os

from orchestrator.config.folders import DataFolder
from orchestrator.files import write_anyhow
from orchestrator.worker import Worker

_AGAIN = 5.0
"""Seconds until it is written again where the disk didn't take it."""


class Address:
    """Two files in the data folder, for as long as the service runs; the panel doesn't wait for them.

    Args:
        folder: The data folder.
        token: What commands are known by; nobody else may read it.
    """

    def __init__(self, folder: DataFolder, token: str) -> None:
        self._folder = folder
        self._token = token
        self._url = ""
        self._worker = Worker(
            "address", self._turn, every=_AGAIN, at_once=False, failing="commands can't be told where the service is"
        )

    def tell(self, url: str) -> None:
        """Write them: now, or as soon as the disk takes them."""
        self._url = url
        try:
            self._write()
        except OSError:
            self._worker.start()

    def withdraw(self) -> None:
        """Take them away."""
        self._worker.stop()
        self._folder.service.unlink(missing_ok=True)
        self._folder.token.unlink(missing_ok=True)

    def _turn(self) -> None:
        self._write()
        self._worker.stop()

    def _write(self) -> None:
        write_anyhow(self._folder.token, self._token.encode())
        write_anyhow(self._folder.service, json.dumps({"url": self._url, "pid": os.getpid()}).encode(), 0o644)
