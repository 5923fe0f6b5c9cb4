"""The orchestrator dies or stands still while a ceremony is on the air, and a second one is started."""

from __future__ import annotations

import os
import signal
import time
from datetime import datetime

import pytest

from tests.real.faults.broadcast import MakeMeasured, Whole, steady
from tests.real.faults.logged import Log
from tests.real.faults.measure import freeze
from tests.real.stage import NAMES, Stage, now
from tests.support import until

pytestmark = pytest.mark.real

ADOPTED = {5: 4.0, 10: 2.0}
"""Seconds within which all must be taken over, by how long it was down: the short form has no machine to itself."""


@pytest.mark.parametrize("down", [5, pytest.param(10, marks=pytest.mark.long)])
def test_killed(stage: Stage, measured: MakeMeasured, down: int) -> None:
    """Killed and started again, the service takes over what runs: no frame is missing and nothing is started twice."""
    before, whole, mark, told = stage.pids(), Whole(stage), now(), _told(stage)
    publishers = [sink.publishers() for sink in stage.sinks.values()]
    stage.service.kill()
    steady(stage, down)
    stage.service.start(stop_air=False)
    begun, wall = now(), time.time()  # noqa: TID251 - the log has times of the wall clock
    until(lambda: stage.status().get("observed", {}).get("record") is True, 20)
    took_over = now() - begun
    steady(stage, 2)
    with measured(f"orchestrator killed, started again after {down} s") as m:
        m.none("frames missing at the sinks", whole.missing())
        m.none("connections anew", sum(sink.publishers() for sink in stage.sinks.values()) - sum(publishers))
        m.at_most("longest freeze at the sinks", [freeze(stage.seen(name).frames, mark) for name in NAMES], 0.5)
        m.at_most("OBS and programs taken over after the start", _seen_at(stage) - wall, ADOPTED[down])
        m.at_most("start → status has scene, streams and recordings", took_over, 5)
        m.equal("programs started anew", {*stage.pids().items()} - {*before.items()}, set())
        m.none("frames missing in the safety recording", whole.unrecorded())
        m.equal("outcomes told of a cue reached before", _told(stage)[len(told) :], [])


def _told(stage: Stage) -> list[str]:
    """The outcomes of the scene on air; other faults done to the same broadcast may have had it restored before."""
    return [line["outcome"] for line in stage.lines("mulai") if line["field"] == "scene"]


def _seen_at(stage: Stage) -> float:
    """When the service had seen all devices after its latest start, seconds since the epoch, by its log."""
    last = Log(stage, whole=True).lines("every device is seen")[-1]
    return datetime.fromisoformat(last.split(maxsplit=1)[0]).timestamp()


def test_frozen(stage: Stage, measured: MakeMeasured) -> None:
    """Frozen, the service takes nothing off the air, and goes on as if nothing had been."""
    before, whole, mark = stage.pids(), Whole(stage), now()
    publishers = [sink.publishers() for sink in stage.sinks.values()]
    os.kill(stage.service.pid, signal.SIGSTOP)
    try:
        steady(stage, 8)
    finally:
        os.kill(stage.service.pid, signal.SIGCONT)
    until(stage.status, 10)
    steady(stage, 3)
    with measured("orchestrator frozen for 8 s") as m:
        m.none("frames missing at the sinks", whole.missing())
        m.none("connections anew", sum(sink.publishers() for sink in stage.sinks.values()) - sum(publishers))
        m.at_most("longest freeze at the sinks", [freeze(stage.seen(name).frames, mark) for name in NAMES], 0.5)
        m.equal("programs started anew", {*stage.pids().items()} - {*before.items()}, set())
        m.none("frames missing in the safety recording", whole.unrecorded())


def test_a_second_one(stage: Stage, measured: MakeMeasured) -> None:
    """A second service on the same data folder is refused at once, with the first one's number, and changes nothing."""
    before, whole, begun = stage.pids(), Whole(stage), now()
    done = stage.service.command("run")
    took = now() - begun
    steady(stage, 1)
    with measured("second orchestrator on the same data") as m:
        m.at_most("refused within", took, 1)
        m.holds("who holds it", "said", str(stage.service.pid) in done.stderr and done.returncode == 1)
        m.none("frames missing at the sinks", whole.missing())
        m.equal("programs started anew", {*stage.pids().items()} - {*before.items()}, set())
