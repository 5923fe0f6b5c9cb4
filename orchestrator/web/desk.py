"""What pages and actions need of the service: the interface that `app` implements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from orchestrator.backstage import Works
from orchestrator.backstage.schedule import ScheduleFile
from orchestrator.catalogue.store import Catalogue
from orchestrator.clock import Clock
from orchestrator.config.model import Configuration
from orchestrator.errors import Problem
from orchestrator.plan.model import Change, ChangeKind, Until
from orchestrator.plan.timeline import Timeline
from orchestrator.sights import Eye
from orchestrator.status import StatusBoard


class Desk(Protocol):
    """The running service, as seen by whoever sits at it. Every method may be called from any thread."""

    @property
    def status(self) -> StatusBoard:
        """The latest snapshot."""

    @property
    def catalogue(self) -> Catalogue:
        """The rows that are kept."""

    @property
    def clock(self) -> Clock:
        """Time."""

    @property
    def backstage(self) -> Works:
        """The work beside the air."""

    @property
    def schedule(self) -> ScheduleFile:
        """The schedule's file, to be edited."""

    def configuration(self) -> Configuration:
        """The configuration in force."""

    def timeline(self) -> Timeline:
        """The timeline in force: operators' changes counted, the window around now."""

    def plan(self, since: datetime, until: datetime) -> Timeline:
        """The timeline of any window, operators' changes counted."""

    def change(  # noqa: PLR0913, PLR0917 - a change has that many parts
        self,
        kind: ChangeKind,
        who: str,
        venue: str,
        occurrence: str | None = None,
        cue: str | None = None,
        field: str | None = None,
        value: object = None,
        until: Until = "release",
        seen: str | None = None,
    ) -> Change:
        """Write an operator's change and wake the venue's loop.

        MUST raise RefusedError where it makes no sense, or where others have changed what its operator saw (`seen`, a
        mark of `catalogue.seen`).
        """

    def undo(self, change_id: int, who: str) -> None:
        """Take a change back; MUST raise RefusedError where it has happened already."""

    def eye(self, venue: str) -> Eye | None:
        """What looks at a venue for people; None where nothing can."""

    def reload(self) -> Sequence[Problem]:
        """Read the files again; what is wrong with them leaves the configuration in force as it was."""
