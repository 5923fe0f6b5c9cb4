"""What routes take from a request: the desk, and the language of the answer."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query, Request
from starlette.datastructures import FormData

from orchestrator.i18n import Language
from orchestrator.web.desk import Desk
from orchestrator.web.language import pick


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def _language(
    request: Request,
    lang: Annotated[str | None, Query(description="id or en; else Accept-Language, else the station's.")] = None,
) -> Language:
    return pick(lang, request.headers.get("accept-language"), _desk(request).configuration().station.language)


async def _form(request: Request) -> FormData:
    return await request.form()


AtDesk = Annotated[Desk, Depends(_desk)]
"""The running service."""
Spoken = Annotated[Language, Depends(_language)]
"""The language of the answer."""
Given = Annotated[FormData, Depends(_form)]
"""All that a form has sent."""
