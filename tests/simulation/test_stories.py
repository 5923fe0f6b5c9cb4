"""Single stories that chance tells too seldom."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

import pytest

from orchestrator.config.model import Configuration
from orchestrator.plan.model import Anchor, At, Ceremony, Cue, Do, Source, StartSpec
from orchestrator.simulation.faults import Fault
from orchestrator.simulation.invariants import judge
from orchestrator.simulation.run import Result, Scenario, simulate
from tests.simulation.judged import scenario_of
from tests.simulation.stations import BEGIN


def turns(result: Result, since: float, until: float) -> list[tuple[str, bool]]:
    """What began and ended at the first venue between two seconds."""
    return [
        (turn.key, turn.began) for turn in result.tape.turns if turn.venue == "utara" and since < turn.second < until
    ]


def with_launch(scenario: Scenario, launch: str) -> Scenario:
    files = scenario.configuration
    venues = {name: replace(v, studio=replace(v.studio, launch=launch)) for name, v in files.venues.items()}
    return replace(scenario, configuration=replace(files, venues=MappingProxyType(venues)))


@pytest.mark.parametrize("launch", ["auto", "never"])
def test_what_is_on_when_the_clock_is_put_back_is_on_again_after_a_crash(launch: str) -> None:
    """Put back to before the event's begin, the clock ends nothing: an OBS that dies then records and sends anew."""
    faults = (Fault("clock-stepped", 45.0, amount=-3600.0), Fault("obs-killed", 60.0, "utara", 5.0))
    result = simulate(replace(with_launch(scenario_of(10), launch), faults=faults))
    assert not judge(result)
    back = {("record", False), ("record", True), ("publish", False), ("publish", True)}
    assert back <= set(turns(result, 45, 120))


@pytest.mark.parametrize("launch", ["auto", "never"])
@pytest.mark.parametrize("who", ["orchestrator-killed", "power-cut"])
def test_what_is_on_when_the_clock_is_put_back_is_on_again_after_a_restart(launch: str, who: str) -> None:
    """Started anew before the event's begin the service knows what was on the air, and an OBS that dies is back."""
    faults = (
        Fault("clock-stepped", 45.0, amount=-3600.0),
        Fault(who, 50.0, lasts=5.0),
        Fault("obs-killed", 60.0, "utara", 5.0),
    )
    result = simulate(replace(with_launch(scenario_of(10), launch), faults=faults))
    assert not judge(result)
    back = {("record", False), ("record", True), ("publish", False), ("publish", True)}
    assert back <= set(turns(result, 58, 120))


def test_an_event_that_was_closed_before_the_clock_was_put_back_ends_all_the_same() -> None:
    """Put back into the event, the clock has it on once more; the service is away when it ends and was closed."""
    files = scenario_of(10).configuration
    files = replace(files, events=files.events[:1])
    closed = 40 + files.events[0].duration.total_seconds() + 12
    faults = (Fault("clock-stepped", closed, amount=-60.0), Fault("orchestrator-killed", closed + 40, lasts=25.0))
    result = simulate(replace(scenario_of(10), configuration=files, faults=faults))
    assert not judge(result)
    assert {("record", True), ("record", False)} <= set(turns(result, closed, closed + 120))


def handed_over() -> Configuration:
    """A ceremony of the studio, which an event that is relayed whole follows at once, for ten minutes."""
    files = scenario_of(10).configuration
    first = replace(files.events[0], start=StartSpec(BEGIN.date(), (BEGIN + timedelta(hours=7, seconds=40)).time()))
    show = (
        Cue("mulai", At(Anchor.START, -timedelta(seconds=20)), Do(scene="Lapangan", stream=True, record=True)),
        Cue("selesai", At(Anchor.END), Do(stream=False, record=False)),
    )
    relayed = (
        Cue("tayang", At(Anchor.START), Do(stream=True)),
        Cue("turun", At(Anchor.END), Do(stream=False)),
    )
    second = replace(
        first,
        id="relai",
        ceremony="relai",
        start=StartSpec(BEGIN.date(), (BEGIN + timedelta(hours=7, seconds=101)).time()),
        duration=timedelta(minutes=10),
    )
    first = replace(first, ceremony="studio", duration=timedelta(seconds=60))
    ceremonies = {
        "studio": Ceremony("studio", "Studio", show),
        "relai": Ceremony("relai", "Relai", relayed, source=Source.RELAY),
    }
    return replace(files, ceremonies=MappingProxyType(ceremonies), events=(first, second))


def test_a_studio_that_was_away_while_it_was_handed_over_is_ended_when_it_is_back() -> None:
    """OBS stands still from before the end of its event until minutes into the next one, which doesn't use it."""
    files = handed_over()
    frozen = Fault("obs-frozen", 90.0, "utara", 200.0)
    scenario = replace(scenario_of(10), configuration=files, faults=(frozen,), end=BEGIN + timedelta(seconds=720))
    result = simulate(with_launch(scenario, "never"))
    assert {("record", False), ("publish", False)} <= set(turns(result, 285, 320))
    assert not judge(result)


def test_an_event_that_was_slept_through_is_ended_in_the_next_one() -> None:
    """The clock jumps from the midst of a ceremony to minutes into the relayed event after it: the studio ends."""
    stepped = Fault("clock-stepped", 70.0, amount=300.0)
    scenario = replace(
        scenario_of(10), configuration=handed_over(), faults=(stepped,), end=BEGIN + timedelta(seconds=720)
    )
    result = simulate(with_launch(scenario, "never"))
    assert {("record", False), ("publish", False)} <= set(turns(result, 70, 80))
    assert not judge(result)
