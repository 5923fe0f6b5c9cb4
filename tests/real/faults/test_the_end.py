"""The service is stopped, at last with the air: these tests come after all others, whose broadcast they end."""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime

import pytest

from demo.station import EVENT
from tests.real.faults.broadcast import MakeMeasured, Shared, Whole, steady
from tests.real.faults.measure import delay
from tests.real.stage import NAMES, Stage, now
from tests.support import until

pytestmark = [pytest.mark.real, pytest.mark.long]

LAST = "Penutup"


def test_stopped(stage: Stage, measured: MakeMeasured) -> None:
    """Stopped without more ado, the service leaves on the air what is on the air, and finds it again."""
    before, whole = stage.pids(), Whole(stage)
    assert stage.service.stop() == 0
    steady(stage, 3)
    left = {each.pid for each in stage.service.leftovers()}
    stage.service.start(stop_air=False)
    until(lambda: stage.status().get("observed", {}).get("record") is True, 20)
    with measured("service stopped (SIGTERM)") as m:
        m.none("frames missing at the sinks", whole.missing())
        m.holds("programs of the air while it is stopped", "all run on", {*before.values()} <= left)
        m.equal("programs started anew", {*stage.pids().items()} - {*before.items()}, set())


@pytest.mark.long
def test_a_cue_while_the_service_is_down(shared: Shared, stage: Stage, measured: MakeMeasured) -> None:
    """A cue that fell due meanwhile is reached at once, logged as late, once; then the air is ended in order."""
    try:
        _late_cue(stage, measured)
        _stop_air(stage, measured)
    finally:
        shared.end()


def _late_cue(stage: Stage, measured: MakeMeasured) -> None:
    passed = datetime.now(UTC) - stage.station.start  # noqa: TID251 - the service's own time
    text = f"duration: {int(passed.total_seconds()) + 6}s"
    stage.edit("schedules.yaml", lambda old: old.replace("duration: 3h", text))
    until(lambda: (stage.status().get("next") or {}).get("cue") == "penutup", 10)
    whole = Whole(stage)
    stage.service.kill()
    steady(stage, 10)
    stage.service.start(stop_air=True)
    begun = now()
    until(lambda: all(stage.sees(name) == LAST for name in NAMES), 20)
    steady(stage, 1)
    arrived = [_shown(stage, name, begun) for name in NAMES]
    until(lambda: _outcomes(stage) == ["late"], 10, what=f"one late outcome, not {_outcomes(stage)}")
    with measured("a cue fell due while the service was killed for 10 s") as m:
        m.at_most("reached at the sinks after the start", arrived, 5)
        m.none("frames missing at the sinks", whole.missing())
        m.equal("outcomes of the cue", _outcomes(stage), ["late"])


def _stop_air(stage: Stage, measured: MakeMeasured) -> None:
    masters = len(stage.spool("studio"))
    publishers = [sink.publishers() for sink in stage.sinks.values()]
    errors = sum(len(stage.seen(name).errors) for name in NAMES)
    mark = now()
    os.kill(stage.service.pid, signal.SIGTERM)
    until(lambda: not stage.service.runs(), 120, what="the service ended")
    took, ended = now() - mark, [stage.seen(name).frames[-1].arrived or 0.0 for name in NAMES]
    status = stage.service.stop()
    done = stage.service.command("archive", "verify", EVENT)
    with measured("service stopped with --stop-air") as m:
        m.equal("exit status", status, 0)
        m.at_most("end of the streams after the signal", [max(each - mark, 0.0) for each in ended], 10)
        m.none("connections anew", sum(sink.publishers() for sink in stage.sinks.values()) - sum(publishers))
        m.none("decode errors", sum(len(stage.seen(name).errors) for name in NAMES) - errors)
        m.none("programs left", len(stage.service.leftovers()))
        m.none("files left in the spool", len(stage.spool("studio")) + len(stage.spool("safety")))
        m.equal("masters archived", len([*stage.station.archive.rglob("*_master_*.mkv")]), masters)
        m.holds("archive, verified", "whole", done.returncode == 0, done.stdout.strip() or done.stderr.strip())
        m.note("until the service ended", f"{took:.1f} s")


def _shown(stage: Stage, name: str, since: float) -> float:
    return delay(stage.frames_since(name, since), since, lambda frame: stage.scene(frame) == LAST)


def _outcomes(stage: Stage) -> list[str]:
    return [line["outcome"] for line in stage.lines("penutup")]
