"""Pages for people: for now one, which shows what is on air and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from html import escape
from importlib.resources import files
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from orchestrator.config.model import Configuration
from orchestrator.errors import N_
from orchestrator.i18n import Language, render, translate
from orchestrator.plan.model import Venue
from orchestrator.status import Snapshot, StandingProblem, VenueStatus
from orchestrator.web.asked import AtDesk, Spoken

router = APIRouter(include_in_schema=False)

_DESTINATION = {"live": N_("live"), "connecting": N_("connecting"), "failed": N_("failed"), "off": N_("off")}


@router.get("/", response_class=HTMLResponse)
def home(desk: AtDesk, language: Spoken) -> HTMLResponse:
    """What is on air, what comes next and what is wrong."""
    return HTMLResponse(status_page(desk.status.latest, desk.configuration(), language))


@router.get("/assets/page.css")
def style() -> Response:
    """How pages look."""
    return Response(_asset("page.css"), media_type="text/css")


@cache
def _asset(name: str) -> str:
    return (files("orchestrator.web") / "assets" / name).read_text(encoding="utf-8")


def status_page(snapshot: Snapshot, configuration: Configuration, language: Language) -> str:
    """The page as HTML; it renews itself every few seconds without any script."""
    return _Page(snapshot, configuration, language).html()


@dataclass(frozen=True, slots=True)
class _Page:
    snapshot: Snapshot
    configuration: Configuration
    language: Language

    def html(self) -> str:
        station = self.configuration.station
        cards = "\n".join(self._card(venue) for venue in self.configuration.venues.values())
        other, name = ("en", "English") if self.language == "id" else ("id", "Bahasa Indonesia")
        return f"""<!doctype html>
<html lang="{self.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="3">
<title>{escape(station.name)}</title>
<link rel="stylesheet" href="/assets/page.css">
</head>
<body>
<header><h1>{escape(station.name)}</h1><p class="clock">{_clock_time(self.snapshot.time, station.timezone)}</p></header>
{self._problems(self.snapshot.problems)}
<main>
{cards}
</main>
<footer><a href="/?lang={other}" hreflang="{other}" lang="{other}">{name}</a></footer>
</body>
</html>
"""

    def _card(self, venue: Venue) -> str:
        heading = f'<section aria-labelledby="{venue.id}"><h2 id="{venue.id}">{escape(venue.name)}</h2>'
        status = self.snapshot.venues.get(venue.id)
        if status is None:
            return f'{heading}<p class="tally off">{self._say(N_("starting"))}</p></section>'
        tally = ("on", N_("ON AIR")) if status.on_air else ("off", N_("not live"))
        body = "".join(
            f"<dt>{escape(label)}</dt><dd>{escape(value)}</dd>" for label, value in self._rows(status, venue) if value
        )
        problems = self._problems(status.problems)
        return f'{heading}<p class="tally {tally[0]}">{self._say(tally[1])}</p><dl>{body}</dl>{problems}</section>'

    def _rows(self, status: VenueStatus, venue: Venue) -> list[tuple[str, str | None]]:
        rows = [
            (self._say(N_("Event")), self._title(status.wanted.occurrence)),
            (self._say(N_("Cue")), status.wanted.cue),
            (self._say(N_("Next")), self._next(status, venue.timezone)),
            (self._say(N_("Scene")), status.observed.scene),
            (self._say(N_("Recording")), self._recording(status)),
        ]
        rows += [
            (self._destination(key), self._say(_DESTINATION.get(value, value)))
            for key, value in status.observed.stream.items()
        ]
        return rows

    def _say(self, text: str) -> str:
        return translate(text, self.language)

    def _problems(self, standing: tuple[StandingProblem, ...]) -> str:
        if not standing:
            return ""
        lines = "".join(f"<li>{escape(self._sentence(entry))}</li>" for entry in standing)
        return f'<ul class="problems" role="alert">{lines}</ul>'

    def _sentence(self, standing: StandingProblem) -> str:
        text = render(standing.problem, self.language)
        return f"{standing.problem.where}: {text}" if standing.problem.where else text

    def _title(self, occurrence: str | None) -> str | None:
        if occurrence is None:
            return None
        event_id = occurrence.partition("@")[0]
        return next((event.title for event in self.configuration.events if event.id == event_id), occurrence)

    def _destination(self, identifier: str) -> str:
        known = self.configuration.destinations.get(identifier)
        return known.name if known else identifier

    def _next(self, status: VenueStatus, zone: str) -> str | None:
        if status.next_cue is None:
            return None
        cue, at = status.next_cue
        if at is None:
            return f"{cue} · {self._say(N_('waits for GO'))}"
        local, now = at.astimezone(ZoneInfo(zone)), self.snapshot.time.astimezone(ZoneInfo(zone))
        day = "" if local.date() == now.date() else f"{local:%d-%m-%Y} "
        return f"{cue} · {day}{_clock_time(at, zone)}"

    def _recording(self, status: VenueStatus) -> str | None:
        if status.observed.record is None:
            return None
        return self._say(N_("running") if status.observed.record else N_("off"))


def _clock_time(at: datetime, zone: str) -> str:
    local = at.astimezone(ZoneInfo(zone))
    return f"{local:%H:%M:%S} {local.tzname()}"
