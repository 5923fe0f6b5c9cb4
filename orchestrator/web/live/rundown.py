"""What a page shows of an occurrence's rundown, as values: made once for each change, for every reader. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal

from orchestrator.catalogue.records import AsRun
from orchestrator.errors import Problem
from orchestrator.plan.course import COMING, CueStatus
from orchestrator.plan.model import BOUND, Anchor, Cue, Occurrence
from orchestrator.plan.state import occurrence_at
from orchestrator.plan.texts import fill
from orchestrator.plan.timeline import Span, TimedCue, Timeline
from orchestrator.timetable import LOOK_BACK
from orchestrator.web.live.deeds import cue_deeds, event_deeds
from orchestrator.web.live.happened import Happened, happened
from orchestrator.web.live.venue import Moment, go_of
from orchestrator.web.live.views import TallyWord, UndoView, VenueView
from orchestrator.web.planned import end_of, expected_end, held_since

RowState = Literal["done", "now", "coming", "waiting", "held", "skipped", "missed", "cancelled"]
Stage = Literal["coming", "running", "over", "cancelled", "no-turn"]
NO_DEEDS: Mapping[str, bool] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class TextRow:
    """A text that a cue puts on the picture."""

    name: str
    """The text input."""
    text: str
    """What is shown, its places filled in."""
    given_by: str | None = None
    """Which operator wrote it in place of the ceremony's."""


@dataclass(frozen=True, slots=True)
class CueRow:
    """A line of the rundown."""

    timed: TimedCue
    """The cue, with its times."""
    state: RowState
    """What has become of it."""
    is_next: bool
    """Whether it comes next."""
    after: tuple[str, timedelta] | None
    """Where it has no time yet: the cue that it hangs on, and how long after it."""
    bound: Literal["clock", "sun"] | None
    """Whether its time belongs to the day, so that nothing shifts it."""
    happened: Happened | None
    """What the as-run log says of it."""
    texts: tuple[TextRow, ...]
    """What it puts on the picture."""
    may: frozenset[str] = frozenset()
    """What an operator can do with it now: go, skip, move, text."""
    fixed: Problem | None = None
    """Why it can't be moved; None where it can, or where nothing can be changed at all."""

    @property
    def expected(self) -> datetime | None:
        """UTC: when it fires or has fired, as things stand."""
        return self.timed.at or self.timed.due

    @property
    def drift(self) -> float:
        """Seconds by which that differs from the schedule."""
        expected, planned = self.expected, self.timed.planned_at
        return 0.0 if expected is None or planned is None else (expected - planned).total_seconds()

    @property
    def is_technical(self) -> bool:
        """Whether it only shows or hides something in the picture."""
        do = self.timed.cue.do
        return all(one is None for one in (do.scene, do.mute, do.stream, do.record, do.source)) and not do.text


@dataclass(frozen=True, slots=True)
class RundownView:
    """A rundown at one moment."""

    occurrence: Occurrence
    """Whose."""
    ceremony: str
    """Its ceremony's name."""
    venue: str
    """Its venue's id."""
    venue_name: str
    """For people."""
    zone: str
    """IANA name: the event's."""
    stage: Stage
    """How far it is."""
    tally: TallyWord | None
    """Whether it is on air; None while it doesn't have its venue."""
    end: datetime
    """UTC: its end, as operators' changes have it; while it is held, if it went on now."""
    held_since: datetime | None
    """UTC: since when an operator holds it."""
    rows: tuple[CueRow, ...]
    """Its cues, in the order in which they come."""
    destinations: tuple[str, ...]
    """The names of the destinations."""
    is_near: bool
    """Whether it is within the days around now, in which operators can change it."""
    undo: tuple[UndoView, ...] = ()
    """What can be taken back, the latest first."""
    go: TimedCue | None = None
    """The cue that a GO fires."""
    deeds: Mapping[str, bool] = field(default_factory=lambda: NO_DEEDS)
    """Action to whether it makes sense now."""
    closing: int = 0
    """10 or 5: so many minutes, or less, until it begins to end by itself; 0: more, or it isn't near."""
    seen: str = ""
    """What an action says that its operator had before their eyes."""

    @property
    def now(self) -> CueRow | None:
        """The cue that counts now."""
        return next((row for row in self.rows if row.state == "now"), None)

    @property
    def next(self) -> CueRow | None:
        """The cue that comes next."""
        return next((row for row in self.rows if row.is_next), None)

    @property
    def moved(self) -> bool:
        """Whether it ends at another time than planned."""
        return self.end != self.occurrence.end

    @property
    def tallied(self) -> Mapping[str, int]:
        """How many cues were done, were late, went wrong or were left out."""
        outcomes = [row.happened.outcome for row in self.rows if row.happened is not None]
        return {
            "done": sum(outcome in {"done", "already", "late"} for outcome in outcomes),
            "late": outcomes.count("late"),
            "wrong": outcomes.count("failed") + outcomes.count("missed"),
            "left": sum(row.state in {"skipped", "cancelled"} for row in self.rows),
        }


def rundown_view(span: Span, moment: Moment, lines: Iterable[AsRun]) -> RundownView:
    """A rundown as it is, for looking.

    Args:
        span: The occurrence's part of the moment's timeline.
        moment: What there is to show.
        lines: Its as-run log.
    """
    stage = stage_of(span, moment.timeline, moment.now)
    known = moment.configuration.destinations
    return RundownView(
        occurrence=span.occurrence,
        ceremony=span.ceremony.name,
        venue=span.venue.id,
        venue_name=span.venue.name,
        zone=span.occurrence.event.timezone,
        stage=stage,
        tally=None,
        end=expected_end(span, moment.now),
        held_since=held_since(span, moment.now),
        rows=_rows(span, moment, happened(lines), stage),
        destinations=tuple(known[name].name if name in known else name for name in span.occurrence.event.destinations),
        is_near=False,
    )


def near_view(span: Span, moment: Moment, lines: Iterable[AsRun], venue: VenueView) -> RundownView:
    """A rundown as it is, with what an operator can do about it; the moment's timeline MUST be the one around now."""
    view, timeline, now = rundown_view(span, moment, lines), moment.timeline, moment.now
    go = go_of(span, now)
    following = view.next.timed if view.next is not None else None
    return replace(
        view,
        tally=venue.tally if view.stage == "running" else None,
        is_near=True,
        rows=tuple(replace(row, **cue_deeds(timeline, span, row.timed, now)) for row in view.rows),
        undo=tuple(one for one in venue.undo if one.change.occurrence == span.occurrence.id),
        deeds=event_deeds(timeline, span.venue.id, span.occurrence.id, following, go, now),
        go=go,
        closing=venue.closing if view.stage == "running" else 0,
        seen=venue.seen,
    )


def stage_of(span: Span, timeline: Timeline, now: datetime) -> Stage:
    """How far an occurrence is."""
    if span.cancelled:
        return "cancelled"
    owner = occurrence_at(timeline, span.venue.id, now)
    # One that nobody closed, since the service was down, is over all the same.
    forgotten = span.last is not None and now - span.last > LOOK_BACK
    if owner is not None and owner.id == span.occurrence.id and not forgotten:
        return "running"
    if span.begin is not None and span.begin <= now:
        return "over"
    if span.begin is None and all(cue.status not in COMING for cue in span.cues):
        return "no-turn"
    return "coming" if max(span.occurrence.end, span.reach) > now or span.blocked else "over"


def _rows(span: Span, moment: Moment, told: Mapping[str, Happened], stage: Stage) -> tuple[CueRow, ...]:
    cues = in_order(span)
    current = _current(span, moment.now) if stage == "running" else None
    following = _following(cues, current, moment.now) if stage in {"running", "coming"} else None
    return tuple(
        CueRow(
            timed=timed,
            state=_state(timed, current, stage, moment.now),
            is_next=timed is following,
            after=_after(span, timed),
            bound=_bound(span, timed),
            happened=told.get(timed.cue.id),
            texts=texts_of(span, timed, moment.timeline),
        )
        for timed in cues
    )


def in_order(span: Span) -> Sequence[TimedCue]:
    """Cues in the order in which they come; one without a time after the one that stands before it."""
    placed: list[tuple[datetime, int, TimedCue]] = []
    previous = span.opens
    for timed in sorted(span.cues, key=lambda timed: timed.index):
        at = timed.at or timed.due or max(previous, timed.planned_at or previous)
        previous = max(previous, at)
        placed.append((at, timed.index, timed))
    return [timed for *_, timed in sorted(placed, key=lambda entry: entry[:2])]


def _current(span: Span, now: datetime) -> int | None:
    """The place of the cue that fired last."""
    fired = [one for one in span.course.firings if one.since <= now and one.index >= 0]
    counting = [one.index for one in fired if one.until is None or one.until > now]
    return counting[-1] if counting else None


def _following(cues: Sequence[TimedCue], current: int | None, now: datetime) -> TimedCue | None:
    """The next cue that may still fire, after the one that counts now."""
    place = next((place for place, timed in enumerate(cues) if timed.index == current), -1)
    return next((timed for timed in cues[place + 1 :] if timed.status in COMING and not _has_fired(timed, now)), None)


def _has_fired(timed: TimedCue, now: datetime) -> bool:
    return timed.fires and timed.at is not None and timed.at <= now


def _state(timed: TimedCue, current: int | None, stage: Stage, now: datetime) -> RowState:
    if timed.index == current:
        return "now"
    match timed.status:
        case CueStatus.SKIPPED:
            return "skipped"
        case CueStatus.MISSED:
            return "missed"
        case CueStatus.CANCELLED:
            return "cancelled"
        case CueStatus.WAITING:
            return "waiting" if stage in {"running", "coming"} else "cancelled"
        case CueStatus.HELD:
            return "held"
        case _:
            return "done" if _has_fired(timed, now) else "coming"


def _after(span: Span, timed: TimedCue) -> tuple[str, timedelta] | None:
    if timed.at is not None or timed.due is not None:
        return None
    at, up = span.rundown.ats[timed.index], span.rundown.parents[timed.index]
    if at is None or up is None or up < 0:
        return None
    return span.ceremony.cues[up].id, at.offset


def _bound(span: Span, timed: TimedCue) -> Literal["clock", "sun"] | None:
    root = span.rundown.root(timed.index)
    if root not in BOUND:
        return None
    return "clock" if root is Anchor.CLOCK else "sun"


def texts_of(span: Span, timed: TimedCue, timeline: Timeline) -> tuple[TextRow, ...]:
    """What a cue puts on the picture, or has put there."""
    return tuple(_text(span, timed, name, timeline) for name in timed.cue.do.text)


def _text(span: Span, timed: TimedCue, name: str, timeline: Timeline) -> TextRow:
    entries = span.course.texts.get((timed.index, name), ())
    counting = [text for at, text in entries if not timed.fires or timed.at is None or at <= timed.at]
    if counting:
        return TextRow(name, counting[-1], _who(timed, name, counting[-1], timeline))
    template = timed.cue.do.text[name]
    return TextRow(name, fill(template, span.occurrence, span.ceremony, span.venue, end_of(span)))


def _who(timed: TimedCue, name: str, text: str, timeline: Timeline) -> str | None:
    wrote = [
        change.who
        for change in timeline.changes
        if (change.occurrence, change.cue, change.field, change.value)
        == (timed.occurrence.id, timed.cue.id, name, text)
    ]
    return wrote[-1] if wrote else None


def people_of(span: Span, cue: Cue) -> tuple[str, ...]:
    """Whom a cue is about: the details of the event that its texts name."""
    details = span.occurrence.event.details
    named = [value for key, value in details.items() if any(f"{{{key}}}" in text for text in cue.do.text.values())]
    return tuple(dict.fromkeys(named))
