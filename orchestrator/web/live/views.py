"""What a page shows of a venue, as values: made once for each change, for every reader and both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from orchestrator.plan.model import Change, Occurrence, Until
from orchestrator.plan.timeline import TimedCue
from orchestrator.status import StandingProblem
from orchestrator.web.live.crowding import Crowded

TallyWord = Literal["air", "slate", "connecting", "failed", "standby", "ended", "unstreamed", "idle", "unknown"]
"""On air; on air with the slate; asked for but not there yet; failed everywhere; an event that isn't streamed yet; one
whose stream has been ended; one that goes nowhere; nothing; not known."""


@dataclass(frozen=True, slots=True)
class EventView:
    """An event at a venue."""

    occurrence: Occurrence
    """Which."""
    ceremony: str
    """Its ceremony's name."""
    end: datetime
    """UTC: its end, as operators' changes have it; while it is held, if it went on now."""
    opens: datetime
    """UTC: its first cue."""
    held_since: datetime | None = None
    """UTC: since when an operator holds it."""

    @property
    def moved(self) -> bool:
        """Whether it ends at another time than planned."""
        return self.end != self.occurrence.end


@dataclass(frozen=True, slots=True)
class DestinationView:
    """Where the programme goes."""

    id: str
    """The destination's id."""
    name: str
    """For people."""
    state: str
    """live, connecting, failed or off."""
    wanted: bool
    """Whether it should be fed now."""
    watch: str | None
    """Where viewers find it."""
    bitrate: float | None = None
    """kbit/s that it takes."""
    lag: float = 0.0
    """Seconds that it has fallen behind."""


@dataclass(frozen=True, slots=True)
class RecordingView:
    """The recording at a venue."""

    wanted: bool
    """Whether it should run."""
    running: bool | None
    """Whether all that should record does; None where unknown."""
    size: int
    """Bytes of the studio's and the safety recording so far."""
    hours_left: float | None
    """Hours for which the disks suffice as it is recorded now or next, all venues together; None where unknown."""


@dataclass(frozen=True, slots=True)
class SoundView:
    """Whether a venue is heard."""

    state: Literal["open", "muted", "part", "unknown"]
    """All open, all muted, some muted, or not known."""
    muted: tuple[str, ...] = ()
    """The inputs that are muted."""


@dataclass(frozen=True, slots=True)
class TakeView:
    """A field that an operator has taken over."""

    field: str
    """scene, stream, record, mute or source."""
    value: object
    """What it is set to."""
    who: str
    """Who took it."""
    since: datetime
    """UTC."""
    until: Until
    """What ends it, unless it is given back before."""


@dataclass(frozen=True, slots=True)
class UndoView:
    """An operator's change that can still be taken back."""

    change: Change
    """Which."""
    until: datetime | None
    """UTC: when it happens, so when it is too late; None: not as things stand."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """The one button that helps."""

    text: str
    """What it says, in English."""
    deed: str = ""
    """The action that it does, by name; empty for a link."""
    href: str = ""
    """Where it leads."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """The one sentence that matters."""

    standing: StandingProblem
    """What is wrong."""
    remedy: Remedy | None
    """What helps; None where it is being mended by itself."""


@dataclass(frozen=True, slots=True)
class VenueView:
    """A venue at one moment."""

    id: str
    """Its id."""
    name: str
    """For people."""
    zone: str
    """IANA name."""
    tally: TallyWord
    """Whether it is on air."""
    event: EventView | None
    """What runs."""
    upcoming: EventView | None
    """What comes after it, or next."""
    cue: TimedCue | None
    """The last cue that fired."""
    next: TimedCue | None
    """The next cue, of this event or of the one to come."""
    then: tuple[TimedCue, ...]
    """What follows the next one."""
    go: TimedCue | None
    """The cue that a GO fires."""
    scene: str | None
    """The scene on programme, as seen."""
    wanted_scene: str | None
    """The scene that should be on programme."""
    next_scene: str | None
    """The next scene to come."""
    scenes: tuple[str, ...]
    """The venue's scenes."""
    source: str | None
    """What feeds the programme: studio, relay, slate."""
    reachable: bool
    """Whether the studio answers."""
    soon: bool
    """Whether an event runs or begins within the half hour."""
    held: bool
    """An operator holds the rundown."""
    locked: bool
    """Nothing but an operator may change the picture now."""
    destinations: tuple[DestinationView, ...]
    """Of the event, and what is fed besides."""
    closing: int
    """10 or 5: so many minutes, or less, until the event begins to end by itself; 0: more, or it isn't near."""
    crowded: tuple[Crowded, ...]
    """The events from which this one keeps what they want."""
    recording: RecordingView
    """The recording."""
    sound: SoundView
    """The sound."""
    takes: tuple[TakeView, ...]
    """What operators have taken over."""
    begins_again: tuple[str, ...]
    """The destinations that would be fed once everything is given back to automation."""
    ends_again: tuple[str, ...]
    """The destinations that wouldn't be fed any more then."""
    undo: tuple[UndoView, ...]
    """What can be taken back, the latest first."""
    trouble: Trouble | None
    """What matters most of what is wrong."""
    others: tuple[StandingProblem, ...]
    """What else is wrong."""
    deeds: Mapping[str, bool]
    """Action to whether it makes sense now."""
    seen: str
    """What an action says that its operator had before their eyes; see `web.seen`."""

    @property
    def on_air(self) -> bool:
        """Whether viewers get a picture."""
        return self.tally in {"air", "slate"}

    @property
    def covered(self) -> str:
        """What viewers get in place of the studio's picture: slate or relay; else empty."""
        return self.source if self.on_air and self.source in {"slate", "relay"} else ""

    @property
    def air_names(self) -> tuple[str, ...]:
        """The destinations that are fed now."""
        return tuple(each.name for each in self.destinations if each.state != "off")
