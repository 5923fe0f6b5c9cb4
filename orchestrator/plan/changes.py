"""Whether an operator's change makes sense now, and whether one can still be undone.

A change can be undone as long as the timeline without it has the same past: then nothing that it did has happened.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from orchestrator.errors import Problem
from orchestrator.plan import problems
from orchestrator.plan.course import CueStatus, Firing
from orchestrator.plan.model import Anchor, Change, ChangeKind, Source
from orchestrator.plan.shifts import refuse_shift
from orchestrator.plan.state import occurrence_at
from orchestrator.plan.takes import FIELDS, take_value
from orchestrator.plan.timeline import Span, TimedCue, Timeline, VenueTimeline, with_changes

_LONGEST_EXTENSION = timedelta(hours=24)
LONGEST_TEXT = 500
"""Characters."""
_OF_VENUE = frozenset({ChangeKind.TAKE, ChangeKind.RELEASE})
_OF_CUE = frozenset(
    {ChangeKind.GO, ChangeKind.SKIP, ChangeKind.SHIFT, ChangeKind.TEXT, ChangeKind.MISSED, ChangeKind.ASKED}
)
_BY_SERVICE = frozenset({ChangeKind.MISSED, ChangeKind.ASKED, ChangeKind.CLOSED})
_BEFORE_BEGIN = frozenset(
    {
        ChangeKind.HOLD,
        ChangeKind.RESUME,
        ChangeKind.EXTEND,
        ChangeKind.SKIP,
        ChangeKind.SHIFT,
        ChangeKind.TEXT,
        ChangeKind.CANCEL,
    }
)
_PASSED_OVER = frozenset({CueStatus.SKIPPED, CueStatus.MISSED, CueStatus.CANCELLED})
_TAKES = {
    "scene": "a scene's name",
    "stream": "true, false, or a list of destinations",
    "record": "true or false",
    "mute": "all, none, or a list of sound inputs",
    "source": "studio, relay or slate",
}


def refuse(
    timeline: Timeline, change: Change, now: datetime, destinations: Collection[str] | None = None
) -> Problem | None:
    """Why a change makes no sense; None if it does.

    Args:
        timeline: The timeline without it.
        change: What is asked for, to count from now.
        now: Aware.
        destinations: Every destination that there is; None where that isn't to be checked.
    """
    there = timeline.venues.get(change.venue)
    if there is None:
        return problems.unknown_venue(change, timeline.venues)
    if change.kind is ChangeKind.TAKE:
        return _refuse_take(timeline, change, now, destinations)
    if change.kind is ChangeKind.RELEASE:
        return _refuse_release(there, change, now)
    span = timeline.spans.get(change.occurrence or "")
    if span is None or span.venue.id != change.venue:
        return problems.unknown_occurrence(change)
    if change.kind in _OF_CUE and change.cue not in span.rundown.index:
        return problems.unknown_cue(change, (cue.id for cue in span.ceremony.cues))
    if change.kind in _BY_SERVICE:
        return None
    return _refuse_here(timeline, span, change, now) or _refuse_kind(span, change, now)


def undoable(timeline: Timeline, change: Change, now: datetime) -> Problem | None:
    """Why a change can't be undone any more; None if it can.

    Args:
        timeline: The timeline with it.
        change: One of the timeline's changes.
        now: Aware.
    """
    rest = tuple(other for other in timeline.changes if other.id != change.id)
    if len(rest) == len(timeline.changes):
        return problems.unknown_change(change)
    if change.kind in _BY_SERVICE:
        return problems.not_an_operators(change)
    if change.kind in _OF_VENUE:
        if change.at > now:
            return None
        return problems.in_force(change) if change.kind is ChangeKind.TAKE else problems.given_back(change)
    without = with_changes(timeline, rest)
    if _past(timeline, change, now) != _past(without, change, now):
        return problems.happened(change)
    return None


def undoable_until(timeline: Timeline, change: Change) -> datetime | None:
    """UTC: when what a change does happens, so that it can't be undone any more; None: not as things stand.

    Args:
        timeline: The timeline with it.
        change: One of its changes, not a TAKE or RELEASE.
    """
    without = with_changes(timeline, tuple(other for other in timeline.changes if other.id != change.id))
    differs = _past(timeline, change, None) ^ _past(without, change, None)
    return min((since for _, _, since, _ in differs), default=None)


_Fired = tuple[str, int, datetime, frozenset[tuple[str, str]]]
"""Whose cue, its place, when, and the texts that operators gave it."""


def _past(timeline: Timeline, change: Change, now: datetime | None) -> set[_Fired]:
    """What has fired at the change's venue from it until now; None: for ever."""
    there = timeline.venues.get(change.venue)
    return {
        (span.occurrence.id, firing.index, firing.since, _given(span, firing))
        for span in (there.owners if there else ())
        if span.begin is not None and (now is None or span.begin <= now)
        if span.last is None or span.last >= change.at
        for firing in span.course.firings
        if change.at <= firing.since and (now is None or firing.since <= now)
    }


def _given(span: Span, firing: Firing) -> frozenset[tuple[str, str]]:
    if not span.course.texts or firing.index < 0:
        return frozenset()
    given = (
        (n, span.course.text_given(firing.index, n, firing.since)) for n in span.ceremony.cues[firing.index].do.text
    )
    return frozenset((name, text) for name, text in given if text is not None)


def _refuse_here(timeline: Timeline, span: Span, change: Change, now: datetime) -> Problem | None:
    """Whether the occurrence is at a stage that takes changes of this kind at all."""
    if span.cancelled:
        return problems.cancelled(change)
    if span.begin is None and not span.blocked and all(cue.status is CueStatus.CANCELLED for cue in span.cues):
        return problems.no_turn(change)
    if timeline.is_over(change.venue, span.occurrence.id, now) and span.begin is not None:
        return problems.over(change)
    begun = span.begin is not None and span.begin <= now
    owner = timeline.venues[change.venue].owner(now)
    if begun and owner is not span:
        return problems.over(change)
    # The clock may have been put back to before the begin of what is on the air.
    on_air = change.kind is ChangeKind.FINISH and occurrence_at(timeline, change.venue, now) == span.occurrence
    if begun or change.kind in _BEFORE_BEGIN or on_air:
        return None
    wants = span.blocked or (span.course.active and span.course.active[0][0] <= now) or span.opens <= now
    if wants and owner is not None and not timeline.is_over(change.venue, owner.occurrence.id, now):
        return problems.waits_for_venue(change, owner.occurrence.id)
    if change.kind is ChangeKind.GO and _opens_by_go(span, change):
        return None
    return problems.not_begun(change)


def _opens_by_go(span: Span, change: Change) -> bool:
    """Whether the cue is one by which the occurrence may begin: none with a time stands before it."""
    place = span.rundown.index[change.cue or ""]
    return all(at is None for at in span.planned[:place])


def _refuse_kind(span: Span, change: Change, now: datetime) -> Problem | None:
    held = any(since <= now and (until is None or now < until) for since, until in span.course.holds)
    match change.kind:
        case ChangeKind.HOLD:
            return problems.held(change) if held else None
        case ChangeKind.RESUME:
            return None if held else problems.not_held(change)
        case ChangeKind.EXTEND:
            return _refuse_extend(span, change, now)
        case ChangeKind.FINISH:
            return _refuse_finish(span, change, now)
        case ChangeKind.CANCEL:
            return None
        case _:
            return _refuse_of_cue(span, change, now, held)


def _refuse_of_cue(span: Span, change: Change, now: datetime, held: bool) -> Problem | None:
    """What speaks against a change of one cue."""
    cue = _cue(span, change)
    waits = cue.cue.at.anchor is Anchor.GO or _asked(span, cue)
    if change.kind is ChangeKind.GO and not waits:
        return problems.not_a_go(change)
    if (problem := _refuse_cue(cue, change, now)) is not None:
        return problem
    match change.kind:
        case ChangeKind.SKIP:
            return _refuse_endless(span, cue, change)
        case ChangeKind.SHIFT:
            return refuse_shift(span, cue, change, now)
        case ChangeKind.TEXT:
            return _refuse_text(cue, change)
        case _:
            return problems.held(change) if held else None


def _asked(span: Span, cue: TimedCue) -> bool:
    """Whether a cue waits for an answer itself, rather than for the cue that it hangs on."""
    if cue.status is not CueStatus.WAITING:
        return False
    before = cue.cue.at.cue
    return before is None or all(one.status is not CueStatus.WAITING for one in span.cues if one.cue.id == before)


def _cue(span: Span, change: Change) -> TimedCue:
    return next(cue for cue in span.cues if cue.cue.id == change.cue)


def _refuse_cue(cue: TimedCue, change: Change, now: datetime) -> Problem | None:
    if cue.status in _PASSED_OVER:
        return problems.passed_over(change)
    return problems.fired(change) if cue.fires and cue.at is not None and cue.at <= now else None


def _refuse_endless(span: Span, skipped: TimedCue, change: Change) -> Problem | None:
    """Whether a stream or recording would go on for ever without the cue."""
    rest = [cue for cue in span.cues if cue.index != skipped.index and cue.status not in _PASSED_OVER]
    for name in ("stream", "record"):
        if getattr(skipped.cue.do, name) is False:
            named = [
                on for cue in sorted(rest, key=lambda cue: cue.index) if (on := getattr(cue.cue.do, name)) is not None
            ]
            if named and named[-1]:
                return problems.never_ends(change, name)
    return None


def _refuse_extend(span: Span, change: Change, now: datetime) -> Problem | None:
    value = change.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return problems.bad_length(change)
    if not 0 < value <= _LONGEST_EXTENSION.total_seconds():
        return problems.bad_length(change)
    limit = span.occurrence.event.max_overrun
    if limit is not None and span.course.extended + timedelta(seconds=value) > limit:
        return problems.past_limit(change, limit, limit - span.course.extended)
    coming = (cue for cue in span.cues if not (cue.fires and cue.at is not None and cue.at <= now))
    if not any(span.rundown.root(cue.index) is Anchor.END for cue in coming if cue.status is not CueStatus.CANCELLED):
        return problems.nothing_moves(change)
    return None


def _refuse_text(cue: TimedCue, change: Change) -> Problem | None:
    if change.field not in cue.cue.do.text:
        return problems.unknown_text(change, cue.cue.do.text)
    if not isinstance(change.value, str) or len(change.value) > LONGEST_TEXT:
        return problems.bad_text(change, LONGEST_TEXT)
    return None


def _refuse_finish(span: Span, change: Change, now: datetime) -> Problem | None:
    end = span.course.ends[-1][1] if span.course.ends else span.occurrence.end
    ended_by_it = any(
        cue.status is CueStatus.HELD
        or (cue.status is CueStatus.WAITING and span.rundown.root(cue.index) is not Anchor.END)
        for cue in span.cues
    )
    return problems.ending(change) if end <= now and not ended_by_it else None


def _refuse_take(
    timeline: Timeline, change: Change, now: datetime, destinations: Collection[str] | None
) -> Problem | None:
    if change.field not in FIELDS:
        return problems.unknown_field(change, FIELDS)
    value = take_value(change.field, change.value)
    if value is None:
        return problems.bad_value(change, _TAKES[change.field])
    there = timeline.venues[change.venue]
    occurrence = occurrence_at(timeline, change.venue, now)
    event = None if occurrence is None else occurrence.event
    if change.field == "stream" and value is True and event is None:
        return problems.no_event_to_stream(change)
    if change.field == "stream" and isinstance(value, frozenset) and destinations is not None:
        return next((problems.unknown_destination(change, n, destinations) for n in value - set(destinations)), None)
    if change.field == "source" and value is Source.RELAY and (event is None or event.relay is None):
        return problems.no_relay(change)
    return _refuse_studio_value(there, change, value)


def _refuse_studio_value(there: VenueTimeline, change: Change, value: object) -> Problem | None:
    """A scene or input that the venue's profile doesn't name; a venue without a profile of scenes takes any."""
    venue = there.venue
    if change.field == "scene" and venue.scenes and value not in venue.scenes:
        return problems.unknown_scene(change, venue.scenes)
    if change.field == "mute" and isinstance(value, frozenset):
        items = {item.name for scene in venue.scenes.values() for item in scene}
        known = {one.name for one in venue.audio}
        if known or items:
            return next((problems.unknown_input(change, name, known) for name in value - known - items), None)
    return None


def _refuse_release(there: VenueTimeline, change: Change, now: datetime) -> Problem | None:
    if change.field is not None and change.field not in FIELDS:
        return problems.unknown_field(change, FIELDS)
    taken = {name for name, override in there.overrides.at(now).items() if not override.settling}
    wanted = set(FIELDS) if change.field is None else {change.field}
    return None if taken & wanted else problems.not_taken(change)
