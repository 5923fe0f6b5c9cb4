"""What pages load: styles, scripts and pictures, all of them from here, so that the panel works without internet."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.resources import files

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

router = APIRouter()

_KINDS = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
}


@router.get("/assets/{name}")
def asset(request: Request, name: str) -> Response:
    """One file; a browser keeps it and asks each time whether it is still the same."""
    content, tag, kind = _asset(name)
    headers = {"etag": tag, "cache-control": "no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=kind, headers=headers)


@cache
def _all() -> dict[str, bytes]:
    folder = files("orchestrator.web") / "assets"
    return {entry.name: entry.read_bytes() for entry in folder.iterdir() if entry.is_file()}


def _asset(name: str) -> tuple[bytes, str, str]:
    kind = _KINDS.get(name.rpartition(".")[2])
    content = _all().get(name)
    if kind is None or content is None:
        raise HTTPException(404)
    return content, f'"{sha256(content).hexdigest()[:20]}"', kind
