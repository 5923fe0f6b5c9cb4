"""Destinations: how each stands, its key as far as it may be shown, another key, and a trial."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Path, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from orchestrator.backstage.keyring import Key
from orchestrator.catalogue.records import AsRun, Incident
from orchestrator.errors import N_, Problem, RefusedError, StorageError
from orchestrator.i18n import respoken
from orchestrator.plan.model import Destination
from orchestrator.readiness.facts import Reached, Trial, Tried
from orchestrator.web.accounts import Admin, Operator, Viewer
from orchestrator.web.asked import AtDesk
from orchestrator.web.desk import Desk
from orchestrator.web.page import language_of, page
from orchestrator.web.station_api import require_destination, state_of, trouble_of

router = APIRouter()

Name = Annotated[str, Path(max_length=200)]

_REACHED: Mapping[Reached, str] = {
    "reached": N_("can be reached"),
    "name": N_("its address can't be found"),
    "unreachable": N_("can't be reached"),
    "certificate": N_("what answers can't prove to be it"),
    "silent": N_("takes the connection and says nothing"),
    "unknown": N_("can't be told without sending"),
}
_TRIED: Mapping[Tried, str] = {
    "accepted": N_("The key was accepted."),
    "refused": N_("The key was refused: replace it."),
    "busy": N_("The key is in use. Try again in a minute; if that stays, another encoder streams with it."),
    "unreachable": N_("It couldn't be reached: check the internet connection. This says nothing about the key."),
    "name": N_("Its address couldn't be found: check the internet connection. This says nothing about the key."),
    "format": N_("The format of picture or sound wasn't accepted: check the venue's video settings."),
    "dropped": N_("It broke the connection off. Try again; if that stays, the uplink is too weak."),
    "stalled": N_("It took too little. Try again; if that stays, the uplink is too slow."),
    "failed": N_("The trial failed for an unknown reason. Try again."),
}


_WHY: Mapping[str, str] = {
    "destination.refused": N_("key refused"),
    "destination.busy": N_("key in use"),
    "destination.name": N_("address not found"),
    "destination.unreachable": N_("can't be reached"),
    "destination.format": N_("format refused"),
}
"""Why a destination isn't fed, where that is known."""


@dataclass(frozen=True, slots=True)
class Card:
    """A destination as the page shows it."""

    destination: Destination
    """The profile."""
    key: Key
    """Its key."""
    state: str
    """live, connecting, failed or off."""
    trouble: Problem | None
    """What is wrong with it now."""
    why: str
    """The same in a word or two; empty where it isn't known, or nothing is."""
    reached: str | None
    """Whether it can be reached; None: not tried yet."""
    is_reached: bool
    """Whether that is good news."""
    trial: Trial | None
    """The last trial of this key."""
    tried: str
    """What it found, in words."""
    last_fed: AsRun | None
    """When it was last seen to be fed."""
    last_trouble: Incident | None
    """What was last wrong with it, in the reader's language."""


@router.get("/destinations", response_class=HTMLResponse)
def destinations(_who: Viewer, request: Request, desk: AtDesk, done: str = "", name: str = "") -> HTMLResponse:
    """Every destination."""
    return _shown(request, desk, about=name, done=done)


@router.post("/destinations/{name}/key", response_model=None)
def replace_key(
    user: Admin,
    request: Request,
    desk: AtDesk,
    name: Name,
    key: Annotated[str, Form(max_length=1000)] = "",
    restart: Annotated[bool, Form()] = False,
    seen: Annotated[str | None, Form(max_length=50)] = None,
) -> Response:
    """Put another key in place."""
    require_destination(desk, name)
    try:
        desk.backstage.keys.replace(name, key, user.name, restart=restart, seen=seen)
    except (RefusedError, StorageError) as error:
        return _shown(request, desk, about=name, wrong=error.problem)
    return RedirectResponse("/destinations?" + urlencode({"done": "key", "name": name}) + f"#{name}", 303)


@router.post("/destinations/{name}/trial", response_model=None)
def try_key(user: Operator, request: Request, desk: AtDesk, name: Name) -> Response:
    """Send a slate for some seconds."""
    require_destination(desk, name)
    try:
        desk.backstage.keys.try_key(name, user.name)
    except RefusedError as error:
        return _shown(request, desk, about=name, wrong=error.problem)
    return RedirectResponse("/destinations?" + urlencode({"done": "trial", "name": name}) + f"#{name}", 303)


def _shown(
    request: Request, desk: Desk, *, about: str = "", wrong: Problem | None = None, done: str = ""
) -> HTMLResponse:
    keys = desk.backstage.keys.keys()
    known = desk.configuration().destinations
    return page(
        request,
        "destinations/destinations.html",
        cards=[_card(request, desk, each, keys[name]) for name, each in known.items()],
        about=about if about in known else "",
        wrong=wrong,
        done=done,
    )


def _card(request: Request, desk: Desk, destination: Destination, key: Key) -> Card:
    name = destination.id
    at, reached = desk.backstage.readiness.reached(name) or (None, None)
    trial = desk.backstage.keys.trial(name)
    last, trouble = desk.catalogue.incidents.last_of(name), trouble_of(desk, name)
    if last is not None:
        sentence = respoken(last.message.removeprefix(f"{last.where}: "), language_of(request))
        last = Incident(last.code, last.where, sentence, last.since, last.until)
    return Card(
        destination=destination,
        key=key,
        state=state_of(desk, name),
        trouble=trouble,
        why=_WHY.get(trouble.code, "") if trouble is not None else "",
        reached=None if reached is None or at is None else _REACHED[reached.outcome],
        is_reached=reached is not None and reached.outcome in {"reached", "unknown"},
        trial=trial,
        tried=_TRIED[trial.outcome] if trial is not None else "",
        last_fed=desk.catalogue.asrun.last_on(f"stream:{name}"),
        last_trouble=last,
    )
