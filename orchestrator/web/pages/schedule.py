"""The schedule's calendar: week and month, and the file that office calendars subscribe to."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_interval
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from orchestrator.catalogue.recordings import Filters
from orchestrator.config.model import Configuration
from orchestrator.errors import N_, StorageError
from orchestrator.i18n import Language
from orchestrator.plan.model import Occurrence
from orchestrator.status import StandingProblem
from orchestrator.timetable import window
from orchestrator.web import account_problems, problems
from orchestrator.web.accounts import Anyone, SignInError, Viewer
from orchestrator.web.agenda import View, agenda, days_of, instants, marks, step
from orchestrator.web.asked import AtDesk
from orchestrator.web.calendar_links import CalendarLinks
from orchestrator.web.desk import Desk
from orchestrator.web.live.broadcast import Broadcast
from orchestrator.web.live.calendar import mark_of, on_air_in, schedule_parts
from orchestrator.web.live.observer import Sight
from orchestrator.web.live.topics import Part, Topic
from orchestrator.web.page import language_of, page
from orchestrator.web.pages.today import BAR_WORDS, paint_shell
from orchestrator.web.publishing import Publisher
from orchestrator.web.targets import TargetError

router = APIRouter()

STATES = {**BAR_WORDS, "coming": N_("scheduled"), "past": N_("done"), "dropped": N_("did not take place")}
_MOST_RECORDINGS = 5000
_IN_A_CELL = 4
"""How many occurrences a day of a month shows before it says how many more there are."""
_AHEAD = timedelta(days=400)
"""How far an empty week or month looks for what comes next."""
_FIRST, _LAST = date(2000, 2, 1), date(2199, 11, 30)
"""Days between which the schedule knows years."""

VenueName = Annotated[str, Query(max_length=100)]


@dataclass(frozen=True, slots=True)
class _Address:
    """Where one is in the calendar."""

    view: View
    """Week or month."""
    day: date
    """A day of what is shown."""
    venue: str
    """The venue's id; empty for all."""

    def to(self, **other: str) -> str:
        """The address of another place of the calendar."""
        whole = {"view": self.view, "from": self.day.isoformat(), "venue": self.venue, **other}
        return "/schedule?" + urlencode({key: value for key, value in whole.items() if value})


@router.get("/schedule", response_class=HTMLResponse)
def schedule(
    _who: Viewer,
    request: Request,
    desk: AtDesk,
    view: Annotated[str, Query(max_length=10)] = "week",
    begin: Annotated[str, Query(alias="from", max_length=10)] = "",
    venue: VenueName = "",
) -> HTMLResponse:
    """A week or a month of the schedule."""
    sight = _look(request)  # first: what changes from here on, the open page hears
    configuration, now, language = desk.configuration(), desk.clock.now(), language_of(request)
    zone = configuration.station.timezone
    today = now.astimezone(ZoneInfo(zone)).date()
    at = _Address(
        "month" if view == "month" else "week", _day(begin, today), venue if venue in configuration.venues else ""
    )
    span = days_of(at.view, at.day)
    since, until = instants(*span, zone)
    days = agenda(
        desk.plan(since, until),
        configuration,
        now,
        span,
        on_air=on_air_in(sight),
        archived=_archived(desk, since, until),
        venue=at.venue or None,
        month=at.day.month if at.view == "month" else None,
    )
    count = sum(len(day.items) for day in days if day.within)
    following = None if count else _following(configuration, until, at.venue)
    return page(
        request,
        "schedule/calendar.html",
        at=at,
        mark_shown=mark_of(sight),
        days=days,
        today=today,
        period=_period(at, span, language),
        back=at.to(**{"from": step(at.view, at.day, -1).isoformat()}),
        forward=at.to(**{"from": step(at.view, at.day, 1).isoformat()}),
        marks=marks(configuration.venues.values()),
        venues=list(configuration.venues.values()),
        states=STATES,
        most=_IN_A_CELL,
        wrong=_wrong(desk.status.latest.problems),
        paths=request.app.state.paths,
        sheet="/schedule.ics" + (f"?{urlencode({'venue': at.venue})}" if at.venue else ""),
        heading=lambda day: format_date(day, "EEEE, d MMMM", locale=language),
        weekday=lambda day: format_date(day, "EEE", locale=language),
        count=count,
        following=following,
        onward=at.to(**{"from": following.start.astimezone(ZoneInfo(zone)).date().isoformat()}) if following else "",
    )


def _following(configuration: Configuration, after: datetime, venue: str) -> Occurrence | None:
    """What is planned first from a time on, at a venue or ("") any; None: nothing for more than a year."""
    found = window(configuration, after, after + _AHEAD)
    wanted = (one for one in found if one.start >= after and venue in {"", one.event.venue})
    return min(wanted, key=lambda one: one.start, default=None)


@router.api_route("/schedule.ics", methods=["GET", "HEAD"])
def export(
    who: Anyone,
    request: Request,
    desk: AtDesk,
    venue: VenueName = "",
    key: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """The schedule as a calendar's file: for whoever is signed in, and for programs that have a link's key."""
    links: CalendarLinks = request.app.state.calendar_links
    if who is None and not links.lets_in(key):  # a calendar program can't sign in
        raise SignInError(problems.no_calendar_link() if key else account_problems.sign_in())
    configuration = desk.configuration()
    if venue and venue not in configuration.venues:
        raise TargetError(problems.unknown_venue(venue, ", ".join(configuration.venues)))
    publisher: Publisher = request.app.state.publisher
    written = publisher.calendar(venue or None, language_of(request))
    headers = {
        "etag": written.tag,
        "cache-control": "private, no-cache",
        "content-disposition": f'attachment; filename="{venue or "jadwal"}.ics"',
    }
    if request.headers.get("if-none-match") == written.tag:
        return Response(status_code=304, headers=headers)
    return Response(written.body, media_type="text/calendar; charset=utf-8", headers=headers)


def _day(text: str, today: date) -> date:
    try:
        return min(max(date.fromisoformat(text), _FIRST), _LAST)
    except ValueError:
        return today


def paint_schedule(sight: Sight, topic: Topic) -> Mapping[str, Part]:
    """What the schedule's pages hear of."""
    return {**paint_shell(sight, topic), **schedule_parts(sight, topic)}


def _look(request: Request) -> Sight:
    broadcast: Broadcast = request.app.state.broadcast
    return broadcast.look()


def _archived(desk: Desk, since: datetime, until: datetime) -> set[str]:
    with suppress(StorageError):  # the calendar is there whatever has become of the database
        found, _ = desk.catalogue.recordings.page(Filters(since=since, until=until), _MOST_RECORDINGS)
        return {recording.occurrence for recording in found}
    return set()


def _wrong(standing: tuple[StandingProblem, ...]) -> list[StandingProblem]:
    """What is wrong with the files as they lie there."""
    return [each for each in standing if each.problem.code.startswith(("config.", "schedule."))]


def _period(at: _Address, span: tuple[date, date], language: Language) -> str:
    if at.view == "month":
        return format_date(at.day, "MMMM y", locale=language)
    return format_interval(span[0], span[1] - timedelta(days=1), "yMMMMd", locale=language)


PAINTERS = {"schedule": paint_schedule}
