"""The wallboard: what is on air, what comes next and what is wrong, for a screen on the wall. Nothing to press."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from orchestrator.i18n import Language
from orchestrator.web.accounts import Viewer
from orchestrator.web.live.broadcast import Broadcast
from orchestrator.web.live.drawn import Drawn
from orchestrator.web.live.observer import Sight
from orchestrator.web.live.topics import Part, Topic
from orchestrator.web.live.views import VenueView
from orchestrator.web.page import fragment, language_of, page
from orchestrator.web.pages.today import calm, day_html, paint_shell

router = APIRouter()


@router.get("/wall", response_class=HTMLResponse)
def wall(_who: Viewer, request: Request) -> HTMLResponse:
    """All venues at a glance."""
    broadcast: Broadcast = request.app.state.broadcast
    sight = broadcast.look()
    parts = {name: part.html for name, part in paint_wall(sight, Topic("wall", "", language_of(request))).items()}
    return page(request, "wall/wall.html", venues=sight.venues, parts=parts)


def paint_wall(sight: Sight, topic: Topic) -> Mapping[str, Part]:
    """The parts of the wallboard."""
    parts = dict(paint_shell(sight, topic))
    parts["day"] = Part(day_html(sight, topic.language))
    for view in sight.venues:
        parts[f"venue.{view.id}"] = Part(_DRAWN.get(view.id, calm(view), topic.language))
    return parts


def _card(view: VenueView, language: Language) -> str:
    return fragment("wall/venue.html", language, view=view, zone=view.zone)


_DRAWN = Drawn[VenueView](_card)
PAINTERS = MappingProxyType({"wall": paint_wall})
