from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from orchestrator.backstage.prober import coming
from orchestrator.errors import Problem
from orchestrator.plan.model import Ceremony, Cue, Do, Source
from orchestrator.plan.span import Span
from orchestrator.plan.timeline import build
from orchestrator.readiness.facts import Facts, Studio, Target, Trial
from orchestrator.readiness.judge import Check, judge
from orchestrator.status import StandingProblem
from orchestrator.timetable import window
from tests.fakes.station import CEREMONY, NOW, a_configuration

HOUR = timedelta(hours=1)
BEFORE = NOW - 3 * HOUR
"""04:40, hours before the ceremony at 07:30."""
STUDIO = Studio(reachable=True, by_itself=False, version="29.0.2", compared_at=BEFORE)
TARGET = Target("YouTube", reached="reached", trial=Trial(BEFORE - HOUR, "accepted"))
GOOD = Facts(
    now=BEFORE,
    studios={"gedung-daerah": STUDIO},
    targets={"youtube": TARGET},
    slates={"gedung-daerah": "own"},
    clock_in_step=True,
)


def a_span(ceremony: Ceremony = CEREMONY, **event: Any) -> Span:
    configuration = a_configuration(Path("unused"))
    changed = replace(configuration, events=(replace(configuration.events[0], **event),))
    found = window(changed, NOW - timedelta(days=1), NOW + timedelta(days=1))
    timeline = build(found, {ceremony.id: ceremony}, changed.venues)
    (span,) = timeline.spans.values()
    return span


def with_cues(change: Any, **rest: Any) -> Ceremony:
    cues = tuple(replace(cue, do=change(cue)) for cue in CEREMONY.cues)
    return replace(CEREMONY, cues=cues, **rest)


def checks(facts: Facts, span: Span | None = None) -> dict[str, Check]:
    return {check.id: check for check in judge(span or a_span(), facts).checks}


def told(check: Check) -> str:
    return check.sentence.format_map(dict(check.words))


def test_when_all_is_well_an_event_is_ready() -> None:
    """With everything found in order every line is fine, and the event is ready."""
    report = judge(a_span(muting("none")), GOOD)
    assert report.ready
    assert {check.state for check in report.checks} == {"ready"}
    assert (report.title, report.venue) == ("Penaikan Bendera", "gedung-daerah")


@pytest.mark.parametrize(
    ("studio", "now", "state", "part"),
    [
        (Studio(False, by_itself=True), BEFORE, "later", "starts by itself"),
        (Studio(False, by_itself=True), NOW - HOUR / 2, "no", "is being started"),
        (Studio(False, by_itself=False), BEFORE, "no", "Start OBS"),
        (None, BEFORE, "no", "Start OBS"),
    ],
)
def test_a_studio_that_is_away(studio: Studio | None, now: Any, state: str, part: str) -> None:
    """An OBS that starts by itself may be away until half an hour before; any other must be there."""
    found = checks(replace(GOOD, now=now, studios={"gedung-daerah": studio} if studio else {}))["studio"]
    assert (found.state, part in told(found)) == (state, True)


@pytest.mark.parametrize(
    ("changes", "state", "part"),
    [
        ({"missing_scenes": ("Penutup", "Tamu")}, "no", "needs: Penutup."),
        ({"missing_scenes": ("Tamu",)}, "warn", "Tamu"),
        ({"missing_inputs": ("Judul",)}, "warn", "Judul"),
        ({"changes": ("scene moved", "text changed")}, "warn", "2 things"),
        ({"compared_at": None}, "later", "Check now"),
    ],
)
def test_scenes_that_differ(changes: dict[str, Any], state: str, part: str) -> None:
    """A scene that the rundown needs must be there; what else differs from the profile is worth a look."""
    found = checks(replace(GOOD, studios={"gedung-daerah": replace(STUDIO, **changes)}))["scenes"]
    assert (found.state, part in told(found)) == (state, True)


def muting(mute: Any) -> Ceremony:
    return with_cues(lambda cue: replace(cue.do, mute=mute if cue.do.mute is not None else None))


@pytest.mark.parametrize(
    ("mute", "muted", "state"),
    [
        ("none", {"Mimbar"}, "ready"),
        ("all", set(), "no"),
        (frozenset({"Mimbar"}), set(), "no"),
        (frozenset(), {"Mimbar"}, "ready"),
        (None, {"Mimbar"}, "no"),
        (None, set(), "ready"),
    ],
)
def test_a_microphone_that_nobody_opens(mute: Any, muted: set[str], state: str) -> None:
    """A microphone that is muted and that no cue opens would stay silent on air."""
    facts = replace(GOOD, studios={"gedung-daerah": replace(STUDIO, muted=frozenset(muted))})
    assert checks(facts, a_span(muting(mute)))["sound"].state == state


def test_an_event_that_is_relayed_whole_needs_no_studio() -> None:
    """Nothing is asked of an OBS that the event doesn't use."""
    relay = with_cues(lambda cue: Do(stream=cue.do.stream, record=cue.do.record), source=Source.RELAY)
    found = checks(replace(GOOD, studios={}), a_span(relay))
    assert found["studio"].state == "ready"
    assert found.keys().isdisjoint({"scenes", "sound"})


@pytest.mark.parametrize(
    ("changes", "state", "part"),
    [
        ({"live": True, "trial": None, "reached": None}, "ready", "being fed"),
        ({"has_key": False}, "no", "no stream key"),
        ({"reached": "name"}, "no", "can't be found"),
        ({"reached": "unreachable"}, "no", "can't be reached"),
        ({"reached": "certificate"}, "no", "can't prove"),
        ({"reached": "silent"}, "no", "says nothing"),
        ({"reached": None, "trial": None}, "later", "Check now"),
        ({"trial": None}, "warn", "Try the key"),
        ({"trial": Trial(BEFORE - 25 * HOUR, "accepted")}, "warn", "over a day ago"),
        ({"trial": Trial(BEFORE - HOUR, "refused")}, "no", "refused the key"),
        ({"trial": Trial(BEFORE - HOUR, "busy")}, "warn", "key was in use"),
        ({"trial": Trial(BEFORE - HOUR, "dropped")}, "warn", "broke the connection off"),
        ({"reached": "unknown"}, "ready", "took the key"),
    ],
)
def test_a_destination(changes: dict[str, Any], state: str, part: str) -> None:
    """A destination must be reachable; its key counts as known for a day after it was tried."""
    found = checks(replace(GOOD, targets={"youtube": replace(TARGET, **changes)}))["destination.youtube"]
    assert (found.state, part in told(found)) == (state, True)


def test_an_event_without_destinations() -> None:
    """An event that streams to nobody isn't ready; one that is only recorded needs nobody."""
    assert checks(GOOD, a_span(destinations=()))["destinations"].state == "no"
    recorded = with_cues(lambda cue: replace(cue.do, stream=None))
    assert checks(GOOD, a_span(recorded, destinations=()))["destinations"].state == "ready"


def standing(code: str, where: str = "") -> StandingProblem:
    return StandingProblem(Problem(code, "something is wrong with {name}", {"name": "x"}, where), NOW)


@pytest.mark.parametrize(
    ("changes", "line", "state"),
    [
        ({"problems": (standing("config.unknown-key"),)}, "schedule", "no"),
        ({"problems": (standing("hub.down"),)}, "hub", "no"),
        ({"problems": (standing("archive.full"),)}, "schedule", "ready"),
        ({"slates": MappingProxyType({})}, "slate", "warn"),
        ({"slates": {"gedung-daerah": "drawn"}}, "slate", "ready"),
        ({"room": {"penaikan": Problem("storage.low", "too little")}}, "disk", "no"),
        ({"room": {"other": Problem("storage.low", "too little")}}, "disk", "ready"),
        ({"clock_in_step": None}, "clock", "warn"),
        ({"clock_in_step": False}, "clock", "warn"),
        ({"running": False}, "service", "no"),
        ({"problems": (standing("storage.overflow-closed"),)}, "trouble.storage.overflow-closed", "warn"),
        ({"problems": (standing("storage.sync-late", "/srv"),)}, "trouble.storage.sync-late./srv", "warn"),
        ({"at_venues": {"gedung-daerah": (standing("programme.silent"),)}}, "trouble.programme.silent", "warn"),
    ],
)
def test_the_rest_of_the_station(changes: dict[str, Any], line: str, state: str) -> None:
    """Files, hub, slate, disk, clock, the service itself and trouble at the venue each have a line."""
    found = checks(replace(GOOD, **changes))
    assert found[line].state == state
    assert told(found[line])


def test_which_events_are_judged() -> None:
    """Those of the next day, and each venue's next one however far; none that is over or cancelled."""
    configuration = a_configuration(Path("unused"))
    event = configuration.events[0]
    later = replace(event, id="lusa", start=replace(event.start, date=event.start.date + timedelta(days=2)))
    other = replace(later, id="batam", venue="graha-kepri")
    past = replace(event, id="kemarin", start=replace(event.start, date=event.start.date - timedelta(days=1)))
    changed = replace(configuration, events=(event, later, other, past))
    found = window(changed, NOW - timedelta(days=2), NOW + timedelta(days=4))
    timeline = build(found, changed.ceremonies, changed.venues)
    assert [span.occurrence.id for span in coming(timeline, BEFORE)] == ["penaikan", "batam"]


def test_every_cue_counts() -> None:
    """A scene of any cue of the rundown is one that the rundown needs."""
    last: Cue = CEREMONY.cues[-1]
    ceremony = replace(CEREMONY, cues=(*CEREMONY.cues[:-1], replace(last, do=replace(last.do, scene="Doa"))))
    facts = replace(GOOD, studios={"gedung-daerah": replace(STUDIO, missing_scenes=("Doa",))})
    assert checks(facts, a_span(ceremony))["scenes"].state == "no"
