"""The files of events, as they are written: schedules and ceremonies."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from orchestrator.config import problems, time_problems, times
from orchestrator.config.entries import Entry
from orchestrator.config.fields import (
    CueId,
    CueTime,
    Day,
    Duration,
    End,
    Identifier,
    Line,
    Mute,
    Names,
    OrShort,
    Start,
    Template,
    Text,
    Zone,
    detail_names,
    one_of,
)
from orchestrator.config.refused import Refused
from orchestrator.plan.model import Anchor, At

REPEATS = {
    "daily": "FREQ=DAILY",
    "weekdays": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
    "weekly": "FREQ=WEEKLY",
    "monthly": "FREQ=MONTHLY",
    "yearly": "FREQ=YEARLY",
}
"""The words for common repeats, and their rules."""

SourceName = Annotated[Literal["studio", "relay", "slate"], one_of("studio", "relay", "slate")]


def _rule(value: object) -> object:
    if not isinstance(value, str):
        raise Refused(time_problems.rule_invalid(str(value)))
    rule = REPEATS.get(value, value.removeprefix("RRULE:").strip())
    if (problem := times.rule_problem(rule)) is not None:
        raise Refused(problem)
    return rule


def _repeat(value: object) -> object:
    if isinstance(value, str) and value in REPEATS:
        return {"rrule": REPEATS[value]}
    if not isinstance(value, dict):
        raise Refused(time_problems.not_a_repeat(value, REPEATS))
    return value


class RepeatEntry(Entry):
    """How an event repeats."""

    rrule: Annotated[str, BeforeValidator(_rule)]
    """RFC 5545 rule such as FREQ=WEEKLY;BYDAY=MO, or one of the words daily, weekdays, weekly, monthly, yearly."""
    until: Day | None = None
    """The last day, included."""
    exclude: list[Day] = Field(default_factory=list, alias="except")
    """Days left out."""
    also: list[Day] = Field(default_factory=list)
    """Days added, at the event's time of day."""


class ArchiveEntry(Entry):
    """What the archive notes of an event."""

    classification: Line | None = None
    """Classification code."""
    access: Line | None = None
    """Who may see it: terbuka, terbatas."""
    retention: Line | None = None
    """How long it is kept."""
    rights: Line | None = None
    """Whose it is."""


class EventEntry(Entry):
    """One event of the schedule."""

    id: Identifier
    """Unique; letters, digits and hyphens."""
    title: Line
    """What people call it."""
    ceremony: Line
    """Name of a file in profiles/ceremonies, without .yaml."""
    venue: Line
    """Name of a file in profiles/venues, without .yaml."""
    start: Start
    """Day and time in the venue's zone, or day and sunrise or sunset."""
    duration: Duration | None = None
    """How long it lasts; or give end."""
    end: End | None = None
    """When it ends: a time on the day of the start, or day and time."""
    destinations: list[Line] = Field(default_factory=list)
    """Where it is streamed to: names from destinations.yaml."""
    repeat: Annotated[RepeatEntry, BeforeValidator(_repeat), OrShort({"enum": list(REPEATS)})] | None = None
    """daily, weekdays, weekly, monthly, yearly, or a rule with until, except and also."""
    details: Annotated[dict[str, Text], BeforeValidator(detail_names)] = Field(default_factory=dict)
    """Free details, for texts on the picture and for the archive."""
    timezone: Zone | None = None
    """Its own time zone, where it isn't the venue's."""
    relay: Line | None = None
    """Address of the feed that is relayed: rtmp, srt, http or https (HLS)."""
    max_overrun: Duration | None = None
    """How long operators may extend it in all."""
    archive: ArchiveEntry | None = None
    """What the archive notes of it."""
    disabled: bool = False
    """true leaves it out of every plan."""
    uid: Line | None = None
    """What the calendar that it was taken from calls it: taken from there again, it is the same event."""

    @model_validator(mode="after")
    def _one_end(self) -> EventEntry:
        if self.duration is None and self.end is None:
            raise Refused(time_problems.neither_end_nor_duration())
        if self.duration is not None and self.end is not None:
            raise Refused((time_problems.end_and_duration(), ("end",)))
        if self.end is not None and self.start.sun is not None:
            raise Refused((time_problems.end_of_sun(), ("end",)))
        return self


class ScheduleFile(Entry):
    """The events: schedules.yaml."""

    events: list[EventEntry]
    """All events, in any order."""


class DoEntry(Entry):
    """What a cue changes; what isn't named stays as it is."""

    scene: Line | None = None
    """The scene on air."""
    transition: Line | None = None
    """The transition into the scene, by its name in OBS."""
    stream: bool | None = None
    """true feeds the event's destinations, false ends it."""
    record: bool | None = None
    """true starts the recordings, false ends them."""
    mute: Mute | None = None
    """all, none, or the inputs that are muted (all others are not)."""
    text: dict[str, Template] = Field(default_factory=dict)
    """Text input and what it shows, with places such as {title}."""
    source: SourceName | None = None
    """What feeds the programme: studio, relay or slate."""
    show: Names = ()
    """Scene items to show."""
    hide: Names = ()
    """Scene items to hide."""


class CueEntry(Entry):
    """One line of the run of show."""

    id: CueId
    """Unique in the ceremony."""
    at: CueTime
    """When: start-20m, end+2m, sunset-45m, another cue's id +30s, a time of day, or go."""
    do: DoEntry = DoEntry.model_construct()
    """What it changes."""
    latest: CueTime | None = None
    """For go: when it happens by itself."""
    late: Annotated[Literal["join", "skip", "ask"], one_of("join", "skip", "ask")] = "join"
    """What if its time has passed: join (the state counts), skip, or ask."""
    grace: Duration | None = None
    """For skip and ask: how late still counts as its time."""
    lock: bool = False
    """true: until the next cue nothing changes the picture but an operator."""

    @model_validator(mode="after")
    def _fitting(self) -> CueEntry:
        faults = []
        at: At = self.at
        if self.latest is not None and at.anchor is not Anchor.GO:
            faults.append((problems.only_with("latest", "at: go"), ("latest",)))
        elif self.latest is not None and self.latest.anchor is Anchor.GO:
            faults.append((problems.go_latest(), ("latest",)))
        if self.grace is not None and self.late == "join":
            faults.append((problems.only_with("grace", "late: skip, late: ask"), ("grace",)))
        if faults:
            raise Refused(*faults)
        return self


class CeremonyFile(Entry):
    """A kind of event: profiles/ceremonies/*.yaml."""

    name: Line
    """What people call it."""
    source: SourceName = "studio"
    """What feeds the programme until a cue says otherwise: studio, relay or slate."""
    cues: list[CueEntry]
    """The run of show."""
