"""The loop of one venue: what should be now, what is, what to send; every second and at every reason to look."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import Any, Protocol

from orchestrator.catalogue.seen import SERVICE
from orchestrator.clock import Clock
from orchestrator.devices.device import Device
from orchestrator.errors import N_, OrchestratorError, Problem, StorageError
from orchestrator.incidents import IncidentBook
from orchestrator.plan.model import Change, ChangeKind, Occurrence, VenueState
from orchestrator.plan.state import next_change, next_cue, next_start, occurrence_at, state_at
from orchestrator.plan.takes import SETTLING
from orchestrator.plan.timeline import Timeline
from orchestrator.reconciler import past
from orchestrator.reconciler.flights import Flights
from orchestrator.reconciler.ledger import AsRunRows, Ledger
from orchestrator.reconciler.owed import owed_from_before, still_owed, with_owed
from orchestrator.reconciler.view import View, commands_of, look, reported
from orchestrator.status import Observed, StatusBoard, VenueStatus
from orchestrator.timetable import LOOK_BACK
from orchestrator.worker import Worker

_log = logging.getLogger(__name__)

_TICK = 1.0
"""Seconds between looks when nothing else is a reason."""
_AFTER_FAULT = 0.2
"""Seconds until the next turn after one that failed."""
_STALE = 2.0
"""Seconds after which what a turn saw and decided is out of date: a device kept it waiting, or the machine slept."""
_SOON = timedelta(minutes=30)
"""How long before an occurrence's first cue its devices get themselves up."""


class Plans(Protocol):
    """Where the loop reads what should be."""

    def timeline(self) -> Timeline:
        """The timeline in force."""


class ChangeRows(Protocol):
    """Where the loop says what it found out about cues."""

    def add(  # noqa: PLR0913 - a change has that many parts
        self,
        kind: ChangeKind,
        at: datetime,
        who: str,
        venue: str,
        occurrence: str | None = None,
        cue: str | None = None,
        field: str | None = None,
        *,
        starts_at: datetime | None = None,
        hurried: bool = False,
    ) -> Change:
        """Write a row; `hurried`: no disk is waited for."""

    def undo(self, id: int, who: str, at: datetime) -> None:  # noqa: A002 - the row's own name
        """Take one back."""


class Reconciler:
    """Keeps one venue in the state that the timeline wants."""

    def __init__(  # noqa: PLR0913 - the loop's surroundings, each by name
        self,
        venue: str,
        devices: Sequence[Device[Any, Any]],
        *,
        clock: Clock,
        plans: Plans,
        asrun: AsRunRows,
        changes: ChangeRows,
        incidents: IncidentBook,
        board: StatusBoard,
        announce: Callable[[Occurrence], None],
        alarms: Callable[[VenueState, Observed, datetime], Sequence[Problem]] = lambda *_: (),
    ) -> None:
        self.venue = venue
        self._devices = tuple((device, Flights(venue)) for device in devices)
        self._clock = clock
        self._plans = plans
        self._changes = changes
        self._incidents = incidents
        self._board = board
        self._announce = announce
        self._alarms = alarms
        self._ledger = Ledger(venue, asrun)
        self._announced: str | None = None
        self._override: VenueState | None = None
        self._owed: VenueState | None = None
        self._owner: str | None = None
        self._fault: Problem | None = None
        self._unkept: Problem | None = None
        self._recalled = False
        self.has_seen = False
        """Whether it has seen every device at once, and told each what it lacks."""
        self.turned_at = float("-inf")
        """When its last turn ended, or it was started, by the clock that is never set; a hung loop's stays."""
        self._worker = Worker(
            f"loop {venue}",
            self._guarded_turn,
            every=_TICK,
            at_once=False,
            failing=f"the loop of {venue} failed",
            within=10,
        )

    def start(self) -> None:
        """Start the devices and the loop."""
        for device, _ in self._devices:
            device.start(self.wake)
        self.turned_at = self._clock.monotonic()
        self._worker.start()

    def stop(self) -> None:
        """Stop looking; what is on the air stays there."""
        self._worker.stop()
        self._clock.cancel(f"loop {self.venue}")
        for device, _ in self._devices:
            device.stop()

    def wake(self) -> None:
        """There is a reason to look; quick, from any thread."""
        self._worker.wake()

    def clear_air(self) -> None:
        """From now on want this venue off the air, whatever the schedule says, until the loop stops."""
        self._override = VenueState(destinations=frozenset(), record=False, studio=True)
        self.wake()

    def is_clear(self) -> bool:
        """After `clear_air`: whether everything reachable is off."""
        return self._override is not None and not any(view.commands for view in look(self._devices, self._override))

    def end_devices(self) -> None:
        """End the processes of this venue; after `clear_air` and `stop`."""
        for device, _ in self._devices:
            device.end()

    def turn(self) -> None:
        """Look once: decide, send, log, publish."""
        now, began = self._clock.now(), self._clock.monotonic()
        self._unkept = None
        if not self._recalled:
            # What lies ahead was logged before the clock was put back.
            self._ledger.recall(now - LOOK_BACK, now + LOOK_BACK)
            self._recalled = True
        timeline = self._plans.timeline()
        for judge in (self._reopen, self._judge_late, self._end_takes):
            if self._override is None and judge(timeline, now):
                timeline = self._plans.timeline()
        self._notice_owner(timeline, now)
        state = self._override or with_owed(state_at(timeline, self.venue, now), self._owed)
        self._prepare(timeline, state, now)
        views = look(self._devices, state)
        first_sight = not self.has_seen and all(view.observed is not None for view in views)
        if first_sight:
            _log.info("%s: every device is seen", self.venue)
        self._ledger.caused(state)
        for view in views:
            self._send(view)
            if self._clock.monotonic() - began > _STALE:
                self.wake()
                return
        self.has_seen = self.has_seen or first_sight
        for cause, outcome in past.passed_over(timeline, self.venue, state, now, self._ledger.told):
            self._ledger.remark(cause, outcome)
        for name in past.left_behind(timeline, self.venue, state, now):
            self._end(timeline, name, now)
        self._confirm(views)
        self._owed = still_owed(state, commands_of(views), all_seen=all(view.observed is not None for view in views))
        if self._override is None:
            self._close(timeline, state, views, now)
            self._set_alarm(timeline, now)
        self._publish(timeline, state, views, now)

    def _guarded_turn(self) -> None:
        try:
            self.turn()
            self._fault = None
        except OrchestratorError as error:
            self._fault = error.problem
        except Exception:  # noqa: BLE001 - see below
            # The loop of a live broadcast may not end, whatever goes wrong in one turn.
            if self._fault is None:
                _log.exception("the loop of %s failed in this turn", self.venue)
            self._fault = Problem(
                "loop.internal",
                N_("The program made a mistake here and goes on. Please send the log to its makers."),
                where=self.venue,
            )
        self._incidents.update(f"fault {self.venue}", [self._fault] if self._fault else [], self._clock.now())
        self.turned_at = self._clock.monotonic()
        if self._fault is not None:
            self._worker.rest(_AFTER_FAULT)

    def _send(self, view: View) -> None:
        due = view.flights.due(view.commands, self._clock.monotonic())
        if not due:
            return
        results = view.device.send(due)
        now = self._clock.monotonic()
        for command, sent in zip(due, results, strict=True):
            view.flights.sent(command, sent.error, now)
            if not command.quiet:
                self._ledger.sent(command, sent.at)

    def _confirm(self, views: Sequence[View]) -> None:
        now = self._clock.now()
        for view in views:
            if view.observed is not None:
                for command in view.flights.landed(view.commands):
                    self._ledger.confirmed(command, now)
        if all(view.observed is not None for view in views):
            unreached = {command.cause for view in views for command in view.commands if not command.quiet}
            self._ledger.reached(unreached, now)

    def _prepare(self, timeline: Timeline, state: VenueState, now: datetime) -> None:
        start = next_start(timeline, self.venue, now)
        soon = state.occurrence is not None or (start is not None and start - now <= _SOON)
        for device, _ in self._devices:
            device.needed(soon)
        if state.occurrence is not None and state.occurrence != self._announced:
            occurrence = occurrence_at(timeline, self.venue, now)
            if occurrence is None or self._kept(self._announce, occurrence):
                self._announced = state.occurrence

    def _notice_owner(self, timeline: Timeline, now: datetime) -> None:
        """An occurrence that took over long ago is met after a start, a sleep or a step of the clock.

        What the one before it left on is then still to be ended.
        """
        there = timeline.venues.get(self.venue)
        owner = None if there is None else there.owner(now)
        name = None if owner is None else owner.occurrence.id
        if name != self._owner:
            self._owner = name
            self._owed = self._owed or owed_from_before(timeline, self.venue, now)

    def _reopen(self, timeline: Timeline, now: datetime) -> bool:
        """Take back that an occurrence was closed, at a time that the clock, put back since, has yet to come to."""
        found = False
        for number in past.closed_ahead(timeline, self.venue, now):
            found |= self._kept(self._changes.undo, number, SERVICE, now)
        return found

    def _judge_late(self, timeline: Timeline, now: datetime) -> bool:
        """Write down which cues can't be joined late; whether there were any."""
        found = False
        for timed, kind, cause in past.too_late(timeline, self.venue, now, self._ledger.told):
            write = partial(self._changes.add, starts_at=timed.occurrence.start, hurried=True)
            if self._kept(write, kind, now, SERVICE, self.venue, timed.occurrence.id, timed.cue.id):
                if kind is ChangeKind.MISSED:
                    self._ledger.remark(cause, "missed")
                found = True
        return found

    def _end_takes(self, timeline: Timeline, now: datetime) -> bool:
        """Write down which takes the next cue or event has ended: nobody may know of that later on."""
        found = False
        for field, at in past.ended_takes(timeline, self.venue, now):
            write = partial(self._changes.add, field=field, hurried=True)
            found |= self._kept(write, ChangeKind.RELEASE, at, SERVICE, self.venue)
        return found

    def _close(self, timeline: Timeline, state: VenueState, views: Sequence[View], now: datetime) -> None:
        """Give the venue free when its occurrence has ended and everything was seen so.

        A device that stays away doesn't keep it: what it may still have on is owed (see `owed`).
        """
        occurrence = occurrence_at(timeline, self.venue, now)
        if state.occurrence is None or occurrence is None or occurrence.id != state.occurrence:
            return
        if any(view.commands for view in views):
            return
        if all(view.observed is not None for view in views):
            if not (self._ledger.settled and timeline.is_over(self.venue, occurrence.id, now)):
                return
        elif not timeline.is_over(self.venue, occurrence.id, now - SETTLING):
            return
        self._ledger.abandon()
        self._end(timeline, occurrence.id, now)

    def _end(self, timeline: Timeline, occurrence: str, now: datetime) -> None:
        """Say what is still to be said of an occurrence, and that nothing more is."""
        for cause, outcome in past.never_came(timeline, occurrence, now, self._ledger.told):
            self._ledger.remark(cause, outcome)
        starts_at = timeline.spans[occurrence].occurrence.start
        write = partial(self._changes.add, starts_at=starts_at, hurried=True)
        if self._kept(write, ChangeKind.CLOSED, now, SERVICE, self.venue, occurrence):
            _log.info("%s: %s is over", self.venue, occurrence)

    def _kept(self, write: Callable[..., object], *values: object) -> bool:
        """Write something down; a full disk is a problem to show, never a reason to stop looking after the air."""
        try:
            write(*values)
        except StorageError as error:
            self._unkept = error.problem
            return False
        return True

    def _set_alarm(self, timeline: Timeline, now: datetime) -> None:
        at = next_change(timeline, self.venue, now)
        if at is not None:
            self._clock.wake_at(f"loop {self.venue}", at, self.wake)

    def _publish(self, timeline: Timeline, state: VenueState, views: Sequence[View], now: datetime) -> None:
        problems = [problem for view in views for problem in (*view.device.problems(), *view.flights.problems())]
        problems += [self._unkept] if self._unkept else []
        observed = reported(views)
        problems += self._alarms(state, observed, now)
        upcoming = next_cue(timeline, self.venue, now)
        status = VenueStatus(
            venue=self.venue,
            wanted=state,
            observed=observed,
            next_cue=None if upcoming is None else (upcoming.cue.id, upcoming.at),
            problems=self._incidents.update(self.venue, {p.key: p for p in problems}.values(), now),
        )
        self._board.publish(
            lambda snapshot: replace(
                snapshot, time=now, venues=MappingProxyType({**snapshot.venues, self.venue: status})
            )
        )
