"""How the work of each kind of program is seen."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from orchestrator.devices.media.heartbeat import Beat
from orchestrator.devices.media.progress import TAIL, latest
from orchestrator.devices.media.splicer.control import read_status

PROGRESS = "progress"
"""The name, in a launch's files, of ffmpeg's progress file."""
STATUS = "status"
"""The same for the splicer's status."""


class FfmpegPulse:
    """ffmpeg's progress file."""

    def read(self, files: Mapping[str, str]) -> Beat | None:
        """The latest report; its data is a Progress."""
        try:
            with Path(files.get(PROGRESS, "/nonexistent")).open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(0, size - TAIL))
                found = latest(file.read().decode("ascii", "replace"))
        except OSError:
            return None
        return None if found is None else Beat(found.mark, found.moved, found)


class SplicerPulse:
    """The splicer's status; it works as soon as it goes round, whether there is anything to splice or not."""

    def read(self, files: Mapping[str, str]) -> Beat | None:
        """The latest report; its data is a SplicerStatus."""
        found = read_status(Path(files.get(STATUS, "/nonexistent")))
        return None if found is None else Beat((found.pid, found.beat), True, found)
