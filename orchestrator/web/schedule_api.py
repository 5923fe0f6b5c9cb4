"""`/api/v1/schedule`: the schedule's file, edits of it, and its versions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from orchestrator.backstage.wishes import Restore, Wish
from orchestrator.catalogue.records import VersionRow
from orchestrator.config.editing import Put, Remove, Replace
from orchestrator.config.hiding import hidden, revealed
from orchestrator.errors import RefusedError
from orchestrator.plan.differences import EventChange, OccurrenceChange
from orchestrator.web import models, problems, schedule_models
from orchestrator.web.accounts import Operator, Viewer
from orchestrator.web.actions import RequestError
from orchestrator.web.asked import AtDesk
from orchestrator.web.desk import Desk
from orchestrator.web.documents import Document, moment
from orchestrator.web.targets import TargetError

_ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": models.RefusalModel} for status in (400, 401, 403, 404, 409, 413, 415, 422, 500, 503)
}
router = APIRouter(prefix="/api/v1/schedule", responses=_ERRORS)

Number = Annotated[int, Path(ge=1, le=2**53, description="The version.")]


@router.get("", response_model=schedule_models.ScheduleModel)
def schedule(_who: Viewer, desk: AtDesk) -> Document:
    """The file as it is, and its newest version."""
    current, rows = desk.schedule.read(), desk.schedule.history(limit=1)
    return {
        "digest": current.digest,
        "text": hidden(current.text),
        "right": not current.problems,
        "version": _version(rows[0], desk) if rows else None,
    }


@router.post("/edits", response_model=schedule_models.EditedModel)
def edit(user: Operator, desk: AtDesk, asked: schedule_models.EditModel) -> Document:
    """Put or remove an event, replace the whole file, or go back to a version; checked whole before it counts."""
    wish = _wish(asked, desk)
    found = desk.schedule.preview(wish, asked.base)
    saved = None if asked.dry_run else desk.schedule.apply(wish, asked.base, user.name)
    zone = desk.configuration().station.timezone
    return {
        "version": None if saved is None else _version(saved, desk),
        "events": _events(found.difference.events),
        "occurrences": [_occurrence(change, zone) for change in found.difference.occurrences],
    }


@router.get("/versions", response_model=list[schedule_models.VersionModel])
def versions(
    _who: Viewer,
    desk: AtDesk,
    before: Annotated[int | None, Query(ge=1, le=2**53, description="Only versions before this number.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> list[Document]:
    """The versions, the newest first."""
    return [_version(row, desk) for row in desk.schedule.history(before, limit)]


@router.get("/versions/{number}", response_model=schedule_models.WholeVersionModel)
def version(_who: Viewer, desk: AtDesk, number: Number) -> Document:
    """A version with its text and what it changed."""
    try:
        found = desk.schedule.compared(number)
    except RefusedError as error:
        raise TargetError(error.problem) from error
    row = _version(found.version.row, desk)
    return {**row, "text": hidden(found.version.content), "events": _events(found.events)}


def _wish(asked: schedule_models.EditModel, desk: Desk) -> Wish:
    wishes: list[Wish] = []
    if asked.put is not None:
        wishes.append(Put(asked.put, asked.event))
    if asked.remove is not None:
        wishes.append(Remove(asked.remove))
    if asked.text is not None:
        wishes.append(Replace(revealed(asked.text, desk.schedule.read().text)))
    if asked.restore is not None:
        wishes.append(Restore(asked.restore))
    if len(wishes) != 1:
        raise RequestError(problems.one_edit())
    return wishes[0]


def _version(row: VersionRow, desk: Desk) -> Document:
    zone = desk.configuration().station.timezone
    at = moment(row.at, zone)
    return {"number": row.number, "at": at, "who": row.who, "action": row.action, "subject": row.subject}


def _events(changes: Iterable[EventChange]) -> list[Document]:
    return [
        {"id": change.id, "title": change.event.title, "kind": change.kind, "fields": list(change.fields)}
        for change in changes
    ]


def _occurrence(change: OccurrenceChange, zone: str) -> Document:
    return {
        "event": change.occurrence.event.id,
        "kind": change.kind,
        "before": moment(change.before.start if change.before else None, zone),
        "after": moment(change.after.start if change.after else None, zone),
    }
