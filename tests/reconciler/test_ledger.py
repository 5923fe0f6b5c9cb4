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


def test_a_restart_tells_nothing_twice(catalogue: Catalogue, ledger: Ledger) -> None:
    """After a restart a cue that was logged gets no second line, and what was open is logged as failed."""
    ledger.caused(state("mulai"))
    ledger.sent(SCENE, after(0))
    again = Ledger("v", catalogue.asrun)
    again.recall(after(-60), after(60))
    again.caused(state("mulai"))
    again.reached([], after(5))
    assert [line.outcome for line in lines(catalogue)] == ["failed"]
    assert again.settled


def test_a_cue_that_was_passed_over_has_a_line_of_its_own(catalogue: Catalogue, ledger: Ledger) -> None:
    """A cue that set nothing is told as a whole, once."""
    ledger.remark(Cause("o", "lama", START, START, "a later cue had taken its place"), "missed")
    (line,) = lines(catalogue)
    assert (line.cue, line.field, line.outcome) == ("lama", "-", "missed")
    assert ledger.told("o", "lama")
