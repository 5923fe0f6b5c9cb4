"""Who may ask: this machine's own pages and programs. A browser must not become another site's remote control."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from orchestrator.errors import Problem
from orchestrator.i18n import Language
from orchestrator.web import problems
from orchestrator.web.callers import Caller, caller_of, is_loopback, without_port
from orchestrator.web.csrf import SAFE
from orchestrator.web.identity import required
from orchestrator.web.refusal import refuse
from orchestrator.web.sessions import Sessions

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_LIMIT = 64 * 1024
"""Bytes of a request's body."""
FORM_LIMIT = 8 * 1024 * 1024
"""Bytes of a form's body: files are uploaded in it, as a program sends a whole schedule."""

_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})

_HEADERS = (
    (
        b"content-security-policy",
        b"; ".join(
            (
                b"default-src 'none'",
                *(kind + b"-src 'self'" for kind in (b"style", b"script", b"media", b"connect")),
                b"img-src 'self' data: blob:",  # pictures of the programme come with the live updates
                b"form-action 'self'",
                b"frame-ancestors 'none'",
                b"base-uri 'none'",
            )
        ),
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),  # with no-referrer browsers hide the origin of the panel's own forms, too
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
)
_UNSAID = ((b"cache-control", b"no-store"),)
"""What an answer says unless it says something else itself."""


def objection(
    method: str, headers: dict[str, str], path: str = "/api/v1/", *, caller: Caller, accounts: bool = False
) -> tuple[int, Problem] | None:
    """What speaks against a request, as HTTP status and problem; header names are in lower case.

    Programs send JSON; only pages outside /api/ take forms. Without accounts only this machine itself is served, under
    its own names: another site's page may have rebound its own name to this machine.
    """
    if not accounts and not caller.local:
        return 403, problems.no_accounts()
    if not accounts and not is_loopback(without_port(caller.host)):
        return 403, problems.foreign_host(caller.host[:100])
    if method in SAFE:
        return None
    if headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}:
        return 403, problems.cross_site()
    if "origin" in headers and headers["origin"].lower() != caller.origin:
        return 403, problems.cross_site()
    length = headers.get("content-length", "0")
    kind = headers.get("content-type", "").split(";")[0].strip().lower()
    limit = _limit(kind, path)
    if length.isdigit() and int(length) > limit:
        return 413, problems.too_large(limit)
    has_body = length != "0" or "transfer-encoding" in headers
    if has_body and kind != "application/json" and not _takes_form(kind, path):
        return 415, problems.not_json()
    return None


def _takes_form(kind: str, path: str) -> bool:
    return kind in _FORMS and not path.startswith("/api/")


def _limit(kind: str, path: str) -> int:
    return FORM_LIMIT if _takes_form(kind, path) or path == "/api/v1/schedule/edits" else BODY_LIMIT


class Guard:
    """ASGI middleware: refuses what `objection` objects to, caps bodies, adds the security headers."""

    def __init__(self, app: ASGIApp, language: Callable[[], Language], sessions: Sessions) -> None:
        self._app = app
        self._language = language
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return
        send = with_headers(send)
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        caller = caller_of((scope.get("client") or ("",))[0], headers)
        scope.setdefault("state", {})["caller"] = caller
        accounts = await required(self._sessions)
        found = objection(scope["method"], headers, scope["path"], caller=caller, accounts=accounts)
        if found is None and scope["method"] not in SAFE:
            limit = _limit(headers.get("content-type", "").split(";")[0].strip().lower(), scope["path"])
            whole = await _read(receive, limit)
            if whole is None:
                found = 413, problems.too_large(limit)
            else:
                receive = _replay(whole, receive)
        if found is None:
            await self._app(scope, receive, send)
            return
        await refuse(scope, headers, send, *found, self._language())


def with_headers(send: Send) -> Send:
    """Say the security headers with whatever is sent."""

    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            said = [*message.get("headers", [])]
            names = {name.lower() for name, _ in said}
            message["headers"] = [*said, *_HEADERS, *(pair for pair in _UNSAID if pair[0] not in names)]
        await send(message)

    return wrapped


def add_headers(answer: Response) -> Response:
    """Put the security headers on an answer that the guard doesn't see."""
    for name, value in (*_HEADERS, *_UNSAID):
        answer.headers[name.decode()] = value.decode()
    return answer


async def _read(receive: Receive, limit: int) -> bytes | None:
    """The whole body, or None where it goes over the limit."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return bytes(body)
        body += message.get("body", b"")
        if len(body) > limit:
            return None
        if not message.get("more_body", False):
            return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    told = False

    async def replayed() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed
