"""One supervised program: what is ordered and what is seen of it are apart, and it is never given up while ordered.

Nothing here blocks: whoever keeps the child calls `tick` several times a second, and at once when the program ends.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from orchestrator.backoff import Backoff
from orchestrator.clock import Clock
from orchestrator.devices import process
from orchestrator.devices.media.exits import Meaning, meaning, repeated
from orchestrator.devices.media.heartbeat import FRESH, Heartbeat, Pulse
from orchestrator.devices.media.journal import Journal
from orchestrator.devices.media.supervision import ALIVE, LEGAL, Order, Policy, State, View
from orchestrator.devices.process import Process, ProcessSpec, ProcessStore
from orchestrator.errors import DeviceError, Problem

_log = logging.getLogger(__name__)

_LOG_LOOK = 10.0
"""Seconds between looks at a running program's log."""
_BRIEF = 2.0
"""Seconds of work that count as none: ffmpeg counts what it wrote before the other side's refusal arrived."""
_MOST_KILLS = 2
"""How often its last signal is repeated in vain before it is left to the kernel, which it is stuck in."""
_FROM = "log_from"
_PRINT = "fingerprint"


class Child:
    """Keeps one program as it is ordered."""

    def __init__(self, key: str, pulse: Pulse, policy: Policy, store: ProcessStore, clock: Clock) -> None:
        self.key = key
        """What it is, as the store has it."""
        self._heart = Heartbeat(pulse)
        self._policy = policy
        self._store = store
        self._clock = clock
        self._order: Order | None = None
        self._decided = True
        self._state = State.STOPPED
        self._process: Process | None = None
        self._journal: Journal | None = None
        self._secrets: tuple[str, ...] = ()
        self._reached = False
        self._restarts = 0
        self._early = 0
        self._unmade = 0
        self._pauses = Backoff(policy.first_pause, policy.most_pause)
        self._total = 0
        self._due = 0.0
        self._step = 0
        self._meaning: Meaning | None = None
        self._problem: Problem | None = None
        self._looked_at = 0.0
        self.on_exit: Callable[[], None] = lambda: None
        """Called, from another thread, when the program ends."""

    @property
    def state(self) -> State:
        """What is seen of it."""
        return self._state

    @property
    def ordered(self) -> bool:
        """Whether it should run."""
        return self._order is not None

    @property
    def data(self) -> object:
        """The latest report of its pulse."""
        return self._heart.latest.data if self._heart.latest is not None else None

    @property
    def runs(self) -> bool:
        """Whether its program is there, in whatever state."""
        return self._state in ALIVE

    def order(self, order: Order | None) -> None:
        """Say what it should be: running as the order says, or stopped. The rest comes with the ticks."""
        same = order is not None and order.fingerprint == self._fingerprint()
        if not same:
            self._reached = False
            self._restarts = self._early = 0
            self._meaning = self._problem = None
            self._due = 0.0
        self._order = order
        self._secrets = order.secrets if order is not None else self._secrets
        self._decided = True

    def adopt(self, log: Path) -> bool:
        """Take over a program that an earlier service left running under this key; it goes on until an order comes."""
        found = self._find(ProcessSpec(self.key, (), log))
        if found is None:
            return False
        self._process, self._journal = found, Journal(log, int(found.files.get(_FROM, "0")))
        self._decided = False
        found.on_exit(self._told)
        self._heart.began(self._clock.monotonic(), found.files)
        self._reached = self._heart.latest is not None and self._heart.latest.working
        self._enter(State.STARTING)
        return True

    def tick(self, hold: bool = False, unheard: bool = False) -> None:
        """Look, and do what is due.

        Args:
            hold: What it reads from is silent, so standing still is no fault of its own.
            unheard: It can't tell of its work now: the disk that it writes its report to is full.
        """
        now = self._clock.monotonic()
        self._heart.round(now)
        if self._process is not None and not self._process.alive():
            self._ended(now)
        if self._state in {State.STARTING, State.RUNNING}:
            self._watch(now, hold, unheard)
        if self._state in {State.STARTING, State.RUNNING} and self._is_misordered():
            self._begin_end(State.STOPPING, now)
        if self._state in {State.STALLED, State.STOPPING}:
            self._press(now)
        if self._state in {State.WAITING, State.FAILED, State.STOPPED}:
            self._rest(now)
        self._look_after_log(now)

    def view(self) -> View:
        """What is seen of it."""
        now = self._clock.monotonic()
        working = self._heart.working_for(now)
        steady = self._state is State.RUNNING and working > FRESH
        return View(
            key=self.key,
            state=self._state,
            ordered=self.ordered,
            fingerprint=self._fingerprint(),
            live=self._state is State.RUNNING and self._heart.is_fresh(now),
            reached=self._reached,
            restarts=self._restarts,
            total_restarts=self._total,
            meaning=None if steady else self._meaning,
            problem=self._problem,
            files=self._process.files if self._process is not None else {},
            data=self.data,
            pid=self._process.pid if self._process is not None else None,
            working_for=working,
        )

    def _fingerprint(self) -> str:
        if self._order is not None:
            return self._order.fingerprint
        return self._process.files.get(_PRINT, "") if self._process is not None else ""

    def _is_misordered(self) -> bool:
        if not self._decided:
            return False
        running = self._process.files.get(_PRINT, "") if self._process is not None else ""
        return self._order is None or running != self._order.fingerprint

    def _watch(self, now: float, hold: bool, unheard: bool) -> None:
        """See whether it works, and end it where it has stood still for too long."""
        if self._process is not None and self._heart.look(self._process.files, now, hold=hold, unheard=unheard):
            self._advanced(now)
        patience = self._policy.stall_after if self._state is State.RUNNING else self._policy.start_within
        still = self._heart.still_for(now)
        if still > patience:
            _log.warning("%s stands still for %.0f s: ending it", self.key, still)
            self._meaning = Meaning.STALLED
            self._begin_end(State.STALLED, now)

    def _advanced(self, now: float) -> None:
        if self._state is State.STARTING:
            self._enter(State.RUNNING)
            self._reached = True
            if self._restarts:
                _log.info("%s works again after %d restarts", self.key, self._restarts)
        elif self._heart.working_for(now) > self._policy.steady_after:
            self._restarts = 0

    def _begin_end(self, state: State, now: float) -> None:
        self._enter(state)
        self._step = 0
        self._due = now
        self._press(now)

    def _press(self, now: float) -> None:
        """Go one step up the ladder when its time has come; its last step is repeated.

        A program that outlives even that hangs in the kernel, at a disk that doesn't answer. It does nothing any more:
        another takes its place, on another disk if need be.
        """
        if self._process is None or now < self._due:
            return
        ladder = self._policy.ladder if self._state is State.STOPPING else self._policy.stall_ladder
        if self._step >= len(ladder) + _MOST_KILLS:
            _log.error("%s (process %d) can't be killed: it hangs at a disk", self.key, self._process.pid)
            self._ended(now)
            return
        which, seconds = ladder[min(self._step, len(ladder) - 1)]
        self._process.signal(which)
        self._step += 1
        self._due = now + seconds

    def _ended(self, now: float) -> None:
        """It is gone: say why, and wait for the next try or be done."""
        stopping, stalled = self._state is State.STOPPING, self._state is State.STALLED
        code = self._process.exit_code() if self._process is not None else None
        worked_for = self._heart.working_for(now)
        if stalled:
            self._early = 0
        else:
            self._meaning = self._judged(code, stopping, worked_for <= _BRIEF)
        self._look_after_log(now, at_once=True)
        worked = worked_for > self._policy.steady_after
        self._process = None
        self._heart.ended()
        if self._order is None:
            _log.info("%s ended (%s)", self.key, self._meaning)
            self._reached = False
            self._enter(State.STOPPED)
            return
        self._enter(State.WAITING)
        if stopping:
            self._due = now
            return
        self._restarts = 0 if worked else self._restarts
        self._due = now + self._pause()
        if self._restarts == 0:
            _log.warning("%s ended by itself (%s, exit code %s): starting it again", self.key, self._meaning, code)
        self._restarts += 1
        self._total += 1

    def _judged(self, code: int | None, stopping: bool, early: bool) -> Meaning:
        """Why it ended, as it says itself, or as drops that repeat say it."""
        source = self._order.source if self._order is not None else ""
        found = meaning(code, self._last_words(), stopping, source)
        self._early = self._early + 1 if early and found is Meaning.DROPPED else 0
        return repeated(found, self._early)

    def _pause(self) -> float:
        if self._meaning in {Meaning.REFUSED, Meaning.FORMAT} and self._restarts > 0:
            return Backoff(self._policy.refused_pause, self._policy.refused_pause).pause(self._restarts, self.key)
        return self._pauses.pause(self._restarts + 1, self.key)

    def _rest(self, now: float) -> None:
        if self._order is None:
            if self._state is not State.STOPPED:
                self._enter(State.STOPPED)
            return
        if self._state is State.STOPPED or now >= self._due:
            self._launch(now)

    def _launch(self, now: float) -> None:
        if self._order is None:
            return
        try:
            spec = self._order.make()
            start = spec.log.stat().st_size if spec.log.exists() else 0
            start = 0 if start > process.LOG_LIMIT else start
            self._journal = Journal(spec.log, start)
            spec = replace(spec, files={**spec.files, _PRINT: self._order.fingerprint, _FROM: str(start)})
            self._process = self._start(spec)
        except DeviceError as error:
            if self._problem is None:
                _log.warning("%s can't be started: %s", self.key, error)
            self._problem = error.problem
            self._enter(State.FAILED)
            self._unmade += 1
            self._due = now + self._pauses.pause(self._unmade, self.key)
            return
        self._problem, self._unmade = None, 0
        self._heart.began(now)
        self._enter(State.STARTING)
        self._process.on_exit(self._told)

    def _start(self, spec: ProcessSpec) -> Process:
        return process.launch(spec, self._store, self._clock)

    def _find(self, spec: ProcessSpec) -> Process | None:
        return process.adopt(spec, self._store, self._clock)

    def _told(self) -> None:
        self.on_exit()

    def _last_words(self) -> str:
        return self._journal.tail() if self._journal is not None else ""

    def _look_after_log(self, now: float, *, at_once: bool = False) -> None:
        if self._journal is not None and (at_once or now - self._looked_at > _LOG_LOOK):
            self._looked_at = now
            self._journal.look_after(self._secrets)

    def _enter(self, state: State) -> None:
        if state not in LEGAL[self._state]:
            raise AssertionError(f"{self.key}: {self._state} -> {state}")
        _log.debug("%s: %s -> %s", self.key, self._state, state)
        self._state = state
