"""What the panel's address says while the service can't begin: what is wrong, what to do, and a button to try again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from orchestrator.config.model import Station
from orchestrator.errors import Problem
from orchestrator.web import problems
from orchestrator.web.callers import caller_of
from orchestrator.web.csrf import SAFE
from orchestrator.web.documents import refusal_document
from orchestrator.web.guard import objection, with_headers
from orchestrator.web.language import of_page
from orchestrator.web.page import fragment
from orchestrator.web.pages.assets import asset
from orchestrator.web.server import Served

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

_SHOWN = 20
"""How many of the problems the page lists."""


class WaitingRoom:
    """Serves one page, to this machine whole and to others without what is wrong: nobody can sign in yet.

    Args:
        station: Its name, language and address.
        again: Called when somebody wants the service to try again at once.
    """

    def __init__(self, station: Station, again: Callable[[], None]) -> None:
        self.station = station
        """What it was made for."""
        self._again = again
        self._problems: Sequence[Problem] = ()
        self._served: Served | None = None
        routes = [
            Route("/", self._page),
            Route("/again", self._try_again, methods=["POST"]),
            Route("/assets/{name}", _asset),
            Route("/healthz", lambda _: JSONResponse({"status": "ok"})),
        ]
        self._app = Starlette(routes=routes, exception_handlers={404: self._elsewhere, 405: self._elsewhere})

    @property
    def url(self) -> str:
        """Where this machine's browsers find it, while it listens."""
        return "" if self._served is None else self._served.url

    def show(self, found: Sequence[Problem]) -> None:
        """Say what is wrong now, and listen, unless it does.

        Raises:
            ConfigError: the address can't be had.
        """
        self._problems = tuple(found)
        if self._served is None:
            self._served = Served(self._guarded, self.station.web)

    def close(self) -> None:
        """Give the address free."""
        if self._served is not None:
            self._served.stop()
            self._served = None

    async def _guarded(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        caller = caller_of((scope.get("client") or ("",))[0], headers)
        found = objection(scope["method"], headers, scope["path"], caller=caller)
        scope.setdefault("state", {})["trusted"] = found is None
        app = self._app if found is None or scope["method"] in SAFE else _refused(found)
        await app(scope, receive, with_headers(send))

    def _page(self, request: Request) -> Response:
        trusted: bool = request.state.trusted
        language = of_page(request.query_params.get("lang"), None, self.station.language)
        found = together(self._problems)
        body = fragment(
            "waiting.html",
            language,
            station=self.station,
            problems=found[:_SHOWN] if trusted else (),
            more=max(0, len(found) - _SHOWN),
            trusted=trusted,
        )
        return Response(body, 503, {"retry-after": "2"}, "text/html; charset=utf-8")

    async def _try_again(self, request: Request) -> Response:
        asked = parse_qs((await request.body()).decode("latin-1")).get("lang", [""])[0]
        self._again()
        return RedirectResponse(f"/?lang={of_page(asked, None, self.station.language)}", 303)

    async def _elsewhere(self, request: Request, _error: Exception) -> Response:
        """Any other page leads here; programs are told why there is no answer."""
        if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
            return self._page(request)
        found = self._problems if self._problems and request.state.trusted else (problems.not_begun(),)
        return JSONResponse(refusal_document(found, self.station.language), 503, {"retry-after": "2"})


def together(found: Sequence[Problem]) -> Sequence[tuple[Problem, Sequence[str]]]:
    """What is wrong, each thing once, with all the places that it is wrong at: one missing secret is used by many."""
    places: dict[tuple[str, str], tuple[Problem, list[str]]] = {}
    for problem in found:
        _, where = places.setdefault((problem.code, repr(sorted(problem.values.items()))), (problem, []))
        if problem.where:
            where.append(problem.where)
    return list(places.values())


def _asset(request: Request) -> Response:
    try:
        return asset(request, request.path_params["name"])
    except HTTPException as error:
        return Response(status_code=error.status_code)


def _refused(found: tuple[int, Problem]) -> Response:
    status, problem = found
    return JSONResponse(refusal_document([problem], "en"), status)
