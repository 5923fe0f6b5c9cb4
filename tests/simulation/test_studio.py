"""When a start of what runs in the modelled OBS is told as a second one."""

from __future__ import annotations

from random import Random

import pytest

from orchestrator.clock import VirtualClock
from orchestrator.devices.obs.messages import Request, RequestError
from orchestrator.simulation.agenda import Agenda
from orchestrator.simulation.studio import ModelStudio
from orchestrator.simulation.vault import Vault
from tests.fakes.clock import START
from tests.simulation.stations import make_venue

RECORD, STREAM = Request("StartRecord"), Request("StartStream")


class Watched:
    """A studio whose outputs' begins are counted."""

    def __init__(self) -> None:
        self.agenda = Agenda(VirtualClock(START))
        self.studio = ModelStudio(make_venue("utara"), self.agenda, Vault(), Random(1), lambda: None)
        self.doubled: list[str] = []
        self.studio.on_output = lambda key, _began, _told, doubled: self.doubled.extend([key] * doubled)
        self.studio.connect(lambda _name, _data: None)

    def pass_by(self, seconds: float) -> None:
        self.agenda.run_until(self.agenda.now + seconds)


@pytest.fixture
def watched() -> Watched:
    return Watched()


@pytest.mark.parametrize("after", [0.001, 0.05, 5.0])
def test_a_start_of_what_was_started_before_is_a_second_one(watched: Watched, after: float) -> None:
    """Whoever was answered that an output begins knows it, before any event tells; OBS refuses the second start."""
    watched.studio.answer(STREAM)
    watched.studio.answer(RECORD)
    watched.pass_by(after)
    assert isinstance(watched.studio.answer(RECORD), RequestError)
    assert watched.doubled == ["record"]


def test_a_start_after_an_end_is_the_first_of_another_run(watched: Watched) -> None:
    """What has ended may be started again, and what ends may be asked to start."""
    watched.studio.answer(RECORD)
    watched.pass_by(5.0)
    watched.studio.answer(Request("StopRecord"))
    watched.studio.answer(RECORD)
    watched.pass_by(5.0)
    watched.studio.answer(RECORD)
    assert watched.doubled == []


def test_who_is_newly_connected_knows_what_it_reads(watched: Watched) -> None:
    """A service that was started anew is excused until it has read, or heard, that the output runs, and no longer."""
    watched.studio.answer(RECORD)
    watched.pass_by(5.0)
    watched.studio.connect(lambda _name, _data: None)
    watched.studio.answer(RECORD)
    assert watched.doubled == []
    watched.studio.answer(Request("GetRecordStatus"))
    watched.pass_by(0.1)
    watched.studio.answer(RECORD)
    assert watched.doubled == ["record"]


def test_a_late_event_that_says_it_has_ended_excuses_until_a_reading(watched: Watched) -> None:
    """An event of the run before that overtakes those of this one is believed, until a reading says otherwise."""
    watched.studio.answer(RECORD)
    watched.pass_by(5.0)
    watched.studio.delaying = 1e-9
    watched.studio.drop("record")
    watched.studio.answer(RECORD)
    watched.studio.losing = True
    watched.pass_by(5.0)
    watched.studio.answer(RECORD)
    knew_by_answer = watched.doubled == ["record"]
    watched.studio.answer(Request("GetRecordStatus"))
    watched.pass_by(0.1)
    watched.studio.answer(RECORD)
    assert (knew_by_answer, watched.doubled[-1:]) == (False, ["record"])


def test_a_start_that_nobody_awaits_any_more_tells_nobody_that_it_runs(watched: Watched) -> None:
    """Two starts that a frozen OBS does at its thaw were both sent before anything could be known."""
    watched.studio.freeze()
    watched.studio.ask_later(RECORD)
    watched.pass_by(1.0)
    watched.studio.ask_later(RECORD)
    watched.studio.thaw()
    watched.pass_by(5.0)
    assert watched.doubled == []
    watched.studio.answer(RECORD)
    assert watched.doubled == ["record"], "its events have told by now"
