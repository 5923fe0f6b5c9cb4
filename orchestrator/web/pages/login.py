"""Signing in and out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from orchestrator.errors import Problem
from orchestrator.web.accounts import Anyone, SignInError, Viewer
from orchestrator.web.identity import end_session, give_session
from orchestrator.web.page import page
from orchestrator.web.signing_in import SigningIn, WaitError

router = APIRouter()


def own_path(text: str) -> str:
    """Where to go after signing in: a path of this panel, whatever a link says."""
    harmless = text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable()
    return text if harmless and not text.startswith(("/login", "/logout")) else "/"


@router.get("/login", response_model=None)
def form(who: Anyone, request: Request, onward: Annotated[str, Query(alias="next")] = "/") -> Response:
    """The form; whoever is signed in goes on at once."""
    if who is not None:
        return RedirectResponse(own_path(onward), 303)
    return _form(request, onward)


@router.post("/login", response_model=None)
async def sign_in(
    _who: Anyone,
    request: Request,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    onward: Annotated[str, Form(alias="next")] = "/",
) -> Response:
    """Sign in and go on to where one wanted to be."""
    way: SigningIn = request.app.state.signing_in
    agent = request.headers.get("user-agent", "")
    try:
        _, secret = await way.sign_in(name, password, request.state.caller, agent)
    except SignInError as error:
        return _form(request, onward, name, error.problem, 401)
    except WaitError as error:
        answer = _form(request, onward, name, error.problem, 429)
        answer.headers["retry-after"] = str(error.problem.values["seconds"])
        return answer
    answer = RedirectResponse(own_path(onward), 303)
    give_session(answer, secret, request.state.caller)
    return answer


@router.post("/logout", response_model=None)
def sign_out(user: Viewer, request: Request) -> Response:
    """Sign out of this browser."""
    answer = RedirectResponse("/login", 303)
    end_session(request, answer, user)
    return answer


def _form(request: Request, onward: str, name: str = "", problem: Problem | None = None, status: int = 200) -> Response:
    return page(request, "people/login.html", status=status, onward=own_path(onward), typed=name, wrong=problem)
