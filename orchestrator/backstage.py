"""The work beside the air that people ask for: verifying recordings."""

from __future__ import annotations

from orchestrator.archive.checking import Checker
from orchestrator.catalogue.store import Catalogue
from orchestrator.clock import Clock
from orchestrator.config.model import Station


class Works:
    """Does what is asked for beside the air, in threads of its own."""

    def __init__(self, station: Station, catalogue: Catalogue, clock: Clock) -> None:
        self.checks = Checker(catalogue, station.archive.folder, clock)
        """Verifications of recordings."""

    def stop(self) -> None:
        """Give up what is under way."""
        self.checks.stop()
