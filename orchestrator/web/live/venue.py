"""What a page shows of a venue at one moment. Pure: from the snapshot, the plan and the history to values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from orchestrator.catalogue.records import ChangeRecord
from orchestrator.catalogue.seen import mark
from orchestrator.config.model import Configuration
from orchestrator.plan.course import COMING
from orchestrator.plan.model import Destination, Venue, VenueState
from orchestrator.plan.state import next_cue, state_at
from orchestrator.plan.timeline import Span, TimedCue, Timeline
from orchestrator.status import Observed, Storage, VenueStatus
from orchestrator.web.live.crowding import crowded_by
from orchestrator.web.live.deeds import deeds_of, still
from orchestrator.web.live.troubles import sorted_troubles
from orchestrator.web.live.views import (
    DestinationView,
    EventView,
    RecordingView,
    SoundView,
    TakeView,
    TallyWord,
    UndoView,
    VenueView,
)
from orchestrator.web.planned import end_of, expected_end, held_since
from orchestrator.web.targets import TargetError, waiting_cue

_THEN = 3
"""How many cues after the next one are shown."""
_SOON = timedelta(minutes=30)
_WARNED_AT = (5, 10)
"""Minutes before the end of an event at which its operator is warned."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What there is to show, at one time."""

    now: datetime
    """UTC."""
    configuration: Configuration
    """The files in force."""
    timeline: Timeline
    """The plan around now."""
    history: Sequence[ChangeRecord]
    """Operators' changes of late, undone ones included."""
    storage: Storage | None = None
    """Room for recordings; None before the first look."""


def venue_view(venue: Venue, status: VenueStatus | None, moment: Moment, undo: Sequence[UndoView] = ()) -> VenueView:
    """A venue as it is now.

    Args:
        venue: Which.
        status: Its part of the snapshot; None until its loop has looked for the first time.
        moment: What there is to show.
        undo: What could be taken back when the timeline was made.
    """
    timeline, now = moment.timeline, moment.now
    state = state_at(timeline, venue.id, now)
    observed = status.observed if status else Observed()
    span = timeline.spans.get(state.occurrence or "")
    following = next_cue(timeline, venue.id, now)
    coming = timeline.spans.get(following.occurrence.id) if following else None
    then = _after(coming, following)
    go = go_of(span or coming, now)
    troubles = sorted_troubles(status.problems if status else ())
    fed = state.destinations or frozenset()
    given_back = state_at(timeline, venue.id, now, by_hand=False).destinations or frozenset()
    known = moment.configuration.destinations

    def named(ids: frozenset[str]) -> tuple[str, ...]:
        return tuple(known[name].name if name in known else name for name in sorted(ids))

    return VenueView(
        id=venue.id,
        name=venue.name,
        zone=venue.timezone,
        tally=_tally(status, state, span),
        event=_event(span, now),
        upcoming=_upcoming(timeline, venue.id, span, coming, now),
        cue=_fired(span, state.cue),
        next=following,
        then=then[:_THEN],
        go=go,
        scene=observed.scene,
        wanted_scene=state.scene,
        next_scene=next((cue.cue.do.scene for cue in (following, *then) if cue and cue.cue.do.scene), None),
        scenes=tuple(venue.scenes),
        source=observed.source,
        reachable=observed.scene is not None,
        soon=state.occurrence is not None or _is_soon(following, now),
        held=state.held,
        locked=state.locked,
        destinations=_destinations(span or coming, state, observed, known),
        closing=_closing(span, state, now),
        crowded=crowded_by(timeline, span, known, now) if span else (),
        recording=_recording(state, observed, moment.storage),
        sound=_sound(venue, observed),
        takes=_takes(timeline, venue.id, now),
        begins_again=named(given_back - fed),
        ends_again=named(fed - given_back),
        undo=still(undo, now),
        trouble=troubles[0] if troubles else None,
        others=tuple(trouble.standing for trouble in troubles[1:]),
        deeds=deeds_of(timeline, venue, state, following, go, now),
        seen=mark(moment.history, venue.id),
    )


def _is_soon(following: TimedCue | None, now: datetime) -> bool:
    return following is not None and following.at is not None and following.at - now <= _SOON


def _tally(status: VenueStatus | None, state: VenueState, span: Span | None) -> TallyWord:
    if status is None:
        return "unknown"
    states = {status.observed.stream.get(name, "off") for name in state.destinations or ()}
    if status.on_air:
        return "slate" if status.observed.source == "slate" else "air"
    if states:
        return "failed" if states == {"failed"} else "connecting"
    if span is None:
        return "idle"
    if not span.occurrence.event.destinations:
        return "unstreamed"
    return "standby" if state.destinations is None else "ended"


def _event(span: Span | None, now: datetime) -> EventView | None:
    if span is None:
        return None
    return EventView(
        span.occurrence,
        span.ceremony.name,
        expected_end(span, now),
        span.begin or span.opens,
        held_since(span, now),
    )


def _closing(span: Span | None, state: VenueState, now: datetime) -> int:
    """In how many minutes at most the event ends, as people are warned of it; a short event's last third at most."""
    if span is None or state.held or span.cancelled:
        return 0
    left = end_of(span) - now
    if not timedelta(0) < left <= (end_of(span) - span.occurrence.start) / 3:
        return 0
    return next((minutes for minutes in _WARNED_AT if left <= timedelta(minutes=minutes)), 0)


def _upcoming(
    timeline: Timeline, venue: str, span: Span | None, coming: Span | None, now: datetime
) -> EventView | None:
    """The next event that isn't the one that runs."""
    if coming is not None and coming is not span:
        return _event(coming, now)
    there = timeline.venues.get(venue)
    later = [one for one in (there.spans if there else ()) if one is not span and one.opens > now and not one.cancelled]
    return _event(later[0], now) if later else None


def _after(span: Span | None, cue: TimedCue | None) -> tuple[TimedCue, ...]:
    """What is to come after a cue."""
    if span is None or cue is None:
        return ()
    order = [one for one in span.cues if one.status in COMING]
    at = cue.at or cue.due
    if at is None:
        return tuple(one for one in sorted(order, key=lambda one: one.index) if one.index > cue.index)
    return tuple(one for one in order if (later := one.at or one.due) and (later, one.index) > (at, cue.index))


def _fired(span: Span | None, cue: str | None) -> TimedCue | None:
    return next((timed for timed in span.cues if timed.cue.id == cue), None) if span and cue else None


def go_of(span: Span | None, now: datetime) -> TimedCue | None:
    """The cue that a GO without a name fires."""
    if span is None:
        return None
    try:
        name = waiting_cue(span, now)
    except TargetError:
        return None
    return next(timed for timed in span.cues if timed.cue.id == name)


def _destinations(
    span: Span | None, state: VenueState, observed: Observed, known: Mapping[str, Destination]
) -> tuple[DestinationView, ...]:
    """The event's, and whatever is fed besides."""
    wanted = state.destinations or frozenset()
    fed = {name for name, word in observed.stream.items() if word != "off"}
    own = span.occurrence.event.destinations if span else ()
    names = dict.fromkeys([*own, *sorted(wanted | fed)])
    figures = _mapping(observed.details.get("destinations"))
    return tuple(
        _destination(name, known.get(name), name in wanted, observed, _mapping(figures.get(name))) for name in names
    )


def _destination(
    name: str, known: Destination | None, wanted: bool, observed: Observed, figures: Mapping[str, Any]
) -> DestinationView:
    bitrate = figures.get("bitrate")
    return DestinationView(
        id=name,
        name=known.name if known else name,
        state=observed.stream.get(name, "off"),
        wanted=wanted,
        watch=known.watch if known else None,
        bitrate=float(bitrate) if isinstance(bitrate, int | float) else None,
        lag=float(figures.get("lag") or 0.0),
    )


def _recording(state: VenueState, observed: Observed, storage: Storage | None) -> RecordingView:
    obs, safety = _mapping(observed.details.get("obs")), _mapping(observed.details.get("safety"))
    studio = int(obs.get("record_bytes") or 0)
    kept = int(safety.get("bytes") or 0) if safety.get("state") in {"working", "live", "running"} or state.record else 0
    hours = None if storage is None else storage.hours_left
    return RecordingView(bool(state.record), observed.record, studio + kept, hours)


def _sound(venue: Venue, observed: Observed) -> SoundView:
    if observed.scene is None:
        return SoundView("unknown")
    muted = _mapping(observed.details.get("obs")).get("muted")
    names = tuple(str(name) for name in muted) if isinstance(muted, list | tuple) else ()
    own = {one.name for one in venue.audio}
    if not names:
        return SoundView("open")
    return SoundView("muted" if own and own <= set(names) else "part", names)


def _takes(timeline: Timeline, venue: str, now: datetime) -> tuple[TakeView, ...]:
    there = timeline.venues.get(venue)
    found = there.overrides.at(now) if there else {}
    return tuple(
        TakeView(name, one.value, one.change.who, one.since, one.change.until)
        for name, one in found.items()
        if not one.settling
    )


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
