"""What dies while a ceremony is on the air, and what viewers see of it: real OBS, hub, pushers and two sinks."""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Iterator

import pytest

from orchestrator.devices.slates import SCENE as SLATE
from tests.real.stage import NAMES, Stage, alive, now
from tests.support import until

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def broadcast(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One broadcast for all faults, one after the other, as on a bad day."""
    stage = Stage(tmp_path_factory.mktemp("faults") / "stage")
    try:
        stage.go()
        yield stage
    finally:
        stage.close()


@pytest.fixture
def stage(broadcast: Stage) -> Stage:
    """The broadcast, well on the air."""
    broadcast.on_air()
    until(lambda: broadcast.status().get("observed", {}).get("record") is True, 20)
    return broadcast


def steady(stage: Stage, seconds: float) -> None:
    """Let both viewers see so much more of the stream."""
    marks = {name: stage.seen(name).frames[-1].pts for name in NAMES}
    until(lambda: all(stage.seen(n).frames[-1].pts > mark + seconds for n, mark in marks.items()), seconds + 30)


def test_the_service_killed(stage: Stage) -> None:
    """Killed and started again, the service takes over what runs: no frame is missing and nothing is started twice."""
    before, mark = stage.pids(), now()
    stage.service.kill()
    steady(stage, 5)
    stage.service.start()
    begun = now()
    until(lambda: stage.status().get("on_air"), 20)
    took_over = now() - begun
    steady(stage, 2)
    assert stage.pids() == before
    assert took_over < 8
    for name in NAMES:
        assert stage.freeze(name, mark) < 0.5
        assert max(b.pts - a.pts for a, b in _pairs(stage, name, mark)) < 0.1
    assert [line["outcome"] for line in stage.lines("mulai") if line["field"] == "scene"] == ["done"]


def test_the_service_frozen(stage: Stage) -> None:
    """Frozen, the service takes nothing off the air."""
    mark = now()
    os.kill(stage.service.pid, signal.SIGSTOP)
    try:
        steady(stage, 10)
    finally:
        os.kill(stage.service.pid, signal.SIGCONT)
    for name in NAMES:
        assert max(b.pts - a.pts for a, b in _pairs(stage, name, mark)) < 0.1


def test_obs_killed(stage: Stage) -> None:
    """Viewers see the slate, then the same scene again, on one connection; the recording goes on in a new file."""
    pid, mark = stage.pid("obs"), now()
    masters = len(stage.spool("studio"))
    os.kill(pid, signal.SIGKILL)
    until(lambda: SLATE in stage.scenes_since("youtube", mark), 10, what="the slate at the sink")
    until(lambda: stage.sees("youtube") == stage.sees("facebook") == "Lapangan Lebar", 20, what="the programme back")
    steady(stage, 2)
    for name in NAMES:
        assert stage.scenes_since(name, mark)[-2:] == [SLATE, "Lapangan Lebar"]
        assert stage.freeze(name, mark) < 1.5
        assert stage.seen(name).errors == ()
        assert all(b.pts > a.pts for a, b in _pairs(stage, name, mark))
    until(lambda: len(stage.spool("studio")) == masters + 1, 10)
    assert stage.status()["observed"]["record"] is True
    assert not alive(pid)


@pytest.mark.parametrize("part", ["splicer", "pusher/youtube", "recorder"])
def test_a_part_of_the_media_path_killed(stage: Stage, part: str) -> None:
    """Splicer, pusher or recorder killed: back by itself within seconds."""
    pid, mark = stage.pid(part), now()
    os.kill(pid, signal.SIGKILL)
    until(lambda: stage.pids().get(f"lapangan/{part}", pid) != pid, 5, what=f"{part} replaced")
    until(lambda: stage.status().get("observed", {}).get("stream", {}) == dict.fromkeys(NAMES, "live"), 15)
    until(lambda: stage.status()["observed"]["record"] is True, 10)
    if part != "pusher/youtube":
        steady(stage, 2)
    assert stage.frames_since("facebook", mark)


def _pairs(stage: Stage, name: str, mark: float) -> list[tuple[object, object]]:
    frames = stage.frames_since(name, mark)
    return list(itertools.pairwise(frames))
