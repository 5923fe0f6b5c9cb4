"""The work beside the air on the real service with a real OBS: building scenes, and readiness."""

from __future__ import annotations

import json

import pytest

from demo.station import VENUE
from tests.real.stage import MakeStage
from tests.support import until

pytestmark = [pytest.mark.real, pytest.mark.patient]


def test_the_running_service_builds_scenes_and_tells_readiness(make_stage: MakeStage) -> None:
    """`provision` asks the service that runs, which starts the studio for it; `preflight` then finds all in order."""
    stage = make_stage(lead=3600.0)
    stage.go()
    built = stage.service.ask("provision", VENUE)
    assert built["venue"] == VENUE
    assert any("scene" in line for line in built["changed"])
    assert stage.service.ask("provision", VENUE)["changed"] == []
    slate = stage.station.data / "run" / VENUE
    until(lambda: list(slate.glob("*slate*.flv")), 60, what="a slate")
    done = stage.service.command("preflight", "--json")
    document = json.loads(done.stdout)
    (event,) = document["events"]
    states = {check["id"]: (check["state"], check["message"]) for check in event["checks"]}
    assert {name for name, (state, _) in states.items() if state == "no"} == set(), states
    assert (document["ready"], done.returncode) == (True, 0)
    for name in ("schedule", "studio", "scenes", "slate", "hub", "disk"):
        assert states[name][0] == "ready", states[name]
    assert states["destination.youtube"][0] == "warn"
    assert "can be reached" in states["destination.youtube"][1]
    assert stage.service.command("go", VENUE).returncode == 2


def test_nothing_is_built_while_an_event_is_on(make_stage: MakeStage) -> None:
    """On air the scenes stay as they are, and the command says why."""
    stage = make_stage()
    stage.go()
    stage.on_air()
    done = stage.service.command("provision", VENUE)
    assert done.returncode == 1
    assert "An event is on at" in done.stderr
    assert stage.sees("youtube") == "Lapangan Lebar"
