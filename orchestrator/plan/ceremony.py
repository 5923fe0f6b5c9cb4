"""Runs of show, as frozen values: kinds of ceremonies, their cues, and what each changes when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

NO_TEXTS: Mapping[str, str] = MappingProxyType({})


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
