"""Renders a page: its template in the shell (navigation, language, clock, what is wrong with the service)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from orchestrator.catalogue.records import Role
from orchestrator.errors import N_, Problem, Saying
from orchestrator.i18n import Language, filled, number, render, said, translate
from orchestrator.status import StandingProblem
from orchestrator.web.accounts import User
from orchestrator.web.desk import Desk
from orchestrator.web.language import COOKIE, LANGUAGES, of_page
from orchestrator.web.live.troubles import of_service
from orchestrator.web.wording import (
    browser,
    clock,
    cue_name,
    day,
    duration,
    in_words,
    lateness,
    listed,
    minutes,
    offset,
    size,
    span,
    zone_name,
)

_YEAR = 365 * 24 * 3600
"""Seconds that a browser remembers the language chosen."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the navigation."""

    path: str
    """Where it leads; also the prefix of the pages under it."""
    text: str
    """Its name, in English."""
    icon: str
    """Its picture: a name in icons.html."""
    primary: bool = False
    """Whether it is in a phone's bar too."""
    role: Role = "viewer"
    """Who may open it."""


NAVIGATION = (
    Entry("/", N_("Today"), "today", primary=True),
    Entry("/schedule", N_("Schedule"), "schedule", primary=True),
    Entry("/archive", N_("Archive"), "archive", primary=True),
    Entry("/readiness", N_("Readiness"), "readiness", primary=True),
    Entry("/log", N_("Event log"), "log"),
    Entry("/venues", N_("Venues"), "venue"),
    Entry("/destinations", N_("Destinations"), "destination"),
    Entry("/people", N_("People"), "people", role="admin"),
    Entry("/wall", N_("Wallboard"), "wall"),
)


def page(
    request: Request,
    name: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    section: str | None = None,
    **context: Any,
) -> HTMLResponse:
    """A template of `templates/` as an answer, in the reader's language.

    Args:
        request: what is answered; its `state.user` and `state.csrf`, where set, are shown and put into forms.
        name: the template, such as `schedule/week.html`.
        status: HTTP status.
        headers: further headers of the answer.
        section: the entry of the navigation that the page belongs to, where its address doesn't say so.
        context: what the template shows.
    """
    language = language_of(request)
    body = (
        _environment()
        .get_template(name)
        .render(**_shell(request, language), section=section or request.url.path, **context)
    )
    answer = HTMLResponse(body, status, headers)
    if request.query_params.get("lang") in LANGUAGES:
        answer.set_cookie(COOKIE, language, max_age=_YEAR, httponly=True, samesite="lax")
    return answer


def fragment(name: str, language: Language, **context: Any) -> str:
    """A piece of a page, the same for everybody who reads this language."""
    return _environment().get_template(name).render(language=language, csrf="", **context)


def language_of(request: Request) -> Language:
    """The language of a page: asked for in the address, else chosen before, else the station's."""
    desk: Desk = request.app.state.desk
    return of_page(request.query_params.get("lang"), request.cookies.get(COOKIE), desk.configuration().station.language)


def _shell(request: Request, language: Language) -> dict[str, Any]:
    desk: Desk = request.app.state.desk
    user: User | None = getattr(request.state, "user", None)
    station, snapshot = desk.configuration().station, desk.status.latest
    return {
        "language": language,
        "station": station,
        "zone": station.timezone,
        "now": desk.clock.now(),
        "here": request.url.path,
        "navigation": [entry for entry in NAVIGATION if entry.path in request.app.state.paths and _may(user, entry)],
        "user": user,
        "csrf": getattr(request.state, "csrf", ""),
        "station_troubles": of_service(snapshot.problems),
        "in_language": _in_language(request),
        "is_answer": request.method == "POST",
    }


def above(path: str) -> str:
    """The page above a form's address, which is none itself, such as /account of /account/password."""
    under = "/" + path.split("/")[1]
    return under if under != path else "/"


def _may(user: User | None, entry: Entry) -> bool:
    return user is not None and user.may(entry.role)


def _in_language(request: Request) -> dict[str, str]:
    """The address of this page in each language; of a form's answer, which has none, that of the page above it."""
    if request.method == "POST":
        return {language: f"{above(request.url.path)}?lang={language}" for language in LANGUAGES}
    kept = [(key, value) for key, value in request.query_params.multi_items() if key != "lang"]
    return {language: f"?{urlencode([*kept, ('lang', language)])}" for language in LANGUAGES}


def _sentence(standing: StandingProblem, language: Language) -> str:
    text = render(standing.problem, language)
    return f"{standing.problem.where}: {text}" if standing.problem.where else text


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("orchestrator.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"say": _say, "span": _span, "csrf_field": _csrf_field, "is_here": _is_here}
    environment.filters |= {"clock": _clock, "minutes": _minutes, "day": _day, "duration": _duration, "size": _size}
    environment.filters |= {"cue_name": cue_name, "listed": _listed, "browser": browser}
    environment.filters |= {"offset": _offset, "lateness": _lateness, "decimal": _decimal, "decimals": _decimals}
    environment.filters |= {"problem": _problem, "sentence": _of_problem, "told": _told, "saying": _saying}
    environment.filters |= {"zone_name": _zone_name}
    return environment


@pass_context
def _say(context: Context, text: str, **values: object) -> str:
    """A text of the catalogue in the page's language."""
    return filled(text, values, context["language"]) if values else translate(text, context["language"])


@pass_context
def _problem(context: Context, standing: StandingProblem) -> str:
    """What is wrong, as one sentence that names its place."""
    return _sentence(standing, context["language"])


@pass_context
def _of_problem(context: Context, problem: Problem) -> str:
    """A problem's sentence without its place, for beside the place itself."""
    return render(in_words(problem, {}), context["language"])


@pass_context
def _told(context: Context, problem: Problem) -> str:
    """A problem's sentence; one of a file, which the command line tells after its place, as a sentence of its own."""
    text = render(problem, context["language"])
    if not problem.code.startswith(("config.", "calendar.")):
        return text
    return f"{text[:1].upper()}{text[1:]}{'' if text[-1:] in '.!?' else '.'}"


@pass_context
def _saying(context: Context, saying: Saying) -> str:
    """A sentence that was kept for whoever reads it."""
    return said(saying, context["language"])


@pass_context
def _csrf_field(context: Context) -> Markup:
    """A form's proof that it came from this panel."""
    return Markup('<input type="hidden" name="csrf" value="{}">').format(context["csrf"])


@pass_context
def _is_here(context: Context, path: str) -> bool:
    """Whether the page shown is this entry's, or one under it."""
    here: str = context["section"]
    return here == path or (path != "/" and here.startswith(f"{path}/"))


@pass_context
def _clock(context: Context, at: datetime, zone: str | None = None) -> str:
    return clock(at, zone or context["zone"])


@pass_context
def _zone_name(context: Context, at: datetime, zone: str | None = None) -> str:
    return zone_name(at, zone or context["zone"])


@pass_context
def _minutes(context: Context, at: datetime, zone: str | None = None) -> str:
    return minutes(at, zone or context["zone"])


@pass_context
def _span(context: Context, start: datetime, end: datetime, zone: str | None = None) -> str:
    return span(start, end, zone or context["zone"], context["language"])


@pass_context
def _day(context: Context, at: datetime, zone: str | None = None) -> str:
    return day(at, zone or context["zone"], context["language"])


@pass_context
def _duration(context: Context, seconds: float) -> str:
    return duration(seconds, context["language"])


@pass_context
def _offset(context: Context, seconds: float) -> str:
    return offset(seconds, context["language"])


@pass_context
def _lateness(context: Context, seconds: float) -> str:
    return lateness(seconds, context["language"])


@pass_context
def _listed(context: Context, names: Iterable[str]) -> str:
    return listed(names, context["language"])


@pass_context
def _decimal(context: Context, value: float) -> str:
    return number(value, context["language"], "#,##0.0")


@pass_context
def _decimals(context: Context, text: str) -> str:
    """A text in which every decimal is written as the language writes it."""
    return re.sub(r"\d+\.\d+", lambda found: number(float(found[0]), context["language"], "0.###"), text)


@pass_context
def _size(context: Context, count: int) -> str:
    return size(count, context["language"])
