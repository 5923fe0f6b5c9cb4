"""All the work beside the air, put together."""

from __future__ import annotations

from orchestrator.archive.checking import Checker
from orchestrator.backstage.keyring import Keyring
from orchestrator.backstage.places import Places
from orchestrator.backstage.prober import Prober


class Works:
    """Does what is asked for beside the air, in threads of its own."""

    def __init__(self, checks: Checker, places: Places, keys: Keyring, readiness: Prober) -> None:
        self.checks = checks
        """Verifications of recordings."""
        self.places = places
        """The venues' studios."""
        self.keys = keys
        """The stream keys."""
        self.readiness = readiness
        """Whether all is ready."""

    def start(self) -> None:
        """Begin to find out."""
        self.readiness.start()

    def stop(self) -> None:
        """Give up what is under way."""
        self.readiness.stop()
        self.checks.stop()
