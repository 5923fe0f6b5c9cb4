"""What becomes of one occurrence's cues, as values; `player` works it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

NOTHING = timedelta(0)
Texts = Mapping[tuple[int, str], tuple[tuple[datetime, str], ...]]
"""A cue's place and a text input to what operators gave it, and since when (UTC), in order of time."""
NO_GIVEN: Texts = MappingProxyType({})
CANCELLATION = -1
"""The index of the firing that isn't a cue's: everything ends."""


class CueStatus(StrEnum):
    """What becomes of a cue."""

    DUE = "due"
    """It fires at its time, or has fired."""
    WAITING = "waiting"
    """For an operator's GO; in vain once its occurrence is over."""
    HELD = "held"
    """An operator holds the rundown, or the venue is still another occurrence's."""
    SKIPPED = "skipped"
    """An operator skipped it."""
    MISSED = "missed"
    """Its time passed while it couldn't be reached."""
    CANCELLED = "cancelled"
    """Its occurrence was cancelled, finished or over before it, or had no turn at its venue."""


COMING = frozenset({CueStatus.DUE, CueStatus.WAITING, CueStatus.HELD})
"""What a cue is that has fired or may still fire."""


@dataclass(frozen=True, slots=True)
class Firing:
    """A cue's doing, for as long as it counts."""

    since: datetime
    """UTC: when it fired."""
    due: datetime
    """UTC: when it would have, had nothing kept it; orders those that fire together."""
    index: int
    """The cue's place in the file, or CANCELLATION."""
    until: datetime | None = None
    """UTC: when it was taken back (MISSED, ASKED)."""
    who: str | None = None
    """Who gave GO, or cancelled."""


@dataclass(frozen=True, slots=True)
class CueCourse:
    """What becomes of one cue."""

    at: datetime | None
    """UTC: its time; None while it waits or is held."""
    due: datetime | None
    """UTC: its time, or if it is held the one that it would have if the hold ended at once."""
    status: CueStatus
    """What becomes of it."""


@dataclass(frozen=True, slots=True)
class Course:
    """How an occurrence runs."""

    cues: tuple[CueCourse, ...]
    """In the order of the file."""
    firings: tuple[Firing, ...]
    """In the order in which they count."""
    active: tuple[tuple[datetime, datetime | None], ...]
    """UTC: from the first cue until all is over; again from an ASKED that reopened it. None: open."""
    ends: tuple[tuple[datetime, datetime], ...]
    """(since, end), UTC: the end as it was known from then on, after the schedule's."""
    holds: tuple[tuple[datetime, datetime | None], ...]
    """UTC: held from, until."""
    extended: timedelta = NOTHING
    """By how much operators extended it in all."""
    cancelled_at: datetime | None = None
    """UTC."""
    closed_at: datetime | None = None
    """UTC."""
    texts: Texts = field(default_factory=lambda: NO_GIVEN)
    """What operators put in the place of cues' texts."""

    def text_given(self, index: int, name: str, since: datetime) -> str | None:
        """The text that an operator gave a cue that fired at `since`; None: the ceremony's counts."""
        given = [text for at, text in self.texts.get((index, name), ()) if at <= since]
        return given[-1] if given else None
