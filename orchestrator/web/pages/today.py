"""The day's page: what is on air, what comes next and what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from orchestrator.config.model import Configuration
from orchestrator.errors import N_
from orchestrator.i18n import Language, translate
from orchestrator.plan.model import Venue
from orchestrator.status import Snapshot, StandingProblem, VenueStatus
from orchestrator.web.accounts import Viewer
from orchestrator.web.asked import AtDesk
from orchestrator.web.page import language_of, page
from orchestrator.web.wording import clock

router = APIRouter()

_DESTINATION = {"live": N_("live"), "connecting": N_("connecting"), "failed": N_("failed"), "off": N_("off")}


@dataclass(frozen=True, slots=True)
class Card:
    """What the page says of a venue."""

    id: str
    """The venue's id."""
    name: str
    """Its name."""
    known: bool
    """Whether its devices were looked at since the start."""
    on_air: bool
    """Whether at least one destination is really fed."""
    rows: tuple[tuple[str, str | None], ...]
    """Label and value."""
    problems: tuple[StandingProblem, ...]
    """What is wrong there."""


@router.get("/", response_class=HTMLResponse)
def home(_who: Viewer, request: Request, desk: AtDesk) -> HTMLResponse:
    """What is on air, what comes next and what is wrong."""
    snapshot, configuration, language = desk.status.latest, desk.configuration(), language_of(request)
    cards = [_card(venue, snapshot, configuration, language) for venue in configuration.venues.values()]
    return page(request, "today/today.html", cards=cards)


def _card(venue: Venue, snapshot: Snapshot, configuration: Configuration, language: Language) -> Card:
    status = snapshot.venues.get(venue.id)
    if status is None:
        return Card(venue.id, venue.name, known=False, on_air=False, rows=(), problems=())
    rows = _rows(status, venue, snapshot, configuration, language)
    return Card(venue.id, venue.name, known=True, on_air=status.on_air, rows=tuple(rows), problems=status.problems)


def _rows(
    status: VenueStatus, venue: Venue, snapshot: Snapshot, configuration: Configuration, language: Language
) -> list[tuple[str, str | None]]:
    def say(text: str) -> str:
        return translate(text, language)

    recording = {True: say(N_("running")), False: say(N_("off")), None: None}[status.observed.record]
    return [
        (say(N_("Event")), _title(status.wanted.occurrence, configuration)),
        (say(N_("Cue")), status.wanted.cue),
        (say(N_("Next")), _next(status, venue.timezone, snapshot, language)),
        (say(N_("Scene")), status.observed.scene),
        (say(N_("Recording")), recording),
        *(
            (_destination(key, configuration), say(_DESTINATION.get(value, value)))
            for key, value in status.observed.stream.items()
        ),
    ]


def _title(occurrence: str | None, configuration: Configuration) -> str | None:
    if occurrence is None:
        return None
    event_id = occurrence.partition("@")[0]
    return next((event.title for event in configuration.events if event.id == event_id), occurrence)


def _destination(identifier: str, configuration: Configuration) -> str:
    known = configuration.destinations.get(identifier)
    return known.name if known else identifier


def _next(status: VenueStatus, zone: str, snapshot: Snapshot, language: Language) -> str | None:
    if status.next_cue is None:
        return None
    cue, at = status.next_cue
    if at is None:
        return f"{cue} · {translate(N_('waits for GO'), language)}"
    local, now = at.astimezone(ZoneInfo(zone)), snapshot.time.astimezone(ZoneInfo(zone))
    date = "" if local.date() == now.date() else f"{local:%d-%m-%Y} "
    return f"{cue} · {date}{clock(at, zone)}"
