"""`/api/v1`: what programs (the commands among them) read and change."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from orchestrator.archive.checking import check
from orchestrator.catalogue import seen
from orchestrator.catalogue.records import ArchivedRecording
from orchestrator.web import actions, documents, models, problems, recordings
from orchestrator.web.accounts import Operator, Viewer
from orchestrator.web.asked import AtDesk, Spoken
from orchestrator.web.desk import Desk
from orchestrator.web.documents import Document, zone_of
from orchestrator.web.moments import window
from orchestrator.web.planned import MARGIN, planned_cues
from orchestrator.web.targets import TargetError

_ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": models.RefusalModel} for status in (400, 401, 403, 404, 409, 413, 415, 422, 500, 503)
}
router = APIRouter(prefix="/api/v1", responses=_ERRORS)

Since = Annotated[str | None, Query(alias="from", description="ISO 8601 date or time: the beginning, included.")]
Until = Annotated[str | None, Query(alias="to", description="ISO 8601 time, excluded, or date, included.")]
VenueId = Annotated[str | None, Query(description="Only this venue.")]
EventId = Annotated[str | None, Query(description="Only this event, or this occurrence of it.")]
RecordingName = Annotated[str, Path(description="The occurrence, or the name of its folder.")]
CueId = Annotated[str | None, Query(description="Only this cue.")]


@router.get("/status", response_model=models.StatusModel)
def status(_who: Viewer, desk: AtDesk, language: Spoken) -> Document:
    """What is on air, what comes next and what is wrong."""
    return documents.status_document(desk.status.latest, desk.configuration(), language)


@router.get("/log", response_model=list[models.LineModel])
def log(
    _who: Viewer,
    desk: AtDesk,
    since: Since = None,
    until: Until = None,
    venue: VenueId = None,
    event: EventId = None,
    cue: CueId = None,
) -> list[Document]:
    """The as-run log: what was planned, sent and confirmed."""
    configuration = desk.configuration()
    begin, end = window(since, until, _zone(desk, venue))
    lines = desk.catalogue.asrun.between(begin, end, venue, event)
    return documents.log_document(
        [line for line in lines if cue in {None, line.cue}], configuration, configuration.station.timezone
    )


@router.get("/plan", response_model=list[models.PlannedModel])
def plan(
    _who: Viewer,
    desk: AtDesk,
    since: Since = None,
    until: Until = None,
    venue: VenueId = None,
    event: EventId = None,
    cue: CueId = None,
) -> list[Document]:
    """The cues to come, with operators' changes; a week from now unless asked for otherwise."""
    begin, end = window(since, until, _zone(desk, venue))
    begin = begin or desk.clock.now()
    end = end or begin + actions.HORIZON
    cues = planned_cues(desk.plan(begin - MARGIN, end + MARGIN), begin, end, venue, event)
    return documents.plan_document(timed for timed in cues if cue in {None, timed.cue.id})


@router.get("/changes", response_model=list[models.ChangeModel])
def history(
    _who: Viewer, desk: AtDesk, since: Since = None, until: Until = None, venue: VenueId = None
) -> list[Document]:
    """What operators (and the service) changed, undone changes included, in order of writing."""
    begin, end = window(since, until, _zone(desk, venue))
    return [
        documents.change_document(record.change, zone_of(record.change.venue, desk.configuration()), record)
        for record in desk.catalogue.changes.history(begin, end)
        if venue in {None, record.change.venue}
    ]


@router.post("/changes", response_model=models.MadeChangeModel, status_code=201)
def change(user: Operator, desk: AtDesk, language: Spoken, asked: models.ChangeRequest) -> Document:
    """Act on the air: go, hold, resume, extend, finish, skip, shift, text, cancel, take, release."""
    made = actions.carry_out(desk, asked.model_copy(update={"who": user.speaks_as(asked.who)}))
    document = documents.change_document(made, zone_of(made.venue, desk.configuration()))
    return {**document, "message": actions.told(desk, made, language), "seen": seen.after(asked.seen, made)}


@router.delete("/changes/{number}", response_model=models.ChangeModel)
def undo(
    user: Operator,
    desk: AtDesk,
    number: Annotated[int, Path(ge=1, le=2**53, description="The change's number.")],
    who: Annotated[str | None, Query(min_length=1, max_length=100, description=models.WHO)] = None,
) -> Document:
    """Take back a change that hasn't happened yet."""
    desk.undo(number, user.speaks_as(who))
    for record in reversed(desk.catalogue.changes.history()):
        if record.change.id == number:
            return documents.change_document(record.change, zone_of(record.change.venue, desk.configuration()), record)
    raise TargetError(problems.no_such_change(number))


@router.post("/reload", response_model=models.ReloadModel)
def reload(user: Operator, desk: AtDesk, language: Spoken) -> Document:
    """Read the files again; what is wrong with them leaves the ones in force as they were."""
    desk.catalogue.audit.add(desk.clock.now(), user.name, "schedule.reloaded")
    return documents.problems_document(desk.reload(), language)


@router.get("/venues", response_model=list[models.VenueModel])
def venues(_who: Viewer, desk: AtDesk) -> list[Document]:
    """The venues, without anything secret."""
    return documents.venues_document(desk.configuration())


@router.get("/devices", response_model=models.DevicesModel)
def devices(_who: Viewer, desk: AtDesk, language: Spoken) -> Document:
    """What the devices of every venue tell."""
    return documents.devices_document(desk.status.latest, desk.configuration(), language)


@router.get("/archive", response_model=list[models.RecordingModel])
def archive(
    _who: Viewer,
    desk: AtDesk,
    words: Annotated[str | None, Query(description="Every one of these words must be found.")] = None,
    since: Since = None,
    until: Until = None,
    venue: VenueId = None,
) -> list[Document]:
    """The recordings, by their planned start."""
    begin, end = window(since, until, _zone(desk, venue))
    found = desk.catalogue.recordings.search(words, begin, end, venue)
    return [documents.recording_document(entry, zone_of(entry.venue, desk.configuration())) for entry in found]


@router.get("/archive/{name}", response_model=models.WholeRecordingModel)
def recording(_who: Viewer, desk: AtDesk, name: RecordingName) -> Document:
    """One recording, with its files and all that is written beside it."""
    entry = _recording(desk, name)
    configuration = desk.configuration()
    return recordings.whole_document(entry, configuration.station.archive.folder, zone_of(entry.venue, configuration))


@router.post("/archive/{name}/verify", response_model=models.VerifiedModel)
def verify(user: Operator, desk: AtDesk, language: Spoken, name: RecordingName) -> Document:
    """Read every byte of a recording again and compare it with its checksums; it may take minutes."""
    entry = _recording(desk, name)
    desk.catalogue.audit.add(desk.clock.now(), user.name, "recording.verified", entry.occurrence)
    root = desk.configuration().station.archive.folder
    wrong = check(desk.catalogue, entry, root, desk.clock.now)
    return {"occurrence": entry.occurrence, "whole": not wrong, **documents.problems_document(wrong, language)}


@router.post("/archive/{name}/check", response_model=models.CheckModel, status_code=202)
def begin_check(user: Operator, desk: AtDesk, language: Spoken, name: RecordingName) -> Document:
    """As verify, in the background: answers at once; GET tells how far it is."""
    return documents.check_document(desk.backstage.checks.start(_recording(desk, name), user.name), language)


@router.get("/archive/{name}/check", response_model=models.CheckModel)
def read_check(_who: Viewer, desk: AtDesk, language: Spoken, name: RecordingName) -> Document:
    """How far the last verification is that was asked for since the service's start."""
    found = desk.backstage.checks.of(_recording(desk, name).occurrence)
    if found is None:
        raise TargetError(problems.not_checked(name))
    return documents.check_document(found, language)


def _recording(desk: Desk, name: str) -> ArchivedRecording:
    entry = recordings.find(desk.catalogue, name)
    if entry is None:
        raise TargetError(problems.no_such_recording(name))
    return entry


def _zone(desk: Desk, venue: str | None) -> str:
    """The zone that times without an offset are meant in; a venue that isn't there is refused."""
    configuration = desk.configuration()
    if venue is not None and venue not in configuration.venues:
        raise TargetError(problems.unknown_venue(venue, ", ".join(configuration.venues)))
    return zone_of(venue, configuration) if venue else configuration.station.timezone
