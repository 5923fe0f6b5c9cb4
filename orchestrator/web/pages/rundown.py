"""The rundown of an occurrence: what is planned, what is expected as things stand, and what has happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Annotated
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from orchestrator.catalogue.records import ArchivedRecording, AsRun
from orchestrator.errors import N_, StorageError
from orchestrator.i18n import Language
from orchestrator.plan.timeline import Span
from orchestrator.timetable import LOOK_AHEAD
from orchestrator.web import occurrences
from orchestrator.web.accounts import Viewer
from orchestrator.web.asked import AtDesk
from orchestrator.web.chronicle import OUTCOMES
from orchestrator.web.desk import Desk
from orchestrator.web.live.broadcast import Broadcast
from orchestrator.web.live.drawn import Drawn
from orchestrator.web.live.observer import Sight
from orchestrator.web.live.rundown import RundownView, near_view, people_of, rundown_view
from orchestrator.web.live.topics import Part, Topic
from orchestrator.web.live.venue import Moment
from orchestrator.web.live.views import VenueView
from orchestrator.web.page import fragment, language_of, page
from orchestrator.web.pages.today import CHANGES, SOURCES, paint_shell
from orchestrator.web.targets import of_event

router = APIRouter()

Name = Annotated[str, Path(max_length=200, description="The occurrence.")]
STAGES: Mapping[str, str] = {
    "coming": N_("to come"),
    "running": N_("under way"),
    "over": N_("over"),
    "cancelled": N_("cancelled"),
    "no-turn": N_("can't take place"),
}
STATES: Mapping[str, str] = {
    "waiting": N_("waits for GO"),
    "held": N_("held"),
    "skipped": N_("skipped"),
    "missed": N_("missed"),
    "cancelled": N_("won't happen"),
}
_WORDS = {"stages": STAGES, "states": STATES, "outcomes": OUTCOMES, "sources": SOURCES, "changes": CHANGES}


@router.get("/rundown/{occurrence}", response_class=HTMLResponse, response_model=None)
def rundown(_who: Viewer, request: Request, desk: AtDesk, occurrence: Name) -> Response:
    """An occurrence's rundown; live while it is within the days around now."""
    sight = _look(request)
    configuration = desk.configuration()
    found = occurrences.find(desk, occurrence)
    if found is None:
        following = of_event(occurrence, sight.moment.timeline, sight.moment.now)
        if following is not None:
            return RedirectResponse(f"/rundown/{quote(following.occurrence.id)}", 303)
        return _unknown(request, desk, occurrence)
    view = _live(sight, found.span) if found.is_near else _still(desk, found)
    before, after = occurrences.neighbours(configuration, found.span.occurrence)
    language = language_of(request)
    return page(
        request,
        "rundown/rundown.html",
        section=_section(view, desk),
        view=view,
        body=rundown_html(view, language),
        before=before,
        after=after,
        recording=_recording(desk, occurrence),
        changes_from=found.span.opens - LOOK_AHEAD,
    )


@router.get("/rundown/{occurrence}/print", response_class=HTMLResponse)
def on_paper(_who: Viewer, request: Request, desk: AtDesk, occurrence: Name) -> HTMLResponse:
    """The rundown as protocol staff carry it: as it stands at this moment."""
    found = occurrences.find(desk, occurrence)
    if found is None:
        return _unknown(request, desk, occurrence)
    view = _live(_look(request), found.span) if found.is_near else _still(desk, found)
    rows = [(row, people_of(found.span, row.timed.cue)) for row in view.rows]
    return page(
        request,
        "rundown/print.html",
        section=_section(view, desk),
        view=view,
        rows=rows,
        states=STATES,
        sources=SOURCES,
    )


def paint_rundown(sight: Sight, topic: Topic) -> Mapping[str, Part]:
    """The parts of a rundown's page; none where the schedule has the occurrence no more."""
    span = sight.moment.timeline.spans.get(topic.of)
    parts = dict(paint_shell(sight, topic))
    if span is not None:
        parts["rundown"] = Part(_DRAWN.get(topic.of, _live(sight, span), topic.language))
    return parts


def rundown_html(view: RundownView, language: Language) -> str:
    """The part of the page that follows the air."""
    return fragment("rundown/body.html", language, view=view, zone=view.zone, **_WORDS)


def _look(request: Request) -> Sight:
    broadcast: Broadcast = request.app.state.broadcast
    return broadcast.look()


def _recording(desk: Desk, occurrence: str) -> ArchivedRecording | None:
    """What was archived of it; nothing where the database can't be read: the rundown is there all the same."""
    with suppress(StorageError):
        return desk.catalogue.recordings.find(occurrence)
    return None


def _section(view: RundownView, desk: Desk) -> str:
    """Where one comes from to an event: today's page, or the schedule."""
    zone = ZoneInfo(view.zone)
    today = desk.clock.now().astimezone(zone).date()
    return "/" if view.occurrence.start.astimezone(zone).date() == today else "/schedule"


def _live(sight: Sight, span: Span) -> RundownView:
    """The view of an occurrence near now; worked out again when its venue's view or its log is another."""
    name = span.occurrence.id
    venue, lines = next(view for view in sight.venues if view.id == span.venue.id), sight.log(name)
    made = _MADE.get(name)
    if made is not None and made[0] is span and made[1] is venue and made[2] is lines:
        return made[3]
    view = near_view(span, sight.moment, lines, venue)
    if len(_MADE) >= _MOST_MADE:
        _MADE.clear()
    _MADE[name] = span, venue, lines, view
    return view


def _still(desk: Desk, found: occurrences.Found) -> RundownView:
    """The view of an occurrence that is too far from now to be changed."""
    moment = Moment(desk.clock.now(), desk.configuration(), found.timeline, ())
    return rundown_view(found.span, moment, desk.catalogue.asrun.of(found.span.occurrence.id))


def _unknown(request: Request, desk: Desk, name: str) -> HTMLResponse:
    """A page that says that there is no such occurrence, and where what is left of it may be."""
    return page(
        request,
        "rundown/unknown.html",
        status=404,
        occurrence=name,
        event=occurrences.event_of(desk.configuration(), name),
        recording=desk.catalogue.recordings.find(name),
        has_log=bool(desk.catalogue.asrun.of(name)),
    )


_MADE: dict[str, tuple[Span, VenueView, Sequence[AsRun], RundownView]] = {}
"""Of each occurrence that was looked at, the latest view and what it was made of."""
_MOST_MADE = 32
_DRAWN = Drawn[RundownView](rundown_html)
PAINTERS = {"rundown": paint_rundown}
