"""What people may ask of the running service: read the plan, change it, undo, read the schedule again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from orchestrator.backstage import Works
from orchestrator.backstage.schedule import ScheduleFile
from orchestrator.catalogue.seen import changed_since
from orchestrator.catalogue.store import Catalogue
from orchestrator.clock import Clock
from orchestrator.config.model import Configuration
from orchestrator.errors import N_, Problem, RefusedError
from orchestrator.plan.changes import refuse, undoable
from orchestrator.plan.model import Change, ChangeKind, Until
from orchestrator.plan.timeline import Timeline
from orchestrator.sights import Eye
from orchestrator.status import StatusBoard
from orchestrator.timetable import CHANGES_BACK, Timetable


class OperatorDesk:
    """The one door through which operators' changes go."""

    def __init__(
        self,
        status: StatusBoard,
        catalogue: Catalogue,
        clock: Clock,
        timetable: Timetable,
        reload: Callable[[], Sequence[Problem]],
        backstage: Works,
        schedule: ScheduleFile,
        eyes: Mapping[str, Eye] = MappingProxyType({}),
    ) -> None:
        self.status = status
        self.catalogue = catalogue
        self.clock = clock
        self._timetable = timetable
        self._reload = reload
        self._eyes = eyes
        self.backstage = backstage
        self.schedule = schedule
        self._deciding = threading.Lock()

    def configuration(self) -> Configuration:
        """The files as last read whole."""
        return self._timetable.configuration

    def timeline(self) -> Timeline:
        """The timeline around now, with all changes."""
        return self._timetable.timeline()

    def plan(self, since: datetime, until: datetime) -> Timeline:
        """The timeline of any window, with all changes."""
        return self._timetable.between(since, until)

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
        """Write a change that counts from now; the loops hear of it.

        Raises:
            RefusedError: it makes no sense now, or somebody has changed what its operator saw; nothing was written.
        """
        with self._deciding:
            now = self.clock.now()
            wanted = Change(0, kind, now, who, venue, occurrence, cue, field, value, until)
            configuration = self._timetable.configuration
            timeline = self._timetable.timeline()
            problem = self._unseen(seen, venue, now) or refuse(timeline, wanted, now, configuration.destinations)
            if problem is not None:
                raise RefusedError(problem)
            span = timeline.spans.get(occurrence or "")
            starts_at = None if span is None else span.occurrence.start
            return self.catalogue.changes.add(kind, now, who, venue, occurrence, cue, field, value, until, starts_at)

    def _unseen(self, seen: str | None, venue: str, now: datetime) -> Problem | None:
        """What an operator has not seen of what others did."""
        known = self._timetable.configuration.venues.get(venue)
        if seen is None or known is None:
            return None
        return changed_since(seen, self.catalogue.changes.recent(now - CHANGES_BACK), venue, known.timezone)

    def undo(self, change_id: int, who: str) -> None:
        """Take a change back.

        Raises:
            RefusedError: there is no such change, or what it does has happened.
        """
        now = self.clock.now()
        active = self.catalogue.changes.active(since=now - CHANGES_BACK)
        change = next((change for change in active if change.id == change_id), None)
        if change is None:
            raise RefusedError(
                Problem(
                    "change.unknown",
                    N_("There is no change number {id} that could be undone. “orchestrator log” shows what was done."),
                    {"id": change_id},
                )
            )
        if (problem := undoable(self._timetable.timeline(), change, now)) is not None:
            raise RefusedError(problem)
        self.catalogue.changes.undo(change_id, who, now)

    def eye(self, venue: str) -> Eye | None:
        """What looks at a venue for people."""
        return self._eyes.get(venue)

    def reload(self) -> Sequence[Problem]:
        """Read the files again; returns what is wrong with them, in which case the last good ones stay in force."""
        return self._reload()
