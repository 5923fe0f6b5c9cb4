"""Who may ask: this machine's own pages and programs. A browser must not become another site's remote control."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from orchestrator.errors import Problem
from orchestrator.i18n import Language
from orchestrator.web import problems
from orchestrator.web.documents import problem_document
from orchestrator.web.language import pick

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_LIMIT = 64 * 1024
"""Bytes of a request's body."""
FORM_LIMIT = 8 * 1024 * 1024
"""Bytes of a form's body: files are uploaded in it."""

_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_HEADERS = (
    (
        b"content-security-policy",
        b"; ".join(
            (
                b"default-src 'none'",
                *(kind + b"-src 'self'" for kind in (b"style", b"script", b"img", b"media", b"connect")),
                b"form-action 'self'",
                b"frame-ancestors 'none'",
                b"base-uri 'none'",
            )
        ),
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)
_UNSAID = ((b"cache-control", b"no-store"),)
"""What an answer says unless it says something else itself."""


def is_loopback(host: str) -> bool:
    """Whether an address or name (without port) is this machine's own, unreachable from others."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def objection(method: str, headers: dict[str, str], path: str = "/api/v1/") -> tuple[int, Problem] | None:
    """What speaks against a request, as HTTP status and problem; header names are in lower case.

    Programs send JSON; only pages outside /api/ take forms.
    """
    host = headers.get("host", "")
    if not is_loopback(_without_port(host)):
        return 403, problems.foreign_host(host[:100])
    if method in _SAFE:
        return None
    if headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}:
        return 403, problems.cross_site()
    if "origin" in headers and headers["origin"].lower() != f"http://{host.lower()}":
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
    return FORM_LIMIT if _takes_form(kind, path) else BODY_LIMIT


class Guard:
    """ASGI middleware: refuses what `objection` objects to, caps bodies, adds the security headers."""

    def __init__(self, app: ASGIApp, language: Callable[[], Language]) -> None:
        self._app = app
        self._language = language

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return
        send = _with_headers(send)
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        found = objection(scope["method"], headers, scope["path"])
        body = b""
        if found is None and scope["method"] not in _SAFE:
            limit = _limit(headers.get("content-type", "").split(";")[0].strip().lower(), scope["path"])
            whole = await _read(receive, limit)
            if whole is None:
                found = 413, problems.too_large(limit)
            else:
                body, receive = whole, _replay(whole, receive)
        if found is None:
            await self._app(scope, receive, send)
            return
        status, problem = found
        query = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("lang", [None])[0]
        language = pick(query, headers.get("accept-language"), self._language())
        body = json.dumps(problem_document(problem, language), ensure_ascii=False).encode()
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [
                    (b"content-type", b"application/json"),
                    (b"content-length", str(len(body)).encode()),
                    (b"connection", b"close"),
                ],
            }
        )
        await send({"type": "http.response.body", "body": body})


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]


def _with_headers(send: Send) -> Send:
    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            said = [*message.get("headers", [])]
            names = {name.lower() for name, _ in said}
            message["headers"] = [*said, *_HEADERS, *(pair for pair in _UNSAID if pair[0] not in names)]
        await send(message)

    return wrapped


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
