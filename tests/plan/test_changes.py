from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings

from orchestrator.i18n import render
from orchestrator.plan.changes import refuse, undoable
from orchestrator.plan.model import AudioInput, Change, ChangeKind, SceneItem
from orchestrator.plan.state import state_at
from orchestrator.plan.timeline import Timeline, with_changes
from tests.plan import strategies
from tests.plan.support import (
    at,
    make_ceremony,
    make_change,
    make_cue,
    make_occurrence,
    make_venue,
    minutes,
    plan,
    when,
)

V = "gedung-daerah"
K = ChangeKind

HELD = (make_change(K.HOLD, 5),)
EXTENDED = (make_change(K.EXTEND, 5, value=1200),)
CANCELLED = (make_change(K.CANCEL, 5),)
SKIPPED = (make_change(K.SKIP, 5, cue="doa"),)
TAKEN = (make_change(K.TAKE, 5, None, field="scene", value="Doa"),)
ASKED = (make_change(K.ASKED, 5, cue="mulai"),)

SCENES = {"Doa": (SceneItem("color", "#000000", "Hitam"),)}
RICH = replace(make_venue(), scenes=SCENES, audio=(AudioInput("Mimbar", "pulse", "default"),))
LIMITED = make_occurrence(max_overrun=minutes(30))


def code(timeline: Timeline, change: Change, minute: float) -> str | None:
    problem = refuse(timeline, replace(change, at=at(minute)), at(minute), ("youtube", "facebook"))
    return None if problem is None else problem.code.removeprefix("change.")


@pytest.mark.parametrize(
    ("kind", "minute", "before", "given", "wanted"),
    [
        (K.GO, 5, (), {"cue": "bendera"}, None),
        (K.GO, 5, (), {"cue": "mulai"}, "not-a-go"),
        (K.GO, 12, (), {"cue": "bendera"}, "fired"),
        (K.GO, -30, (), {"cue": "bendera"}, "not-begun"),
        (K.GO, 6, HELD, {"cue": "bendera"}, "held"),
        (K.GO, 6, ASKED, {"cue": "mulai"}, None),
        (K.GO, 5, (), {"cue": "bendara"}, "unknown-cue"),
        (K.GO, 54, (), {"cue": "bendera"}, "over"),
        (K.SKIP, 5, (), {"cue": "turun"}, "never-ends"),
        (K.SKIP, 5, (), {"cue": "selesai"}, "never-ends"),
        (K.HOLD, 5, (), {}, None),
        (K.HOLD, -30, (), {}, None),
        (K.HOLD, 6, HELD, {}, "held"),
        (K.HOLD, 53, (), {}, "over"),
        (K.RESUME, 6, HELD, {}, None),
        (K.RESUME, 5, (), {}, "not-held"),
        (K.EXTEND, 5, (), {"value": 900}, None),
        (K.EXTEND, 51, (), {"value": 900}, None),
        (K.EXTEND, 5, (), {"value": 0}, "bad-length"),
        (K.EXTEND, 5, (), {"value": True}, "bad-length"),
        (K.EXTEND, 5, (), {"value": "900"}, "bad-length"),
        (K.EXTEND, 5, (), {"value": float("nan")}, "bad-length"),
        (K.EXTEND, 53, (), {"value": 900}, "over"),
        (K.FINISH, 5, (), {}, None),
        (K.FINISH, -30, (), {}, "not-begun"),
        (K.FINISH, 51, (), {}, "ending"),
        (K.FINISH, 53, (), {}, "over"),
        (K.SKIP, 5, (), {"cue": "doa"}, None),
        (K.SKIP, 5, (), {"cue": "mulai"}, "fired"),
        (K.SKIP, 6, SKIPPED, {"cue": "doa"}, "passed-over"),
        (K.SKIP, -30, (), {"cue": "layar-tunggu"}, None),
        (K.CANCEL, -30, (), {}, None),
        (K.CANCEL, 5, (), {}, None),
        (K.CANCEL, 6, CANCELLED, {}, "cancelled"),
        (K.HOLD, 6, CANCELLED, {}, "cancelled"),
        (K.CANCEL, 53, (), {}, "over"),
        (K.HOLD, 5, (), {"occurrence": "lain"}, "unknown-event"),
        (K.HOLD, 5, (), {"occurrence": None}, "unknown-event"),
        (K.HOLD, 5, (), {"venue": "lain"}, "unknown-venue"),
        (K.RELEASE, 5, (), {"field": "scene"}, "not-taken"),
        (K.RELEASE, 6, TAKEN, {"field": "scene"}, None),
        (K.RELEASE, 6, TAKEN, {}, None),
        (K.RELEASE, 6, TAKEN, {"field": "mute"}, "not-taken"),
        (K.RELEASE, 6, TAKEN, {"field": "volume"}, "unknown-field"),
        (K.TAKE, 5, (), {"field": "scene", "value": "Doa"}, None),
        (K.TAKE, 5, (), {"field": "scene", "value": "Tak Ada"}, "unknown-scene"),
        (K.TAKE, 5, (), {"field": "volume", "value": 3}, "unknown-field"),
        (K.TAKE, 5, (), {"field": "record", "value": "yes"}, "bad-value"),
        (K.TAKE, 5, (), {"field": "mute", "value": ["Mimbar"]}, None),
        (K.TAKE, 5, (), {"field": "mute", "value": ["Mimber"]}, "unknown-input"),
        (K.TAKE, 5, (), {"field": "stream", "value": True}, None),
        (K.TAKE, -30, (), {"field": "stream", "value": True}, "no-event"),
        (K.TAKE, -30, (), {"field": "stream", "value": ["youtube"]}, None),
        (K.TAKE, 5, (), {"field": "stream", "value": ["tiktok"]}, "unknown-destination"),
        (K.TAKE, 5, (), {"field": "source", "value": "slate"}, None),
        (K.TAKE, 5, (), {"field": "source", "value": "relay"}, "no-relay"),
    ],
)
def test_what_makes_sense_when(
    kind: ChangeKind, minute: float, before: tuple[Change, ...], given: dict[str, object], wanted: str | None
) -> None:
    """A change that makes no sense at its time is refused for the reason that fits."""
    timeline = plan(changes=before, venues=(RICH,))
    fields = {"occurrence": "acara", **given}
    occurrence = fields.pop("occurrence")
    assert code(timeline, make_change(kind, minute, occurrence, **fields), minute) == wanted  # type: ignore[arg-type]


def test_the_last_limit_of_an_overrun() -> None:
    """Extensions together may not go past max_overrun, and what is left is said."""
    timeline = plan(LIMITED, changes=EXTENDED)
    assert refuse(timeline, make_change(K.EXTEND, 6, value=600), at(6)) is None
    problem = refuse(timeline, make_change(K.EXTEND, 6, value=900), at(6))
    assert problem is not None
    assert (problem.code, problem.values["limit"], problem.values["left"]) == ("change.past-limit", 30, 10)
    assert "10 are left" in render(problem, "en")


def test_extending_what_nothing_hangs_on() -> None:
    """Extending is refused where nothing still to come hangs on the end."""
    ceremony = make_ceremony(make_cue("a", when("start"), scene="A"), make_cue("b", when("start", 90), scene="B"))
    timeline = plan(ceremonies={"upacara": ceremony})
    assert code(timeline, make_change(K.EXTEND, 5, value=600), 5) == "nothing-moves"


def test_one_that_waits_for_its_venue() -> None:
    """A GO for an event that waits for its venue is refused, and says for which it waits."""
    timeline = plan(make_occurrence("pagi"), make_occurrence("siang", 90), changes=(make_change(K.HOLD, 40, "pagi"),))
    problem = refuse(timeline, make_change(K.GO, 95, "siang", cue="bendera"), at(95))
    assert problem is not None
    assert (problem.code, problem.values["other"]) == ("change.waits", "pagi")
    assert refuse(timeline, make_change(K.CANCEL, 95, "siang"), at(95)) is None


def test_an_event_may_begin_by_a_go() -> None:
    """The first cue may be a GO, given before anything has begun."""
    ceremony = make_ceremony(
        make_cue("a", when("go"), scene="A"),
        make_cue("b", when("a", 5), scene="B"),
        make_cue("c", when("go"), scene="C"),
    )
    timeline = plan(ceremonies={"upacara": ceremony})
    assert code(timeline, make_change(K.GO, -3, cue="a"), -3) is None
    begun = with_changes(timeline, (make_change(K.GO, -3, cue="a"),))
    assert state_at(begun, V, at(-3)).scene == "A"


def test_a_cue_that_hangs_on_a_waiting_one_takes_no_go() -> None:
    """GO is for what waits for an answer itself: what hangs on it follows by itself."""
    timeline = plan(changes=(make_change(K.ASKED, 0, cue="bendera"),))
    assert code(timeline, make_change(K.GO, 1, cue="doa"), 1) == "not-a-go"
    assert code(timeline, make_change(K.GO, 1, cue="bendera"), 1) is None


def test_to_finish_what_only_waits_for_an_answer_after_its_end_is_refused() -> None:
    """Past its end nothing is ended by it: a closing cue that waits for an answer goes on waiting."""
    timeline = plan(changes=(make_change(K.ASKED, 40, cue="penutup"),))
    assert code(timeline, make_change(K.FINISH, 51), 51) == "ending"


def test_every_refusal_is_a_whole_sentence() -> None:
    """What is refused is said with nothing left to fill in."""
    timeline = plan()
    for kind in (K.RESUME, K.GO, K.EXTEND, K.TAKE, K.RELEASE):
        problem = refuse(timeline, make_change(kind, 5, cue="mulai", field="scene"), at(5))
        assert problem is not None
        assert "{" not in render(problem, "en")
        assert problem.where == V


@pytest.mark.parametrize(
    ("changes", "minute", "wanted"),
    [
        ((make_change(K.GO, 5, cue="bendera"),), 6, "happened"),
        ((make_change(K.GO, 8, cue="bendera"),), 6, None),
        ((make_change(K.SKIP, 5, cue="doa"),), 6, None),
        ((make_change(K.SKIP, 5, cue="doa"),), 27, "happened"),
        ((make_change(K.EXTEND, 5, value=600),), 49, None),
        ((make_change(K.EXTEND, 5, value=600),), 50, "happened"),
        ((make_change(K.HOLD, 5),), 11, None),
        ((make_change(K.HOLD, 5),), 12, "happened"),
        ((make_change(K.FINISH, 5),), 6, "happened"),
        ((make_change(K.CANCEL, -60),), -30, None),
        ((make_change(K.CANCEL, -60),), -20, "happened"),
        ((make_change(K.CANCEL, 5),), 6, "happened"),
        ((make_change(K.TAKE, 5, None, field="scene", value="Doa"),), 6, "in-force"),
        ((make_change(K.TAKE, 8, None, field="scene", value="Doa"),), 6, None),
        ((make_change(K.RELEASE, 5, None, field="scene"),), 6, "given-back"),
        ((make_change(K.MISSED, 5, cue="mulai"),), 6, "not-an-operators"),
    ],
)
def test_what_can_still_be_undone(changes: tuple[Change, ...], minute: float, wanted: str | None) -> None:
    """A change can be undone until something that it did has happened."""
    problem = undoable(plan(changes=changes), changes[-1], at(minute))
    assert (None if problem is None else problem.code.removeprefix("change.")) == wanted


def test_a_change_that_is_not_in_force() -> None:
    """What isn't in force can't be undone."""
    problem = undoable(plan(), make_change(K.HOLD, 5), at(6))
    assert problem is not None
    assert problem.code == "change.unknown"


@settings(max_examples=100, deadline=None)
@given(strategies.changes())
def test_what_is_not_refused_has_an_effect(changes: Sequence[Change]) -> None:
    """An operator's change that isn't refused makes a difference, if not now then later; and none ever crashes."""
    accepted: tuple[Change, ...] = ()
    names = ("layar-tunggu", "tayang", "mulai", "bendera", "doa", "penutup", "turun")
    for change in sorted(changes, key=lambda one: (one.at, one.id)):
        named = replace(change, cue=names[int((change.cue or "c0")[1:])])
        timeline = plan(changes=accepted)
        minute = (named.at - at(0)) / minutes(1)
        if refuse(timeline, named, named.at) is None:
            accepted = (*accepted, named)
            after = plan(changes=accepted)
            assert minute >= -30
            service = named.kind in {K.MISSED, K.ASKED, K.CLOSED}
            assert service or _story(after) != _story(timeline)


def _story(timeline: Timeline) -> list[object]:
    """All that can be told of a timeline of one occurrence, but who did it."""
    span = timeline.spans["acara"]
    return [(cue.cue.id, cue.at, cue.due, cue.status) for cue in span.cues] + [span.course.ends, span.course.holds]
