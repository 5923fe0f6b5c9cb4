"""Operators of a simulated station: what they ask for at the real desk, sense or not."""

from __future__ import annotations

from datetime import datetime

from orchestrator.errors import RefusedError
from orchestrator.plan.course import CueStatus
from orchestrator.plan.model import ALONE, Change, ChangeKind, Cue
from orchestrator.plan.state import next_start, state_at
from orchestrator.plan.timeline import Span, Timeline
from orchestrator.simulation.agenda import Killed
from orchestrator.simulation.faults import Fault
from orchestrator.simulation.world import World

SETTLES = 3.0
"""Seconds after an operator's change, besides those of the cue that it moves, until it must be reached."""
_AGAIN = 2.0
"""Seconds until an operator tries again."""
WHO = "sari"
"""The operator."""
_TAKES: tuple[tuple[str, object], ...] = (
    ("scene", None),
    ("mute", "all"),
    ("source", "slate"),
    ("record", True),
    ("stream", False),
    ("record", False),
    ("stream", True),
    ("mute", "none"),
)
"""Fields that are taken over, and the values; None: one of the venue's scenes."""

_SHIFTS = (10.0, -10.0, 30.0, -5.0, 5.0, -30.0, 60.0)
"""Seconds by which cues are moved."""


def act(world: World, fault: Fault) -> None:
    """Ask the desk for what a fault says; what makes no sense is refused there.

    `what` is a change's kind, with `-next-cue` or `-next-event` for a take until then, `-alone` for a shift of nothing
    but its cue, or `undo`. `amount` chooses the cue, the field or the seconds. A hold is resumed and a take released at
    the fault's end.
    """
    if not world.service.life.awake or world.watches[fault.venue].behind:
        return  # who sees a clock that is an hour behind sets it right first
    kind, _, how = fault.what.partition("-")
    if kind == "undo":
        _undo(world, fault)
        return
    _ask(world, fault, ChangeKind(kind), how or "release")
    back = {"hold": ChangeKind.RESUME, "take": ChangeKind.RELEASE}.get(kind)
    if back is not None:
        world.agenda.after(max(fault.lasts, 1.0), lambda: _give_back(world, fault, back))


def _give_back(world: World, fault: Fault, kind: ChangeKind) -> None:
    """Whoever holds or takes gives it back, as soon as there is somebody to ask."""
    if world.service.life.awake:
        _ask(world, fault, kind, "release")
    else:
        world.watches[fault.venue].disturb(_AGAIN, SETTLES)
        world.agenda.after(_AGAIN, lambda: _give_back(world, fault, kind))


def _ask(world: World, fault: Fault, kind: ChangeKind, until: str) -> None:
    service = world.service
    if not service.life.awake:
        return
    timeline = service.timetable.timeline()
    span = _span(timeline, fault.venue, world)
    name = None if span is None else span.occurrence.id
    cue, field, value = None, None, None
    if kind in {ChangeKind.GO, ChangeKind.SKIP} and span is not None:
        cue = _cue(span, kind, fault)
    elif kind in {ChangeKind.TAKE, ChangeKind.RELEASE}:
        field, value = _field(world, fault)
        value = value if kind is ChangeKind.TAKE else None
        name = None
    elif kind is ChangeKind.EXTEND:
        value = max(5.0, fault.amount)
    elif kind is ChangeKind.SHIFT and span is not None:
        coming = _coming(span, world.now)
        cue = coming[int(fault.amount) % len(coming)].id
        field, value = ALONE if until == "alone" else None, _SHIFTS[int(fault.amount) % len(_SHIFTS)]
        until = "release"
    elif kind is ChangeKind.TEXT and span is not None:
        cue, field = _text(span, world.now, fault)
        value = f"Teks {fault.amount:g}"
    try:
        made = service.desk.change(kind, WHO, fault.venue, name, cue, field, value, until)  # type: ignore[arg-type]
        world.note("fault", fault.venue, f"operator: {_told(made)}")
    except RefusedError as error:
        world.note("fault", fault.venue, f"operator: {kind} is refused ({error.problem.code})")
    except Killed:
        pass


def _undo(world: World, fault: Fault) -> None:
    desk = world.service.desk
    mine = [change for change in desk.timeline().changes if change.who == WHO and change.venue == fault.venue]
    if not mine:
        return
    try:
        desk.undo(mine[-1].id, WHO)
        world.note("fault", fault.venue, f"operator: undoes {_told(mine[-1])}")
        if mine[-1].kind in {ChangeKind.RESUME, ChangeKind.RELEASE}:
            # Nobody means an event to be held for ever: what was undone is done again a moment later.
            world.agenda.after(max(fault.lasts, 1.0), lambda: _again(world, fault, mine[-1]))
    except RefusedError as error:
        world.note("fault", fault.venue, f"operator: undo is refused ({error.problem.code})")


def _again(world: World, fault: Fault, change: Change) -> None:
    if not world.service.life.awake:
        world.watches[fault.venue].disturb(_AGAIN, SETTLES)
        world.agenda.after(_AGAIN, lambda: _again(world, fault, change))
        return
    try:
        world.service.desk.change(change.kind, WHO, change.venue, change.occurrence, field=change.field)
        world.note("fault", fault.venue, f"operator: {_told(change)} again")
    except RefusedError as error:
        world.note("fault", fault.venue, f"operator: {change.kind} is refused ({error.problem.code})")
    except Killed:
        pass


def _span(timeline: Timeline, venue: str, world: World) -> Span | None:
    """The occurrence that has the venue, or the next one."""
    state = state_at(timeline, venue, world.now)
    if state.occurrence is not None:
        return timeline.spans.get(state.occurrence)
    begin = next_start(timeline, venue, world.now)
    return next((span for span in timeline.venues[venue].spans if (span.begin or span.opens) == begin), None)


def _cue(span: Span, kind: ChangeKind, fault: Fault) -> str:
    """One that waits for its GO, where there is one."""
    cues = span.ceremony.cues
    waiting = [cue.cue.id for cue in span.cues if cue.status is CueStatus.WAITING or cue.cue.latest is not None]
    names = waiting if kind is ChangeKind.GO and waiting else [cue.id for cue in cues]
    return names[int(fault.amount) % len(names)]


def _coming(span: Span, now: datetime) -> list[Cue]:
    """Cues that haven't fired; of an event that is all over, all."""
    coming = [timed.cue for timed in span.cues if not (timed.fires and timed.at is not None and timed.at <= now)]
    return coming or list(span.ceremony.cues)


def _text(span: Span, now: datetime, fault: Fault) -> tuple[str, str]:
    """A text that is still to be shown, or was; of a run of show without one something that is refused."""
    cues = [*_coming(span, now), *span.ceremony.cues]
    texts = [(cue.id, name) for cue in cues for name in sorted(cue.do.text)]
    return texts[int(fault.amount) % max(1, len(texts) // 2)] if texts else (cues[0].id, "Nama")


def _field(world: World, fault: Fault) -> tuple[str, object]:
    field, value = _TAKES[int(fault.amount) % len(_TAKES)]
    scenes = sorted(world.studios[fault.venue].venue.scenes)
    return field, scenes[-1] if field == "scene" and scenes else value


def _told(change: Change) -> str:
    parts = (change.kind, change.occurrence, change.cue, change.field, change.value)
    return " ".join(str(part) for part in parts if part is not None)
