"""The FastAPI application: routes, and one shape for every error."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Sequence
from functools import cache

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute

from orchestrator import __version__
from orchestrator.errors import N_, BusyError, ConfigError, OrchestratorError, Problem, RefusedError
from orchestrator.i18n import Language, render, translate
from orchestrator.web import api, operations, pages, problems, schedule_api, session_api, station_api
from orchestrator.web.accounts import ForbiddenError, SignInError
from orchestrator.web.actions import RequestError
from orchestrator.web.bad_values import bad_values
from orchestrator.web.calendar_links import CalendarLinks
from orchestrator.web.credentials import Passwords
from orchestrator.web.desk import Desk
from orchestrator.web.documents import refusal_document
from orchestrator.web.guard import Guard, add_headers
from orchestrator.web.identity import Identity
from orchestrator.web.language import pick
from orchestrator.web.live import stream
from orchestrator.web.live.broadcast import Broadcast
from orchestrator.web.metrics import Metrics
from orchestrator.web.moments import WindowError
from orchestrator.web.page import above, language_of, page
from orchestrator.web.people import People
from orchestrator.web.publishing import Publisher
from orchestrator.web.refusal import is_navigation, refused_page, wants_page
from orchestrator.web.sessions import Sessions
from orchestrator.web.signing_in import SigningIn, WaitError
from orchestrator.web.targets import TargetError
from orchestrator.web.wording import in_words

_log = logging.getLogger(__name__)

_STATUS: tuple[tuple[type[OrchestratorError], int], ...] = (
    (SignInError, 401),
    (ForbiddenError, 403),
    (WaitError, 429),
    (TargetError, 404),
    (RequestError, 422),
    (WindowError, 422),
    (ConfigError, 422),
    (RefusedError, 409),
    (BusyError, 409),
)
"""HTTP status of each kind of error; all others are the service's own trouble (503)."""


def build(desk: Desk, token: str = "", passwords: Passwords | None = None) -> FastAPI:
    """The application that serves a desk.

    Args:
        desk: the running service.
        token: what this machine's own commands show in place of a session; empty: no command can.
        passwords: how passwords are kept, where not in the usual way.
    """
    app = FastAPI(
        title="orchestrator",
        version=__version__,
        docs_url=None,  # Swagger's pages load their scripts from elsewhere
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        routes=[*_routes()],
    )
    app.state.desk = desk
    app.state.metrics = Metrics(desk)
    app.state.paths = pages.PATHS
    app.state.publisher = Publisher(desk)
    app.state.calendar_links = CalendarLinks(desk.catalogue, desk.clock)
    app.state.broadcast = Broadcast(desk, pages.PAINTERS)
    app.add_exception_handler(OrchestratorError, _on_own_error)
    app.add_exception_handler(RequestValidationError, _on_bad_request)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(Exception, _on_fault)
    sessions = app.state.sessions = Sessions(desk.catalogue, desk.clock)
    passwords = passwords or Passwords()
    app.state.signing_in = SigningIn(desk.catalogue, desk.clock, sessions, passwords)
    app.state.people = People(desk.catalogue, desk.clock, passwords, sessions)
    app.add_middleware(Identity, language=_language_of(desk), sessions=sessions, token=token)
    app.add_middleware(Guard, language=_language_of(desk), sessions=sessions)
    return app


@cache
def _routes() -> Sequence[BaseRoute]:
    """Those of every application in this process: FastAPI works a tenth of a second on them at the first request."""
    together = APIRouter()
    for router in (
        api.router, session_api.router, station_api.router, schedule_api.router, operations.router, stream.router,
        pages.router,
    ):  # fmt: skip
        together.include_router(router)
    return tuple(together.routes)


def _language_of(desk: Desk) -> Callable[[], Language]:
    return lambda: desk.configuration().station.language


_HEADINGS = {
    401: N_("Sign in first"),
    403: N_("You may not see or do this"),
    404: N_("This page doesn't exist"),
    409: N_("This can't be done now"),
    500: N_("Something went wrong in the program"),
}
_LETTERS = "ACDEFHJKLMNPRTUVWXY3479"
"""Of a fault's code: none is taken for another when it is read out on the telephone."""


def _answer(request: Request, status: int, *found: Problem) -> Response:
    if wants_page(request.scope, request.headers):
        return _error_page(request, status, found[0])
    default = request.app.state.desk.configuration().station.language
    language = pick(request.query_params.get("lang"), request.headers.get("accept-language"), default)
    return JSONResponse(refusal_document(found, language), status)


def _error_page(request: Request, status: int, problem: Problem) -> Response:
    language = language_of(request)
    heading = translate(_HEADINGS.get(status, N_("This didn't work")), language)
    return page(request, "error.html", status=status, heading=heading, sentence=render(problem, language))


def _on_own_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, OrchestratorError)  # noqa: S101 - registered for it
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 503)
    titles = {event.id: event.title for event in request.app.state.desk.configuration().events}
    answer = _answer(request, status, *(in_words(problem, titles) for problem in error.problems))
    if isinstance(error, WaitError):
        answer.headers["retry-after"] = str(error.problem.values["seconds"])
    return answer


def _on_bad_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it
    if any(found["type"] == "json_invalid" for found in error.errors()):
        return _answer(request, 400, problems.not_json())
    return _answer(request, 422, *bad_values(error.errors(), error.body))


def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    path = request.url.path
    if error.status_code == 405 and is_navigation(request.scope, request.headers):
        return RedirectResponse(above(path), 303)  # the address of a form's answer, opened once more
    if error.status_code == 405:
        return _answer(request, 405, problems.wrong_method(request.method, path))
    if wants_page(request.scope, request.headers):
        return _answer(request, error.status_code, problems.nothing_here())
    return _answer(request, error.status_code, problems.no_such_page(path))


def _on_fault(request: Request, error: Exception) -> Response:
    code = "".join(secrets.choice(_LETTERS) for _ in range(6))
    _log.error("%s %s failed (%s)", request.method, request.url.path, code, exc_info=error)
    found = problems.broken(code)
    try:
        answer = _answer(request, 500, found)
    except Exception:  # noqa: BLE001 - whatever is broken, the person gets an answer
        _log.exception("the page that says so failed, too (%s)", code)
        language = pick(request.query_params.get("lang"), request.headers.get("accept-language"), "id")
        answer = refused_page(500, found, language)
    return add_headers(answer)  # faults are answered outside the guard
