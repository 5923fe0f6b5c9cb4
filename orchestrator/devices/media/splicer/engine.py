"""The thread that splices: takes what the readers and the control bring, and writes the programme."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass

from orchestrator.clock import Clock
from orchestrator.devices.media.splicer.eye import Eye, Told
from orchestrator.devices.media.splicer.judge import Fault, Judge
from orchestrator.devices.media.splicer.splice import LIVE, Splice
from orchestrator.devices.media.splicer.timebase import ProgrammeClock
from orchestrator.devices.media.splicer.units import Look, Loop, Sent, Unit
from orchestrator.devices.media.splicer.watch import Signal, Watch
from orchestrator.devices.media.splicer.writer import Writer
from orchestrator.plan.model import Source

_log = logging.getLogger(__name__)

_TICK = 0.01
"""Seconds between looks at what of the slate is due."""
_MOST_WAITING = 3000
"""Packets that may wait while the hub blocks; then they are thrown away up to the next key picture."""
_KEEP_EVERY = 5.0
"""Seconds between notes of the clock's zero."""
_FIRST_PATIENCE = 5000.0
"""Milliseconds that a first source has to come before the slate fills in."""
_RESUMED_PATIENCE = 300.0
"""The same where a forerunner died on the air."""

_JUDGE_EVERY = 0.1
"""Seconds between judgements of the relay."""

_Job = Callable[[float], list[Sent]]


@dataclass
class Tally:
    """What was done so far, for the status."""

    beat: int = 0
    """Rounds of the loop."""
    packets: int = 0
    """Packets sent."""
    size: int = 0
    """Bytes sent."""
    sent_at: float | None = None
    """Monotonic second of the last packet."""
    switches: int = 0
    """Changes of the source on programme."""


class Engine:
    """Splices in one thread; everything else only leaves it jobs. An Inbox for the readers."""

    def __init__(self, writer: Writer, programme: ProgrammeClock, clock: Clock) -> None:
        self._writer = writer
        self._programme = programme
        self._clock = clock
        patience = _RESUMED_PATIENCE if programme.resumed else _FIRST_PATIENCE
        self.splice = Splice(programme.now(), patience)
        """What it decides with; others only read it."""
        self.tally = Tally()
        """What it has done; others only read it."""
        self._jobs: queue.SimpleQueue[_Job] = queue.SimpleQueue()
        self._deaf = {Source.STUDIO: False, Source.RELAY: False}
        self._kept_at = 0.0
        self._followed = 0.0
        self._on: Source | None = None
        self._watches = {source: Watch() for source in LIVE}
        self._eyes = {source: Eye(source, self._learner(source)) for source in LIVE}
        self._judge = Judge()
        self._judged_at = 0.0
        self._locked = False
        self.relay_fault: Fault | None = None
        """What is wrong with a relay that sends, until it is on programme again; others only read it."""
        self._thread = threading.Thread(target=self._run, name="splice", daemon=True)
        self.failed: BaseException | None = None
        """What ended the thread, which nothing should."""

    def start(self) -> None:
        """Begin."""
        self._thread.start()
        for eye in self._eyes.values():
            eye.start()

    def signal(self) -> Signal | None:
        """What is seen and heard of the source on programme."""
        watch = self._watches.get(self.splice.on) if self.splice.on is not None else None
        return None if watch is None else watch.signal(self._clock.monotonic())

    def want(self, source: Source, locked: bool) -> None:
        """Say what should be on programme, and whether nothing but an operator may change it."""

        def job(now: float) -> list[Sent]:
            self.splice.want(source, now)
            self._locked = locked
            return []

        self._jobs.put(job)

    def set_slate(self, slate: Loop | None) -> None:
        """Give it another slate."""

        def job(_: float) -> list[Sent]:
            self.splice.set_slate(slate)
            return []

        self._jobs.put(job)

    def opened(self, source: Source, look: Look) -> None:
        """A source is there."""
        self._eyes[source].opened(look)

        def job(_: float) -> list[Sent]:
            self.splice.opened(source, look)
            self._watches[source].opened(self._clock.monotonic(), sound=not look.soundless)
            return []

        self._jobs.put(job)

    def came(self, source: Source, unit: Unit, at: float) -> None:
        """A packet came, at a monotonic second."""
        if source is Source.RELAY or self.splice.on is source:
            self._eyes[source].offer(unit, at)
        if self._deaf[source] and not (unit.kind == "video" and unit.key):
            return
        if self._jobs.qsize() > _MOST_WAITING:
            self._deaf[source] = True
            self.gone(source)
            return
        self._deaf[source] = False
        shift = self._clock.monotonic() - at
        self._jobs.put(lambda now: self.splice.take(source, unit, self._programme.now() - shift * 1000, now))

    def gone(self, source: Source) -> None:
        """A source ended."""

        def job(_: float) -> list[Sent]:
            self.splice.gone(source)
            self._watches[source].gone()
            return []

        self._jobs.put(job)

    def _run(self) -> None:
        try:
            while True:
                self._round()
        except BaseException as error:
            self.failed = error
            raise

    def _round(self) -> None:
        self.tally.beat += 1
        try:
            job = self._jobs.get(timeout=_TICK)
        except queue.Empty:
            pass
        else:
            self._send(job(self._programme.now()))
        self._judge_relay()
        self._send(self.splice.tick(self._programme.now()))
        self._note()

    def _judge_relay(self) -> None:
        now = self._clock.monotonic()
        if now - self._judged_at < _JUDGE_EVERY:
            return
        watch, before = self._watches[Source.RELAY], self._judge.fault
        self._judged_at = now
        self.splice.trust(Source.RELAY, self._judge.look(watch, now, locked=self._locked))
        fault = self._judge.fault
        if fault is not before:
            _log.info("The relay is %s%s", fault or "as it should be", " (locked)" if self._locked else "")
        away = self.splice.wanted is Source.RELAY and self.splice.on is not Source.RELAY
        self.relay_fault = fault or (self.relay_fault if away and watch.present else None)

    def _learner(self, source: Source) -> Callable[[Told], None]:
        """Lets the splicing thread, which alone touches a watch, take what an eye has learnt."""

        def learn(told: Told) -> None:
            def job(_: float) -> list[Sent]:
                told(self._watches[source])
                return []

            self._jobs.put(job)

        return learn

    def _send(self, programme: list[Sent]) -> None:
        for sent in programme:
            if not self._deliver(sent):
                self.splice.restarted()
                return
            self.tally.packets += 1
            self.tally.size += sent.unit.size
            self.tally.sent_at = self._clock.monotonic()

    def _deliver(self, sent: Sent) -> bool:
        """Write one packet; a key picture may begin a new connection, at once where the old one turns out broken."""
        opens = self._writer.opens
        if self._writer.ready(sent.look):
            if self._writer.write(sent):
                return True
            self._writer.ready(sent.look)
        if self._writer.opens != opens:
            self.splice.published(self._programme.now())
        may_begin = sent.unit.kind == "video" and sent.unit.key
        return may_begin and self._writer.connected and self._writer.write(sent)

    def _note(self) -> None:
        if self.splice.on is not self._on:
            _log.info("On programme: %s", self.splice.on or "nothing")
            if self.splice.on is Source.STUDIO:
                self._watches[Source.STUDIO].resumed(self._clock.monotonic())
            self._on = self.splice.on
            self.tally.switches += 1
        if self.splice.moved != self._followed:
            self._programme.move(self.splice.moved - self._followed)
            self._followed = self.splice.moved
        if self._clock.monotonic() - self._kept_at > _KEEP_EVERY:
            self._kept_at = self._clock.monotonic()
            self._programme.keep()
