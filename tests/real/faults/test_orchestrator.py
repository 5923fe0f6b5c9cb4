"""The orchestrator dies or stands still while a ceremony is on the air."""

from __future__ import annotations

import os
import signal

import pytest

from tests.real.faults.broadcast import MakeMeasured, Whole, steady
from tests.real.faults.measure import freeze
from tests.real.stage import NAMES, Stage, now
from tests.support import until

pytestmark = pytest.mark.real


def test_killed(stage: Stage, measured: MakeMeasured) -> None:
    """Killed and started again, the service takes over what runs: no frame is missing and nothing is started twice."""
    before, whole, mark = stage.pids(), Whole(stage), now()
    stage.service.kill()
    steady(stage, 5)
    stage.service.start()
    begun = now()
    until(lambda: stage.status().get("on_air"), 20)
    took_over = now() - begun
    steady(stage, 2)
    with measured("orchestrator killed, started again") as m:
        m.holds("frames missing at the sinks", "none", whole.missing() <= 1, str(whole.missing()))
        m.at_most("freeze at the sinks", [freeze(stage.seen(name).frames, mark) for name in NAMES], 0.5)
        m.at_most("start → status says that it is on the air", took_over, 20)
        m.equal("programs started anew", {*stage.pids().items()} - {*before.items()}, set())
        done = [line["outcome"] for line in stage.lines("mulai") if line["field"] == "scene"]
        m.equal("outcomes of a cue reached before", done, ["done"])


def test_frozen(stage: Stage, measured: MakeMeasured) -> None:
    """Frozen, the service takes nothing off the air."""
    whole = Whole(stage)
    os.kill(stage.service.pid, signal.SIGSTOP)
    try:
        steady(stage, 10)
    finally:
        os.kill(stage.service.pid, signal.SIGCONT)
    with measured("orchestrator frozen") as m:
        m.holds("frames missing at the sinks", "none", whole.missing() <= 1, str(whole.missing()))
