"""The list of all pages, for a phone, whose bar has room for only a few."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from orchestrator.web.accounts import Viewer
from orchestrator.web.page import page

router = APIRouter()


@router.get("/more", response_class=HTMLResponse)
def more(_who: Viewer, request: Request) -> HTMLResponse:
    """Where else one can go."""
    return page(request, "more.html")
