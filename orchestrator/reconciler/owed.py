"""What is still to be ended when the plan no longer speaks of it. Pure.

The plan wants off for a while what an event handed over, or an operator gave back. A device that was away all that
while still has it on: it is wanted off until it was seen off, unless something else wants it meanwhile.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from orchestrator.devices.device import Command
from orchestrator.plan.model import VenueState
from orchestrator.plan.state import state_at
from orchestrator.plan.timeline import Timeline

_OUTPUTS = frozenset({"record", "stream"})
"""The causes of what begins and ends."""
_BOTH = 2
"""The occurrence that has the venue, and the one that had it before."""


def still_owed(state: VenueState, commands: Iterable[Command], *, all_seen: bool) -> VenueState | None:
    """A state that ends something, if that was not seen ended.

    Args:
        state: What is wanted.
        commands: What that takes.
        all_seen: Whether every device is there.
    """
    if not (state.studio_ends or state.record is False or state.destinations == frozenset()):
        return None
    ending = any(command.cause in _OUTPUTS and not command.after for command in commands)
    return state if ending or not all_seen else None


def owed_from_before(timeline: Timeline, venue: str, now: datetime) -> VenueState | None:
    """What an earlier life of the service may have left to be ended: of what was handed over and isn't closed."""
    there = timeline.venues.get(venue)
    owners = () if there is None else there.owners[: bisect_right(there.begins, now)]
    if len(owners) < _BOTH or owners[-2].is_closed(now) or owners[-1].begin is None:
        return None
    return state_at(timeline, venue, owners[-1].begin)


def with_owed(state: VenueState, owed: VenueState | None) -> VenueState:
    """A state with what an earlier one still has to end, where it doesn't name that itself."""
    if owed is None or owed is state:
        return state
    ended: dict[str, object] = {}
    causes = dict(state.causes)
    for field, cause in (("destinations", "stream"), ("record", "record")):
        value = getattr(owed, field)
        if value is not None and not value and getattr(state, field) is None:
            ended[field] = value
            if cause in owed.causes:
                causes[cause] = owed.causes[cause]
    if not state.studio and (owed.studio_ends or (owed.studio and not owed.on_hub)):
        ended["studio_ends"] = True
    return replace(state, **ended, causes=MappingProxyType(causes)) if ended else state  # type: ignore[arg-type]
