"""An event in a form: added, edited, removed; what comes of it is shown before it is saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Literal
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Form, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from orchestrator.backstage.wishes import Current, StaleError
from orchestrator.config.editing import Fields, Put, Remove, read_events
from orchestrator.config.problems import no_such_event
from orchestrator.config.rendering import spelled
from orchestrator.errors import N_, ConfigError, OrchestratorError, RefusedError
from orchestrator.web.accounts import Operator, User, Viewer
from orchestrator.web.asked import AtDesk, Given
from orchestrator.web.desk import Desk
from orchestrator.web.event_check import lacking, placed
from orchestrator.web.event_form import EventForm, of_event, to_event
from orchestrator.web.event_sent import read
from orchestrator.web.event_view import Said, fields_of, form_context, preview_context
from orchestrator.web.page import language_of, page
from orchestrator.web.schedule_view import difference_view
from orchestrator.web.schedule_words import KINDS, Words
from orchestrator.web.targets import TargetError

router = APIRouter()

Id = Annotated[str, Path(max_length=200, description="The event.")]
Step = Annotated[Literal["preview", "edit", "save"], Form()]
_DONE: Mapping[str, str] = {
    "added": N_("The event is in the schedule now."),
    "changed": N_("The event was saved: the schedule in force has the change."),
}


@router.get("/schedule/new", response_model=None)
def new(
    user: Operator,
    request: Request,
    desk: AtDesk,
    date: Annotated[str, Query(max_length=10)] = "",
    venue: Annotated[str, Query(max_length=200)] = "",
    copy: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """An empty form; at a day and a venue, or as another event."""
    current, known = desk.schedule.read(), list(desk.configuration().venues)
    source = fields_of(current, copy) if copy else None
    form = EventForm() if source is None else replace(of_event(source, ""), event="", id="")
    at = venue if venue in known else form.venue or (known[0] if len(known) == 1 else "")
    form = replace(form, base=current.digest, venue=at, date=date or form.date)
    return _shown(request, desk, user, current, form)


@router.post("/schedule/new", response_model=None)
def add(user: Operator, request: Request, desk: AtDesk, sent: Given, step: Step = "preview") -> Response:
    """Show what a new event would change, or save it."""
    return _taken(request, desk, user, replace(_typed(sent), event=""), step)


@router.get("/schedule/events/{event}", response_model=None)
def show(user: Viewer, request: Request, desk: AtDesk, event: Id, done: str = "") -> Response:
    """An event: what it says, when it takes place, and its form."""
    current = desk.schedule.read()
    fields = _existing(desk, current, event)
    form = replace(of_event(fields or {"id": event}, current.digest), event=event)
    return _shown(request, desk, user, current, form, Said(done=_DONE.get(done, "")))


@router.post("/schedule/events/{event}", response_model=None)
def edit(user: Operator, request: Request, desk: AtDesk, event: Id, sent: Given, step: Step = "preview") -> Response:
    """Show what an edit would change, or save it."""
    return _taken(request, desk, user, replace(_typed(sent), event=event), step)


@router.get("/schedule/events/{event}/remove", response_model=None)
def ask_to_remove(_who: Operator, request: Request, desk: AtDesk, event: Id) -> Response:
    """What would be gone with an event."""
    current = desk.schedule.read()
    _existing(desk, current, event)
    return _removing(request, desk, event, current.digest)


@router.post("/schedule/events/{event}/remove", response_model=None)
def remove(
    user: Operator, request: Request, desk: AtDesk, event: Id, base: Annotated[str, Form(max_length=64)] = ""
) -> Response:
    """Remove an event."""
    try:
        desk.schedule.apply(Remove(event), base, user.name)
    except (RefusedError, ConfigError) as error:
        return _removing(request, desk, event, desk.schedule.read().digest, error)
    return RedirectResponse("/schedule/history?done=removed", 303)


def _typed(sent: FormData) -> EventForm:
    return read([(name, value) for name, value in sent.multi_items() if isinstance(value, str)])


def _existing(desk: Desk, current: Current, event: str) -> Fields | None:
    """An event of the file; None where only what is in force has it. Raises TargetError where nothing has it."""
    fields = fields_of(current, event)
    if fields is None and (not current.problems or all(each.id != event for each in desk.configuration().events)):
        raise TargetError(no_such_event(event))
    return fields


def _taken(request: Request, desk: Desk, user: User, form: EventForm, step: str) -> Response:
    """A form that was sent: shown again with what is wrong, previewed, or saved."""
    current, configuration = desk.schedule.read(), desk.configuration()
    before = _existing(desk, current, form.event) if form.event else None
    if step == "edit":
        return _shown(request, desk, user, current, form)
    if wrong := lacking(form, configuration, before):
        return _shown(request, desk, user, current, form, Said(wrong), 422)
    wish = Put(to_event(form, before, _taken_ids(current)), form.event or None)
    event = spelled(wish.fields["id"])
    try:
        if step == "save":
            desk.schedule.apply(wish, form.base, user.name)
            done = urlencode({"done": "changed" if form.event else "added"})
            return RedirectResponse(f"/schedule/events/{quote(event)}?{done}", 303)
        preview = desk.schedule.preview(wish, form.base)
    except StaleError as error:
        said = Said(stale=error.problem, missed=desk.schedule.missed(form.base) or ())
        return _shown(request, desk, user, current, replace(form, base=current.digest), said, 409)
    except ConfigError as error:
        return _shown(request, desk, user, current, form, Said(placed(error.problems, event, configuration)), 422)
    except OrchestratorError as error:
        status = 409 if isinstance(error, RefusedError) else 503
        return _shown(request, desk, user, current, form, Said({"": [error.problem]}), status)
    return page(request, "schedule/preview.html", **preview_context(desk, form, preview, event, language_of(request)))


def _taken_ids(current: Current) -> list[str]:
    try:
        return [spelled(each.get("id")) for each in read_events("", current.text) if isinstance(each, dict)]
    except ConfigError:
        return []


def _shown(
    request: Request,
    desk: Desk,
    user: User,
    current: Current,
    form: EventForm,
    said: Said | None = None,
    status: int = 200,
) -> Response:
    language, may_edit = language_of(request), user.may("operator")
    context = form_context(desk, current, form, said or Said(), language, may_edit=may_edit)
    return page(request, "schedule/event.html", status=status, **context)


def _removing(request: Request, desk: Desk, event: str, base: str, error: OrchestratorError | None = None) -> Response:
    words, difference = Words(desk.configuration(), language_of(request)), None
    try:
        difference = difference_view(desk.schedule.preview(Remove(event), base), words)
    except (RefusedError, ConfigError) as found:
        error = error or found
    return page(
        request,
        "schedule/remove.html",
        status=200 if error is None else 422 if isinstance(error, ConfigError) else 409,
        event=event,
        title=next((each.title for each in desk.configuration().events if each.id == event), event),
        difference=difference,
        kinds=KINDS,
        wrong=() if error is None else error.problems,
        base=base,
    )
