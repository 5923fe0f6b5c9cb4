"""What is said of a supervised program: what it should be, how patient its keeper is, and what is seen of it. Pure."""

from __future__ import annotations

import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from orchestrator.devices.media.exits import Meaning
from orchestrator.devices.process import FFMPEG_LADDER, Ladder, ProcessSpec
from orchestrator.errors import Problem


class State(StrEnum):
    """What is seen of a child."""

    STOPPED = "stopped"
    """It doesn't run and shouldn't."""
    STARTING = "starting"
    """It runs, and hasn't done any work yet."""
    RUNNING = "running"
    """It runs and works."""
    STALLED = "stalled"
    """It runs, stands still, and is being killed for it."""
    STOPPING = "stopping"
    """It was told to end, and hasn't yet."""
    WAITING = "waiting"
    """It ended by itself, and is started again in a moment."""
    FAILED = "failed"
    """It couldn't even be started, and is tried again in a moment."""


LEGAL: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        State.STOPPED: frozenset({State.STARTING, State.FAILED}),
        State.STARTING: frozenset({State.RUNNING, State.STALLED, State.STOPPING, State.WAITING, State.STOPPED}),
        State.RUNNING: frozenset({State.STALLED, State.STOPPING, State.WAITING, State.STOPPED}),
        State.STALLED: frozenset({State.STOPPING, State.WAITING, State.STOPPED}),
        State.STOPPING: frozenset({State.STOPPED, State.WAITING}),
        State.WAITING: frozenset({State.STARTING, State.FAILED, State.STOPPED}),
        State.FAILED: frozenset({State.STARTING, State.STOPPED, State.FAILED}),
    }
)
"""Every transition that there is."""
ALIVE = frozenset({State.STARTING, State.RUNNING, State.STALLED, State.STOPPING})
"""Those in which its program is there."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How patient a child's keeper is. Seconds."""

    start_within: float = 15.0
    """How long a start may take until the first work is seen."""
    stall_after: float = 8.0
    """How long a running child may stand still."""
    first_pause: float = 0.2
    """The pause before the first restart; doubles each time."""
    most_pause: float = 3.0
    """The longest pause."""
    refused_pause: float = 5.0
    """The pause where trying again soon can't help and may annoy: a refused key, not one that is in use."""
    steady_after: float = 10.0
    """How long it must have worked for the pauses to begin anew."""
    ladder: Ladder = FFMPEG_LADDER
    """How it is ended."""
    stall_ladder: Ladder = ((signal.SIGINT, 0.5), (signal.SIGINT, 0.5), (signal.SIGKILL, 2.0))
    """How it is ended when it stands still."""


PUSHER = Policy(start_within=15.0, stall_after=8.0, most_pause=2.0)
"""Longer than ffmpeg itself waits for a destination (SINK_PATIENCE): what it says of that tells the cause."""
RECORDER = Policy(start_within=15.0, stall_after=8.0, first_pause=0.05, most_pause=2.0)
"""A disk that is busy for seconds goes on, and then nothing is missing."""
RELAY = Policy(start_within=60.0, stall_after=8.0, most_pause=1.0)
"""A playlist that doesn't grow is waited for by what takes the relay in, which ends by itself, as ffmpeg does."""
SPLICER = Policy(
    start_within=8.0, stall_after=3.0, first_pause=0.05, most_pause=2.0, stall_ladder=((signal.SIGKILL, 2.0),)
)
"""One that hangs has nothing to finish, and viewers wait."""
HUB = Policy(
    start_within=6.0,
    stall_after=5.0,
    first_pause=0.1,
    most_pause=2.0,
    ladder=((signal.SIGTERM, 2.0), (signal.SIGKILL, 2.0)),
    stall_ladder=((signal.SIGKILL, 2.0),),
)


@dataclass(frozen=True, slots=True)
class Order:
    """What a child should be."""

    fingerprint: str
    """Tells one order from another; a running child with another one is ended and started anew."""
    make: Callable[[], ProcessSpec]
    """Makes ready and describes a launch: each has its own file names.

    Raises:
        DeviceError: what it needs isn't there.
    """
    source: str = ""
    """What it reads from: a complaint about that speaks of the source."""
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """Texts that must be struck out of its log."""


@dataclass(frozen=True, slots=True)
class View:
    """What is seen of a child at one moment."""

    key: str
    """Which child."""
    state: State
    """What it is in."""
    ordered: bool
    """Whether it should run."""
    fingerprint: str
    """Of the order, or of what runs where none was given yet; empty where it doesn't run."""
    live: bool
    """Whether it has advanced within the last moments."""
    reached: bool
    """Whether it has worked since it was ordered."""
    restarts: int
    """Restarts since it last worked steadily."""
    total_restarts: int
    """Restarts in all."""
    meaning: Meaning | None
    """Why it ended the last time; None while it works steadily, and before its first end."""
    problem: Problem | None
    """Why it couldn't be started."""
    files: Mapping[str, str]
    """The paths of its launch."""
    data: object
    """The latest report of its pulse."""
    pid: int | None
    """Its process id."""
    working_for: float
    """Seconds since it began to work, of this launch."""
