"""What is said of cues whose time has come or never will."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from orchestrator.plan.model import ChangeKind, Late
from orchestrator.plan.state import state_at
from orchestrator.plan.timeline import Timeline
from orchestrator.reconciler.past import closed_ahead, ended_takes, left_behind, never_came, passed_over, too_late
from tests.plan.support import at, make_ceremony, make_change, make_cue, make_occurrence, plan, when

V = "gedung-daerah"
WITH_GO = make_ceremony(
    make_cue("rekam", when("start", -5), record=True),
    make_cue("tamu", when("go"), scene="Tamu"),
    make_cue("selesai", when("end"), record=False),
)


def untold(timeline: Timeline, minute: float) -> Sequence[tuple[str | None, str | None, str]]:
    told = {"rekam", "selesai"}
    found = [
        each
        for name in left_behind(timeline, V, state_at(timeline, V, at(minute)), at(minute))
        for each in never_came(timeline, name, at(minute), lambda _occurrence, cue, _at: cue in told)
    ]
    return [(cause.occurrence, cause.cue, outcome) for cause, outcome in found]


def test_an_occurrence_that_lost_its_venue_has_all_its_lines() -> None:
    """Where the next event takes over before the last one was closed, a GO that nobody gave is told all the same."""
    timeline = plan(make_occurrence("satu", 0, 50), make_occurrence("dua", 55, 50), ceremonies={"upacara": WITH_GO})
    assert untold(timeline, 49) == []
    assert untold(timeline, 50) == [("satu", "tamu", "cancelled")]
    assert untold(timeline, 105) == [("satu", "tamu", "cancelled")]


def test_an_occurrence_is_left_behind_once() -> None:
    """Once it was closed nothing more is said of it, although it was closed after the next one had taken over."""
    both = make_occurrence("satu", 0, 50), make_occurrence("dua", 55, 50)
    timeline = plan(*both, changes=(make_change(ChangeKind.CLOSED, 51, "satu"),), ceremonies={"upacara": WITH_GO})
    assert (untold(timeline, 50), untold(timeline, 51)) == ([("satu", "tamu", "cancelled")], [])


def test_an_event_that_waits_for_its_turn_can_still_have_it_elsewhere() -> None:
    """Of one whose venue isn't free all is said at its end: who moves it to another venue finds no cue told."""
    long = make_ceremony(make_cue("mulai", when("start"), scene="A", record=True), WITH_GO.cues[-1], name="panjang")
    both = make_occurrence("satu", -30, 200, ceremony="panjang"), make_occurrence("dua", 0, 50)
    timeline = plan(*both, ceremonies={"upacara": WITH_GO, "panjang": long})
    state = state_at(timeline, V, at(10))
    assert not list(passed_over(timeline, V, state, at(10), lambda _occurrence, cue, _at: cue == "mulai"))
    assert [cue for _, cue, _ in untold(timeline, 50)] == ["tamu"]


def test_an_occurrence_that_never_was_has_all_its_lines() -> None:
    """The cues of an event that was cancelled beforehand are told once its time is over, those without a time too."""
    timeline = plan(changes=(make_change(ChangeKind.CANCEL, -60),), ceremonies={"upacara": WITH_GO})
    assert untold(timeline, 49) == []
    assert untold(timeline, 50) == [("acara", "tamu", "cancelled")]


def test_what_ends_the_air_counts_however_late() -> None:
    """A cue that ends the recording is never left out for being late: the recording would go on for ever."""
    ceremony = make_ceremony(*WITH_GO.cues[:1], replace(WITH_GO.cues[-1], late=Late.SKIP))
    timeline = plan(ceremonies={"upacara": ceremony})
    assert not list(too_late(timeline, V, at(90), lambda _occurrence, cue, _at: cue == "rekam"))


def test_a_missed_cue_is_told_as_missed_after_a_restart() -> None:
    """If the service died between writing that a cue was missed and logging it, the next one logs it as missed."""
    timeline = plan(changes=(make_change(ChangeKind.MISSED, 3, cue="mulai"),))
    state = state_at(timeline, V, at(4))
    found = passed_over(timeline, V, state, at(4), lambda _occurrence, cue, _at: cue != "mulai")
    assert [(cause.cue, outcome) for cause, outcome in found] == [("mulai", "missed")]


def test_what_the_next_event_has_ended_is_written_down() -> None:
    """A take until the next event is released in the log when that begins, and not before."""
    take = make_change(ChangeKind.TAKE, 20, None, field="stream", value=False, until="next-event")
    timeline = plan(make_occurrence(), make_occurrence("sore", 600), changes=(take,))
    begin = timeline.venues[V].begins[1]
    assert list(ended_takes(timeline, V, begin - timedelta(seconds=1))) == []
    assert list(ended_takes(timeline, V, begin)) == [("stream", begin)]


def test_a_take_until_the_next_cue_stays_ended_when_the_cue_is_forgotten() -> None:
    """What the next cue has ended is written down, so that it doesn't come back once that cue's event is long past."""
    take = make_change(ChangeKind.TAKE, -15, None, field="record", value=True, until="next-cue")
    timeline = plan(changes=(take,))
    assert list(ended_takes(timeline, V, at(-11))) == []
    assert list(ended_takes(timeline, V, at(-10))) == [("record", at(-10))]
    release = make_change(ChangeKind.RELEASE, -10, None, field="record")
    assert list(ended_takes(plan(changes=(take, release)), V, at(-9))) == []
    later = plan(make_occurrence("lusa", 3000), changes=(take, release))
    assert state_at(later, V, at(2000)).record is None
    assert state_at(plan(make_occurrence("lusa", 3000), changes=(take,)), V, at(2000)).record is True


def test_what_is_closed_later_than_now_was_closed_before_the_clock_was_put_back() -> None:
    """It is the change that is to be taken back; once its time has come it counts."""
    closed = make_change(ChangeKind.CLOSED, 54)
    timeline = plan(changes=(closed,))
    assert [list(closed_ahead(timeline, V, at(minute))) for minute in (-60, 20, 54)] == [[], [closed.id], []]
