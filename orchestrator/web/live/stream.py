"""`/api/v1/live`: what an open page hears, as server-sent events."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from sse_starlette import EventSourceResponse

from orchestrator.sights import Shot
from orchestrator.web import models, problems
from orchestrator.web.accounts import Viewer
from orchestrator.web.asked import AtDesk
from orchestrator.web.live.broadcast import Broadcast
from orchestrator.web.live.topics import Topic
from orchestrator.web.page import language_of
from orchestrator.web.targets import TargetError

router = APIRouter(prefix="/api/v1")

_ANSWERS: dict[int | str, dict[str, Any]] = {
    204: {},
    304: {},
    **{status: {"model": models.RefusalModel} for status in (401, 403, 404, 422, 503)},
}


@router.get("/live", response_class=EventSourceResponse)
async def live(
    _who: Viewer,
    request: Request,
    page: Annotated[str, Query(max_length=40, description="shell, home, rundown, schedule or wall.")] = "shell",
    of: Annotated[str, Query(max_length=200, description="With rundown: the occurrence.")] = "",
) -> EventSourceResponse:
    """What changes on a page, as it changes.

    `parts` brings pieces of HTML by name, all of them at first (`whole`); `beat` comes when nothing
    else did for 0.7 s, `again` when the page is to ask anew, so that who is signed out or may see no more hears no
    more. Both have the service's time (`now`, ms since 1970).
    """
    broadcast: Broadcast = request.app.state.broadcast
    topic = Topic(page, of, language_of(request))
    if not broadcast.knows(topic):
        raise TargetError(problems.not_followed(page))
    return EventSourceResponse(broadcast.follow(topic), ping=0, headers={"cache-control": "no-store"})


@router.get("/venues/{venue}/pictures/{shot}", response_class=Response, responses=_ANSWERS)
async def picture(
    _who: Viewer,
    request: Request,
    desk: AtDesk,
    venue: Annotated[str, Path(max_length=100)],
    shot: Annotated[Shot, Path(description="Of the programme, or of the next scene.")],
) -> Response:
    """A small picture of a venue, as JPEG; nothing (204) where there is none. They are taken while a page is open."""
    if venue not in desk.configuration().venues:
        raise TargetError(problems.unknown_venue(venue, ", ".join(desk.configuration().venues)))
    eye = desk.eye(venue)
    found = None if eye is None else eye.picture(shot)
    if found is None:
        return Response(status_code=204)
    tag = f'"{found.tag}"'
    headers = {"etag": tag, "cache-control": "private, max-age=5"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(found.jpeg, media_type="image/jpeg", headers=headers)
