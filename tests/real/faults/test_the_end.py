"""The service is stopped, at last with the air: these tests come after all others, whose broadcast they end."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.real.faults.broadcast import MakeMeasured, Master, Shared, Whole, steady, well_on_air
from tests.real.faults.ending import bring_near, caught_up, shown, stop_air, wait_past
from tests.real.faults.measure import freeze
from tests.real.faults.wiring import pause
from tests.real.stage import NAMES, Stage, now
from tests.support import until

pytestmark = [pytest.mark.real, pytest.mark.long, pytest.mark.timeout(300)]


def test_stopped(stage: Stage, measured: MakeMeasured) -> None:
    """Stopped without more ado, the service leaves on the air what is on the air, and finds it again."""
    before, whole, master = stage.pids(), Whole(stage), Master(stage)
    assert stage.service.stop() == 0
    steady(stage, 8)
    left = {each.pid for each in stage.service.leftovers()}
    unrecorded, hole = whole.unrecorded(), master.hole()
    stage.service.start(stop_air=False)
    until(lambda: stage.status().get("observed", {}).get("record") is True, 20)
    with measured("service stopped (SIGTERM)") as m:
        m.none("frames missing at the sinks", whole.missing())
        m.holds("programs of the air while it is stopped", "all run on", {*before.values()} <= left)
        m.none("frames missing in the safety recording while it is stopped", unrecorded)
        m.at_most("longest hole in the studio recording while it is stopped", hole, 0.5)
        m.equal("programs started anew", {*stage.pids().items()} - {*before.items()}, set())
        m.none("frames missing in the safety recording", whole.unrecorded())


def test_a_cue_while_the_service_is_frozen(shared: Shared, stage: Stage, measured: MakeMeasured) -> None:
    """A cue that fell due while the service stood still is reached at once, and logged as late, once."""

    def freeze_it() -> None:
        os.kill(stage.service.pid, signal.SIGSTOP)

    def thaw() -> None:
        os.kill(stage.service.pid, signal.SIGCONT)

    try:
        _late_cue(stage, measured, "orchestrator frozen for 30 s, a cue falls due", freeze_it, thaw, 30)
    finally:
        shared.end()


def test_a_cue_while_the_service_is_down(shared: Shared, stage: Stage, measured: MakeMeasured) -> None:
    """The same where it was killed; then the air is ended in order, an OBS that died before left an archived file."""
    try:
        _kill_obs(stage)
        fault = "orchestrator killed, started again once a cue is past due"
        _late_cue(stage, measured, fault, stage.service.kill, lambda: stage.service.start(stop_air=True), 10)
        well_recorded = dict.fromkeys(NAMES, "live")
        until(lambda: stage.status()["observed"]["stream"] == well_recorded, 20)
        with measured("service stopped with --stop-air, after OBS was killed once") as m:
            stop_air(stage, m)
    finally:
        shared.end()


def _kill_obs(stage: Stage) -> None:
    pid, masters = stage.pid("obs"), stage.spool("studio")
    os.kill(pid, signal.SIGKILL)
    until(lambda: stage.spool("studio")[len(masters) :], 30, what="another file of OBS")
    well_on_air(stage)
    steady(stage, 6)


def _late_cue(
    stage: Stage, measured: MakeMeasured, fault: str, begin: Callable[[], None], over: Callable[[], None], away: float
) -> None:
    """Cues fall due while the service can't send them.

    Args:
        stage: The broadcast.
        measured: Where it is held against the promise.
        fault: What is done.
        begin: Does it.
        over: Undoes it.
        away: Seconds in between.
    """
    end = bring_near(stage)
    before, whole, mark = stage.pids(), Whole(stage), now()
    publishers = [sink.publishers() for sink in stage.sinks.values()]
    assert datetime.now(UTC) < end  # noqa: TID251 - the service's own time
    begin()
    try:
        pause(away)
        wait_past(end)
    finally:
        over()
    begun = now()
    until(lambda: all(each < 60 for each in shown(stage, begun)), 20, what="the cue is reached")
    steady(stage, 1)
    with measured(fault) as m:
        m.at_most("reached at the sinks after that", shown(stage, begun), 5)
        caught_up(stage, m, end, mark)
        m.none("frames missing at the sinks", whole.missing())
        m.none("connections anew", sum(sink.publishers() for sink in stage.sinks.values()) - sum(publishers))
        m.at_most("longest freeze at the sinks", [freeze(stage.seen(name).frames, mark) for name in NAMES], 0.5)
        m.equal("programs started anew", {*stage.pids().items()} - {*before.items()}, set())
        m.none("frames missing in the safety recording", whole.unrecorded())
