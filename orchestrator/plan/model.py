"""The nouns of a schedule, as frozen values: events, their times, operators' changes, what a venue should be in.

Runs of show are in `ceremony`, venues and destinations in `places`; all of them are to be had from here.

Every `datetime` here is aware. Absolute times are in UTC; a zone is used only to work one out or to show it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from orchestrator.plan.ceremony import BOUND, NO_TEXTS, Anchor, At, Ceremony, Cue, Do, Late, Mute, Source
from orchestrator.plan.places import (
    EMPTY,
    AudioInput,
    Destination,
    ItemKind,
    SceneItem,
    Studio,
    Venue,
    Video,
)
from orchestrator.plan.secret import Address

NO_ITEMS: Mapping[str, bool] = MappingProxyType({})

__all__ = [
    "ALONE",
    "BOUND",
    "EMPTY",
    "NO_ITEMS",
    "NO_TEXTS",
    "Anchor",
    "At",
    "AudioInput",
    "Cause",
    "Ceremony",
    "Change",
    "ChangeKind",
    "Cue",
    "Destination",
    "Do",
    "Event",
    "ItemKind",
    "Late",
    "Mute",
    "Occurrence",
    "Repeat",
    "SceneItem",
    "Source",
    "StartSpec",
    "Studio",
    "Until",
    "Venue",
    "VenueState",
    "Video",
]


@dataclass(frozen=True, slots=True)
class StartSpec:
    """When an event starts, as the schedule says it."""

    date: date
    """In the event's zone."""
    time: time | None = None
    """Wall-clock time in the event's zone; None where it hangs on the sun."""
    sun: Literal["sunrise", "sunset"] | None = None
    """What it hangs on instead of a time."""
    offset: timedelta = timedelta(0)
    """Added to the sun's time."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """How an event repeats."""

    rrule: str
    """RFC 5545 recurrence rule without DTSTART and UNTIL."""
    until: date | None = None
    """The last day, included, in the event's zone."""
    exclude: frozenset[date] = frozenset()
    """Days left out (`except` in the file)."""
    also: frozenset[date] = frozenset()
    """Days added, at the event's time of day."""


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of schedules.yaml."""

    id: str
    """Unique; letters, digits, hyphens."""
    title: str
    """For people."""
    ceremony: str
    """A ceremony's id."""
    venue: str
    """A venue's id."""
    timezone: str
    """IANA name; the venue's unless the event gives its own."""
    start: StartSpec
    """When it first starts."""
    duration: timedelta
    """Elapsed time from start to end."""
    destinations: tuple[str, ...] = ()
    """Destination ids."""
    repeat: Repeat | None = None
    """None for a single event."""
    details: Mapping[str, str] = field(default_factory=lambda: NO_TEXTS)
    """Free fields, for texts on the picture and the archive."""
    relay: Address | None = None
    """The relay source's address (rtmp, srt, http/https for HLS)."""
    max_overrun: timedelta | None = None
    """The longest that operators may extend it in all; None for no limit."""
    archive: Mapping[str, str] = field(default_factory=lambda: NO_TEXTS)
    """classification, access, retention, rights."""
    disabled: bool = False
    """Left out of every plan."""
    uid: str | None = None
    """What it is called in the calendar that it was taken from."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that an event takes place."""

    id: str
    """The event's id, with `@2027-01-04T07:30` where it repeats."""
    event: Event
    """Whose it is."""
    start: datetime
    """UTC."""
    end: datetime
    """UTC."""


ALONE = "alone"
"""The field of a SHIFT that moves only its cue and what hangs on it, not all that comes after."""


class ChangeKind(StrEnum):
    """What an operator (or, for the last three, the service) changed."""

    GO = "go"
    HOLD = "hold"
    RESUME = "resume"
    EXTEND = "extend"
    FINISH = "finish"
    SKIP = "skip"
    CANCEL = "cancel"
    SHIFT = "shift"
    """A cue, and all after it or only what hangs on it, earlier or later."""
    TEXT = "text"
    """A text of a cue, before it is shown."""
    TAKE = "take"
    RELEASE = "release"
    MISSED = "missed"
    """A `late: skip` cue whose time passed while it couldn't be reached."""
    ASKED = "asked"
    """A `late: ask` cue whose time passed so: it waits for GO."""
    CLOSED = "closed"
    """An occurrence whose last state was confirmed: the venue is nobody's again."""


Until = Literal["release", "next-cue", "next-event"]
"""How long a TAKE holds, unless it is released before: for ever, until the venue's next cue, or until its next event
begins."""


@dataclass(frozen=True, slots=True)
class Change:
    """A row that an operator or the service wrote; a timeline is worked out from all that aren't undone."""

    id: int
    """In order of writing."""
    kind: ChangeKind
    """What it does."""
    at: datetime
    """UTC: when it counts from."""
    who: str
    """Who wrote it: a user's name, or `service`."""
    venue: str
    """The venue's id."""
    occurrence: str | None = None
    """The occurrence's id; None for TAKE and RELEASE outside one."""
    cue: str | None = None
    """With GO, SKIP, SHIFT, TEXT, MISSED, ASKED: the cue's id."""
    field: str | None = None
    """With TAKE, RELEASE: scene, stream, record, mute, source; with TEXT: the text input; with SHIFT: ALONE or None."""
    value: object = None
    """With TAKE: the field's value as a cue's `do` has it; with EXTEND, SHIFT: seconds; with TEXT: the text itself."""
    until: Until = "release"
    """With TAKE: how long it holds."""
    starts_at: datetime | None = None
    """UTC: when its occurrence was to start as it was written; None where it has none, or isn't known."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a field of a state has its value."""

    occurrence: str | None
    """Whose cue it was."""
    cue: str | None
    """The cue; None where an operator's change or the event's end said it."""
    at: datetime
    """UTC: since when it counts (a cue's time, or a change's)."""
    planned_at: datetime | None
    """UTC: the cue's time before operators' changes; None for a GO that had none."""
    reason: str
    """In English for the log: `cue mulai`, `taken by sari`."""


@dataclass(frozen=True, slots=True)
class VenueState:
    """What a venue should be in at one time; None or absent: not named, so not ours and left untouched."""

    occurrence: str | None = None
    """The occurrence that the venue belongs to."""
    cue: str | None = None
    """The last cue that fired."""
    starts_at: datetime | None = None
    """UTC: the occurrence's start, for countdowns."""
    ends_at: datetime | None = None
    """UTC: the occurrence's end with all extensions, for countdowns."""
    scene: str | None = None
    """The scene on programme."""
    transition: str | None = None
    """How a change to it is made; None for a cut."""
    destinations: frozenset[str] | None = None
    """Destination ids to feed; empty: feed none."""
    record: bool | None = None
    """Whether the studio recording and the safety recording run."""
    mute: Mute | None = None
    """Which inputs are muted."""
    texts: Mapping[str, str] = field(default_factory=lambda: NO_TEXTS)
    """Text input to its finished text."""
    items: Mapping[str, bool] = field(default_factory=lambda: NO_ITEMS)
    """Scene item to whether it is shown."""
    source: Source | None = None
    """What feeds the programme."""
    relay: Address | None = None
    """The relay source's address."""
    studio: bool = False
    """Whether the occurrence uses the studio at all (any cue names a scene, mute, text, item or source studio)."""
    studio_ends: bool = False
    """Whether what the studio records and sends ends now: it was used until a moment ago, and isn't any more."""
    locked: bool = False
    """Nothing but an operator may change the picture now."""
    held: bool = False
    """An operator holds the rundown."""
    causes: Mapping[str, Cause] = field(default_factory=lambda: MappingProxyType({}))
    """Why: by field (`scene`, `stream`, `record`, `mute`, `source`, `text:NAME`, `item:NAME`)."""

    @property
    def on_hub(self) -> bool | None:
        """Whether the programme path runs at all: somebody is fed, or it is recorded. None: not ours."""
        if self.destinations is None and self.record is None:
            return None
        return bool(self.destinations) or bool(self.record)
