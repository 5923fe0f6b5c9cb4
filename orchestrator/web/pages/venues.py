"""Venues: each studio beside its profile, its path to the viewers, and building its scenes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import HTMLResponse

from orchestrator.errors import DeviceError, Problem, RefusedError, Saying
from orchestrator.plan.model import Venue
from orchestrator.readiness.facts import Studio
from orchestrator.status import VenueStatus
from orchestrator.web import problems
from orchestrator.web.accounts import Operator, Viewer
from orchestrator.web.asked import AtDesk
from orchestrator.web.desk import Desk
from orchestrator.web.page import page
from orchestrator.web.targets import TargetError

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Card:
    """A venue as the page shows it."""

    venue: Venue
    """The profile."""
    status: VenueStatus | None
    """What was last seen of it."""
    studio: Studio
    """Its OBS beside the profile."""
    slate: str | None
    """own, drawn, or none."""

    @property
    def obs(self) -> Mapping[str, Any]:
        """What OBS tells of itself."""
        return self._detail("obs")

    @property
    def programme(self) -> Mapping[str, Any]:
        """What the splicer tells of itself."""
        return self._detail("programme")

    def _detail(self, name: str) -> Mapping[str, Any]:
        found = self.status.observed.details.get(name) if self.status is not None else None
        return found if isinstance(found, Mapping) else {}


@router.get("/venues", response_class=HTMLResponse)
def venues(user: Viewer, request: Request, desk: AtDesk) -> HTMLResponse:
    """Every venue."""
    return _shown(request, desk, may_build=user.may("operator"))


@router.post("/venues/{venue}/provision", response_model=None)
def provision(user: Operator, request: Request, desk: AtDesk, venue: Annotated[str, Path(max_length=200)]) -> Response:
    """Build a venue's scenes, and tell what was changed."""
    known = desk.configuration().venues
    if venue not in known:
        raise TargetError(problems.unknown_venue(venue, ", ".join(known)))
    try:
        changed = desk.backstage.places.provision(venue, user.name)
    except (RefusedError, DeviceError) as error:
        return _shown(request, desk, may_build=True, about=venue, wrong=error.problem)
    return _shown(request, desk, may_build=True, about=venue, changed=changed)


def _shown(
    request: Request,
    desk: Desk,
    *,
    may_build: bool,
    about: str = "",
    wrong: Problem | None = None,
    changed: list[Saying] | None = None,
) -> HTMLResponse:
    places, snapshot = desk.backstage.places, desk.status.latest
    known = desk.configuration().venues
    for venue in known:
        places.compare(venue)
    cards = [
        Card(venue, snapshot.venues.get(name), places.studio(name), places.slate(name)) for name, venue in known.items()
    ]
    hub = [standing for standing in snapshot.problems if standing.problem.code.startswith("hub.")]
    return page(
        request,
        "venues/venues.html",
        cards=cards,
        hub=desk.configuration().station.hub,
        hub_problems=hub,
        may_build=may_build,
        about=about,
        wrong=wrong,
        changed=changed,
    )
