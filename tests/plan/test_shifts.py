from __future__ import annotations

import pytest

from orchestrator.i18n import render
from orchestrator.plan.changes import refuse, undoable, undoable_until
from orchestrator.plan.model import Change, ChangeKind, Occurrence
from orchestrator.plan.state import state_at
from orchestrator.plan.timeline import Timeline
from tests.plan.support import START, at, make_ceremony, make_change, make_cue, make_occurrence, minutes, plan, when

V = "gedung-daerah"
K = ChangeKind
SHOW = make_ceremony(
    make_cue("awal", when("start"), scene="A", record=True),
    make_cue("nama", when("start", 5), text={"Nama": "{title}", "Jabatan": "Inspektur"}),
    make_cue("nama-turun", when("nama", 1), hide=("Teks Nama",)),
    make_cue("bendera", when("go"), latest=when("start", 12), scene="B"),
    make_cue("detik", when("08:00"), scene="C"),
    make_cue("doa", when("end", -10), scene="D"),
    make_cue("akhir", when("end"), scene="E"),
    make_cue("selesai", when("end", 3), record=False),
)
"""Cues at 0, 5, 6, GO (latest 12), 30 by the clock, 40, 50, 53."""


def of(*changes: Change, occurrence: Occurrence | None = None) -> Timeline:
    return plan(*([occurrence] if occurrence else []), changes=changes, ceremonies={"upacara": SHOW})


def cue_minutes(timeline: Timeline) -> dict[str, float]:
    return {c.cue.id: (c.at - START) / minutes(1) for c in timeline.spans["acara"].cues if c.fires and c.at is not None}


def shift(minute: float, cue: str, by: float) -> Change:
    return make_change(K.SHIFT, minute, cue=cue, value=by * 60)


def test_a_cue_and_what_comes_after_it_move_and_the_clock_does_not() -> None:
    """A shift moves the cue, all after it and the end; what has been and what is bound to the clock stay."""
    timeline = of(shift(2, "nama", 4))
    assert cue_minutes(timeline) == {
        "awal": 0,
        "nama": 9,
        "nama-turun": 10,
        "bendera": 16,
        "detik": 30,
        "doa": 44,
        "akhir": 54,
        "selesai": 57,
    }
    assert state_at(timeline, V, at(20)).ends_at == at(54)


def test_what_comes_before_the_cue_stays() -> None:
    """A shift leaves alone what stands before its cue, and what hangs on a cue moves but once."""
    assert cue_minutes(of(shift(2, "doa", 5), shift(3, "doa", -2))) == {
        "awal": 0,
        "nama": 5,
        "nama-turun": 6,
        "bendera": 12,
        "detik": 30,
        "doa": 43,
        "akhir": 53,
        "selesai": 56,
    }


def test_a_cue_that_follows_another_may_move_alone() -> None:
    """A cue whose time hangs on an earlier one moves from it, and what comes later moves with it."""
    moved = cue_minutes(of(shift(2, "nama-turun", 3)))
    assert (moved["nama"], moved["nama-turun"], moved["bendera"]) == (5, 9, 15)


@pytest.mark.parametrize(
    ("minute", "cue", "by", "wanted"),
    [
        (2, "nama", 4, None),
        (2, "nama", -2, None),
        (2, "nama", -3, "into-past"),
        (6, "nama", 4, "fired"),
        (2, "detik", 4, "bound"),
        (2, "doa", -11, "shift-past"),
        (2, "doa", 0, "bad-shift"),
        (2, "doa", 2000, "bad-shift"),
        (-30, "nama", 10, None),
        (60, "akhir", 1, "over"),
    ],
)
def test_what_can_be_moved(minute: float, cue: str, by: float, wanted: str | None) -> None:
    """A cue that has been, that is bound, or that would come before now or another cue, isn't moved."""
    problem = refuse(of(), shift(minute, cue, by), at(minute))
    assert (problem and problem.code.removeprefix("change.")) == wanted
    assert problem is None or "{" not in render(problem, "id")


def alone(minute: float, cue: str, by: float) -> Change:
    return make_change(K.SHIFT, minute, cue=cue, value=by * 60, field="alone")


def test_a_cue_may_move_alone() -> None:
    """A cue that is moved alone takes along what hangs on it, and neither what comes later nor the end."""
    timeline = of(alone(2, "nama", 4))
    moved = cue_minutes(timeline)
    assert (moved["nama"], moved["nama-turun"], moved["bendera"], moved["akhir"]) == (9, 10, 12, 50)
    assert timeline.spans["acara"].course.extended == minutes(0)
    assert cue_minutes(of(alone(2, "detik", 4)))["detik"] == 30


@pytest.mark.parametrize(
    ("minute", "cue", "by", "wanted"),
    [
        (2, "nama", 4, None),
        (2, "nama", -2, None),
        (2, "nama", 5, None),
        (2, "nama", 7, "shift-behind"),  # what hangs on it would come after the flag
        (2, "bendera", -7, "shift-past"),
        (2, "bendera", -5, None),
        (2, "bendera", 19, "shift-behind"),
        (2, "doa", -11, "shift-past"),
        (2, "doa", 11, "shift-behind"),
        (2, "detik", 1, "bound"),
        (5.5, "nama-turun", 6, None),
        (2, "nama", -3, "into-past"),
    ],
)
def test_what_can_be_moved_alone(minute: float, cue: str, by: float, wanted: str | None) -> None:
    """Neither it nor what hangs on it may pass a cue that stays."""
    problem = refuse(of(), alone(minute, cue, by), at(minute))
    assert (problem and problem.code.removeprefix("change.")) == wanted
    assert problem is None or "{" not in render(problem, "id")


def test_a_shift_of_another_kind() -> None:
    """A field that says neither is refused."""
    problem = refuse(of(), make_change(K.SHIFT, 2, cue="doa", value=60, field="both"), at(2))
    assert problem is not None
    assert problem.code == "change.bad-shift"


def test_a_shift_counts_as_overrun() -> None:
    """Shifts count towards max_overrun like extensions."""
    limited = make_occurrence(max_overrun=minutes(10))
    assert refuse(of(shift(2, "doa", 8), occurrence=limited), shift(3, "doa", 3), at(3)) is not None
    assert refuse(of(shift(2, "doa", 8), occurrence=limited), shift(3, "doa", 2), at(3)) is None


def text(minute: float, cue: str, value: object, field: str = "Nama") -> Change:
    return make_change(K.TEXT, minute, cue=cue, field=field, value=value)


def test_a_text_is_shown_as_it_was_given() -> None:
    """A text given in time is shown letter by letter, the last one given counts, others stay the ceremony's."""
    timeline = of(text(1, "nama", "Ansar"), text(2, "nama", "H. Ansar {title}"))
    assert dict(state_at(timeline, V, at(5)).texts) == {"Nama": "H. Ansar {title}", "Jabatan": "Inspektur"}
    assert not state_at(timeline, V, at(4)).texts


def test_a_text_given_too_late_changes_nothing() -> None:
    """What has been shown isn't changed, and the operator is told."""
    late = text(6, "nama", "Ansar")
    problem = refuse(of(), late, at(6))
    assert problem is not None
    assert problem.code == "change.fired"
    assert state_at(of(late), V, at(7)).texts["Nama"] == "Upacara"


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (text(1, "nama", "Ansar"), None),
        (text(1, "nama", "Ansar", "Judul"), "unknown-text"),
        (text(1, "awal", "Ansar"), "fired"),
        (text(1, "bendera", "Ansar"), "unknown-text"),
        (text(1, "nama", "x" * 501), "bad-text"),
        (text(1, "nama", 7), "bad-text"),
    ],
)
def test_which_texts_can_be_given(given: Change, wanted: str | None) -> None:
    """Only a text that the cue will show, of a length that a picture can hold."""
    problem = refuse(of(), given, at(1))
    assert (problem and problem.code.removeprefix("change.")) == wanted


@pytest.mark.parametrize(
    ("change", "happens"),
    [
        (shift(2, "nama", 4), 5),
        (shift(2, "nama", -2), 3),
        (alone(2, "nama", 4), 5),
        (text(1, "nama", "Ansar"), 5),
        (make_change(K.SKIP, 2, cue="doa"), 40),
        (make_change(K.HOLD, 2), 5),
        (make_change(K.EXTEND, 2, value=900), 40),
        (make_change(K.GO, 7, cue="bendera"), 7),
    ],
)
def test_until_when_a_change_can_be_undone(change: Change, happens: float) -> None:
    """A change can be undone until the time that is told, and no longer."""
    timeline = of(change)
    until = undoable_until(timeline, change)
    assert until == at(happens)
    if until > change.at:
        assert undoable(timeline, change, until - minutes(0.01)) is None
    assert undoable(timeline, change, until) is not None
