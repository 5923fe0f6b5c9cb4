"""The schedule's file is changed while its event is on the air, and the service dies."""

from __future__ import annotations

import pytest

from demo.station import EVENT
from tests.real.stage import NAMES, MakeStage, Stage, now
from tests.support import until

pytestmark = [pytest.mark.real, pytest.mark.long]


def test_an_event_that_was_deleted_on_air_survives_a_restart(make_stage: MakeStage) -> None:
    """Deleting it is refused while it is on air, also by a service that comes back after a crash."""
    stage = make_stage(lead=25)
    stage.go(stop_air=False)
    stage.on_air()
    before, pusher = now(), stage.pid("pusher/youtube")
    stage.edit("schedules.yaml", lambda _: "events: []\n")
    until(lambda: "schedule.on-air-kept" in _codes(stage), 15)
    stage.service.kill()
    stage.go(stop_air=False)
    until(lambda: stage.status().get("event") == EVENT, 15)
    until(lambda: "schedule.on-air-kept" in _codes(stage), 15)
    assert stage.pid("pusher/youtube") == pusher
    until(lambda: stage.status()["observed"]["record"], 15)
    for name in NAMES:
        assert stage.scenes_since(name, before) == ["Lapangan Lebar"]
        assert stage.freeze(name, before) < 1.0


def _codes(stage: Stage) -> list[str]:
    found = stage.service.status()
    return [problem["code"] for problem in (found or {}).get("problems", ())]
