"""A rundown under way, and how its tests look at it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, time, timedelta

from orchestrator.catalogue.records import AsRun, Outcome
from orchestrator.plan.model import (
    ChangeKind,
    Event,
    Repeat,
    StartSpec,
)
from orchestrator.plan.timeline import Timeline
from orchestrator.web.live.rundown import CueRow, RundownView, rundown_view
from orchestrator.web.live.venue import Moment
from tests.fakes.air import VENUE
from tests.fakes.desk import FakeDesk
from tests.fakes.station import NOW
from tests.web.browser import Browser, panel, signed_in

EVENT = "penaikan"


START = NOW - timedelta(minutes=10)


K = ChangeKind


def line(cue: str, outcome: Outcome = "done", late: float = 0.02, field: str = "scene", minute: float = 0) -> AsRun:
    due = START + timedelta(minutes=minute)
    seen = due + timedelta(seconds=late)
    waits = outcome in {"sent", "failed", "missed"}
    return AsRun(EVENT, cue, VENUE, field, due, seen, None if waits else seen, None, "x", "", outcome)


def apel(desk: FakeDesk) -> None:
    """Give the desk an event that repeats each Monday."""
    event = Event(
        id="apel",
        title="Apel Pagi",
        ceremony="flag-raising",
        venue="graha-kepri",
        timezone="Asia/Jakarta",
        start=StartSpec(date(2027, 1, 4), time(7, 30)),
        duration=timedelta(minutes=45),
        repeat=Repeat("FREQ=WEEKLY;BYDAY=MO", until=date(2027, 12, 31)),
    )
    configuration = desk.configuration()
    desk._configuration = replace(configuration, events=(*configuration.events, event))


def view_of(desk: FakeDesk, *lines: AsRun) -> RundownView:
    timeline: Timeline = desk.timeline()
    moment = Moment(desk.clock.now(), desk.configuration(), timeline, ())
    return rundown_view(timeline.spans[EVENT], moment, lines)


def rows(view: RundownView) -> dict[str, CueRow]:
    return {row.timed.cue.id: row for row in view.rows}


def read(desk: FakeDesk, path: str, who: str | None = None) -> str:
    browser = signed_in(panel(desk), who) if who else Browser(panel(desk, people=False))
    return browser.get(path).text


def row_of(text: str, cue: str) -> str:
    """A row of the table, as its text."""
    found = re.search(rf'<tr[^>]* id="cue-{cue}".*?</tr>', text, re.DOTALL)
    assert found is not None, cue
    return re.sub(r"\s+", " ", re.sub(r"<svg.*?</svg>|<[^>]*>", " ", found[0]))
