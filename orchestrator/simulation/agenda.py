"""What happens next on a virtual clock, and one life of the orchestrator on it."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from math import inf

from orchestrator.clock import VirtualClock
from orchestrator.simulation.tape import Moment

Call = Callable[[], None]


class Killed(BaseException):
    """The orchestrator that ran this code was killed in the middle of it; not even `except Exception` goes on."""


@dataclass(slots=True)
class Entry:
    """Something that is to happen."""

    at: float
    """The monotonic second."""
    call: Call | None
    """What; None once it was called off."""

    def cancel(self) -> None:
        """It is not to happen any more."""
        self.call = None


class Agenda:
    """Everything that is to happen, in order of time; time moves from one to the next.

    Args:
        clock: The clock, which moves only here.
        between: Called after everything of one moment has happened.
    """

    def __init__(self, clock: VirtualClock, between: Call = lambda: None) -> None:
        self.clock = clock
        """The clock."""
        self.between = between
        """Called after everything of one moment has happened."""
        self.now = clock.monotonic()
        """The monotonic second."""
        self._entries: list[tuple[float, int, Entry]] = []
        self._number = 0

    @property
    def moment(self) -> Moment:
        """Now, by both clocks."""
        return Moment(self.clock.now(), self.now)

    def after(self, seconds: float, call: Call) -> Entry:
        """Let `call` happen in so many seconds."""
        self._number += 1
        entry = Entry(self.now + seconds, call)
        heapq.heappush(self._entries, (entry.at, self._number, entry))
        return entry

    def run_until(self, second: float) -> None:
        """Let everything up to a monotonic second happen. May be called from within: whoever is slow waits so."""
        while (at := self._next()) <= second:
            self._move_to(at)
            self.clock.ring()
            self._happen()
            self.between()
        self._move_to(second)

    def _move_to(self, second: float) -> None:
        self.clock.move_to(second)
        self.now = self.clock.monotonic()

    def _next(self) -> float:
        while self._entries and self._entries[0][2].call is None:
            heapq.heappop(self._entries)
        alarm = self.clock.next_alarm()
        first = self._entries[0][0] if self._entries else inf
        return first if alarm is None or first <= alarm else alarm

    def _happen(self) -> None:
        while self._entries and self._entries[0][0] <= self.now:
            call = heapq.heappop(self._entries)[2].call
            if call is not None:
                call()


class Life:
    """One life of the orchestrator, from a start to a death: what belongs to it happens only while it lives.

    A frozen one (SIGSTOP, a laptop asleep) lives on afterwards; what was to happen meanwhile happens then.
    """

    def __init__(self, agenda: Agenda) -> None:
        self.agenda = agenda
        """Where what happens to it is written."""
        self.alive = True
        """Whether it lives."""
        self.dies_in: int | None = None
        """At which step of its work, counted from now, it is killed; None: not."""
        self._frozen_until = 0.0

    @property
    def awake(self) -> bool:
        """Whether it lives and isn't frozen."""
        return self.alive and self.agenda.now >= self._frozen_until

    def freeze(self, seconds: float) -> None:
        """Stand still for so long."""
        self._frozen_until = max(self._frozen_until, self.agenda.now + seconds)

    def kill(self) -> None:
        """End it at once."""
        self.alive = False

    def after(self, seconds: float, call: Call) -> Entry:
        """Let `call` happen in so many seconds, if it lives then."""

        def happen() -> None:
            if not self.alive:
                return
            if not self.awake:
                self.after(self._frozen_until - self.agenda.now, call)
                return
            try:
                call()
            except Killed:
                if self.alive:
                    raise

        return self.agenda.after(seconds, happen)

    def pause(self, seconds: float) -> None:
        """Wait within a call, as a thread that a slow device keeps waiting; the world goes on meanwhile."""
        self.agenda.run_until(self.agenda.now + seconds)
        while self.alive and not self.awake:
            self.agenda.run_until(self._frozen_until)
        if not self.alive:
            raise Killed

    def step(self) -> None:
        """One step of its work: here it may be killed."""
        if not self.alive:
            raise Killed
        if self.dies_in is None:
            return
        self.dies_in -= 1
        if self.dies_in < 0:
            self.kill()
            raise Killed
