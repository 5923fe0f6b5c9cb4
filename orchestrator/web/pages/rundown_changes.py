"""What the dialogs of a rundown ask for: what a shift would do, and the texts of a cue with how much room they have."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse

from orchestrator.errors import Problem
from orchestrator.i18n import Language, render
from orchestrator.plan.changes import LONGEST_TEXT, refuse
from orchestrator.plan.model import ALONE, Change, ChangeKind, Venue
from orchestrator.plan.timeline import Span, TimedCue, Timeline
from orchestrator.web import problems
from orchestrator.web.accounts import Operator
from orchestrator.web.asked import AtDesk
from orchestrator.web.effects import effect_of
from orchestrator.web.live.rundown import TextRow, texts_of
from orchestrator.web.page import fragment, language_of
from orchestrator.web.shifts import ShiftError, parse_shift
from orchestrator.web.targets import TargetError
from orchestrator.web.wording import clock, in_words, offset

router = APIRouter(prefix="/rundown/{occurrence}/cues/{cue}")

Name = Annotated[str, Path(max_length=200)]
_LETTER = 0.5
"""How wide a letter is on the average, in heights of the font."""
_LINE = 1.25
"""How high a line is, in heights of the font."""


@dataclass(frozen=True, slots=True)
class Box:
    """Where a text stands on the picture."""

    width: float
    """Pixels."""
    size: float
    """Height of its letters, pixels."""
    lines: int
    """How many lines it has room for."""

    @property
    def letters(self) -> int:
        """About how many letters it shows at its full size."""
        return int(self.width / (self.size * _LETTER)) * self.lines


@dataclass(frozen=True, slots=True)
class Field:
    """A text as the form has it."""

    row: TextRow
    """What is shown as things stand."""
    box: Box | None
    """Where; None where the profile doesn't say."""


@router.get("/move")
def move(
    _who: Operator,
    request: Request,
    desk: AtDesk,
    occurrence: Name,
    cue: Name,
    to: Annotated[str, Query(max_length=40)],
    alone: bool = False,
) -> dict[str, Any]:
    """What a shift would do, before it is made: in words for the dialog, and as times for the table."""
    timeline, now, language = desk.timeline(), desk.clock.now(), language_of(request)
    span, timed = _find(timeline, occurrence, cue)
    zone = span.occurrence.event.timezone
    change = _change(span, timed, ChangeKind.SHIFT, ALONE if alone else None, 1.0, now)
    if timed.due is None:
        return _refused(refuse(timeline, change, now), span, language)
    try:
        by = parse_shift(to, timed.due, zone)
    except ShiftError as error:
        return _refused(error.problem, span, language)
    change = replace(change, value=by.total_seconds())
    if not by or (problem := refuse(timeline, change, now)) is not None:
        return _refused(problem if by else None, span, language)
    effect = effect_of(timeline, change, now)
    return {
        "seconds": by.total_seconds(),
        "told": f"{offset(by.total_seconds(), language)} → {clock(timed.due + by, zone)}",
        "refused": None,
        "dangerous": bool(effect.dangers),
        "html": fragment("rundown/effect.html", language, effect=effect, zone=zone),
        "times": {one.timed.cue.id: clock(one.after, zone) for one in effect.cues if one.moves and one.after},
    }


@router.get("/texts", response_class=HTMLResponse)
def texts(_who: Operator, request: Request, desk: AtDesk, occurrence: Name, cue: Name) -> HTMLResponse:
    """The form with a cue's texts."""
    timeline, now, language = desk.timeline(), desk.clock.now(), language_of(request)
    span, timed = _find(timeline, occurrence, cue)
    change = _change(span, timed, ChangeKind.TEXT, next(iter(timed.cue.do.text), None), "", now)
    refused = refuse(timeline, change, now)
    body = fragment(
        "rundown/texts.html",
        language,
        fields=[Field(row, box_of(span.venue, row.name)) for row in texts_of(span, timed, timeline)],
        longest=LONGEST_TEXT,
        refused=None if refused is None else render(in_words(refused, _titles(span)), language),
    )
    return HTMLResponse(body)


def _find(timeline: Timeline, occurrence: str, cue: str) -> tuple[Span, TimedCue]:
    span = timeline.spans.get(occurrence)
    timed = next((one for one in span.cues if one.cue.id == cue), None) if span is not None else None
    if span is None or timed is None:
        raise TargetError(problems.unknown_target(f"{occurrence} {cue}"))
    return span, timed


def _change(span: Span, timed: TimedCue, kind: ChangeKind, field: str | None, value: object, now: datetime) -> Change:
    return Change(0, kind, now, "", span.venue.id, span.occurrence.id, timed.cue.id, field, value)


def _titles(span: Span) -> dict[str, str]:
    event = span.occurrence.event
    return {event.id: event.title}


def _refused(problem: Problem | None, span: Span, language: Language) -> dict[str, Any]:
    """The answer where nothing would be done: with why, unless it is by nothing that the cue would be moved."""
    told = None if problem is None else render(in_words(problem, _titles(span)), language)
    return {"seconds": 0, "told": "", "refused": told, "times": {}}


def box_of(venue: Venue, name: str) -> Box | None:
    """Where a venue's text input of that name stands, by the profile."""
    item = next((i for items in venue.scenes.values() for i in items if (i.kind, i.name) == ("text", name)), None)
    if item is None:
        return None
    width, height, size = (item.options.get(key) for key in ("width", "height", "size"))
    if not isinstance(width, int | float) or not isinstance(size, int | float) or width <= 0 or size <= 0:
        return None
    room = height / (size * _LINE) if isinstance(height, int | float) else 1
    return Box(float(width), float(size), max(1, int(room)))
