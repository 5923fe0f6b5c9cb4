"""The answer to a request that never reaches a route: one sentence, for a program as JSON and for a browser as text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from orchestrator.errors import Problem
from orchestrator.i18n import Language, render
from orchestrator.web.documents import refusal_document
from orchestrator.web.language import pick

if TYPE_CHECKING:
    from starlette.types import Scope, Send


def is_navigation(scope: Scope, headers: Mapping[str, str]) -> bool:
    """Whether a person's browser asks for a page."""
    path: str = scope["path"]
    return scope["method"] == "GET" and "text/html" in headers.get("accept", "") and not path.startswith("/api/")


async def refuse(
    scope: Scope, headers: Mapping[str, str], send: Send, status: int, problem: Problem, default: Language
) -> None:
    """Answer with a problem and close the connection, whatever of the request is still to come."""
    query = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("lang", [None])[0]
    language = pick(query, headers.get("accept-language"), default)
    if is_navigation(scope, headers):
        kind, body = b"text/plain; charset=utf-8", render(problem, language).encode()
    else:
        kind, body = b"application/json", json.dumps(refusal_document([problem], language), ensure_ascii=False).encode()
    answer = [(b"content-type", kind), (b"content-length", str(len(body)).encode()), (b"connection", b"close")]
    if status == 401:
        answer.append((b"www-authenticate", b'Bearer realm="orchestrator"'))
    await send({"type": "http.response.start", "status": status, "headers": answer})
    await send({"type": "http.response.body", "body": body})
