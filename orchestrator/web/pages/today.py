"""The day's page: what is on air, what comes next, what is wrong, and what an operator can do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from orchestrator.errors import N_
from orchestrator.i18n import Language
from orchestrator.web.accounts import Viewer
from orchestrator.web.live.broadcast import Broadcast
from orchestrator.web.live.dayline import day_line
from orchestrator.web.live.drawn import Drawn
from orchestrator.web.live.observer import Sight
from orchestrator.web.live.topics import Part, Topic
from orchestrator.web.live.troubles import of_service
from orchestrator.web.live.views import VenueView
from orchestrator.web.page import fragment, language_of, page

router = APIRouter()

BAR_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "past": N_("over"),
        "air": N_("on air"),
        "running": N_("under way"),
        "coming": N_("to come"),
        "cancelled": N_("cancelled"),
    }
)
SOURCES: Mapping[str, str] = MappingProxyType(
    {"studio": N_("picture from the studio"), "relay": N_("picture from the relay"), "slate": N_("slate")}
)
FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "scene": N_("scene"),
        "stream": N_("stream"),
        "record": N_("recording"),
        "mute": N_("sound"),
        "source": N_("source"),
    }
)
CHANGES: Mapping[str, str] = MappingProxyType(
    {
        "go": N_("{who} gave GO for “{cue}”"),
        "hold": N_("{who} held the rundown"),
        "resume": N_("{who} let the rundown go on"),
        "finish": N_("{who} ended the event"),
        "skip": N_("{who} skipped “{cue}”"),
        "text": N_("{who} changed a text of “{cue}”"),
        "cancel": N_("{who} cancelled the event"),
        "take": N_("{who} took over by hand"),
        "release": N_("{who} gave back to automation"),
    }
)
UNTIL: Mapping[str, str] = MappingProxyType(
    {"next-cue": N_("until the next cue"), "next-event": N_("until the next event")}
)
_WORDS: Mapping[str, object] = MappingProxyType(
    {"words": BAR_WORDS, "sources": SOURCES, "fields": FIELDS, "changes": CHANGES, "until": UNTIL}
)


@router.get("/", response_class=HTMLResponse)
def home(_who: Viewer, request: Request) -> HTMLResponse:
    """What is on air, what comes next and what is wrong."""
    broadcast: Broadcast = request.app.state.broadcast
    sight = broadcast.look()
    language = language_of(request)
    parts = {name: part.html for name, part in paint_home(sight, Topic("home", "", language)).items()}
    for view in sight.venues:
        parts[f"venue.{view.id}"] = _venue_html(view, language, parts[f"figures.{view.id}"])
    return page(request, "today/home.html", venues=sight.venues, parts=parts)


def paint_shell(sight: Sight, topic: Topic) -> Mapping[str, Part]:
    """What every page shows: what is wrong with the service."""
    troubles = of_service(sight.problems)
    return {"notices": Part(fragment("notices.html", topic.language, station_troubles=troubles))}


def paint_home(sight: Sight, topic: Topic) -> Mapping[str, Part]:
    """The parts of the day's page."""
    parts = dict(paint_shell(sight, topic))
    parts["day"] = Part(day_html(sight, topic.language))
    for view in sight.venues:
        parts[f"venue.{view.id}"] = Part(_DRAWN.get(view.id, calm(view), topic.language))
        parts[f"figures.{view.id}"] = Part(figures_html(view, topic.language), slow=True)
    return parts


def day_html(sight: Sight, language: Language) -> str:
    """The day as a line of time."""
    line = day_line(sight)
    coming = [view.upcoming for view in sight.venues if view.upcoming is not None]
    following = min(coming, key=lambda event: event.occurrence.start, default=None)
    zone = sight.moment.configuration.station.timezone
    return fragment("today/day.html", language, line=line, next=following, zone=zone, **_WORDS)


def calm(view: VenueView) -> VenueView:
    """A view without its figures: what changes each second is sent apart."""
    destinations = tuple(replace(each, bitrate=None, lag=0.0) for each in view.destinations)
    return replace(view, destinations=destinations, recording=replace(view.recording, size=0, hours_left=None))


def figures_html(view: VenueView, language: Language) -> str:
    """Destinations and recording, with their figures."""
    return fragment("today/figures.html", language, view=view, zone=view.zone)


def _venue_html(view: VenueView, language: Language, figures: str) -> str:
    return fragment("today/venue.html", language, view=view, figures=figures, **_WORDS)


_DRAWN = Drawn[VenueView](lambda view, language: _venue_html(view, language, ""))
PAINTERS = MappingProxyType({"shell": paint_shell, "home": paint_home})
