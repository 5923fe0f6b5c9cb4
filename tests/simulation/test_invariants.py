"""Each invariant on values written by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from orchestrator.catalogue.records import AsRun, Outcome
from orchestrator.plan.model import Cause, Late, Source, VenueState
from orchestrator.plan.timeline import Span
from orchestrator.simulation.invariants import (
    ended_while_wanted,
    floods,
    mistakes,
    not_archived,
    started_twice,
)
from orchestrator.simulation.logged import come_too_late, not_flawless, outcome_fault, without_one_outcome
from orchestrator.simulation.settled import differences, forgotten, left_running, not_as_planned
from orchestrator.simulation.tape import Mistake, Moment, Sample, Truth, Turn
from orchestrator.simulation.vault import Recording
from tests.plan.support import START, at, make_ceremony, make_cue, plan, when
from tests.simulation.stations import make_venue

ON = VenueState(
    occurrence="acara@2027-08-17T07:30",
    scene="Lapangan",
    destinations=frozenset({"youtube"}),
    record=True,
    mute=frozenset({"Mimbar"}),
    texts={"Judul": "Upacara"},
    items={"Nama": True},
    source=Source.STUDIO,
    studio=True,
    causes={"scene": Cause("acara", "mulai", START, START, "cue mulai")},
)
FOLDER = "acara@2027-08-17T0730"
TRUE = Truth(
    scene="Lapangan",
    mutes={"Mimbar": True, "Suasana": False},
    texts={"Judul": "Upacara"},
    items={"Nama": True},
    record=FOLDER,
    publish=True,
    safety=FOLDER,
    fed=frozenset({"youtube"}),
    pushers=frozenset({"youtube"}),
    source=Source.STUDIO,
)
OFF = Truth(scene="Penutup")
VENUES = {"utara": make_venue("utara")}


@pytest.mark.parametrize(
    ("state", "truth", "fields"),
    [
        (ON, TRUE, []),
        (VenueState(), TRUE, []),
        (ON, replace(TRUE, scene=None), ["scene"]),
        (ON, replace(TRUE, mutes={"Mimbar": True, "Suasana": True}), ["mute:Suasana"]),
        (replace(ON, mute="all"), TRUE, ["mute:Suasana"]),
        (replace(ON, mute="none"), TRUE, ["mute:Mimbar"]),
        (ON, replace(TRUE, texts={"Judul": "Lama"}), ["text:Judul"]),
        (ON, replace(TRUE, items={"Nama": None}), ["item:Nama"]),
        (ON, replace(TRUE, record=None), ["record"]),
        (ON, replace(TRUE, record="lain"), ["record"]),
        (ON, replace(TRUE, safety="lain"), ["record:safety"]),
        (replace(ON, record=False), TRUE, ["record:safety", "record"]),
        (ON, replace(TRUE, fed=frozenset()), ["stream"]),
        (ON, replace(TRUE, pushers=frozenset({"youtube", "facebook"})), ["stream"]),
        (ON, replace(TRUE, publish=False), ["publish"]),
        (ON, replace(TRUE, source=Source.SLATE), ["source"]),
        (replace(ON, studio=False), replace(TRUE, record=None, publish=False), []),
    ],
)
def test_what_differs_from_the_plan_is_named(state: VenueState, truth: Truth, fields: list[str]) -> None:
    """Of what a state names each field is compared with what is; what it doesn't name isn't."""
    assert [field for field, _, _ in differences(state, truth)] == fields


def test_a_studio_that_is_not_told_where_to_record_may_record_anywhere() -> None:
    """Where OBS chooses the folder itself, only whether it records counts."""
    assert not list(differences(ON, replace(TRUE, record="elsewhere"), told_folder=False))
    assert list(differences(ON, replace(TRUE, record=None), told_folder=False))


def sample(state: VenueState, truth: Truth, behind: bool = False) -> Sample:
    return Sample(START, 10.0, "utara", state, truth, behind)


def test_a_settled_moment_that_is_not_as_planned_is_told() -> None:
    """Each field that isn't as planned at a settled moment is one violation, with what is and what should be."""
    (violation,) = not_as_planned([sample(ON, replace(TRUE, scene="Mimbar"))], VENUES)
    assert str(violation.problem) == "utara: scene is Mimbar, planned is Lapangan."
    assert (violation.at, violation.second, violation.venue) == (START, 10.0, "utara")


def test_what_nothing_names_must_be_off() -> None:
    """Outside of events nothing records or streams; after the clock was put back it may, until its time has come."""
    assert not list(left_running([sample(VenueState(), OFF), sample(ON, TRUE)]))
    (violation,) = left_running([sample(VenueState(), TRUE)])
    assert "stream:youtube, record, record:safety, publish" in str(violation.problem)
    assert not list(left_running([sample(VenueState(), TRUE, behind=True)]))


def test_what_had_begun_is_not_forgotten() -> None:
    """Nothing is wanted of what was on the air before the clock was put back."""
    assert not list(forgotten([sample(VenueState(), OFF, behind=True)]))
    (violation,) = forgotten([replace(sample(VenueState(), OFF, behind=True), forgotten="acara")])
    assert "acara had begun" in str(violation.problem)


def turn(**given: object) -> Turn:
    fields: dict[str, object] = {"began": True, "told": True, **given}
    return Turn(START, 10.0, "utara", "record", **fields)  # type: ignore[arg-type]


def test_a_second_start_is_told() -> None:
    """What begins while it runs has been started twice."""
    assert not list(started_twice([turn(), turn(began=False), turn()]))
    assert len(list(started_twice([turn(), turn(doubled=True)]))) == 1


def test_what_is_wanted_is_not_told_to_end() -> None:
    """What has been wanted on for a while may break off, but is never told to end."""
    assert not list(ended_while_wanted([turn(began=False, wanted_for=3), turn(began=False, told=False, wanted_for=90)]))
    assert len(list(ended_while_wanted([turn(began=False, wanted_for=90)]))) == 1


def line(outcome: Outcome, field: str = "scene", after: str | None = "A", late: float = 0, cue: str = "mulai") -> AsRun:
    sent = START + timedelta(seconds=late)
    return AsRun("acara", cue, "gedung-daerah", field, START, sent, None, None, after, "cue", outcome)


def moment(minutes: float) -> Moment:
    """So many minutes after the start, in a simulation that began an hour before it."""
    return Moment(at(minutes), 3600 + 60 * minutes)


@pytest.mark.parametrize(
    ("lines", "right"),
    [
        ([], False),
        ([line("done")], True),
        ([line("already"), line("done", "mute:Mimbar")], True),
        ([line("late"), line("restored"), line("restored")], True),
        ([line("missed", "-")], True),
        ([line("failed")], True),
        ([line("failed"), line("restored")], True),
        ([line("done"), line("failed")], True),
        ([line("failed", after="A"), line("late", after="B")], True),
        ([line("failed"), line("late")], False),
        ([line("failed"), line("failed")], False),
        ([line("done", "record", "off"), line("done", "record", "on")], True),
        ([line("sent")], False),
        ([line("restored")], False),
        ([line("done"), line("done")], False),
        ([line("done"), line("already")], False),
        ([line("done"), line("missed", "-")], False),
        ([line("missed", "-"), line("cancelled", "-")], False),
    ],
)
def test_a_cue_has_one_outcome(lines: Sequence[AsRun], right: bool) -> None:
    """One line for each field, or one for the whole cue; corrections and steps don't count."""
    assert (outcome_fault(lines) is None) is right


CEREMONY = make_ceremony(
    make_cue("mulai", when("start"), scene="A"), make_cue("turun", when("end"), stream=False), name="upacara"
)


def a_span(late: Late = Late.JOIN) -> Span:
    cues = tuple(replace(cue, late=late) for cue in CEREMONY.cues)
    return plan(ceremonies={"upacara": replace(CEREMONY, cues=cues)}).spans["acara"]


def test_a_cue_without_a_line_is_told() -> None:
    """Every cue of an occurrence that is over must be found in the log."""
    lines = [line("done"), line("done", "publish", cue="turun")]
    written, closed = {0: moment(0)}, {"acara": moment(54)}
    assert not list(without_one_outcome([a_span()], lines, written, closed, moment(60)))
    (violation,) = without_one_outcome([a_span()], lines[:1], written, closed, moment(60))
    assert violation.problem.values["cue"] == "turun"
    assert (violation.at, violation.second, violation.since) == (at(54), 3600 + 54 * 60, 3600 + 50 * 60)
    (never,) = without_one_outcome([a_span()], lines[:1], written, {}, moment(60))
    assert never.at == at(60)


def test_an_outcome_is_wrong_from_the_line_on_that_is_one_too_many() -> None:
    """It is about the cue's time, and seen when the second line was written; what is written later changes nothing."""
    found = [line("done"), line("done"), line("restored"), line("done", "publish", cue="turun")]
    lines = [replace(each, id=number) for number, each in enumerate(found, start=1)]
    written = {1: moment(0), 2: moment(20), 3: moment(30), 4: moment(50)}
    (violation,) = without_one_outcome([a_span()], lines, written, {"acara": moment(54)}, moment(60))
    assert (violation.at, violation.second, violation.since) == (at(20), 3600 + 20 * 60, 3600)
    waiting = [replace(lines[0], outcome="sent"), lines[3]]
    (violation,) = without_one_outcome([a_span()], waiting, written, {"acara": moment(54)}, moment(60))
    assert (violation.at, violation.since) == (at(54), 3600), "one that is never confirmed is told at the end"


def test_a_cue_that_may_only_come_in_time_never_comes_later() -> None:
    """A `late: skip` cue that is sent after its grace is told; one that ends the stream may come late."""
    lines = [line("late", late=30), line("late", "publish", late=30, cue="turun")]
    written = {0: moment(1)}
    assert not list(come_too_late([a_span()], lines, written))
    assert not list(come_too_late([a_span(Late.SKIP)], [line("done", late=4)], written))
    (violation,) = come_too_late([a_span(Late.SKIP)], lines, written)
    assert violation.problem.values["cue"] == "mulai"
    assert (violation.at, violation.second, violation.since) == (at(0.5), 3630, 3600), "when sent, when due"


def test_without_faults_nothing_is_late() -> None:
    """Where nothing was done to a station, a late, missed, failed or restored line is a defect."""
    written = {0: moment(1)}
    assert not list(not_flawless([line("done"), line("already"), line("cancelled", "-")], written, at(-1)))
    wrong = [line("late"), line("missed"), line("failed"), line("restored")]
    found = list(not_flawless(wrong, written, at(-1)))
    assert [(each.second, each.since) for each in found] == [(3660, 3600)] * 4
    for begin in (at(0.1), at(-0.1)):
        assert not list(not_flawless(wrong, written, begin)), "they fell due before it began, or as it came up"


def test_a_recording_that_is_not_archived_is_told() -> None:
    """Every file must be closed and archived at the end."""
    whole = Recording("a", "utara", "acara", "studio", 1.0, 2.0, 5.0)

    def when(second: float) -> Moment:
        return Moment(START + timedelta(seconds=second), second)

    assert not list(not_archived([whole], when, when(9)))
    waiting, written = replace(whole, archived=None), replace(whole, closed=None, archived=None)
    found = list(not_archived([waiting, written], when, when(9)))
    assert [(each.second, each.since) for each in found] == [(2, 2), (9, 1)]
    assert [str(violation.problem) for violation in found] == [
        "utara: The recording a is not in the archive at the end.",
        "utara: The recording a is still being written at the end.",
    ]


def test_a_problem_that_comes_and_goes_is_told() -> None:
    """A problem that begins again within a minute is a flood, unless something was done that may cause it."""
    fast, slow = [moment(number / 12) for number in range(8)], [moment(number) for number in range(8)]
    found = {("obs.lost", "utara"): fast, ("obs.slow", "utara"): slow, ("obs.refused", "utara"): fast[:2]}
    assert [each.problem.values["code"] for each in floods(found, [])] == ["obs.lost", "obs.refused"]
    (flood,) = floods(found, [(None, 3600, 3720)])
    assert (flood.problem.values["code"], flood.second, flood.since) == ("obs.lost", 3635, 3600)
    assert len(list(floods(found, [("selatan", 3600, 3720)]))) == 2


def test_a_mistake_of_the_program_is_told() -> None:
    """An exception in a turn of the loop is a violation, with its traceback."""
    (violation,) = mistakes([Mistake(START, 1.0, "utara", "ZeroDivisionError")])
    assert "ZeroDivisionError" in str(violation.problem)
