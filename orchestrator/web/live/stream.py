"""`/api/v1/live`: what an open page hears, as server-sent events."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from sse_starlette import EventSourceResponse
from starlette.concurrency import run_in_threadpool

from orchestrator.errors import StorageError
from orchestrator.sights import Shot
from orchestrator.web import models, problems
from orchestrator.web.accounts import Viewer
from orchestrator.web.asked import AtDesk
from orchestrator.web.live.broadcast import Broadcast
from orchestrator.web.live.topics import Topic
from orchestrator.web.page import language_of
from orchestrator.web.sessions import Sessions
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
    else did for 0.7 s, `again` when the page is to ask anew, so that who may see no more hears no more. Both have the
    service's time (`now`, ms since 1970). `signed-out` comes last, in a beat's place, once the session is over.
    """
    broadcast: Broadcast = request.app.state.broadcast
    topic = Topic(page, of, language_of(request))
    if not broadcast.knows(topic):
        raise TargetError(problems.not_followed(page))
    may_go_on = partial(_lasts, request.app.state.sessions, request.state.secret)
    return EventSourceResponse(broadcast.follow(topic, may_go_on), ping=0, headers={"cache-control": "no-store"})


async def _lasts(sessions: Sessions, secret: str | None) -> bool:
    """Whether who listens is still signed in, or needn't be; while that can't be found out, they are."""
    if secret is None:
        return True
    try:
        return sessions.lasts(secret) if sessions.remembers(secret) else await run_in_threadpool(sessions.lasts, secret)
    except StorageError:
        return True


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
