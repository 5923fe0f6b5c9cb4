"""The schedule's file is replaced while its event is on the air."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
import yaml

from demo.station import EVENT
from tests.real.faults.broadcast import MakeMeasured, Whole, steady
from tests.real.faults.logged import Log
from tests.real.stage import Stage
from tests.support import until

pytestmark = pytest.mark.real


@dataclass(frozen=True, slots=True)
class Edit:
    """A way to replace the file."""

    change: Callable[[str], str]
    """What becomes of its text."""
    logged: tuple[str, ...] = ()
    """What the log says of the difference; `{old}` and `{new}` are the titles."""
    status: str = ""
    """What a problem in status says or is called."""


EDITS = {
    "an invalid one": Edit(lambda text: text.replace("venue: lapangan", "venue: lapangn"), status="lapangn"),
    "one with a new title": Edit(
        lambda text: text.replace("title: Upacara", "title: Apel dan Upacara"),
        (f"schedule: event {EVENT} has changed: title: “{{old}}” → “{{new}}”",),
    ),
    "one that moves the end": Edit(
        lambda text: text.replace("duration: 3h", "duration: 4h"),
        (f"schedule: event {EVENT} has changed: duration: 3h → 4h",),
    ),
    "one without the event": Edit(
        lambda _: "events: []\n",
        (f"waits until it is over: schedule: event {EVENT} is gone",),
        status="schedule.on-air-kept",
    ),
}


@pytest.mark.long
@pytest.mark.parametrize("by", EDITS)
def test_replaced(stage: Stage, measured: MakeMeasured, by: str) -> None:
    """Nothing happens on the air but what the file may change; what differs, and what is wrong in it, is said."""
    edit, kept, end, old = EDITS[by], stage.station.schedule.read_text(), _end(stage), _title(stage)
    until(lambda: _shown(stage) == old, 15, every=0.5, what="the title on the picture")
    before, whole, left_out, log = stage.pids(), Whole(stage), stage.left_out(), Log(stage)
    try:
        stage.edit("schedules.yaml", edit.change)
        new = _title(stage) or old
        said = [line.format(old=old, new=new) for line in edit.logged]
        until(
            lambda: edit.status in _problems(stage) and len(_differences(log)) >= len(said), 15, what=f"{by} is noticed"
        )
        until(lambda: _shown(stage) == new, 15, every=0.5, what="the file's title on the picture")
        steady(stage, 2)
        with measured(f"schedules.yaml replaced by {by}") as m:
            own = stage.left_out() - left_out
            m.none("frames missing at the sinks but those of OBS", max(0, whole.missing() - own))
            m.none("frames missing in the safety recording but those of OBS", max(0, whole.unrecorded() - own))
            m.note("frames that OBS itself left out", str(own))
            m.equal("programs started anew", {*stage.pids().items()} - {*before.items()}, set())
            m.equal("event on air afterwards", stage.status().get("event"), EVENT)
            m.equal("the difference, in the log", _differences(log), said)
            m.equal("title on the picture", _shown(stage), new)
            m.equal("the end moved by", _end(stage) - end, timedelta(hours=1 if "moves" in by else 0))
            if edit.status:
                m.holds("said in status", edit.status, edit.status in _problems(stage))
    finally:
        stage.station.schedule.write_text(kept)
        until(
            lambda: (_problems(stage), _shown(stage), _end(stage)) == ("", old, end),
            15,
            every=0.5,
            what="the file as it was is in force",
        )


def _differences(log: Log) -> list[str]:
    return [line.partition(" reload: ")[2] for line in log.lines(f"schedule: event {EVENT}")]


def _problems(stage: Stage) -> str:
    """Codes and sentences of what is wrong with the service, in status; empty where nothing is."""
    found = (stage.service.status() or {}).get("problems", ())
    return "\n".join(f"{each['code']} {each['message']}" for each in found)


def _title(stage: Stage) -> str:
    """What the file calls its event; empty where it has none."""
    events = yaml.safe_load(stage.station.schedule.read_text())["events"]
    return str(events[0]["title"]) if events else ""


def _shown(stage: Stage) -> str:
    """What stands on the picture."""
    return str(stage.obs("GetInputSettings", inputName="Judul")["inputSettings"]["text"])


def _end(stage: Stage) -> datetime:
    cues = [each for each in stage.service.plan(stage.station.start) if each["cue"] == "penutup"]
    return datetime.fromisoformat(str(cues[0]["at"]))
