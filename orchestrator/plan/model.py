"""The nouns of a schedule, as frozen values.

Every `datetime` here is aware. Absolute times are in UTC; a zone is used only to work one out or to show it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from orchestrator.plan.secret import Address, Secret

EMPTY: Mapping[str, object] = MappingProxyType({})
NO_TEXTS: Mapping[str, str] = MappingProxyType({})
NO_ITEMS: Mapping[str, bool] = MappingProxyType({})


class Source(StrEnum):
    """What feeds a venue's programme."""

    STUDIO = "studio"
    RELAY = "relay"
    SLATE = "slate"


class Late(StrEnum):
    """What becomes of a cue that couldn't be reached at its time."""

    JOIN = "join"
    """The state counts, however late."""
    SKIP = "skip"
    """Only at its time, give or take its grace."""
    ASK = "ask"
    """Waits for an operator's GO."""


class Anchor(StrEnum):
    """What a cue's time hangs on."""

    START = "start"
    END = "end"
    SUNRISE = "sunrise"
    SUNSET = "sunset"
    CUE = "cue"
    CLOCK = "clock"
    GO = "go"


BOUND = frozenset({Anchor.CLOCK, Anchor.SUNRISE, Anchor.SUNSET})
"""Anchors that belong to the day and not to the event: what hangs on them shifts with nothing."""


@dataclass(frozen=True, slots=True)
class At:
    """When a cue is due, before the occurrence gives it an absolute time."""

    anchor: Anchor
    """What it hangs on."""
    offset: timedelta = timedelta(0)
    """Added to the anchor's time; zero for CLOCK and GO."""
    cue: str | None = None
    """The other cue's id, with CUE."""
    clock: time | None = None
    """The wall-clock time in the event's zone, with CLOCK."""


Mute = Literal["all", "none"] | frozenset[str]
"""Which inputs are muted: every one, not one, or exactly these."""


@dataclass(frozen=True, slots=True)
class Do:
    """What a cue changes; None or empty means: leaves it as it is."""

    scene: str | None = None
    """The scene on programme."""
    transition: str | None = None
    """The transition that the scene change takes, by its name in OBS; None for a cut."""
    stream: bool | None = None
    """Whether the event's destinations are fed."""
    record: bool | None = None
    """Whether the studio recording and the safety recording run."""
    mute: Mute | None = None
    """Which inputs are muted."""
    text: Mapping[str, str] = field(default_factory=lambda: NO_TEXTS)
    """Text input to its template, with places such as `{title}` and the event's details."""
    source: Source | None = None
    """What feeds the programme."""
    show: tuple[str, ...] = ()
    """Names of scene items to show."""
    hide: tuple[str, ...] = ()
    """Names of scene items to hide."""


@dataclass(frozen=True, slots=True)
class Cue:
    """One line of a run of show."""

    id: str
    """Unique in its ceremony."""
    at: At
    """When it is due."""
    do: Do
    """What it changes."""
    latest: At | None = None
    """With GO: when it fires by itself if nobody gave it."""
    late: Late = Late.JOIN
    """What becomes of it when it can't be reached in time."""
    grace: timedelta = timedelta(seconds=5)
    """With SKIP and ASK: how late still counts as its time."""
    lock: bool = False
    """Until the next cue nothing changes the picture but an operator."""


@dataclass(frozen=True, slots=True)
class Ceremony:
    """A kind of event: its run of show."""

    id: str
    """The file's name without its ending."""
    name: str
    """For people."""
    cues: tuple[Cue, ...]
    """In the order of the file."""
    source: Source = Source.STUDIO
    """What feeds the programme until a cue says otherwise."""


ItemKind = Literal["color", "text", "countdown", "image", "camera", "media", "relay", "scene", "v4l2", "window"]


@dataclass(frozen=True, slots=True)
class SceneItem:
    """One thing in a scene, as `provision` builds it in OBS."""

    kind: ItemKind
    """What it is."""
    value: str
    """By kind: `#rrggbb`, the text, `start` or `end`, a file, an address, a scene's name, a device, a window title."""
    name: str
    """The input's name in OBS, unique in the venue but where two scenes share one input."""
    options: Mapping[str, object] = field(default_factory=lambda: EMPTY)
    """size (px), colour, x, y, width, height (px of the canvas), align, font, loop, audio: as its kind takes them."""


@dataclass(frozen=True, slots=True)
class AudioInput:
    """A sound input of a venue, as `provision` builds it in OBS."""

    name: str
    """Its name in OBS, as `mute` uses it."""
    kind: str
    """pulse, alsa or tone (a test tone)."""
    device: str
    """The device's name, `default`, or the tone's pitch in Hz."""
    volume: float | None = None
    """dB; None where whoever mixes in OBS sets it."""


@dataclass(frozen=True, slots=True)
class Studio:
    """The OBS of a venue."""

    host: str
    """Where its obs-websocket listens."""
    port: int
    """The port of obs-websocket 5."""
    password: Secret
    """Its password."""
    launch: Literal["auto", "never"]
    """Whether the service starts an OBS of its own where none answers."""
    recordings: str | None
    """OBS's recording folder as seen from here; None where OBS runs on this machine and may be told."""


@dataclass(frozen=True, slots=True)
class Video:
    """A venue's picture and its encoding."""

    width: int
    """Pixels."""
    height: int
    """Pixels."""
    fps: int
    """Frames a second."""
    bitrate: int
    """kbit/s."""


@dataclass(frozen=True, slots=True)
class Venue:
    """A place with one studio: at most one event at a time."""

    id: str
    """The file's name without its ending."""
    name: str
    """For people."""
    timezone: str
    """IANA name."""
    latitude: float
    """Degrees north."""
    longitude: float
    """Degrees east."""
    studio: Studio
    """Its OBS."""
    video: Video
    """Its picture."""
    audio: tuple[AudioInput, ...] = ()
    """Its sound inputs."""
    scenes: Mapping[str, tuple[SceneItem, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Scene name to its items, the lowest first."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a programme is pushed to."""

    id: str
    """Its key in destinations.yaml."""
    name: str
    """For people."""
    url: Secret
    """The address without the key; an address may hold credentials, so it is a secret too."""
    key: Secret
    """The stream key; empty where the address is enough."""
    watch: str | None = None
    """Where viewers find it."""
    max_duration: timedelta | None = None
    """The longest that the platform takes or keeps."""


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
