"""People: who may sign in, and what they may do. For admins."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from orchestrator.catalogue.records import Role
from orchestrator.errors import N_, OrchestratorError, Problem, RefusedError
from orchestrator.web.accounts import Admin
from orchestrator.web.actions import RequestError
from orchestrator.web.asked import AtDesk
from orchestrator.web.desk import Desk
from orchestrator.web.page import page
from orchestrator.web.people import People, same
from orchestrator.web.role_words import ROLES

router = APIRouter()

_DONE = {
    "added": N_("The account {name} was made. Give the password to its owner, who can change it."),
    "role": N_("{name} has another role now; it counts at once."),
    "password": N_("The password of {name} was set, and all of {name}'s browsers are signed out."),
    "sessions": N_("All browsers of {name} are signed out."),
    "removed": N_("The account {name} was removed."),
}
"""What was done, told on the page that follows."""

Text = Annotated[str, Form(max_length=1000)]


@router.get("/people", response_model=None)
def people(_who: Admin, desk: AtDesk, request: Request, done: str = "", name: str = "") -> Response:
    """Everybody who may sign in."""
    return _shown(request, desk, done=done, name=name)


@router.post("/people", response_model=None)
def add(
    who: Admin,
    desk: AtDesk,
    request: Request,
    role: Annotated[Role, Form()],
    name: Text = "",
    password: Text = "",
    again: Text = "",
) -> Response:
    """Make an account."""
    try:
        same(password, again)
        made = _people(request).add(who.name, name, role, password)
    except (RequestError, RefusedError) as error:
        return _shown(request, desk, error, name=name, role=role)
    return _told("added", made.name)


@router.post("/people/{name}/role", response_model=None)
def set_role(who: Admin, desk: AtDesk, request: Request, name: str, role: Annotated[Role, Form()]) -> Response:
    """Let somebody do more or less."""
    try:
        _people(request).set_role(who.name, name, role)
    except RefusedError as error:
        return _shown(request, desk, error, about=name)
    return _told("role", name)


@router.post("/people/{name}/password", response_model=None)
def set_password(
    who: Admin, desk: AtDesk, request: Request, name: str, password: Text = "", again: Text = ""
) -> Response:
    """Give somebody another password."""
    try:
        same(password, again)
        _people(request).set_password(who.name, name, password)
    except (RequestError, RefusedError) as error:
        return _shown(request, desk, error, about=name)
    return _told("password", name)


@router.post("/people/{name}/sessions", response_model=None)
def end_sessions(who: Admin, request: Request, name: str) -> Response:
    """Sign somebody out everywhere."""
    _people(request).end_sessions(who.name, name)
    return _told("sessions", name)


@router.post("/people/{name}/remove", response_model=None)
def remove(who: Admin, desk: AtDesk, request: Request, name: str) -> Response:
    """Remove an account."""
    try:
        _people(request).remove_other(who.name, name)
    except RefusedError as error:
        return _shown(request, desk, error, about=name)
    return _told("removed", name)


def _people(request: Request) -> People:
    people: People = request.app.state.people
    return people


def _told(done: str, name: str) -> Response:
    return RedirectResponse(f"/people?{urlencode({'done': done, 'name': name})}", 303)


def _shown(
    request: Request,
    desk: Desk,
    error: OrchestratorError | None = None,
    *,
    done: str = "",
    name: str = "",
    role: Role = "operator",
    about: str = "",
) -> Response:
    """The page; after a refusal with what is wrong, beside the account or the form that it is about."""
    accounts = desk.catalogue.accounts.all()
    wrong: Problem | None = error.problem if error is not None else None
    status = 200 if error is None else 422 if isinstance(error, RequestError) else 409
    return page(
        request,
        "people/people.html",
        status=status,
        accounts=[(account, desk.catalogue.sessions.of(account.name)) for account in accounts],
        roles=ROLES,
        wrong=wrong,
        about=about,
        done=_DONE.get(done),
        typed=name,
        role=role,
    )
