from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.plan.model import Ceremony, Change, ChangeKind, Source, VenueState
from orchestrator.plan.state import next_change, state_at
from orchestrator.plan.timeline import Timeline
from tests.plan import strategies
from tests.plan.reference import Reference
from tests.plan.support import (
    FLAG,
    START,
    at,
    make_ceremony,
    make_change,
    make_cue,
    make_occurrence,
    minutes,
    plan,
    when,
)

V = "gedung-daerah"


def cue_minutes(timeline: Timeline, occurrence: str = "acara") -> dict[str, float | None]:
    """When each cue fires, minutes from START; those that don't fire are absent."""
    span = timeline.spans[occurrence]
    return {cue.cue.id: (cue.at - START) / minutes(1) for cue in span.cues if cue.fires and cue.at is not None}


def seen(state: VenueState) -> dict[str, object]:
    if state.occurrence is None or state.ends_at is None:
        return {}
    return {
        "scene": state.scene,
        "stream": None if state.destinations is None else bool(state.destinations),
        "record": state.record,
        "cue": state.cue,
        "held": state.held,
        "end": None if state.held else round((state.ends_at - START) / minutes(1)),
    }


@settings(max_examples=300, deadline=None)
@given(strategies.ceremonies(), strategies.changes())
def test_equals_a_minute_by_minute_second_opinion(ceremony: Ceremony, changes: Sequence[Change]) -> None:
    """At every minute the state is that of someone who looks at every cue and every change each minute."""
    wanted = Reference(ceremony).play(changes, strategies.FIRST - 60, strategies.LAST)
    timeline = plan(changes=tuple(changes), ceremonies={"upacara": ceremony})
    for minute, expected in wanted.items():
        assert seen(state_at(timeline, V, at(minute))) == expected, minute


def test_what_hangs_on_a_go_that_nobody_gave_never_comes_once_all_is_over() -> None:
    """That the GO is told to be missed gives it no time then."""
    ceremony = make_ceremony(make_cue("a", when("go")), make_cue("b", when("a")), make_cue("c", when("go")))
    changes = make_change(ChangeKind.GO, 0, cue="c"), make_change(ChangeKind.MISSED, 50, cue="a")
    wanted = Reference(ceremony).play(changes, strategies.FIRST - 60, strategies.LAST)
    timeline = plan(changes=changes, ceremonies={"upacara": ceremony})
    assert {minute: seen(state_at(timeline, V, at(minute))) for minute in wanted} == wanted
    assert wanted[51]["cue"] == "c"


@given(st.integers(-19, 52), st.integers(1, 120))
def test_a_hold_shifts_by_its_length(held_at: int, length: int) -> None:
    """What was to come at a HOLD is later by exactly its length; what had happened isn't."""
    before = cue_minutes(plan())
    hold = make_change(ChangeKind.HOLD, held_at), make_change(ChangeKind.RESUME, held_at + length)
    after = cue_minutes(plan(changes=hold))
    for name, minute in before.items():
        assert minute is not None
        assert after[name] == (minute if minute <= held_at else minute + length)


CLOCKED = make_ceremony(
    make_cue("mulai", when("start"), scene="A", record=True),
    make_cue("detik", when("08:00"), scene="Relai"),
    make_cue("sirene", when("detik", 1), scene="Sirene"),
    make_cue("fajar", when("sunrise", 150), scene="Fajar"),
    make_cue("selesai", when("end"), record=False),
)
"""07:30 to 08:20 WIB: cues bound to the clock at 30 and 31 minutes; sunrise is 06:02, so the last is at 62."""


@given(st.integers(1, 29), st.integers(1, 100), st.integers(1, 40))
def test_the_clock_never_moves(moment: int, length: int, more: int) -> None:
    """A cue bound to the clock or the sun keeps its time through hold, extend and finish, or comes at the RESUME."""
    changes = (
        make_change(ChangeKind.HOLD, moment),
        make_change(ChangeKind.RESUME, moment + length),
        make_change(ChangeKind.EXTEND, moment + length, value=more * 60),
    )
    after = cue_minutes(plan(changes=changes, ceremonies={"upacara": CLOCKED}))
    resumed = moment + length
    assert after["detik"] == max(30, resumed)
    # What hangs on a clock-bound cue that came late follows when that one really came.
    assert after["sirene"] == (31 if resumed <= 30 else resumed + 1)
    assert after["fajar"] == max(62, resumed)
    assert after["selesai"] == 50 + length + more


def test_an_open_hold_keeps_everything() -> None:
    """While an operator holds the rundown nothing happens, however long it lasts."""
    timeline = plan(changes=(make_change(ChangeKind.HOLD, 5),))
    state = state_at(timeline, V, at(5000))
    assert (state.scene, state.held, state.record) == ("Lapangan Lebar", True, True)


def test_go_fires_the_cue_and_what_hangs_on_it() -> None:
    """A GO fires its cue at once, and what hangs on that cue follows its actual time."""
    after = cue_minutes(plan(changes=(make_change(ChangeKind.GO, 4, cue="bendera"),)))
    assert (after["bendera"], after["doa"]) == (4, 19)


def test_without_a_go_the_latest_counts() -> None:
    """A GO cue that nobody fired comes by itself at its `latest`."""
    assert cue_minutes(plan())["bendera"] == 12


def test_a_late_go_counts_from_when_it_was_given() -> None:
    """A GO given after later cues have come fires now, on top of them."""
    ceremony = make_ceremony(
        make_cue("a", when("start"), scene="A"),
        make_cue("b", when("go"), scene="B"),
        make_cue("c", when("start", 10), scene="C"),
        make_cue("d", when("end"), scene="D"),
    )
    timeline = plan(changes=(make_change(ChangeKind.GO, 20, cue="b"),), ceremonies={"upacara": ceremony})
    assert [state_at(timeline, V, at(m)).scene for m in (5, 15, 20, 60)] == ["A", "C", "B", "D"]


def test_extending_moves_the_end_alone() -> None:
    """EXTEND moves what hangs on the end, and nothing else."""
    before, after = cue_minutes(plan()), cue_minutes(plan(changes=(make_change(ChangeKind.EXTEND, 20, value=900),)))
    assert {name for name in before if before[name] != after[name]} == {"penutup", "turun", "selesai"}
    assert after["turun"] == 67


def test_extending_after_the_closing_scene_keeps_the_stream_on() -> None:
    """An EXTEND between the end and the end of the stream still prolongs the stream."""
    after = cue_minutes(plan(changes=(make_change(ChangeKind.EXTEND, 51, value=900),)))
    assert (after["penutup"], after["turun"], after["selesai"]) == (50, 67, 68)


def test_finish_runs_the_end_from_now() -> None:
    """FINISH lets the closing cues run from now and drops what was still to come before them."""
    timeline = plan(changes=(make_change(ChangeKind.FINISH, 5),))
    assert cue_minutes(timeline) == {
        "layar-tunggu": -20,
        "tayang": -10,
        "mulai": 0,
        "penutup": 5,
        "turun": 7,
        "selesai": 8,
    }
    assert state_at(timeline, V, at(6)).ends_at == at(5)


def test_finish_ends_a_stream_that_does_not_hang_on_the_end() -> None:
    """FINISH never leaves a stream or recording running that a dropped cue would have ended."""
    ceremony = make_ceremony(
        make_cue("a", when("start"), stream=True, record=True),
        make_cue("b", when("start", 60), stream=False, record=False),
    )
    timeline = plan(changes=(make_change(ChangeKind.FINISH, 5),), ceremonies={"upacara": ceremony})
    state = state_at(timeline, V, at(5))
    assert (state.destinations, state.record) == (frozenset(), False)


def test_a_skipped_cue_does_nothing() -> None:
    """A skipped cue changes nothing, and what hangs on it keeps its time."""
    timeline = plan(changes=(make_change(ChangeKind.SKIP, 3, cue="bendera"),))
    assert state_at(timeline, V, at(13)).scene == "Lapangan Lebar"
    assert cue_minutes(timeline)["doa"] == 27


def test_what_hangs_on_a_go_goes_on_when_it_is_skipped() -> None:
    """Skipping a GO cue that has no time lets what hangs on it count from the skip."""
    ceremony = make_ceremony(
        make_cue("a", when("start"), scene="A"),
        make_cue("b", when("go"), scene="B"),
        make_cue("c", when("b", 2), scene="C"),
    )
    timeline = plan(changes=(make_change(ChangeKind.SKIP, 7, cue="b"),), ceremonies={"upacara": ceremony})
    assert [state_at(timeline, V, at(m)).scene for m in (8, 9)] == ["A", "C"]


def test_a_missed_cue_is_taken_back() -> None:
    """A cue that may only come at its time is out of the state once it was missed."""
    timeline = plan(changes=(make_change(ChangeKind.MISSED, 1, cue="mulai", who="service"),))
    assert state_at(timeline, V, at(2)).scene == "Segera Dimulai"


def test_an_asked_cue_waits_for_go() -> None:
    """A cue that asks before it comes late waits for GO, then counts from the GO."""
    asked = make_change(ChangeKind.ASKED, 1, cue="mulai", who="service")
    timeline = plan(changes=(asked, make_change(ChangeKind.GO, 9, cue="mulai")))
    assert [state_at(timeline, V, at(m)).scene for m in (2, 9)] == ["Segera Dimulai", "Lapangan Lebar"]


def test_an_asked_last_cue_keeps_the_venue() -> None:
    """An event whose last cue waits for GO isn't over while it records."""
    asked = make_change(ChangeKind.ASKED, 54, cue="selesai", who="service")
    timeline = plan(changes=(asked,))
    assert not timeline.is_over(V, "acara", at(500))
    assert state_at(timeline, V, at(500)).record is True


def test_cancelled_before_it_begins() -> None:
    """What is cancelled before its first cue never takes place."""
    timeline = plan(changes=(make_change(ChangeKind.CANCEL, -30),))
    assert all(state_at(timeline, V, at(m)) == VenueState() for m in range(-60, 120))


def test_cancelled_on_air() -> None:
    """What is cancelled on air ends at once: no stream, no recording, no sound, and no cue after it."""
    timeline = plan(changes=(make_change(ChangeKind.CANCEL, 30),))
    for minute in (30, 51, 500):
        state = state_at(timeline, V, at(minute))
        assert (state.destinations, state.record, state.mute, state.scene) == (frozenset(), False, "all", "Doa")
    assert state_at(timeline, V, at(30)).causes["stream"].reason == "cancelled by sari"
    assert timeline.is_over(V, "acara", at(30))


def test_closed_is_over_for_good() -> None:
    """CLOSED gives the venue free; an event whose files were changed since, so that it would still go on, doesn't."""
    timeline = plan(changes=(make_change(ChangeKind.CLOSED, 54),))
    assert state_at(timeline, V, at(53)).record is False
    assert state_at(timeline, V, at(54)) == VenueState()
    longer = plan(make_occurrence(length=90), changes=(make_change(ChangeKind.CLOSED, 54),))
    assert all(state_at(longer, V, at(m)) == VenueState() for m in range(54, 120))
    assert [cue.cue.id for cue in longer.spans["acara"].cues if not cue.fires] == ["penutup", "turun", "selesai"]


BRIEF = make_ceremony(
    make_cue("rekam", when("start"), scene="A", record=True, stream=True),
    make_cue("selesai", when("end"), record=False, stream=False),
    name="singkat",
)
INTERNAL = make_ceremony(make_cue("rapat", when("start"), scene="B"), name="rapat")
RELAYED = make_ceremony(
    make_cue("rekam", when("start"), record=True),
    make_cue("selesai", when("end"), record=False),
    name="relai",
    source=Source.RELAY,
)


def handed_over(second: str) -> Timeline:
    """One event after the other, the second taking over in the moment in which the first is over."""
    both = make_occurrence("satu", 0, 50, ceremony="singkat"), make_occurrence("dua", 50, 50, ceremony=second)
    ceremonies = {each.id: each for each in (BRIEF, INTERNAL, RELAYED)}
    return plan(*both, ceremonies=ceremonies)


def test_what_takes_over_in_the_same_moment_carries_nothing_on() -> None:
    """The stream and the recording of the one before end although the next event doesn't name them: it may be internal.

    They are wanted off for two minutes; then they are nobody's.
    """
    timeline = handed_over("rapat")
    state = state_at(timeline, V, at(50))
    assert (state.occurrence, state.scene, state.destinations, state.record) == ("dua", "B", frozenset(), False)
    assert [
        (name, cause.occurrence, cause.cue) for name, cause in state.causes.items() if name in {"stream", "record"}
    ] == [
        ("stream", "satu", "selesai"),
        ("record", "satu", "selesai"),
    ]
    assert next_change(timeline, V, at(51)) == at(52)
    later = state_at(timeline, V, at(52))
    assert (later.destinations, later.record) == (None, None)


def test_a_relayed_event_leaves_no_studio_recording_running() -> None:
    """What goes on whole doesn't use the studio; what the studio still records and sends of the one before it ends."""
    timeline = handed_over("relai")
    assert [
        (state.record, state.studio, state.studio_ends) for m in (50, 52) if (state := state_at(timeline, V, at(m)))
    ] == [
        (True, False, True),
        (True, False, False),
    ]


def test_closed_while_held_is_over() -> None:
    """What was held when it was closed doesn't stay held."""
    changes = make_change(ChangeKind.HOLD, 20), make_change(ChangeKind.CLOSED, 54)
    timeline = plan(make_occurrence(length=90), changes=changes)
    assert state_at(timeline, V, at(54)) == VenueState()
    assert timeline.is_over(V, "acara", at(54))


def test_closed_does_not_count_for_a_later_day() -> None:
    """A single event that was over, and gets another day in the files, takes place on that day."""
    timeline = plan(make_occurrence(begin=1440), changes=(make_change(ChangeKind.CLOSED, 54),))
    assert state_at(timeline, V, at(1450)).scene == "Lapangan Lebar"


def test_a_given_cue_says_who_gave_it() -> None:
    """The reason of a cue that an operator gave names the operator."""
    timeline = plan(changes=(make_change(ChangeKind.GO, 4, cue="bendera"),))
    cause = state_at(timeline, V, at(4)).causes["scene"]
    assert (cause.reason, cause.planned_at, cause.at) == ("cue bendera, go by sari", at(12), at(4))


def test_the_flag_ceremony_is_whole() -> None:
    """Every cue of an untouched ceremony comes at its planned time."""
    assert len(cue_minutes(plan())) == len(FLAG.cues)
