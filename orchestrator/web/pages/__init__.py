"""Pages for people: a router for each family of pages, and the files that they load."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.routing import APIRoute

from orchestrator.web.pages import (
    account,
    archive,
    assets,
    destinations,
    log,
    login,
    more,
    people,
    readiness,
    rundown,
    rundown_changes,
    schedule,
    schedule_event,
    schedule_file,
    today,
    venues,
    wall,
)

_FAMILIES = (
    today,
    rundown,
    rundown_changes,
    schedule,
    schedule_event,
    schedule_file,
    archive,
    log,
    readiness,
    venues,
    destinations,
    people,
    account,
    login,
    more,
    wall,
    assets,
)

router = APIRouter(include_in_schema=False)
for _family in _FAMILIES:
    router.include_router(_family.router)

PAINTERS = {**today.PAINTERS, **rundown.PAINTERS, **wall.PAINTERS, **schedule.PAINTERS}
"""By page, what brings it up to date while it is open."""
PATHS = frozenset(route.path for family in _FAMILIES for route in family.router.routes if isinstance(route, APIRoute))
"""The addresses that there are: the navigation leads to no others."""
