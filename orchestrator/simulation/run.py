"""Runs a simulation from its beginning to its end, and says what came of it."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from orchestrator.catalogue.records import AsRun
from orchestrator.config.model import Configuration
from orchestrator.plan.model import Change, ChangeKind
from orchestrator.plan.timeline import Span, Timeline
from orchestrator.simulation.faults import Fault
from orchestrator.simulation.strikes import AFTERMATH, strike
from orchestrator.simulation.tape import Moment, Tape
from orchestrator.simulation.vault import Recording
from orchestrator.simulation.world import World, quiet_logs

_MORE = 60.0
"""Seconds by which a simulation goes on while something is still under way at its end."""
_MOST_MORE = 900.0
"""Seconds by which it goes on at most after the last cue of what is on the air at its end."""
_AFTERMATH = AFTERMATH + 20.0
"""Seconds for which it goes on in any case, so that the last fault is over and settled."""


_MADE_UNTIL_COLLECTED = 50_000
"""Objects that are made until Python looks for those that only hold each other."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is simulated."""

    configuration: Configuration
    """The files at the beginning."""
    begin: datetime
    """UTC: from when."""
    end: datetime
    """UTC: until when; longer where something is still under way."""
    faults: tuple[Fault, ...] = ()
    """What is done to it, in order of time."""
    seed: int = 0
    """Where every delay of a device comes from."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a simulation."""

    scenario: Scenario
    """What was simulated."""
    tape: Tape
    """What was written down while it ran."""
    lines: Sequence[AsRun]
    """The as-run log."""
    written: Mapping[int, Moment]
    """When each of its lines was last written to, by its number."""
    changes: Sequence[Change]
    """Every change of the operators and the service."""
    spans: Sequence[Span]
    """Every occurrence that came to its end, as its plan was then."""
    closed: Mapping[str, Moment]
    """When each occurrence was closed, by its id."""
    recordings: Sequence[Recording]
    """Every file."""
    incidents: Mapping[tuple[str, str], Sequence[Moment]]
    """When each problem began, by code and place."""
    ended: Moment
    """When it ended."""


def simulate(
    scenario: Scenario, *, every_second: bool = False, progress: Callable[[datetime], None] | None = None
) -> Result:
    """Run a scenario.

    Args:
        scenario: What to simulate.
        every_second: Whether loops look once a second even when all is quiet; the same comes of it, later.
        progress: Told from time to time how far it is.
    """
    with quiet_logs(), _seldom_collected():
        world = World(scenario.configuration, scenario.begin, scenario.seed, every_second=every_second)
        for fault in scenario.faults:
            world.agenda.after(fault.at, lambda struck=fault: strike(world, struck))  # type: ignore[misc]
        spans = _Spans(world)
        _run_to(world, scenario.end, progress)
        last = max((fault.at + fault.lasts for fault in scenario.faults), default=0.0)
        limit = world.agenda.now + _left(world) + _MOST_MORE
        world.agenda.run_until(max(world.agenda.now, last) + _AFTERMATH)
        while _is_under_way(world) and world.agenda.now < limit:
            world.agenda.run_until(world.agenda.now + _MORE)
        return Result(
            scenario,
            world.tape,
            world.asrun.lines,
            world.asrun.written,
            world.changes.all(),
            spans.ended(),
            spans.closed,
            world.vault.recordings,
            dict(world.incidents.begun),
            world.agenda.moment,
        )


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Of what a simulation makes nearly all lives to its end: looking for garbage at the usual pace takes a tenth."""
    before = gc.get_threshold()
    gc.set_threshold(_MADE_UNTIL_COLLECTED, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _run_to(world: World, end: datetime, progress: Callable[[datetime], None] | None) -> None:
    """By the wall clock, which may be stepped meanwhile."""
    while (left := (end - world.now).total_seconds()) > 0:
        world.agenda.run_until(world.agenda.now + min(left, 86400.0))
        if progress is not None:
            progress(world.now)


def _left(world: World) -> float:
    """Seconds until the last cue of what is on the air has had its time."""
    timeline = world.service.timetable.timeline()
    owners = (there.owner(world.now) for there in timeline.venues.values())
    return max([0.0, *((owner.reach - world.now).total_seconds() for owner in owners if owner is not None)])


def _is_under_way(world: World) -> bool:
    """Whether an occurrence that has begun isn't over, or anything still runs."""
    if not world.service.life.alive:
        return True
    timeline = world.service.timetable.timeline()
    for name in world.watches:
        owner = timeline.venues[name].owner(world.now)
        if owner is not None and not timeline.is_over(name, owner.occurrence.id, world.now):
            return True
        if owner is not None and owner.course.closed_at is None and owner.begin is not None:
            return True
    return world.vault.waiting


class _Spans:
    """Remembers the occurrences as their plans were when they were closed: files may change later."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._closed: dict[str, Span] = {}
        self.closed: dict[str, Moment] = {}
        """When each was closed, by its id."""
        insert = world.changes.insert

        def remember(change: Change) -> Change:
            if change.kind is ChangeKind.CLOSED and change.occurrence is not None:
                span = world.service.timetable.timeline().spans.get(change.occurrence)
                self.closed[change.occurrence] = world.agenda.moment
                if span is not None:
                    self._closed[change.occurrence] = span
            return insert(change)

        world.changes.insert = remember  # type: ignore[method-assign]

    def ended(self) -> list[Span]:
        """Those, and what is over by the plan that counts at the end, if the files weren't changed."""
        found = dict(self._closed)
        world = self._world
        if world.files is world.first_files and world.service.life.alive:
            timeline = _whole(world)
            for span in timeline.spans.values():
                if span.occurrence.id not in found and _has_passed(span, world.now):
                    found[span.occurrence.id] = span
        return sorted(found.values(), key=lambda span: (span.opens, span.occurrence.id))


def _whole(world: World) -> Timeline:
    return world.service.timetable.between(world.begin, world.now + timedelta(seconds=1))


def _has_passed(span: Span, now: datetime) -> bool:
    """Whether all of an occurrence's cues have had their time, those that never fired included."""
    return span.reach + timedelta(seconds=AFTERMATH) <= now and span.occurrence.end <= now
