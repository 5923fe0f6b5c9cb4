"""What is said of cues whose time has come or never will."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from orchestrator.plan.model import ChangeKind, Late
from orchestrator.plan.state import state_at
from orchestrator.plan.timeline import Timeline
from orchestrator.reconciler.past import left_behind, passed_over, too_late
from tests.plan.support import at, make_ceremony, make_change, make_cue, make_occurrence, plan, when

V = "gedung-daerah"
WITH_GO = make_ceremony(
    make_cue("rekam", when("start", -5), record=True),
    make_cue("tamu", when("go"), scene="Tamu"),
    make_cue("selesai", when("end"), record=False),
)


def untold(timeline: Timeline, minute: float) -> Sequence[tuple[str | None, str | None, str]]:
    found = left_behind(timeline, V, at(minute), lambda _occurrence, cue: cue in {"rekam", "selesai"})
    return [(cause.occurrence, cause.cue, outcome) for cause, outcome in found]


def test_an_occurrence_that_lost_its_venue_has_all_its_lines() -> None:
    """Where the next event takes over before the last one was closed, a GO that nobody gave is told all the same."""
    timeline = plan(make_occurrence("satu", 0, 50), make_occurrence("dua", 55, 50), ceremonies={"upacara": WITH_GO})
    assert untold(timeline, 49) == []
    assert untold(timeline, 50) == [("satu", "tamu", "cancelled")]
    assert untold(timeline, 105) == [("satu", "tamu", "cancelled")]


def test_an_occurrence_that_never_was_has_all_its_lines() -> None:
    """The cues of an event that was cancelled beforehand are told once its time is over, those without a time too."""
    timeline = plan(changes=(make_change(ChangeKind.CANCEL, -60),), ceremonies={"upacara": WITH_GO})
    assert untold(timeline, 49) == []
    assert untold(timeline, 50) == [("acara", "tamu", "cancelled")]


def test_what_ends_the_air_counts_however_late() -> None:
    """A cue that ends the recording is never left out for being late: the recording would go on for ever."""
    ceremony = make_ceremony(*WITH_GO.cues[:1], replace(WITH_GO.cues[-1], late=Late.SKIP))
    timeline = plan(ceremonies={"upacara": ceremony})
    assert not list(too_late(timeline, V, at(90), lambda _occurrence, cue: cue == "rekam"))


def test_a_missed_cue_is_told_as_missed_after_a_restart() -> None:
    """If the service died between writing that a cue was missed and logging it, the next one logs it as missed."""
    timeline = plan(changes=(make_change(ChangeKind.MISSED, 3, cue="mulai"),))
    state = state_at(timeline, V, at(4))
    found = passed_over(timeline, V, state, at(4), lambda _occurrence, cue: cue != "mulai")
    assert [(cause.cue, outcome) for cause, outcome in found] == [("mulai", "missed")]
