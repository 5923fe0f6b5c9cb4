"""What machines ask about the service itself: alive, ready, figures."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST

from orchestrator.web.accounts import Anyone, Monitor
from orchestrator.web.asked import AtDesk
from orchestrator.web.documents import ready_document
from orchestrator.web.models import ReadyModel

router = APIRouter(tags=["operations"])


@router.get("/healthz")
def healthz() -> dict[str, str]:
    """Whether the service is alive."""
    return {"status": "alive"}


@router.get("/readyz", response_model=ReadyModel, responses={503: {"model": ReadyModel}})
def readyz(request: Request, who: Anyone, desk: AtDesk) -> JSONResponse:
    """Whether every loop has observed its devices once; says whose hasn't to this machine and to who is signed in."""
    document = ready_document(desk.status.latest, desk.configuration())
    if who is None and not request.state.caller.local:
        del document["missing"]
    return JSONResponse(document, 200 if document["ready"] else 503)


@router.get("/metrics", response_class=Response)
def metrics(request: Request, _who: Monitor) -> Response:
    """Figures for Prometheus."""
    return Response(request.app.state.metrics.text(), media_type=CONTENT_TYPE_LATEST)
