"""Finds out who asks, and lets nobody in who must sign in first: what isn't open by name is closed."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from orchestrator.catalogue.records import Account
from orchestrator.i18n import Language
from orchestrator.web import account_problems, csrf
from orchestrator.web.accounts import User
from orchestrator.web.callers import WHO, Caller
from orchestrator.web.desk import Desk
from orchestrator.web.refusal import is_navigation, refuse
from orchestrator.web.sessions import LASTING, Sessions, digest_of

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

SESSION = "orchestrator_session"
"""The cookie with a session's secret."""
VISIT = "orchestrator_visit"
"""The cookie of a browser in which nobody is signed in: its forms' token belongs to it."""
PANEL = "panel"
"""Who acts where there are no accounts."""

_OPEN = frozenset({"/login", "/healthz", "/readyz", "/metrics", "/api/v1/session", "/schedule.ics"})
"""What answers everybody, or decides by itself."""
_OPEN_UNDER = ("/assets/",)
_LONGEST_NAME = 100


async def required(sessions: Sessions) -> bool:
    """Whether anybody must sign in at all."""
    return sessions.required() if sessions.knows(None) else await run_in_threadpool(sessions.required)


def is_open(path: str) -> bool:
    """Whether a path is served to who isn't signed in."""
    return path in _OPEN or path.startswith(_OPEN_UNDER)


def cookie(name: str, value: str, caller: Caller, *, age: int | None = None) -> str:
    """A Set-Cookie header: kept from scripts, from other sites' requests, and where there is TLS from plain HTTP.

    Args:
        name: the cookie's name.
        value: its value.
        caller: for whom; over TLS it is never sent without.
        age: seconds that it lasts; 0 removes it; None: until the browser is closed.
    """
    parts = [f"{name}={value}", "Path=/", "HttpOnly", "SameSite=Lax"]
    if age is not None:
        parts.append(f"Max-Age={age}")
    if caller.secure:
        parts.append("Secure")
    return "; ".join(parts)


def give_session(response: Response, secret: str, caller: Caller) -> None:
    """Let a browser keep a new session."""
    age = int(LASTING.total_seconds())
    response.headers.append("set-cookie", cookie(SESSION, secret, caller, age=age))


def end_session(request: Request, response: Response, user: User) -> None:
    """End the session of a request, here and in its browser."""
    sessions: Sessions = request.app.state.sessions
    desk: Desk = request.app.state.desk
    if request.state.secret is not None:
        sessions.end(request.state.secret)
        desk.catalogue.audit.add(desk.clock.now(), user.name, "account.signed-out")
    response.headers.append("set-cookie", cookie(SESSION, "", request.state.caller, age=0))


class Identity:
    """ASGI middleware inside the guard: sets `state.user` and `state.csrf`, and closes what isn't open."""

    def __init__(self, app: ASGIApp, language: Callable[[], Language], sessions: Sessions, token: str) -> None:
        self._app = app
        self._language = language
        self._sessions = sessions
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        cookies = _cookies(headers.get("cookie", ""))
        state, caller = scope["state"], scope["state"]["caller"]
        user = await self._user(headers, cookies.get(SESSION), caller)
        visit = cookies.get(VISIT)
        if user is None or user.kind != "session":
            visit, send = _visited(visit, caller, send)
        state["user"] = user
        state["secret"] = cookies.get(SESSION) if user is not None and user.kind == "session" else None
        state["digest"] = digest_of(state["secret"]) if state["secret"] else ""
        state["csrf"] = csrf.token_of(state["secret"] or visit or "")
        if user is not None or is_open(scope["path"]):
            await self._app(scope, receive, send)
        elif is_navigation(scope, headers):
            await RedirectResponse(_login(scope), 303)(scope, receive, send)
        else:
            await refuse(scope, headers, send, 401, account_problems.sign_in(), self._language())

    async def _user(self, headers: dict[str, str], secret: str | None, caller: Caller) -> User | None:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return _command(headers) if self._token and _same(token.strip(), self._token) else None
        if not await required(self._sessions):
            return User(PANEL, "admin", "panel") if caller.local else None
        if secret is None:
            return None
        account = await self._account(secret)
        return None if account is None else User(account.name, account.role)

    async def _account(self, secret: str) -> Account | None:
        if self._sessions.knows(secret):
            return self._sessions.find(secret)
        return await run_in_threadpool(self._sessions.find, secret)


def _command(headers: dict[str, str]) -> User:
    name = "".join(part for part in unquote(headers.get(WHO, "")) if part.isprintable()).strip()
    return User(name[:_LONGEST_NAME] or "command", "admin", "command")


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())


def _cookies(header: str) -> dict[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(header).items()}
    except CookieError:
        return {}


def _login(scope: Scope) -> str:
    query = scope.get("query_string", b"").decode("latin-1")
    here = scope["path"] + (f"?{query}" if query else "")
    return "/login" if here == "/" else f"/login?next={quote(here, safe='')}"


def _visited(visit: str | None, caller: Caller, send: Send) -> tuple[str, Send]:
    """The browser's visit; a new one goes along with the first page that it gets."""
    if visit:
        return visit, send
    made = secrets.token_urlsafe(24)

    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [*message.get("headers", [])]
            if any(name.lower() == b"content-type" and value.startswith(b"text/html") for name, value in headers):
                message["headers"] = [*headers, (b"set-cookie", cookie(VISIT, made, caller).encode())]
        await send(message)

    return made, wrapped
