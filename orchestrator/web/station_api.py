"""`/api/v1`: readiness, building venues, destinations and their keys."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path

from orchestrator.errors import Problem
from orchestrator.i18n import said
from orchestrator.web import models, problems, station_documents, station_models
from orchestrator.web.accounts import Admin, Operator, Viewer
from orchestrator.web.asked import AtDesk, Spoken
from orchestrator.web.desk import Desk
from orchestrator.web.documents import Document
from orchestrator.web.targets import TargetError

_ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": models.RefusalModel} for status in (400, 401, 403, 404, 409, 413, 415, 422, 500, 503)
}
router = APIRouter(prefix="/api/v1", responses=_ERRORS)

VenueId = Annotated[str, Path(max_length=200, description="The venue.")]
DestinationId = Annotated[str, Path(max_length=200, description="The destination.")]


@router.get("/readiness", response_model=station_models.ReadinessModel)
def readiness(_who: Viewer, desk: AtDesk, language: Spoken) -> Document:
    """The checklists of the events to come, by what is known."""
    return _readiness(desk, language)


@router.post("/readiness", response_model=station_models.ReadinessModel, status_code=202)
def check(_who: Operator, desk: AtDesk, language: Spoken) -> Document:
    """Find everything out anew, in the background; `checking` tells when that is over."""
    desk.backstage.readiness.ask()
    return _readiness(desk, language)


@router.post("/venues/{venue}/provision", response_model=station_models.ProvisionedModel)
def provision(user: Operator, desk: AtDesk, venue: VenueId, language: Spoken) -> Document:
    """Build a venue's scenes, sound and output settings in its OBS; only what differs is changed."""
    known = desk.configuration().venues
    if venue not in known:
        raise TargetError(problems.unknown_venue(venue, ", ".join(known)))
    changed = desk.backstage.places.provision(venue, user.name)
    return {"venue": venue, "changed": [said(each, language) for each in changed]}


@router.get("/destinations", response_model=list[station_models.DestinationModel])
def destinations(_who: Viewer, desk: AtDesk) -> list[Document]:
    """The destinations, without anything secret."""
    keys = desk.backstage.keys.keys()
    return [
        station_documents.destination_document(
            each,
            keys[name],
            state_of(desk, name),
            desk.backstage.keys.trial(name),
            desk.configuration().station.timezone,
        )
        for name, each in desk.configuration().destinations.items()
    ]


@router.put("/destinations/{destination}/key", status_code=204)
def replace_key(user: Admin, desk: AtDesk, destination: DestinationId, asked: station_models.NewKeyModel) -> None:
    """Put another key in place; the next push uses it."""
    require_destination(desk, destination)
    desk.backstage.keys.replace(destination, asked.key, user.name, restart=asked.restart, seen=asked.seen)


@router.post("/destinations/{destination}/trial", response_model=station_models.TrialModel)
def try_key(user: Operator, desk: AtDesk, destination: DestinationId) -> Document:
    """Send a slate to a destination that is off air, for some seconds: whether it takes the key."""
    require_destination(desk, destination)
    found = desk.backstage.keys.try_key(destination, user.name)
    return station_documents.trial_document(found, desk.configuration().station.timezone)


def require_destination(desk: Desk, name: str) -> None:
    """Raise TargetError for a destination that isn't there."""
    known = desk.configuration().destinations
    if name not in known:
        raise TargetError(problems.unknown_destination(name, ", ".join(known)))


def state_of(desk: Desk, destination: str) -> str:
    """A destination in a word, at whatever venue it is fed."""
    words = [venue.observed.stream.get(destination, "off") for venue in desk.status.latest.venues.values()]
    return min(words, key=("live", "connecting", "failed", "off").index, default="off")


def trouble_of(desk: Desk, destination: str) -> Problem | None:
    """What is wrong with a destination now, at whatever venue it is fed."""
    standing = (each for venue in desk.status.latest.venues.values() for each in venue.problems)
    return next((one.problem for one in standing if one.problem.where.partition("/")[2] == destination), None)


def _readiness(desk: Desk, language: Spoken) -> Document:
    prober = desk.backstage.readiness
    return station_documents.readiness_document(
        prober.reports(), prober.probed_at, desk.configuration(), language, checking=prober.probing
    )
