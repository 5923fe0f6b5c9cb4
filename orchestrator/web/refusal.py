"""The answer to a request that never reaches a route: one sentence, as JSON for programs and as a page for people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.responses import HTMLResponse, Response

from orchestrator.errors import Problem
from orchestrator.i18n import Language
from orchestrator.web.documents import refusal_document
from orchestrator.web.language import pick
from orchestrator.web.page import fragment

if TYPE_CHECKING:
    from starlette.types import Scope, Send


def wants_page(scope: Scope, headers: Mapping[str, str]) -> bool:
    """Whether it is a person's browser that gets the answer, whatever it sent."""
    path: str = scope["path"]
    return "text/html" in headers.get("accept", "") and not path.startswith("/api/")


def is_navigation(scope: Scope, headers: Mapping[str, str]) -> bool:
    """Whether a person's browser asks for a page."""
    return scope["method"] == "GET" and wants_page(scope, headers)


def refused_page(status: int, problem: Problem, language: Language) -> Response:
    """A page that needs nothing of the service: it can be shown whatever is wrong, and to whoever isn't let in."""
    return HTMLResponse(fragment("refused.html", language, problem=problem), status)


async def refuse(
    scope: Scope, headers: Mapping[str, str], send: Send, status: int, problem: Problem, default: Language
) -> None:
    """Answer with a problem and close the connection, whatever of the request is still to come."""
    query = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("lang", [None])[0]
    language = pick(query, headers.get("accept-language"), default)
    if wants_page(scope, headers):
        kind, body = b"text/html; charset=utf-8", bytes(refused_page(status, problem, language).body)
    else:
        kind, body = b"application/json", json.dumps(refusal_document([problem], language), ensure_ascii=False).encode()
    answer = [(b"content-type", kind), (b"content-length", str(len(body)).encode()), (b"connection", b"close")]
    if status == 401:
        answer.append((b"www-authenticate", b'Bearer realm="orchestrator"'))
    await send({"type": "http.response.start", "status": status, "headers": answer})
    await send({"type": "http.response.body", "body": body})
