"""One's own account: the password, and where one is signed in."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from orchestrator.catalogue.records import Account
from orchestrator.errors import N_, Problem
from orchestrator.web import account_problems
from orchestrator.web.accounts import SignInError, User, Viewer
from orchestrator.web.actions import RequestError
from orchestrator.web.asked import AtDesk
from orchestrator.web.calendar_links import CalendarLinks
from orchestrator.web.desk import Desk
from orchestrator.web.identity import give_session
from orchestrator.web.page import page
from orchestrator.web.people import People, same
from orchestrator.web.role_words import ROLES
from orchestrator.web.sessions import Sessions
from orchestrator.web.signing_in import SigningIn, WaitError

router = APIRouter()

_SAID = {
    "password": N_("The password was changed; every other browser is signed out."),
    "sessions": N_("Every other browser is signed out."),
    "unlinked": N_("The calendar link was removed."),
}
"""What was done, told on the page that follows."""


@router.get("/account", response_model=None)
def account(user: Viewer, desk: AtDesk, request: Request, done: str = "") -> Response:
    """What one may do, and where one is signed in."""
    return _shown(request, desk, user, done=done)


@router.post("/account/password", response_model=None)
async def password(
    user: Viewer,
    desk: AtDesk,
    request: Request,
    old: Annotated[str, Form()] = "",
    new: Annotated[str, Form(alias="password")] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Take another password; every other browser is signed out."""
    people: People = request.app.state.people
    try:
        same(new, again)
        found = await _confirmed(request, user, old)
        await run_in_threadpool(people.set_password, user.name, user.name, new)
    except (RequestError, WaitError) as error:
        status = 429 if isinstance(error, WaitError) else 422
        return await run_in_threadpool(_shown, request, desk, user, error.problem, status)
    return await run_in_threadpool(_signed_in_anew, request, found, "password")


@router.post("/account/sessions", response_model=None)
def sessions(user: Viewer, desk: AtDesk, request: Request) -> Response:
    """Sign out everywhere but here."""
    people: People = request.app.state.people
    found = desk.catalogue.accounts.find(user.name)
    if found is None:
        return RedirectResponse("/account", 303)
    people.end_sessions(user.name, user.name)
    return _signed_in_anew(request, found, "sessions")


@router.post("/account/calendar", response_model=None)
def make_link(user: Viewer, desk: AtDesk, request: Request) -> Response:
    """Make a link for one's calendar programs, and show it this once."""
    if user.kind != "session":
        return RedirectResponse("/account", 303)
    links: CalendarLinks = request.app.state.calendar_links
    address = f"{request.state.caller.origin}/schedule.ics?{urlencode({'key': links.make(user.name)})}"
    return _shown(request, desk, user, link=address)


@router.post("/account/calendar/remove", response_model=None)
def remove_link(user: Viewer, request: Request) -> Response:
    """Let the link count no more."""
    links: CalendarLinks = request.app.state.calendar_links
    links.remove(user.name, user.name)
    return RedirectResponse("/account?done=unlinked", 303)


async def _confirmed(request: Request, user: User, old: str) -> Account:
    """The account, where its owner knows its password: a browser that was left open is not its owner."""
    way: SigningIn = request.app.state.signing_in
    try:
        return await way.confirm(user.name, old, request.state.caller)
    except SignInError as error:
        raise RequestError(account_problems.wrong_old_password()) from error


def _signed_in_anew(request: Request, found: Account, done: str) -> Response:
    book: Sessions = request.app.state.sessions
    secret = book.begin(found, request.state.caller.address, request.headers.get("user-agent", ""))
    answer = RedirectResponse(f"/account?done={done}", 303)
    give_session(answer, secret, request.state.caller)
    return answer


def _shown(
    request: Request,
    desk: Desk,
    user: User,
    wrong: Problem | None = None,
    status: int = 200,
    done: str = "",
    link: str = "",
) -> Response:
    signed_in = user.kind == "session"
    return page(
        request,
        "people/account.html",
        status=status,
        roles=ROLES,
        sessions=desk.catalogue.sessions.of(user.name) if signed_in else [],
        here_digest=request.state.digest,
        wrong=wrong,
        done=_SAID.get(done),
        linked=desk.catalogue.calendar_links.of(user.name) if signed_in else None,
        link=link,
    )
