"""Readiness: the checklist of each event to come, in words, with what to do."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from orchestrator.errors import N_
from orchestrator.web.accounts import Operator, Viewer
from orchestrator.web.asked import AtDesk
from orchestrator.web.documents import zone_of
from orchestrator.web.page import language_of, page
from orchestrator.web.station_documents import spoken

router = APIRouter()

_STATES = {"ready": N_("ready"), "later": N_("later"), "warn": N_("look at this"), "no": N_("not ready")}


@router.get("/readiness", response_class=HTMLResponse)
def readiness(user: Viewer, request: Request, desk: AtDesk) -> HTMLResponse:
    """The events to come, and whether each can go on air."""
    configuration, language, prober = desk.configuration(), language_of(request), desk.backstage.readiness
    reports = [
        (
            report,
            zone_of(report.venue, configuration),
            configuration.venues[report.venue].name,
            [(check, spoken(check, language, zone_of(report.venue, configuration))) for check in report.checks],
        )
        for report in prober.reports()
    ]
    return page(
        request,
        "readiness/readiness.html",
        reports=reports,
        states=_STATES,
        probing=prober.probing,
        probed_at=prober.probed_at,
        may_check=user.may("operator"),
    )


@router.post("/readiness", response_model=None)
def check(_who: Operator, desk: AtDesk) -> Response:
    """Find everything out anew; the page that follows shows it as soon as it is there."""
    desk.backstage.readiness.ask()
    return RedirectResponse("/readiness", 303)
