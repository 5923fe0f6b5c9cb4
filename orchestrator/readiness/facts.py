"""What was found out about the station, for a judgement of its readiness."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from orchestrator.errors import Problem, Saying
from orchestrator.status import StandingProblem

Reached = Literal["reached", "name", "unreachable", "certificate", "silent", "unknown"]
"""What an attempt to reach a destination found; `unknown`: nothing can be told without publishing."""
Tried = Literal["accepted", "refused", "busy", "unreachable", "name", "format", "dropped", "stalled", "failed"]
"""What a short push to a destination found."""


@dataclass(frozen=True, slots=True)
class Studio:
    """What is known of a venue's OBS."""

    reachable: bool
    """Whether it answers."""
    by_itself: bool
    """Whether the service starts it in time for an event."""
    version: str = ""
    """Its version."""
    muted: frozenset[str] = frozenset()
    """Inputs that are muted."""
    collection: str = ""
    """The scene collection that it uses."""
    profile: str = ""
    """The profile that it uses."""
    picture: str = ""
    """What it draws."""
    missing_scenes: tuple[str, ...] = ()
    """Scenes of the venue's profile that it hasn't."""
    missing_inputs: tuple[str, ...] = ()
    """Inputs of the venue's profile that it hasn't."""
    changes: tuple[Saying, ...] = ()
    """What building would change."""
    compared_at: datetime | None = None
    """When it was last compared with its profile; None: not since it started."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A short push to a destination."""

    at: datetime
    """When."""
    outcome: Tried
    """What came of it."""
    who: str = ""
    """Who asked for it."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is known of a destination."""

    name: str
    """For people."""
    live: bool = False
    """Whether it is fed now."""
    has_key: bool = True
    """Whether there is a key, or none is needed."""
    reached: Reached | None = None
    """Whether it could be reached; None: not tried yet."""
    reached_at: datetime | None = None
    """When that was tried."""
    trial: Trial | None = None
    """The last push since its key was last replaced."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that a judgement goes by."""

    now: datetime
    """When."""
    studios: Mapping[str, Studio] = field(default_factory=lambda: MappingProxyType({}))
    """By venue."""
    targets: Mapping[str, Target] = field(default_factory=lambda: MappingProxyType({}))
    """By destination."""
    slates: Mapping[str, Literal["own", "drawn"]] = field(default_factory=lambda: MappingProxyType({}))
    """By venue: the studio's own picture, or a plain drawn one; absent: none."""
    room: Mapping[str, Problem] = field(default_factory=lambda: MappingProxyType({}))
    """By occurrence: why there isn't room for it and all before it; absent: there is."""
    clock_in_step: bool | None = None
    """Whether the machine's clock follows a time server; None: can't be told."""
    running: bool = True
    """Whether the service runs."""
    problems: tuple[StandingProblem, ...] = ()
    """What is wrong with the service as a whole."""
    at_venues: Mapping[str, tuple[StandingProblem, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """What is wrong at each venue."""
