"""What a venue should be in at a time: a pure function of the timeline.

Fields follow from the cues that have fired by then, in the order in which they fired; what operators took over goes
before. `source` and `relay` are the ceremony's and the event's from the first cue on. Everything else stays unnamed
until a cue names it, and what is unnamed isn't ours.

What has begun doesn't end because the clock was put back to before its begin (`still_begun`): where nothing else is on
by the new time, it stays as it was until its begin comes again, and then goes by the new time as everything does.

All here bisect to the occurrence and look at its cues alone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from orchestrator.plan.course import COMING, CueStatus
from orchestrator.plan.model import Cause, Occurrence, Source, VenueState
from orchestrator.plan.takes import SETTLING, Override
from orchestrator.plan.timeline import Begun, Span, TimedCue, Timeline, VenueTimeline, first_after
from orchestrator.plan.wanted import destinations_of, wanted_by

_IDLE = VenueState()


def state_at(timeline: Timeline, venue: str, t: datetime, *, by_hand: bool = True) -> VenueState:
    """The state that a venue should be in.

    Args:
        timeline: The timeline.
        venue: The venue's id; one without anything to do gives an empty state.
        t: Aware.
        by_hand: Whether what operators took over counts.
    """
    there = timeline.venues.get(venue)
    if there is None:
        return _IDLE
    span = _wanting(there.owner(t), t)
    state = _IDLE if span is None else _handed_over(there, span, t)
    if span is None and (begun := _begun(timeline, venue, t)) is not None:
        span, state = begun.span, _kept(timeline, begun, by_hand=by_hand)
    if not by_hand:
        return state
    taken = there.overrides.at(t)
    state = _overridden(state, span, taken) if taken else state
    if (
        span is not None
        and not state.studio
        and any(until <= t < until + SETTLING for until in _takes_of_studio(there))
    ):
        return replace(state, studio_ends=True)
    return state


def next_change(timeline: Timeline, venue: str, t: datetime) -> datetime | None:
    """The next time strictly after `t`, in UTC, at which `state_at` may differ; None: never as things stand."""
    there = timeline.venues.get(venue)
    if there is None:
        return None
    span = there.owner(t)
    settled = (until + SETTLING for until in _takes_of_studio(there) if t < until + SETTLING)
    candidates = [first_after(there.begins, t), first_after(there.overrides.breaks, t), min(settled, default=None)]
    if (begun := _begun(timeline, venue, t)) is not None:
        candidates.append(_comes(timeline, begun))
    if span is not None:
        handed_over = first_after(there.begins, t - SETTLING)
        candidates += [first_after(span.breaks, t), handed_over and handed_over + SETTLING]
    return min((time for time in candidates if time is not None), default=None)


def next_cue(timeline: Timeline, venue: str, t: datetime) -> TimedCue | None:
    """The cue that comes next: with a time, or one that waits for its GO or for the end of a hold."""
    there = timeline.venues.get(venue)
    if there is None:
        return None
    span = _wanting(there.owner(t), t)
    if span is not None and not timeline.is_over(venue, span.occurrence.id, t):
        found = _next_of(span, t)
        if found is not None:
            return found
    upcoming = _upcoming(timeline, venue, t)
    return None if upcoming is None else _first_of(upcoming)


def occurrence_at(timeline: Timeline, venue: str, t: datetime) -> Occurrence | None:
    """The occurrence that a venue belongs to: from its first cue until it is closed or the next one begins."""
    there = timeline.venues.get(venue)
    span = None if there is None else _wanting(there.owner(t), t)
    if span is None and (begun := _begun(timeline, venue, t)) is not None:
        span = None if is_called_off(timeline, begun) else begun.span
    return None if span is None else span.occurrence


def still_begun(timeline: Timeline, before: datetime, now: datetime) -> Mapping[str, Begun]:
    """By venue, what had begun by `before`, and hasn't by `now`, to which the clock was put back."""
    found = {}
    for venue in timeline.venues:
        begun = _begun(timeline, venue, now) or _begun_by(timeline, venue, before, now)
        if begun is not None:
            found[venue] = begun
    return MappingProxyType(found)


def left_begun(timeline: Timeline, venue: str, told: datetime, now: datetime) -> Begun | None:
    """What an earlier life of the service, which last told of a venue at `told`, has left on there.

    Args:
        timeline: Of then.
        venue: The venue's id.
        told: Aware; later than `now`, as the clock was put back since.
        now: Aware.
    """
    begun = _begun_by(timeline, venue, told, now)
    return None if begun is None or begun.span.course.closed_at is not None else begun


def is_called_off(timeline: Timeline, begun: Begun) -> bool:
    """Whether an operator has ended or cancelled since what has begun."""
    span = timeline.spans.get(begun.span.occurrence.id)
    return span is not None and span.cancelled


def next_start(timeline: Timeline, venue: str, t: datetime) -> datetime | None:
    """The first cue's time of the next occurrence that is still to take over, in UTC."""
    span = _upcoming(timeline, venue, t)
    return None if span is None else span.begin or span.opens


def _wanting(span: Span | None, t: datetime) -> Span | None:
    """The owner, unless it has been closed."""
    return None if span is None or span.is_closed(t) else span


def _begun(timeline: Timeline, venue: str, t: datetime) -> Begun | None:
    """What has begun there though the clock says that it hasn't."""
    begun = timeline.begun.get(venue)
    return begun if begun is not None and _still_comes(timeline, begun, t) else None


def _comes(timeline: Timeline, begun: Begun) -> datetime | None:
    """When its begin comes again, as operators have moved it since; None: not as things stand, since it is held."""
    span = timeline.spans.get(begun.span.occurrence.id)
    if span is None or all(cue.status not in COMING for cue in span.cues):
        return begun.span.begin
    return span.begin


def _still_comes(timeline: Timeline, begun: Begun, t: datetime) -> bool:
    """Whether it hasn't begun by the clock."""
    begin = _comes(timeline, begun)
    return begin is None or t < begin


def _begun_by(timeline: Timeline, venue: str, before: datetime, now: datetime) -> Begun | None:
    """What of a venue's had begun by `before`, and hasn't by `now`."""
    there = timeline.venues.get(venue)
    span = None if there is None else _wanting(there.owner(before), before)
    if span is None:
        return None
    begun = Begun(span, state_at(timeline, venue, before), state_at(timeline, venue, before, by_hand=False))
    return begun if _still_comes(timeline, begun, now) else None


def _kept(timeline: Timeline, begun: Begun, *, by_hand: bool) -> VenueState:
    """What has begun as it was; cancelled, it is wanted off: by its own times it never was on."""
    if not is_called_off(timeline, begun):
        return begun.state if by_hand else begun.untouched
    span = timeline.spans[begun.span.occurrence.id]
    cause = Cause(span.occurrence.id, None, span.course.cancelled_at or begun.span.opens, None, "cancelled")
    studio = begun.state.studio
    return VenueState(
        destinations=frozenset(),
        record=False,
        mute="all" if studio else None,
        studio=studio,
        causes=MappingProxyType(dict.fromkeys(("stream", "record", "mute") if studio else ("stream", "record"), cause)),
    )


def _upcoming(timeline: Timeline, venue: str, t: datetime) -> Span | None:
    """The next occurrence to take over, be it one that waits for its turn."""
    there = timeline.venues.get(venue)
    if there is None:
        return None
    place = bisect_right(there.begins, t)
    following = there.owners[place] if place < len(there.owners) else None
    owner = there.owners[place - 1] if place else None
    first = 0 if owner is None else bisect_right(there.opens, owner.opens)
    for span in there.spans[first:]:
        if following is not None and span.opens >= following.opens:
            break
        if _waits(span, t):
            return span
    return following


def _waits(span: Span, t: datetime) -> bool:
    """Whether an occurrence that hasn't begun still may: once its turn comes, its hold ends or its GO is given."""
    if span.begin is not None or span.cancelled:
        return False
    statuses = {cue.status for cue in span.cues}
    return CueStatus.HELD in statuses or (CueStatus.WAITING in statuses and span.occurrence.end > t)


def _next_of(span: Span, t: datetime) -> TimedCue | None:
    """The next cue of the occurrence that has the venue."""
    timed = next((cue for cue in span.cues if cue.fires and cue.at is not None and cue.at > t), None)
    fired = [cue.index for cue in span.cues if cue.fires and cue.at is not None and cue.at <= t]
    waiting = sorted(
        (cue for cue in span.cues if cue.status in {CueStatus.WAITING, CueStatus.HELD}), key=lambda cue: cue.index
    )
    limit = len(span.cues) if timed is None else timed.index
    between = (cue for cue in waiting if max(fired, default=-1) < cue.index < limit)
    return next(between, timed or next(iter(waiting), None))


def _first_of(span: Span) -> TimedCue | None:
    cues = [cue for cue in span.cues if cue.status in {CueStatus.DUE, CueStatus.WAITING, CueStatus.HELD}]
    timed = next((cue for cue in cues if cue.at is not None), None)
    return timed or next(iter(sorted(cues, key=lambda cue: (cue.due is None, cue.due or span.opens, cue.index))), None)


def _handed_over(there: VenueTimeline, span: Span, t: datetime) -> VenueState:
    """What an occurrence wants, and for SETTLING what the one before it still has to end.

    An occurrence that waited takes over in the moment in which the one before it is over: what that one's last cues
    end is left to be ended, as far as the next one doesn't name it.
    """
    state, begin = wanted_by(span, t), span.begin
    place = bisect_right(there.begins, t) - 2
    if begin is None or t >= begin + SETTLING or place < 0 or there.owners[place].is_closed(begin):
        return state
    before = wanted_by(there.owners[place], begin)
    causes, ended = dict(state.causes), dict[str, object]()
    if state.destinations is None and before.destinations is not None:
        ended["destinations"], causes["stream"] = frozenset(), before.causes["stream"]
    if state.record is None and before.record is not None:
        ended["record"], causes["record"] = False, before.causes["record"]
    studio_ends = before.studio and not state.studio
    if not ended and not studio_ends:
        return state
    return replace(state, **ended, studio_ends=studio_ends, causes=MappingProxyType(causes))  # type: ignore[arg-type]


def _takes_of_studio(there: VenueTimeline) -> Iterator[datetime]:
    """When what operators took over of the studio was given back."""
    for name in ("scene", "mute", "source"):
        for one in there.overrides.fields.get(name, ()):
            if one.until is not None and (name != "source" or one.value is Source.STUDIO):
                yield one.until


def _overridden(state: VenueState, span: Span | None, taken: Mapping[str, Override]) -> VenueState:
    """A state with what operators took over."""
    occurrence = None if span is None else span.occurrence
    values: dict[str, object] = {}
    causes = dict(state.causes)
    for name, override in taken.items():
        key = "destinations" if name == "stream" else name
        value = destinations_of(override.value, occurrence) if name == "stream" else override.value
        if value is None or (override.settling and getattr(state, key) is not None):
            continue
        values[key] = value
        verb = "released" if override.settling else "taken"
        owner = None if occurrence is None else occurrence.id
        causes[name] = Cause(owner, None, override.since, None, f"{verb} by {override.change.who}")
    if "scene" in values:
        values["transition"] = None
    # Outside of an event what is taken over is the studio's.
    of_studio = bool(values) if span is None else bool({"scene", "mute"} & values.keys())
    studio = state.studio or of_studio or values.get("source") is Source.STUDIO
    return replace(state, **values, studio=studio, causes=MappingProxyType(causes))  # type: ignore[arg-type]
