"""What an operator can do at a venue now, and what can be taken back. Pure: the plan's own rules are asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import islice

from orchestrator.catalogue.seen import SERVICE
from orchestrator.plan.changes import refuse, undoable, undoable_until
from orchestrator.plan.model import Change, ChangeKind, Venue, VenueState
from orchestrator.plan.timeline import TimedCue, Timeline
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

    def possible(kind: ChangeKind, **given: object) -> bool:
        fields: dict[str, object] = {"occurrence": occurrence, **given}
        change = Change(id=0, kind=kind, at=now, who="", venue=venue.id, **fields)  # type: ignore[arg-type]
        return refuse(timeline, change, now) is None

    found = {name: occurrence is not None and possible(kind) for name, kind in _WHOLE.items()}
    found["extend"] = occurrence is not None and possible(ChangeKind.EXTEND, value=300)
    found["skip"] = following is not None and possible(
        ChangeKind.SKIP, occurrence=following.occurrence.id, cue=following.cue.id
    )
    found["go"] = go is not None and possible(ChangeKind.GO, occurrence=go.occurrence.id, cue=go.cue.id)
    found["slate"] = bool(state.destinations or state.record) and state.source != "slate"
    found["stop"] = bool(state.destinations)
    found["scene"] = bool(venue.scenes)
    found["release"] = possible(ChangeKind.RELEASE, occurrence=None)
    return found


def undo_of(timeline: Timeline, venue: str, now: datetime) -> tuple[UndoView, ...]:
    """The latest changes of a venue that can still be taken back, the latest first; worked out once for a timeline."""
    own = [one for one in timeline.changes if one.venue == venue and one.who != SERVICE and one.at <= now]
    found = (one for one in reversed(own[-_LOOKED_AT:]) if undoable(timeline, one, now) is None)
    return tuple(UndoView(change, undoable_until(timeline, change)) for change in islice(found, _UNDO_SHOWN))


def still(undo: Sequence[UndoView], now: datetime) -> tuple[UndoView, ...]:
    """Those of what could be taken back that still can."""
    return tuple(one for one in undo if one.until is None or one.until > now)
