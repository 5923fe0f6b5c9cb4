"""What pages need of the service besides the air: the interface that `orchestrator.backstage` implements."""

from __future__ import annotations

from typing import Protocol

from orchestrator.archive.checking import Checker


class Backstage(Protocol):
    """The work beside the air. Every method may be called from any thread."""

    @property
    def checks(self) -> Checker:
        """Verifications of recordings."""
