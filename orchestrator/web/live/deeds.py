"""What an operator can do at a venue now, and what can be taken back. Pure: the plan's own rules are asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import TypedDict

from orchestrator.catalogue.seen import SERVICE
from orchestrator.errors import Problem
from orchestrator.plan.changes import refuse, undoable, undoable_until
from orchestrator.plan.model import Change, ChangeKind, Venue, VenueState
from orchestrator.plan.timeline import Span, TimedCue, Timeline
from orchestrator.web.live.views import UndoView

_UNDO_SHOWN = 3
"""How many of the latest changes are offered to be taken back."""
_LOOKED_AT = 8
"""How many of the latest changes are looked at: each costs working out a timeline."""
_WHOLE = {
    "hold": ChangeKind.HOLD,
    "resume": ChangeKind.RESUME,
    "finish": ChangeKind.FINISH,
    "cancel": ChangeKind.CANCEL,
}
"""Deeds that concern a whole event."""


class CueDeeds(TypedDict):
    """What an operator can do with one cue."""

    may: frozenset[str]
    """Of go, skip, move and text those that make sense now."""
    fixed: Problem | None
    """Why it can't be moved."""


def deeds_of(
    timeline: Timeline,
    venue: Venue,
    state: VenueState,
    following: TimedCue | None,
    go: TimedCue | None,
    now: datetime,
) -> Mapping[str, bool]:
    """By deed, whether it makes sense now."""
    occurrence = state.occurrence or (following.occurrence.id if following else None)
    found = event_deeds(timeline, venue.id, occurrence, following, go, now)
    found["slate"] = bool(state.destinations or state.record) and state.source != "slate"
    found["stop"] = bool(state.destinations)
    found["scene"] = bool(venue.scenes)
    found["sound"] = bool(venue.audio or venue.scenes)
    found["release"] = _refusal(timeline, now, ChangeKind.RELEASE, venue.id) is None
    return found


def event_deeds(
    timeline: Timeline,
    venue: str,
    occurrence: str | None,
    following: TimedCue | None,
    go: TimedCue | None,
    now: datetime,
) -> dict[str, bool]:
    """By deed that concerns an event or its next cues, whether it makes sense now."""

    def possible(kind: ChangeKind, of: str | None, **given: object) -> bool:
        return of is not None and _refusal(timeline, now, kind, venue, occurrence=of, **given) is None

    found = {name: possible(kind, occurrence) for name, kind in _WHOLE.items()}
    found["extend"] = possible(ChangeKind.EXTEND, occurrence, value=300)
    for name, kind, timed in (("skip", ChangeKind.SKIP, following), ("go", ChangeKind.GO, go)):
        found[name] = timed is not None and possible(kind, timed.occurrence.id, cue=timed.cue.id)
    return found


def cue_deeds(timeline: Timeline, span: Span, timed: TimedCue, now: datetime) -> CueDeeds:
    """What an operator can do with one cue now."""

    def refusal(kind: ChangeKind, **given: object) -> Problem | None:
        occurrence, cue = span.occurrence.id, timed.cue.id
        return _refusal(timeline, now, kind, span.venue.id, occurrence=occurrence, cue=cue, **given)

    moving = refusal(ChangeKind.SHIFT, value=1.0)
    if moving is not None and moving.code == "change.past-limit":
        moving = None  # earlier it may still be moved
    text = next(iter(timed.cue.do.text), None)
    possible = {
        "go": refusal(ChangeKind.GO) is None,
        "skip": refusal(ChangeKind.SKIP) is None,
        "move": moving is None,
        "text": text is not None and refusal(ChangeKind.TEXT, field=text, value="") is None,
    }
    return {"may": frozenset(name for name, can in possible.items() if can), "fixed": moving}


def _refusal(timeline: Timeline, now: datetime, kind: ChangeKind, venue: str, **given: object) -> Problem | None:
    change = Change(id=0, kind=kind, at=now, who="", venue=venue, **given)  # type: ignore[arg-type]
    return refuse(timeline, change, now)


def undo_of(timeline: Timeline, venue: str, now: datetime) -> tuple[UndoView, ...]:
    """The latest changes of a venue that can still be taken back, the latest first; worked out once for a timeline."""
    own = [one for one in timeline.changes if one.venue == venue and one.who != SERVICE and one.at <= now]
    found = (one for one in reversed(own[-_LOOKED_AT:]) if undoable(timeline, one, now) is None)
    return tuple(UndoView(change, undoable_until(timeline, change)) for change in islice(found, _UNDO_SHOWN))


def still(undo: Sequence[UndoView], now: datetime) -> tuple[UndoView, ...]:
    """Those of what could be taken back that still can."""
    return tuple(one for one in undo if one.until is None or one.until > now)
