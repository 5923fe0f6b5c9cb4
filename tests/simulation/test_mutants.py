"""Loops, ledgers, plans and devices that were broken on purpose are found out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from orchestrator import reload, timetable
from orchestrator.devices.media import state as media_state
from orchestrator.devices.obs import difference
from orchestrator.devices.obs.state import Output
from orchestrator.incidents import IncidentBook
from orchestrator.plan import state, takes
from orchestrator.plan.state import state_at
from orchestrator.reconciler import loop, past
from orchestrator.reconciler.flights import Flights
from orchestrator.reconciler.ledger import Ledger
from orchestrator.reconciler.loop import Reconciler
from orchestrator.simulation.children import SimulatedMedia
from orchestrator.simulation.invariants import judge
from orchestrator.simulation.obs import SimulatedObs
from orchestrator.simulation.run import simulate
from tests.simulation.judged import scenario_of

Break = Callable[[pytest.MonkeyPatch], None]


def patch(owner: Any, name: str, broken: Callable[..., Any]) -> Break:
    return lambda monkeypatch: monkeypatch.setattr(owner, name, broken)


def lying_device(monkeypatch: pytest.MonkeyPatch) -> None:
    """OBS is said to show whatever it was last told to."""
    send, observe = SimulatedObs.send, SimulatedObs.observe

    def remember(self: Any, commands: Any) -> Any:
        self.told = next(
            (command.after for command in commands if command.field == "scene"), getattr(self, "told", None)
        )
        return send(self, commands)

    def lie(self: Any) -> Any:
        seen = observe(self)
        return seen if seen is None or not hasattr(self, "told") or not self.told else replace(seen, scene=self.told)

    monkeypatch.setattr(SimulatedObs, "send", remember)
    monkeypatch.setattr(SimulatedObs, "observe", lie)


def unending(original: Callable[..., Any]) -> Callable[..., Any]:
    """A diff that never ends anything."""
    return lambda *args: [command for command in original(*args) if command.after is not False]


def blindly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Recording and stream are started, whatever they were seen in."""
    record, publish = difference._record, difference._publish
    off = Output.OFF
    for name, part in (
        ("_record", lambda seen, wanted: record(replace(seen, record=off) if wanted.record else seen, wanted)),
        ("_publish", lambda seen, wanted: publish(replace(seen, stream=off) if wanted.publish else seen, wanted)),
    ):
        monkeypatch.setattr(difference, name, part)


def once(original: Callable[..., Any]) -> Callable[..., Any]:
    """A ledger that writes every line twice."""

    def sent(self: Any, command: Any, at: Any) -> None:
        original(self, command, at)
        entry = self._open.get(command.field)
        if entry is not None:
            self._rows.add(replace(entry.line, outcome="done"))

    return sent


def forgetful(original: Callable[..., Any]) -> Callable[..., Any]:
    """A book of incidents that forgets what it has said."""

    def update(self: Any, owner: str, *rest: Any) -> Any:
        self._standing.pop(owner, None)
        return original(self, owner, *rest)

    return update


MUTANTS: dict[str, tuple[Break, str]] = {
    "a device that lies": (lying_device, "not-as-planned"),
    "a loop that forgets to close": (patch(Reconciler, "_close", lambda *_: None), "not-archived"),
    "a loop that never tries again": (
        patch(Flights, "_is_due", lambda self, command, _now: command.field not in self._flights),
        "not-as-planned",
    ),
    "a loop that never looks at what was asked of it": (
        patch(Reconciler, "_judge_late", lambda *_: False),
        "too-late",
    ),
    "a ledger that tells twice": (patch(Ledger, "sent", once(Ledger.sent)), "outcome"),
    "a ledger that forgets in a restart": (patch(Ledger, "recall", lambda *_: None), "outcome"),
    "a ledger that keeps silent of what nobody gave": (patch(past, "never_came", lambda *_: iter(())), "outcome"),
    "a ledger that never confirms": (patch(Ledger, "confirmed", lambda *_: None), "outcome"),
    "a studio that never ends its outputs": (patch(difference, "diff", unending(difference.diff)), "not-as-planned"),
    "streams that never end": (patch(media_state, "diff", unending(media_state.diff)), "not-as-planned"),
    "children that are not adopted": (patch(SimulatedMedia, "_adopt", lambda _self: None), "started-twice"),
    "a studio that is started without a look": (blindly, "started-twice"),
    "a start that is sent again in every turn": (patch(Flights, "_is_due", lambda *_: True), "started-twice"),
    "a recording that ends at every cue": (
        patch(
            difference,
            "_foreign",
            lambda observed, wanted: wanted.folder if wanted.record and observed.record_path else None,
        ),
        "ended-while-wanted",
    ),
    "a schedule that cuts off what is on air": (
        patch(reload, "keep_on_air", lambda _old, new, _on_air: timetable.Merged(new, ())),
        "left-running",
    ),
    "a take that is forgotten when it ends": (patch(takes, "_settle", lambda *_: None), "left-running"),
    "problems that are told in every look": (patch(IncidentBook, "update", forgetful(IncidentBook.update)), "flood"),
    "a loop that is behind its time": (
        patch(loop, "state_at", lambda plan, venue, now: state_at(plan, venue, now - timedelta(seconds=1.5))),
        "not-flawless",
    ),
    "an event that takes over what the one before it left on": (
        patch(state, "_handed_over", lambda _there, span, t: state.wanted_by(span, t)),
        "left-running",
    ),
    "a memory of what is on air that dies with the service": (
        patch(timetable.Timetable, "_left_begun", lambda *_: {}),
        "forgotten",
    ),
    "a clock that takes off the air what it says has not begun": (
        patch(timetable, "still_begun", lambda *_: {}),
        "forgotten",
    ),
    "a plan that fails in a turn": (patch(past, "left_behind", lambda *_: 1 / 0), "mistake"),
}

SHOWN_BY = {
    "a device that lies": "obs-killed",
    "a memory of what is on air that dies with the service": "clock-stepped -",
    "a clock that takes off the air what it says has not begun": "clock-stepped -",
    "a schedule that cuts off what is on air": "schedule-edited",
    "a take that is forgotten when it ends": "operator take",
}
"""What must be done to a station for a defect to show: others of the seeds can't tell, and aren't run."""


@pytest.mark.parametrize("name", MUTANTS)
def test_a_broken_part_is_found_out(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Among 600 seeds at least one breaks the promise that the defect is about."""
    break_it, code = MUTANTS[name]
    break_it(monkeypatch)
    found: set[str] = set()
    for scenario in (scenario_of(seed) for seed in range(600)):
        if name in SHOWN_BY and not any(SHOWN_BY[name] in str(fault) for fault in scenario.faults):
            continue
        found |= {violation.problem.code for violation in judge(simulate(scenario))}
        if f"simulation.{code}" in found:
            return
    raise AssertionError(f"{name} is not found out: {found or 'all holds'}")
