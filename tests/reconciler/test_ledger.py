"""What the as-run log says of each cue."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from orchestrator.catalogue.records import AsRun
from orchestrator.catalogue.store import Catalogue
from orchestrator.devices.device import Command
from orchestrator.plan.model import Cause, VenueState
from orchestrator.reconciler.ledger import Ledger
from tests.fakes.clock import START

SCENE = Command("scene", "scene", "A", "B", "scene is A, wanted B")


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def state(cue: str, at: datetime = START, field: str = "scene") -> VenueState:
    return VenueState(occurrence="o", cue=cue, causes={field: Cause("o", cue, at, at, f"cue {cue}")})


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with Catalogue(f"sqlite:///{tmp_path}/catalogue.sqlite3") as opened:
        yield opened


@pytest.fixture
def ledger(catalogue: Catalogue) -> Ledger:
    return Ledger("v", catalogue.asrun)


def lines(catalogue: Catalogue) -> list[AsRun]:
    return catalogue.asrun.between(after(-3600), after(3600))


def test_a_cue_leaves_planned_sent_and_confirmed_times(catalogue: Catalogue, ledger: Ledger) -> None:
    """A cue that went well is one line with its three times and its reason."""
    ledger.caused(state("mulai"))
    ledger.sent(SCENE, after(0.004))
    ledger.confirmed(SCENE, after(0.03))
    ledger.reached([], after(0.03))
    (line,) = lines(catalogue)
    assert (line.event, line.cue, line.field, line.before, line.after) == ("o", "mulai", "scene", "A", "B")
    assert (line.planned_at, line.sent_at, line.confirmed_at) == (START, after(0.004), after(0.03))
    assert (line.outcome, line.reason) == ("done", "cue mulai: scene is A, wanted B")
    assert ledger.settled


def test_a_cue_sent_late_says_so(catalogue: Catalogue, ledger: Ledger) -> None:
    """A command that went out over a second after its cue's time is logged as late."""
    ledger.caused(state("mulai"))
    ledger.sent(SCENE, after(10))
    ledger.confirmed(SCENE, after(10.1))
    assert [line.outcome for line in lines(catalogue)] == ["late"]


def test_a_cue_that_needs_no_command_leaves_a_line(catalogue: Catalogue, ledger: Ledger) -> None:
    """What is already as the cue wants it is logged as already so."""
    ledger.caused(state("mulai"))
    ledger.reached([], after(0.01))
    (line,) = lines(catalogue)
    assert (line.outcome, line.confirmed_at, line.sent_at) == ("already", after(0.01), None)


def test_a_correction_is_told_apart_from_a_cue(catalogue: Catalogue, ledger: Ledger) -> None:
    """What a device lost after its cue was reached is logged as restored."""
    ledger.caused(state("mulai"))
    ledger.reached([], after(0.01))
    ledger.caused(state("mulai"))
    ledger.sent(SCENE, after(60))
    ledger.confirmed(SCENE, after(60.1))
    assert [line.outcome for line in lines(catalogue)] == ["already", "restored"]


def test_sending_again_is_no_new_line(catalogue: Catalogue, ledger: Ledger) -> None:
    """A command that is sent again stays one line, with its first time of sending."""
    ledger.caused(state("mulai"))
    ledger.sent(SCENE, after(0))
    ledger.sent(SCENE, after(2))
    ledger.confirmed(SCENE, after(2.1))
    (line,) = lines(catalogue)
    assert (line.sent_at, line.confirmed_at) == (after(0), after(2.1))


def restarted(catalogue: Catalogue) -> Ledger:
    again = Ledger("v", catalogue.asrun)
    again.recall(after(-60), after(60))
    return again


def test_a_restart_tells_nothing_twice(catalogue: Catalogue, ledger: Ledger) -> None:
    """After a restart a cue that was on its way gets no second line: what is seen as it wanted has been done."""
    ledger.caused(state("mulai"))
    ledger.sent(SCENE, after(0))
    again = restarted(catalogue)
    again.caused(state("mulai"))
    again.reached([], after(5))
    (line,) = lines(catalogue)
    assert (line.outcome, line.confirmed_at) == ("done", after(5))
    assert again.settled


def test_what_is_sent_again_after_a_restart_is_one_line(catalogue: Catalogue, ledger: Ledger) -> None:
    """A command that had no effect before a restart, and is sent again after it, keeps its line."""
    ledger.caused(state("mulai"))
    ledger.sent(SCENE, after(0))
    again = restarted(catalogue)
    again.caused(state("mulai"))
    again.sent(SCENE, after(5))
    again.reached(["scene"], after(5))
    assert not again.settled
    again.confirmed(SCENE, after(6))
    assert [(line.outcome, line.sent_at) for line in lines(catalogue)] == [("done", after(0))]


def test_what_a_later_cue_overtook_in_a_restart_is_logged_as_failed(catalogue: Catalogue, ledger: Ledger) -> None:
    """Nobody saw whether it was done: the cue's line says so."""
    ledger.caused(state("mulai"))
    ledger.sent(SCENE, after(0))
    again = restarted(catalogue)
    again.caused(state("penutup", after(4)))
    again.reached([], after(5))
    assert [(line.cue, line.outcome) for line in lines(catalogue)] == [("mulai", "failed"), ("penutup", "already")]


def test_a_restart_between_two_fields_of_a_cue_loses_neither(catalogue: Catalogue, ledger: Ledger) -> None:
    """Of a cue that was half logged when the service died, the other half is logged by the next one as the cue's."""
    causes = {**state("mulai").causes, **state("mulai", field="record").causes}
    whole = VenueState(occurrence="o", cue="mulai", causes=causes)
    ledger.caused(whole)
    ledger.sent(SCENE, after(0))
    ledger.confirmed(SCENE, after(0.1))
    again = restarted(catalogue)
    again.caused(whole)
    record = Command("record:safety", "record", "off", True, "recording is off, wanted on")
    again.sent(record, after(5))
    again.confirmed(record, after(6))
    assert [(line.field, line.outcome) for line in lines(catalogue)] == [("scene", "done"), ("record:safety", "late")]


def test_a_correction_stays_one_through_a_restart(catalogue: Catalogue, ledger: Ledger) -> None:
    """What was being put back when the service died is logged as restored, and not as its cue's own."""
    ledger.caused(state("mulai"))
    ledger.reached([], after(0))
    ledger.sent(SCENE, after(10))
    again = restarted(catalogue)
    again.caused(state("mulai"))
    again.reached([], after(12))
    assert [line.outcome for line in lines(catalogue)] == ["already", "restored"]


def test_the_steps_of_one_thing_are_both_done(catalogue: Catalogue, ledger: Ledger) -> None:
    """Where another event's recording must end first, its end and the new beginning are the cue's, and none failed."""
    ledger.caused(state("rekam", field="record"))
    ledger.sent(Command("record", "record", "live", False, "recording goes elsewhere"), after(0))
    ledger.sent(Command("record", "record", "stopping", True, "recording is stopping"), after(0.1))
    ledger.confirmed(Command("record", "record", "stopping", True, "recording is stopping"), after(0.9))
    assert [(line.after, line.outcome) for line in lines(catalogue)] == [("off", "done"), ("on", "done")]


def test_a_field_is_its_cues_only_once(catalogue: Catalogue, ledger: Ledger) -> None:
    """What is lost again before the rest of its cue was reached is logged as restored."""
    ledger.caused(state("rekam", field="record"))
    publish = Command("publish", "record", "off", True, "publishing is off")
    for second in (0, 1):
        ledger.sent(publish, after(second))
        ledger.confirmed(publish, after(second + 0.5))
        ledger.reached(["record"], after(second + 0.5))
    assert [line.outcome for line in lines(catalogue)] == ["done", "restored"]


def test_what_is_put_back_while_a_cue_comes_is_not_the_cues(catalogue: Catalogue, ledger: Ledger) -> None:
    """A correction that is confirmed after the next cue has come stays a correction."""
    ledger.caused(state("mulai"))
    ledger.reached([], after(0))
    ledger.sent(SCENE, after(1))
    ledger.caused(state("lanjut", after(2)))
    ledger.confirmed(SCENE, after(2.1))
    ledger.reached([], after(2.1))
    assert [(line.cue, line.outcome) for line in lines(catalogue)] == [
        ("mulai", "already"),
        ("mulai", "restored"),
        ("lanjut", "already"),
    ]


def test_a_cue_that_was_passed_over_has_a_line_of_its_own(catalogue: Catalogue, ledger: Ledger) -> None:
    """A cue that set nothing is told as a whole, once."""
    ledger.remark(Cause("o", "lama", START, START, "a later cue had taken its place"), "missed")
    (line,) = lines(catalogue)
    assert (line.cue, line.field, line.outcome) == ("lama", "-", "missed")
    assert ledger.told("o", "lama", START)
    assert not ledger.told("o", "lama", START + timedelta(days=1)), "the event takes place once more"
