"""Where everything lies in the data folder: the one place that builds these paths."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_MASTER = re.compile(r"\d{8}T\d{6}_(\d+)(?:\D|$)")
"""A master's name: when it was begun by the wall clock, which may be put back, and which one it is."""
_RUN = re.compile(r"\d{8}T\d{6}Z_(\d+)(?:_\d+\.ts|\.csv)?$")
"""The same of a run of the safety recorder, of a segment of it or its list; one with a time alone has no number."""


def folder_name(identifier: str) -> str:
    """An id as a folder's name on any file system: an occurrence's colon goes."""
    return identifier.replace(":", "")


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The service's data folder. Nothing is made here; who writes makes its folder."""

    root: Path
    """Its root."""
    overflow: Path | None = None
    """A folder on a second disk, where recordings go on when the first is nearly full."""

    @property
    def lock(self) -> Path:
        """Held by the running service, with who it is."""
        return self.root / "service.lock"

    @property
    def service(self) -> Path:
        """Where the running service's HTTP interface is, as JSON."""
        return self.root / "service.json"

    @property
    def token(self) -> Path:
        """What this machine's own commands show the running service; readable by its owner alone."""
        return self.root / "service.token"

    @property
    def logs(self) -> Path:
        """Logs of the service and of every child."""
        return self.root / "logs"

    def run(self, owner: str) -> Path:
        """Sockets, progress and configuration files of a venue's (or the hub's) processes."""
        return self.root / "run" / owner

    @property
    def in_force(self) -> Path:
        """A copy of the files as they were when all of them was in force."""
        return self.root / "in-force"

    @property
    def spool(self) -> Path:
        """Recordings that are not archived yet: `<venue>/<occurrence>/studio|safety`."""
        return self.root / "spool"

    @property
    def spools(self) -> tuple[Path, ...]:
        """Every folder that may hold such recordings, the first disk's first."""
        return (self.spool,) if self.overflow is None else (self.spool, self.overflow / "spool")

    def studio(self, venue: str, occurrence: str, spool: Path | None = None) -> Path:
        """Where OBS writes an occurrence's masters, in a spool (the first one unless given)."""
        return (spool or self.spool) / venue / folder_name(occurrence) / "studio"

    def safety(self, venue: str, occurrence: str, spool: Path | None = None) -> Path:
        """Where the safety recorder writes an occurrence's segments, in a spool (the first one unless given)."""
        return (spool or self.spool) / venue / folder_name(occurrence) / "safety"

    def card(self, venue: str, occurrence: str, spool: Path | None = None) -> Path:
        """What the occurrence is, written before its first recording, for an archive that has lost the schedule."""
        return (spool or self.spool) / venue / folder_name(occurrence) / "occurrence.json"


def master_number(name: str) -> int:
    """Which of its occurrence's masters a file is, from 1, by its name; 0 where the name doesn't tell."""
    found = _MASTER.match(name)
    return int(found[1]) if found else 0


def run_number(name: str) -> int:
    """Which of its occurrence's runs of the safety recorder it is, from 1, by its or its files' name; 0: none told."""
    found = _RUN.match(name)
    return int(found[1]) if found else 0
