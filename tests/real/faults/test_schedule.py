"""The schedule's file is replaced while its event is on the air."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from demo.station import EVENT
from tests.real.faults.broadcast import MakeMeasured, Whole, steady
from tests.real.stage import Stage
from tests.support import until

pytestmark = pytest.mark.real

EDITS = {
    "an invalid one": lambda text: text.replace("venue: lapangan", "venue: lapangn"),
    "one with a new title": lambda text: text.replace("title: Upacara", "title: Apel dan Upacara"),
    "one that moves the end": lambda text: text.replace("duration: 3h", "duration: 4h"),
    "one without the event": lambda _: "events: []\n",
}


@pytest.mark.long
@pytest.mark.parametrize("by", EDITS)
def test_replaced(stage: Stage, measured: MakeMeasured, by: str) -> None:
    """Nothing happens on the air but what the file may change; what it may not, and what is wrong in it, is said."""
    kept, end = stage.station.schedule.read_text(), _end(stage)
    before, whole = stage.pids(), Whole(stage)
    try:
        stage.edit("schedules.yaml", EDITS[by])
        told = until(lambda: _told(stage, by), 15, what=f"{by} is noticed")
        steady(stage, 2)
        with measured(f"schedules.yaml replaced by {by}") as m:
            m.none("frames missing at the sinks", whole.missing())
            m.none("frames missing in the safety recording", whole.unrecorded())
            m.equal("programs started anew", {*stage.pids().items()} - {*before.items()}, set())
            m.equal("event on air afterwards", stage.status().get("event"), EVENT)
            m.holds("what is said of it", told, held=True, found="so")
            m.equal("the end moved by", _end(stage) - end, timedelta(hours=1 if "moves" in by else 0))
    finally:
        stage.station.schedule.write_text(kept)
        until(lambda: not _codes(stage) and _end(stage) == end, 15, what="the file as it was is in force again")


def _told(stage: Stage, by: str) -> str:
    """What the service says of the file, once it does."""
    if by == "an invalid one":
        document = stage.service.status() or {}
        found = [p["message"] for p in document.get("problems", ()) if "schedules.yaml:" in str(p)]
        return "the error with its line, in status" if any("lapangn" in text for text in found) else ""
    if by == "one without the event":
        return "kept until it is over, in status" if "schedule.on-air-kept" in _codes(stage) else ""
    return "the event has changed, in the log" if _log(stage).rstrip().endswith("has changed") else ""


def _codes(stage: Stage) -> list[str]:
    return [str(each["code"]) for each in (stage.service.status() or {}).get("problems", ())]


def _log(stage: Stage) -> str:
    lines = (stage.station.data / "logs" / "orchestrator.log").read_text().splitlines()
    return next((line for line in reversed(lines) if "schedule: event" in line), "")


def _end(stage: Stage) -> datetime:
    cues = [each for each in stage.service.plan(stage.station.start) if each["cue"] == "penutup"]
    return datetime.fromisoformat(str(cues[0]["at"]))
