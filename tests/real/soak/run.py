"""A live broadcast to which something is done every few seconds, while what its processes hold is counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import psutil

from demo.station import VENUE
from orchestrator.clock import SystemClock
from tests.real.soak.faults import FAULTS, Fault, read, service_problems
from tests.real.soak.figures import Growth, Sample, growths
from tests.real.stage import NAMES, Stage, now
from tests.support import until

_STORM = 0.2
"""Part of the time in which the measured processes may be ended, too; then they are left to live."""
_SETTLE_WITHIN = 45.0
"""Seconds in which everything must be as planned again."""
_STEADY = 2.5
"""Seconds for which it must be so: that something died is seen only after a moment."""
_IGNORED = {"obs.slow"}
"""Problems of the machine, which others may keep busy meanwhile."""
_READS_FIRST = 10
"""Storms of readers before anything is counted: with so many the allocator has spread over all threads that serve
pages, and holds 26 MB more; 70 more storms take 0.3 MB (a service alone, 44 reads each)."""
_CALM = (1.0, 5.0)
"""Seconds of calm between one thing and the next."""
_MB = 1e6


@dataclass
class Result:
    """What came of a soak."""

    seed: int
    """What made the faults."""
    seconds: float = 0.0
    """How long it took in all."""
    measured: float = 0.0
    """Seconds of it in which the measured processes lived."""
    faults: list[tuple[str, float]] = field(default_factory=list)
    """Each fault, and the seconds from its end until everything was as planned."""
    samples: list[Sample] = field(default_factory=list)
    """What was counted."""
    held: list[Counter[str]] = field(default_factory=list)
    """What the service's descriptors and the run files were at the first count and at the last, by kind."""
    complaints: list[str] = field(default_factory=list)
    """What went wrong."""
    viewers: dict[str, str] = field(default_factory=dict)
    """What each viewer saw, in a line."""

    @property
    def growths(self) -> list[Growth]:
        """Every figure over the measured time."""
        return growths(self.samples)


class Soak:
    """One run.

    Args:
        root: Where its files go.
        minutes: How long.
        seed: Makes the same faults again; their effects take their own time.
        say: Told of each step.
    """

    def __init__(self, root: Path, minutes: float, seed: int, say: Callable[[str], None]) -> None:
        self._minutes = minutes
        self._random = Random(seed)
        self._say = say
        self._result = Result(seed)
        self._stage = Stage(root, length=f"{int(minutes) + 90}m")
        self._bag: list[Fault] = []
        self._clock = SystemClock()

    def run(self) -> Result:
        """Broadcast, do what can be done to it, count, and end in order."""
        stage, result, begun = self._stage, self._result, now()
        try:
            stage.go()
            stage.on_air(90)
            self._settle("the start")
            self._storm(begun + _STORM * self._minutes * 60)
            self._measure(begun + self._minutes * 60)
            self._end()
        finally:
            stage.close()
        result.seconds = now() - begun
        result.complaints += [
            f"{growth.name}: {growth.begin:g} at the begin, {growth.end:g} at the end"
            for growth in result.growths
            if growth.has_grown
        ]
        if result.complaints and result.held:
            result.complaints.append(f"held at the end and not at the begin: {dict(result.held[-1] - result.held[0])}")
        return result

    def _storm(self, until_: float) -> None:
        while now() < until_:
            self._do(self._draw(FAULTS))

    def _measure(self, until_: float) -> None:
        """The processes that are measured begin their life here, and keep it."""
        stage = self._stage
        stage.service.kill()
        stage.go()
        self._settle("the last restart")
        lives = stage.service.pid, stage.pid("splicer")
        begun = now()
        survived = [fault for fault in FAULTS if not fault.fatal]
        # What a service loads when something is done for the first time it keeps: nothing is counted until all was.
        self._bag = list(survived)
        for _ in survived:
            self._do(self._draw(survived))
        for _ in range(_READS_FIRST):
            read(stage, self._random)
        counted = now()
        while now() < until_ or not self._result.samples:
            self._do(self._draw(survived))
            self._result.samples.append(Sample(now() - begun, self._count()))
            self._result.held = [*self._result.held[:1], self._held()]
        self._result.measured = now() - counted
        if (stage.service.pid, stage.pid("splicer")) != lives or not stage.service.runs():
            self._result.complaints.append("a measured process ended by itself")

    def _draw(self, among: Sequence[Fault]) -> Fault:
        """From a shuffled bag, so that everything comes in turn."""
        self._bag = [fault for fault in self._bag if fault in among]
        if not self._bag:
            self._bag = list(among)
            self._random.shuffle(self._bag)
        return self._bag.pop()

    def _do(self, fault: Fault) -> None:
        try:
            fault.do(self._stage, self._random)
        except Exception as error:  # noqa: BLE001 - what can't be done is a result, too
            self._result.complaints.append(f"{fault.name}: couldn't be done ({error})")
            self._say(self._result.complaints[-1])
        took = self._settle(fault.name)
        self._result.faults.append((fault.name, took))
        self._say(f"{fault.name}: as planned after {took:.1f} s")
        self._clock.sleep(self._random.uniform(*_CALM))

    def _settle(self, after: str) -> float:
        """Wait until all has been as planned for a while; gives the seconds until that while began."""
        begun = last = now()

        def steady() -> bool:
            nonlocal last
            if self._unsettled():
                last = now()
            return now() - last > _STEADY

        try:
            until(steady, _SETTLE_WITHIN, every=0.1)
        except AssertionError:
            self._result.complaints.append(f"{after}: not as planned after {_SETTLE_WITHIN:.0f} s: {self._unsettled()}")
            self._say(self._result.complaints[-1])
        return last - begun

    def _unsettled(self) -> str:
        """What isn't as planned; empty where all is."""
        status = self._stage.status()
        if not status:
            return "the service doesn't answer"
        observed, wanted = status["observed"], status["wanted"]
        wrong = [code for code in (*self._stage.problems(), *service_problems(self._stage)) if code not in _IGNORED]
        if observed["stream"] != dict.fromkeys(NAMES, "live"):
            wrong.append(f"streams {observed['stream']}")
        wrong += [f"{name} {observed[name]}" for name in ("scene", "record") if observed[name] != wanted[name]]
        if status["source"] != wanted["source"]:
            wrong.append(f"source {status['source']}")
        return ", ".join(wrong)

    def _count(self) -> dict[str, float]:
        stage = self._stage
        found: dict[str, float] = {}
        for name, pid in (("service", stage.service.pid), ("splicer", stage.pid("splicer"))):
            process = psutil.Process(pid)
            found[f"{name} descriptors"] = process.num_fds()
            found[f"{name} threads"] = process.num_threads()
            found[f"{name} memory"] = round(process.memory_full_info().uss / _MB, 1)
            children = process.children(recursive=True)
            found[f"{name} zombies"] = sum(child.status() == psutil.STATUS_ZOMBIE for child in children)
        found["all processes"] = len(stage.service.leftovers())
        # OBS writes a log at each start and keeps ten of its own.
        found["run files"] = sum(1 for path in (stage.station.data / "run").rglob("*") if path.parent.name != "logs")
        return found

    def _held(self) -> Counter[str]:
        """Numbers are left out of the names, so that what is of a kind counts together."""
        stage, names = self._stage, list[str]()
        folder = Path(f"/proc/{stage.service.pid}/fd")
        for each in folder.iterdir():
            with suppress(OSError):
                names.append("descriptor " + each.readlink().name)
        names += [f"run file {path.name}" for path in (stage.station.data / "run").rglob("*")]
        return Counter(re.sub(r"\d+", "#", name) for name in names)

    def _end(self) -> None:
        """The air is cleared in order, and nothing is left running."""
        for name in NAMES:
            seen = self._stage.seen(name)
            bad = sum(frame.bad for frame in seen.frames)
            self._result.viewers[name] = f"{len(seen.frames)} frames, {bad} damaged, {len(seen.errors)} decoder errors"
            if bad or seen.errors:
                self._result.complaints.append(f"{name}: {self._result.viewers[name]}: {seen.errors[:3]}")
        status = self._stage.service.stop()
        if status != 0:
            self._result.complaints.append(f"the service ended with {status}")
        if left := self._stage.service.leftovers():
            self._result.complaints.append(f"left running at {VENUE}: {[process.name() for process in left]}")
