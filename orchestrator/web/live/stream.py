"""`/api/v1/live`: what an open page hears, as server-sent events."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from sse_starlette import EventSourceResponse

from orchestrator.web import problems
from orchestrator.web.accounts import Viewer
from orchestrator.web.live.broadcast import Broadcast
from orchestrator.web.live.topics import Topic
from orchestrator.web.page import language_of
from orchestrator.web.targets import TargetError

router = APIRouter(prefix="/api/v1")


@router.get("/live", response_class=EventSourceResponse)
async def live(
    _who: Viewer,
    request: Request,
    page: Annotated[str, Query(max_length=40, description="shell, home, rundown or wall.")] = "shell",
    of: Annotated[str, Query(max_length=200, description="With rundown: the occurrence.")] = "",
) -> EventSourceResponse:
    """What changes on a page, as it changes.

    `parts` brings pieces of HTML by name, all of them at first (`whole`); `beat` comes every five seconds, `again`
    when the page is to ask anew, so that who is signed out or may see no more hears no more. Both
    have the service's time (`now`, ms since 1970).
    """
    broadcast: Broadcast = request.app.state.broadcast
    topic = Topic(page, of, language_of(request))
    if not broadcast.knows(topic):
        raise TargetError(problems.not_followed(page))
    return EventSourceResponse(broadcast.follow(topic), ping=0, headers={"cache-control": "no-store"})
