"""Orders to OBS's recording and stream, which OBS accepts whether or not anything comes of them."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from orchestrator.devices.obs import problems
from orchestrator.devices.obs.messages import Request
from orchestrator.devices.obs.state import Output
from orchestrator.errors import DeviceError, Problem

LEAST_FREE = 200_000_000
"""Bytes that must be free to begin a recording."""
SILENT_AFTER = 5.0
"""Seconds without any word of a start after which it is a problem; a start takes under one."""


@dataclass(slots=True)
class Order:
    """What became of the last order to one output. Not safe for threads."""

    wanted: bool = False
    """Whether it was told to run."""
    asked_at: float = 0.0
    """Monotonic second of the order."""
    failed: bool = False
    """Whether it ended by itself; kept when OBS is connected to anew, where what was seen begins anew."""
    _last: Output = Output.OFF

    def ask(self, on: bool, now: float) -> None:
        """It is told to run, or to end."""
        if on != self.wanted:
            self.failed = False
        self.wanted, self.asked_at = on, now

    def see(self, state: Output) -> None:
        """It was seen in a state."""
        if state is Output.LIVE:
            self.failed = False
        elif state is Output.OFF and self._last is not Output.OFF and self.wanted:
            self.failed = True
        self._last = state

    def trouble(self, now: float) -> str | None:
        """`failed`, `silent`, or None where all is well."""
        if not self.wanted or self._last is Output.LIVE:
            return None
        if self.failed:
            return "failed"
        return "silent" if self._last is Output.OFF and now - self.asked_at > SILENT_AFTER else None


@dataclass(slots=True)
class Lasting:
    """Tells of a condition only once it has lasted, and of its end only once that has. Not safe for threads."""

    seconds: float
    """How long it must last."""
    _seen: bool = False
    _since: float = 0.0
    _told: bool = False

    def tell(self, seen: bool, now: float) -> bool:
        """Whether it is to be told of, given whether it is seen at this monotonic second."""
        if seen is not self._seen:
            self._seen, self._since = seen, now
        if now - self._since >= self.seconds:
            self._told = seen
        return self._told


def prepare_folder(folder: str, where: str) -> None:
    """Make a recording's folder and see that it can be written, before OBS accepts what it can't do.

    Raises:
        DeviceError: It can't be made or written, or is full.
    """
    path = Path(folder)
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
        free = shutil.disk_usage(path).free
    except OSError as error:
        detail = error.strerror or os.strerror(error.errno or 0)
        raise DeviceError(problems.record_folder(where, folder, detail)) from error
    if free < LEAST_FREE:
        raise DeviceError(problems.disk_full(where, folder, free // 1_000_000))


def record_settings(folder: str) -> list[Request]:
    """Where and how OBS writes its next recording: a name with its time, and never over another file."""
    values = (
        ("SimpleOutput", "FilePath", folder),
        ("SimpleOutput", "RecFormat", "mkv"),
        ("SimpleOutput", "RecFormat2", "mkv"),
        ("Output", "FilenameFormatting", "%CCYY%MM%DDT%hh%mm%ss"),
        ("Output", "OverwriteIfExists", "false"),
    )
    return [
        Request("SetProfileParameter", {"parameterCategory": group, "parameterName": name, "parameterValue": value})
        for group, name, value in values
    ]


def record_trouble(order: Order, folder: str, where: str, now: float) -> Problem | None:
    """What is wrong with the recording."""
    trouble = order.trouble(now)
    if trouble is None:
        return None
    return problems.record_failed(where, folder) if trouble == "failed" else problems.record_silent(where, folder)


def stream_trouble(order: Order, server: str, where: str, now: float) -> Problem | None:
    """What is wrong with the stream to the hub."""
    trouble = order.trouble(now)
    if trouble is None:
        return None
    return problems.publish_refused(where, server) if trouble == "failed" else problems.publish_silent(where, server)
