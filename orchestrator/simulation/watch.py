"""Sees what the plan wants of a venue from moment to moment, and whether the venue is settled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from orchestrator.config.folders import folder_name
from orchestrator.plan.model import VenueState
from orchestrator.plan.state import next_change, state_at
from orchestrator.plan.timeline import Timeline
from orchestrator.simulation.agenda import Agenda
from orchestrator.simulation.tape import Sample, Truth

CUE_SETTLED = 8.0
"""Seconds after a change of the wanted state until it must be reached, with nothing wrong: outputs and pushers take
some time to begin and to end."""

_NEVER = datetime.max.replace(tzinfo=UTC)


class Watch:
    """One venue's.

    Args:
        venue: The venue's id.
        agenda: What happens next.
        truth: What the venue's devices really are in.
        keep: Takes each sample.
    """

    def __init__(self, venue: str, agenda: Agenda, truth: Callable[[], Truth], keep: Callable[[Sample], None]) -> None:
        self.state = VenueState()
        """What the plan wants now."""
        self._venue = venue
        self._agenda = agenda
        self._truth = truth
        self._keep = keep
        self._timeline: Timeline | None = None
        self._valid = (_NEVER, _NEVER)
        self._changed_at = 0.0
        self._calm_from = float("-inf")
        self._settles = 0.0
        self._faults = 0
        self._wanted_since: dict[str, float] = {}
        self._looked_at = -1
        self._forgotten: str | None = None
        self._latest = datetime.min.replace(tzinfo=UTC)

    def disturb(self, seconds: float, settles: float) -> None:
        """Something is done to the venue.

        Args:
            seconds: How long it lasts.
            settles: Seconds after its end until everything must be as wanted again; of what is done while something
                else lasts or settles, the longest counts, as one may hide the other.
        """
        calm = not self._faults and self._agenda.now >= self._calm_from
        self._settles = settles if calm else max(self._settles, settles)
        self._faults += 1
        self._agenda.after(seconds, self._calm)

    def awake(self) -> None:
        """The orchestrator goes on after a sleep: what it was about to send in it may still come."""
        self._wanted_since = dict.fromkeys(self._wanted_since, self._agenda.now)

    @property
    def behind(self) -> bool:
        """Whether the wall clock was put back and hasn't come to where it was."""
        return self._agenda.clock.now() < self._latest

    def look(self, timeline: Timeline, now: datetime, version: int) -> None:
        """Look at the venue, if anything has changed; take a sample if it is settled.

        Args:
            timeline: What counts now.
            now: UTC.
            version: Counts changes of its devices.
        """
        self._latest = max(self._latest, now)
        since, until = self._valid
        if timeline is not self._timeline or not since <= now < until:
            self._expect(timeline, now)
        elif version == self._looked_at:
            return
        self._looked_at = version
        second = self._agenda.now
        if self._faults or second - self._changed_at < CUE_SETTLED or second < self._calm_from:
            return
        self._keep(
            Sample(now, second, self._venue, self.state, self._truth(), self.behind, self._changed_at, self._forgotten)
        )

    def wanted_for(self, key: str, identity: str) -> float:
        """For how many seconds the plan has wanted an output on, as it is."""
        since = self._wanted_since.get(f"{key} {identity}")
        return 0.0 if since is None else self._agenda.now - since

    def _expect(self, timeline: Timeline, now: datetime) -> None:
        state = state_at(timeline, self._venue, now)
        if (began := self._forgotten or self.state.occurrence) is not None:
            self._forgotten = began if _is_forgotten(timeline, began, state, now) else None
        self._timeline, self._valid = timeline, (now, next_change(timeline, self._venue, now) or _NEVER)
        if essence(state) != essence(self.state):
            self._changed_at = self._agenda.now
            self._agenda.after(CUE_SETTLED, self._look_again)
        self.state = state
        keys = wanted_outputs(state)
        self._wanted_since = {key: self._wanted_since.get(key, self._agenda.now) for key in keys}

    def _calm(self) -> None:
        self._faults -= 1
        self._calm_from = self._agenda.now + self._settles
        self._agenda.after(self._settles, self._look_again)

    def _look_again(self) -> None:
        """A sample is due, once everything of this moment has happened."""
        self._looked_at = -1


def _is_forgotten(timeline: Timeline, began: str, state: VenueState, now: datetime) -> bool:
    """Whether nothing is wanted of an occurrence that had begun, since the clock says that it hasn't."""
    span = timeline.spans.get(began)
    if state.occurrence is not None or span is None or span.cancelled or span.course.closed_at is not None:
        return False
    return span.begin is not None and now < span.begin


def essence(state: VenueState) -> tuple[object, ...]:
    """What of a state devices can be in."""
    return (
        state.occurrence,
        state.scene,
        state.destinations,
        state.record,
        state.mute,
        state.texts,
        state.items,
        state.source,
        state.relay,
        state.studio,
    )


def wanted_outputs(state: VenueState) -> set[str]:
    """The outputs that a state wants on, each with what it is for."""
    keys = {f"pusher/{name} " for name in state.destinations or ()}
    folder = folder_name(state.occurrence or "manual")
    if state.record:
        keys.add(f"recorder {folder}")
        if state.studio:
            keys.add(f"record {folder}")
    if state.on_hub and state.studio:
        keys.add("publish ")
    return keys
