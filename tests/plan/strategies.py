"""Random run of shows and changes, in whole minutes."""

from __future__ import annotations

from hypothesis import strategies as st

from orchestrator.plan.model import Anchor, At, Ceremony, Change, ChangeKind, Cue, Do
from tests.plan.support import make_ceremony, make_change, when

FIRST, LAST = -40, 200
"""Minutes from START between which everything happens; after the last change nothing is later than this."""

_SCENES = st.sampled_from(["A", "B", "C"])
_SWITCH = st.sampled_from([None, None, True, False])


@st.composite
def ats(draw: st.DrawFn, before: list[str]) -> At:
    kinds = ["start", "end", "clock"] + (["cue"] * 2 if before else [])
    kind = draw(st.sampled_from(kinds))
    if kind == "clock":
        minute = draw(st.integers(-10, 60)) + 7 * 60 + 30
        return when(f"{minute // 60:02}:{minute % 60:02}")
    if kind == "cue":
        return when(draw(st.sampled_from(before)), draw(st.integers(-3, 12)))
    return when(kind, draw(st.integers(-20, 20)))


@st.composite
def ceremonies(draw: st.DrawFn, name: str = "upacara") -> Ceremony:
    cues: list[Cue] = []
    for place in range(draw(st.integers(1, 7))):
        before = [cue.id for cue in cues]
        go = draw(st.integers(0, 3)) == 0
        latest = draw(ats(before)) if go and draw(st.booleans()) else None
        at = At(Anchor.GO) if go else draw(ats(before))
        do = Do(scene=draw(st.none() | _SCENES), stream=draw(_SWITCH), record=draw(_SWITCH))
        cues.append(Cue(f"c{place}", at, do, latest=latest, lock=draw(st.booleans())))
    return make_ceremony(*cues, name=name)


_KINDS = [
    ChangeKind.GO,
    ChangeKind.GO,
    ChangeKind.HOLD,
    ChangeKind.RESUME,
    ChangeKind.RESUME,
    ChangeKind.EXTEND,
    ChangeKind.FINISH,
    ChangeKind.SKIP,
    ChangeKind.MISSED,
    ChangeKind.ASKED,
    ChangeKind.CANCEL,
    ChangeKind.CLOSED,
]


@st.composite
def changes(draw: st.DrawFn, occurrence: str = "acara", most: int = 6) -> tuple[Change, ...]:
    made = []
    for number in range(draw(st.integers(0, most))):
        kind = draw(st.sampled_from(_KINDS))
        minute = draw(st.integers(-30, 90))
        value = draw(st.sampled_from([300, 900])) if kind is ChangeKind.EXTEND else None
        cue = f"c{draw(st.integers(0, 6))}"
        made.append(make_change(kind, minute, occurrence, id=number + 1, cue=cue, value=value))
    return tuple(made)


@st.composite
def takes(draw: st.DrawFn, most: int = 4) -> tuple[Change, ...]:
    made = []
    for number in range(draw(st.integers(0, most))):
        field, value = draw(st.sampled_from([("scene", "X"), ("stream", True), ("stream", False), ("record", True)]))
        kind = draw(st.sampled_from([ChangeKind.TAKE, ChangeKind.RELEASE]))
        until = draw(st.sampled_from(["release", "next-cue", "next-event"]))
        minute = draw(st.integers(-30, 120))
        made.append(make_change(kind, minute, None, id=100 + number, field=field, value=value, until=until))
    return tuple(made)
