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

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_HEADERS = (
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
)


def is_loopback(host: str) -> bool:
    """Whether an address or name (without port) is this machine's own, unreachable from others."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def objection(method: str, headers: dict[str, str]) -> tuple[int, Problem] | None:
    """What speaks against a request, as HTTP status and problem; header names are in lower case."""
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
    if length.isdigit() and int(length) > BODY_LIMIT:
        return 413, problems.too_large(BODY_LIMIT)
    has_body = length != "0" or "transfer-encoding" in headers
    if has_body and headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        return 415, problems.not_json()
    return None


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
        found = objection(scope["method"], headers)
        body = b""
        if found is None and scope["method"] not in _SAFE:
            whole = await _read(receive)
            if whole is None:
                found = 413, problems.too_large(BODY_LIMIT)
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
            message["headers"] = [*message.get("headers", []), *_HEADERS]
        await send(message)

    return wrapped


async def _read(receive: Receive) -> bytes | None:
    """The whole body, or None where it goes over the limit."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return bytes(body)
        body += message.get("body", b"")
        if len(body) > BODY_LIMIT:
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
