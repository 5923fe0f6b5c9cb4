"""The plan in force: the files as last read whole, with the operators' changes, around now."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Protocol

from orchestrator.catalogue.records import AsRun
from orchestrator.clock import Clock
from orchestrator.config.model import Configuration
from orchestrator.plan.model import Change, Occurrence
from orchestrator.plan.recurrence import occurrences
from orchestrator.plan.state import is_called_off, left_begun, still_begun
from orchestrator.plan.timeline import Begun, Timeline, build, with_changes

LOOK_BACK = timedelta(hours=36)
"""How far before now an occurrence may have begun and still matter: longer than any ceremony with its overrun."""
LOOK_AHEAD = timedelta(days=8)
"""How far ahead the timeline reaches."""
CHANGES_BACK = LOOK_AHEAD + 2 * LOOK_BACK
"""How old a change may be that still counts: whatever the timeline showed could be changed so long before."""
_RENEW = timedelta(hours=1)
"""How old the window may get."""


class ChangeRows(Protocol):
    """Where the operators' changes are kept."""

    def active(self, since: datetime | None = None, venue: str | None = None) -> Sequence[Change]:
        """Those that aren't undone, from `since` on and take-overs however old, in order of writing."""

    def listen(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back after each write."""


class AsRunRows(Protocol):
    """Where the loops say what they did."""

    def last_after(self, at: datetime) -> Sequence[AsRun]:
        """Of each venue the line written last of those that were sent or confirmed after a time."""


def window(configuration: Configuration, since: datetime, until: datetime) -> tuple[Occurrence, ...]:
    """Every occurrence of the schedule that overlaps [since, until)."""
    return tuple(
        occurrence
        for event in configuration.events
        for occurrence in occurrences(event, configuration.venues[event.venue], since, until)
    )


@dataclass(frozen=True, slots=True)
class Merged:
    """A new configuration with what is on air kept as it was."""

    configuration: Configuration
    """What may be put in force now."""
    kept: tuple[str, ...]
    """Events (and ceremonies) of which the old version stays until they are over."""


def keep_on_air(old: Configuration, new: Configuration, on_air: Sequence[str]) -> Merged:
    """Merge `new` into what runs; `on_air` are the ids of events whose occurrence has begun. Pure.

    Title, details, destinations and length of an event on air may change; its place, start, ceremony and existence may
    not, and neither may its ceremony's run of show.
    """
    events = {event.id: event for event in new.events}
    before = {event.id: event for event in old.events}
    ceremonies = dict(new.ceremonies)
    kept: list[str] = []
    for name in on_air:
        running, wanted = before[name], events.get(name)
        same = wanted is not None and (running.venue, running.start, running.ceremony, running.repeat) == (
            wanted.venue,
            wanted.start,
            wanted.ceremony,
            wanted.repeat,
        )
        if wanted is None or not same or wanted.disabled:
            events[name] = running
            kept.append(name)
        if ceremonies.get(running.ceremony) != old.ceremonies[running.ceremony]:
            ceremonies[running.ceremony] = old.ceremonies[running.ceremony]
            kept.append(running.ceremony)
    merged = replace(new, events=tuple(events.values()), ceremonies=MappingProxyType(ceremonies))
    return Merged(merged, tuple(dict.fromkeys(kept)))


class Timetable:
    """Holds the timeline around now; whoever asks gets the one in force, worked out once for each change."""

    def __init__(self, configuration: Configuration, changes: ChangeRows, asrun: AsRunRows, clock: Clock) -> None:
        self._changes = changes
        self._asrun = asrun
        self._clock = clock
        self._lock = threading.RLock()
        self._configuration = configuration
        self._occurrences: tuple[Occurrence, ...] = ()
        self._window_since: datetime | None = None
        self._window_until = datetime.max.replace(tzinfo=UTC)
        self._timeline: Timeline | None = None
        self._stale = False
        self._latest: datetime | None = None
        self._looked_at: datetime | None = None
        self._begun: Mapping[str, Begun] = MappingProxyType({})
        self._listeners: list[Callable[[], None]] = []
        changes.listen(self._changed)

    @property
    def configuration(self) -> Configuration:
        """The files as last read whole."""
        return self._configuration

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever the timeline may have changed."""
        self._listeners.append(listener)

    def replace(self, configuration: Configuration) -> None:
        """Put another configuration in force, in one step."""
        with self._lock:
            self._configuration = configuration
            self._window_since = None
        self._changed()

    def timeline(self) -> Timeline:
        """The timeline around now."""
        now = self._clock.now()
        with self._lock:
            self._keep_begun(now)
            self._latest = now if self._latest is None else max(self._latest, now)
            if self._window_since is None or not self._window_since <= now < self._window_until:
                self._occurrences = self._around(now)
                self._window_since, self._window_until = now, now + _RENEW
                self._timeline = None
            if self._timeline is None:
                self._timeline = self._build(self._occurrences, self._rows(now))
            elif self._stale:
                self._timeline = with_changes(self._timeline, self._rows(now))
            self._stale = False
            if self._timeline.begun is not self._begun:
                self._timeline = replace(self._timeline, begun=self._begun)
            return self._timeline

    def on_air(self) -> list[str]:
        """The ids of events whose occurrence has begun and isn't closed, be its venue the next one's already.

        One that has begun doesn't become one that hasn't because the clock was put back.
        """
        timeline, now = self.timeline(), self._clock.now()
        spans = (
            span
            for there in timeline.venues.values()
            for at in (now, self._latest or now)
            for span in there.owners[: bisect_right(there.begins, at)]
            if not span.is_closed(at)
        )
        begun = (one.span for one in timeline.begun.values() if not is_called_off(timeline, one))
        return list(dict.fromkeys(span.occurrence.event.id for span in (*spans, *begun)))

    def between(self, since: datetime, until: datetime) -> Timeline:
        """The timeline of any window, with the operators' changes."""
        return self._build(window(self._configuration, since, until), self._rows(since))

    def _keep_begun(self, now: datetime) -> None:
        """What is on the air stays there if the clock is put back to before its begin."""
        before = self._looked_at
        if before is None:
            self._begun = self._left_begun(now)
        elif self._timeline is not None and (now < before or self._begun):
            self._begun = still_begun(self._timeline, before, now)
        self._looked_at = now

    def _left_begun(self, now: datetime) -> Mapping[str, Begun]:
        """What the service before this one had on, if the clock was put back in its days: its log is ahead of now."""
        found = {}
        for line in self._asrun.last_after(now):
            told = max(at for at in (line.sent_at, line.confirmed_at) if at is not None)
            if (begun := self._left_on(line.venue, told, now)) is not None:
                found[line.venue] = begun
        return MappingProxyType(found)

    def _left_on(self, venue: str, told: datetime, now: datetime) -> Begun | None:
        """What it had on at a venue when it last told of it; what was asked since may deny that."""
        found, rows = window(self._configuration, told - LOOK_BACK, told + LOOK_BACK), self._rows(told - LOOK_BACK)
        for counting in (rows, tuple(change for change in rows if change.at > now)):
            begun = left_begun(self._build(found, counting), venue, told, now)
            if begun is not None:
                return begun
        return None

    def _around(self, now: datetime) -> tuple[Occurrence, ...]:
        """What may matter now; what has begun does, however far the clock was put back."""
        found = {one.id: one for one in window(self._configuration, now - LOOK_BACK, now + LOOK_AHEAD)}
        for begun in self._begun.values():
            found.setdefault(begun.span.occurrence.id, begun.span.occurrence)
        return tuple(found.values())

    def _build(self, found: Sequence[Occurrence], changes: tuple[Change, ...]) -> Timeline:
        return build(found, self._configuration.ceremonies, self._configuration.venues, changes)

    def _rows(self, at: datetime) -> tuple[Change, ...]:
        return tuple(self._changes.active(since=at - CHANGES_BACK))

    def _changed(self) -> None:
        with self._lock:
            self._stale = True
        for listener in tuple(self._listeners):
            listener()
