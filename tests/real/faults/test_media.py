"""A part of the media path dies while a ceremony is on the air."""

from __future__ import annotations

import os
import signal

import pytest

from tests.real.faults.broadcast import steady
from tests.real.stage import NAMES, Stage, now
from tests.support import until

pytestmark = pytest.mark.real


@pytest.mark.parametrize("part", ["splicer", "pusher/youtube", "recorder"])
def test_killed(stage: Stage, part: str) -> None:
    """Splicer, pusher or recorder killed: back by itself within seconds."""
    pid, mark = stage.pid(part), now()
    os.kill(pid, signal.SIGKILL)
    until(lambda: stage.pids().get(f"lapangan/{part}", pid) != pid, 5, what=f"{part} replaced")
    until(lambda: stage.status().get("observed", {}).get("stream", {}) == dict.fromkeys(NAMES, "live"), 15)
    until(lambda: stage.status()["observed"]["record"] is True, 10)
    if part != "pusher/youtube":
        steady(stage, 2)
    assert stage.frames_since("facebook", mark)
