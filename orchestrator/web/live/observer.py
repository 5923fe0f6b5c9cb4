"""Keeps the views of all venues up to date: each is worked out again only when something of it has changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from orchestrator.catalogue.records import AsRun, ChangeRecord, VersionRow
from orchestrator.errors import StorageError
from orchestrator.plan.timeline import Timeline
from orchestrator.status import StandingProblem, VenueStatus
from orchestrator.timetable import CHANGES_BACK
from orchestrator.web.desk import Desk
from orchestrator.web.live.deeds import undo_of
from orchestrator.web.live.venue import Moment, venue_view
from orchestrator.web.live.views import UndoView, VenueView


@dataclass(frozen=True, slots=True)
class Sight:
    """Everything that there is to show at one time."""

    moment: Moment
    """What it was made from."""
    venues: tuple[VenueView, ...]
    """Every venue, in the order of the profiles."""
    problems: tuple[StandingProblem, ...]
    """What is wrong with the service as a whole."""
    version: VersionRow | None
    """The newest version of the schedule; None where there is none, or it can't be read."""
    log: Callable[[str], Sequence[AsRun]]
    """The as-run log of an occurrence of the timeline."""


_LOGS = 32
"""Of how many occurrences the log is kept in memory."""


class Observer:
    """Makes sights; used by one thread at a time."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._made: dict[str, tuple[VenueStatus | None, Moment, VenueView]] = {}
        self._undo: dict[str, tuple[UndoView, ...]] = {}
        self._timeline: Timeline | None = None
        self._history: tuple[ChangeRecord, ...] = ()
        self._version: tuple[int, VersionRow | None] = (-1, None)
        self._logs: dict[str, tuple[VenueStatus | None, Sequence[AsRun]]] = {}

    def look(self) -> Sight:
        """What there is to show now."""
        desk, now = self._desk, self._desk.clock.now()
        timeline, configuration = desk.timeline(), desk.configuration()
        if timeline is not self._timeline:
            self._undo = {venue: undo_of(timeline, venue, now) for venue in configuration.venues}
            with suppress(StorageError):  # a page with what was known before is worth more than none
                self._history = tuple(desk.catalogue.changes.recent(now - CHANGES_BACK))
                self._timeline = timeline
        snapshot = desk.status.latest
        moment = Moment(now, configuration, timeline, self._history, snapshot.storage)
        views = tuple(self._view(name, snapshot.venues.get(name), moment) for name in configuration.venues)
        return Sight(moment, views, snapshot.problems, self._newest(), self._log)

    def _newest(self) -> VersionRow | None:
        versions = self._desk.catalogue.versions
        if self._version[0] != versions.added:
            with suppress(StorageError):  # then it is tried again at the next look
                self._version = versions.added, versions.latest()
        return self._version[1]

    def _view(self, name: str, status: VenueStatus | None, moment: Moment) -> VenueView:
        made = self._made.get(name)
        if made is not None and made[0] is status and _is_same(made[1], moment):
            return made[2]
        view = venue_view(moment.configuration.venues[name], status, moment, self._undo.get(name, ()))
        self._made[name] = status, moment, view
        return view

    def _log(self, occurrence: str) -> Sequence[AsRun]:
        """The as-run log of an occurrence: read again once its venue's loop, which writes it, has looked again."""
        span = self._desk.timeline().spans.get(occurrence)
        status = self._desk.status.latest.venues.get(span.venue.id) if span is not None else None
        kept = self._logs.get(occurrence)
        if kept is not None and kept[0] is status:
            return kept[1]
        try:
            lines: Sequence[AsRun] = self._desk.catalogue.asrun.of(occurrence)
        except StorageError:
            return kept[1] if kept is not None else ()
        if len(self._logs) >= _LOGS:
            self._logs = {}
        self._logs[occurrence] = status, lines
        return lines


def _is_same(one: Moment, other: Moment) -> bool:
    """Whether two moments differ in nothing but the time."""
    pairs = ((one.timeline, other.timeline), (one.configuration, other.configuration), (one.storage, other.storage))
    return all(before is after for before, after in pairs)
