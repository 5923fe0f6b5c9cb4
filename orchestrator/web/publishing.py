"""The schedule as a calendar's file: written again only when something of it has changed, or a day has gone by."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from orchestrator.config.ics_export import Published, calendar
from orchestrator.config.model import Configuration
from orchestrator.i18n import Language
from orchestrator.plan.model import ChangeKind
from orchestrator.web.desk import Desk

_BACK, _AHEAD = timedelta(days=180), timedelta(days=400)
"""How much of the past and of what stands day by day a calendar holds."""
_MOST = 32
"""How many calendars are kept: venues and languages."""


@dataclass(frozen=True, slots=True)
class Written:
    """A calendar's file."""

    body: bytes
    """Its content."""
    tag: str
    """Changes when the schedule does."""


@dataclass(frozen=True, slots=True)
class _MadeOf:
    """What a calendar was written of."""

    configuration: Configuration
    """The files."""
    cancelled: frozenset[str]
    """What operators cancelled."""
    day: date
    """On which day: what it holds of the past and the future hangs on it."""

    def same(self, other: _MadeOf) -> bool:
        """Whether it is of the very same schedule: comparing all of that would cost as much as writing it."""
        rest = (self.cancelled, self.day) == (other.cancelled, other.day)
        return self.configuration is other.configuration and rest


class Publisher:
    """Writes calendars for whoever asks; from any thread."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._lock = threading.Lock()
        self._kept: dict[tuple[str | None, Language], tuple[_MadeOf, Written]] = {}

    def calendar(self, venue: str | None, language: Language) -> Written:
        """The calendar of a venue, or of all."""
        desk = self._desk
        configuration, now = desk.configuration(), desk.clock.now()
        rows = desk.catalogue.changes.active(since=now - _BACK)
        cancelled = frozenset(row.occurrence for row in rows if row.kind is ChangeKind.CANCEL and row.occurrence)
        made_of = _MadeOf(configuration, cancelled, now.date())
        with self._lock:
            kept = self._kept.get((venue, language))
            if kept is not None and kept[0].same(made_of):
                return kept[1]
            events = [event for event in configuration.events if venue in {None, event.venue}]
            what = Published(
                configuration.station.name,
                events,
                configuration.venues,
                configuration.ceremonies,
                configuration.destinations,
                cancelled,
                now - _BACK,
                now + _AHEAD,
                now,
                language,
            )
            place = f" · {configuration.venues[venue].name}" if venue is not None else ""
            body = calendar(what, f"{configuration.station.name}{place}")
            made = Written(body, f'"{sha256(body).hexdigest()[:32]}"')
            if len(self._kept) >= _MOST:
                self._kept.clear()
            self._kept[venue, language] = (made_of, made)
            return made
