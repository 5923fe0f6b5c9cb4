"""What is written down while a simulation runs: what its invariants are judged by, and what its story is told from."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import attrgetter
from types import MappingProxyType
from typing import Literal

from orchestrator.plan.model import Source, VenueState

NO_TEXTS: Mapping[str, str] = MappingProxyType({})
NO_FLAGS: Mapping[str, bool | None] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Truth:
    """What a venue's modelled devices really are in, whatever anybody has seen of them."""

    scene: str | None = None
    """The scene on programme; None while OBS doesn't run."""
    mutes: Mapping[str, bool] = field(default_factory=lambda: MappingProxyType({}))
    """Sound input to whether it is muted."""
    texts: Mapping[str, str] = field(default_factory=lambda: NO_TEXTS)
    """Text input to its text."""
    items: Mapping[str, bool | None] = field(default_factory=lambda: NO_FLAGS)
    """Scene item to whether it is shown everywhere; None: here and there."""
    record: str | None = None
    """The folder that OBS records to; None: it doesn't."""
    publish: bool = False
    """Whether OBS publishes to the hub."""
    safety: str | None = None
    """The folder that the safety recorder writes to; None: it doesn't."""
    fed: frozenset[str] = frozenset()
    """Destinations that get the programme."""
    pushers: frozenset[str] = frozenset()
    """Destinations for which a pusher runs, fed or not."""
    source: Source | None = None
    """What the programme is fed from."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment by both clocks."""

    at: datetime
    """UTC, as the wall clock said."""
    second: float
    """The monotonic second."""

    def back_to(self, at: datetime | None) -> Moment:
        """When the wall clock said `at` before, had it not been stepped since; itself where that is none or later."""
        if at is None or at >= self.at:
            return self
        return Moment(at, max(0.0, self.second - (self.at - at) / timedelta(seconds=1)))


@dataclass(frozen=True, slots=True)
class Note:
    """One line of the story."""

    at: datetime
    """UTC, as the wall clock said."""
    second: float
    """The monotonic second."""
    venue: str | None
    """The venue; None: all."""
    kind: Literal["fault", "sent", "seen", "cue", "wrong"]
    """What was done to it, what the loop sent, what became of it, what was due, what is wrong."""
    text: str
    """In English, as the as-run log."""


@dataclass(frozen=True, slots=True)
class Turn:
    """An output that began or ended."""

    at: datetime
    """UTC."""
    second: float
    """The monotonic second."""
    venue: str
    """The venue's id."""
    key: str
    """`record`, `publish`, `recorder`, `splicer`, `relay`, `pusher/<destination>`."""
    began: bool
    """Whether it began or ended."""
    told: bool
    """Whether it was told to; one that ended so didn't die."""
    doubled: bool = False
    """Whether one ran already when it began."""
    wanted_for: float = 0.0
    """Where it was told to end: for how many seconds the plan had wanted it on without a break."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A settled moment: what should be, and what is."""

    at: datetime
    """UTC."""
    second: float
    """The monotonic second."""
    venue: str
    """The venue's id."""
    state: VenueState
    """What the plan wants."""
    truth: Truth
    """What is."""
    behind: bool = False
    """Whether the wall clock was put back and hasn't come to where it was: what began then goes on till its time."""
    since: float | None = None
    """The monotonic second from which the plan has wanted it."""
    forgotten: str | None = None
    """The occurrence that had begun, of which nothing is wanted any more since the clock was put back."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """The program itself failed in a turn of a loop."""

    at: datetime
    """UTC."""
    second: float
    """The monotonic second."""
    venue: str
    """The venue's id."""
    error: str
    """The traceback's last lines."""


@dataclass(slots=True)
class Tape:
    """All that was written down."""

    notes: list[Note] = field(default_factory=list)
    """In order of time."""
    turns: list[Turn] = field(default_factory=list)
    """In order of time."""
    samples: list[Sample] = field(default_factory=list)
    """In order of time."""
    mistakes: list[Mistake] = field(default_factory=list)
    """In order of time."""

    def moment(self, second: float) -> Moment:
        """A monotonic second by the wall clock too, as its latest note before has it; there must be one."""
        note = self.notes[bisect_right(self.notes, second, key=attrgetter("second")) - 1]
        return Moment(note.at + timedelta(seconds=second - note.second), second)
