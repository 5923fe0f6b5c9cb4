"""The archive: search, and a recording with its player, its moments, its files and its verification."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path as Folder
from typing import Annotated, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse

from orchestrator.archive import parcel
from orchestrator.archive.markers import Marker, markers, stretches
from orchestrator.catalogue.recordings import Filters
from orchestrator.catalogue.records import ArchivedRecording
from orchestrator.catalogue.wording import plain, sought, words_of
from orchestrator.errors import N_
from orchestrator.i18n import Language, respoken
from orchestrator.web import problems, recordings
from orchestrator.web.accounts import Viewer
from orchestrator.web.asked import AtDesk
from orchestrator.web.desk import Desk
from orchestrator.web.documents import zone_of
from orchestrator.web.moments import WindowError, window
from orchestrator.web.page import language_of, page
from orchestrator.web.sending import send_file
from orchestrator.web.targets import TargetError

router = APIRouter()

PER_PAGE = 20
"""Recordings on a page of results."""
_MOST_HITS = 4
"""Moments that a result names."""

Name = Annotated[str, Path(max_length=200, description="The occurrence, or the name of its folder.")]

ROLES: Mapping[str, str] = {
    "watch": N_("to watch"),
    "master": N_("studio recording"),
    "safety": N_("safety recording"),
    "segment": N_("part of the safety recording"),
    "thumbnail": N_("picture"),
    "contact": N_("contact sheet"),
    "other": N_("left by a recorder"),
    "document": N_("all that is known"),
}
DETAILS: Mapping[str, str] = {
    "classification": N_("Classification"),
    "access": N_("Access"),
    "retention": N_("Retention"),
    "rights": N_("Rights"),
    "inspektur_upacara": N_("Inspector of the ceremony"),
}


@dataclass(frozen=True, slots=True)
class Result:
    """A recording as the results show it."""

    recording: ArchivedRecording
    """The row."""
    zone: str
    """The zone of its times."""
    venue: str
    """The venue's name."""
    picture: str | None
    """The name of its thumbnail."""
    hits: tuple[Marker, ...]
    """Moments that the words speak of."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A file as the page lists it."""

    name: str
    """Its name."""
    role: str
    """What it is: a key of ROLES."""
    size: int
    """Bytes."""


@router.get("/archive", response_class=HTMLResponse)
def search(  # noqa: PLR0913, PLR0917 - a search form has that many fields
    _who: Viewer,
    request: Request,
    desk: AtDesk,
    words: Annotated[str, Query(max_length=300)] = "",
    since: Annotated[str, Query(alias="from", max_length=40)] = "",
    until: Annotated[str, Query(alias="to", max_length=40)] = "",
    venue: Annotated[str, Query(max_length=100)] = "",
    ceremony: Annotated[str, Query(max_length=100)] = "",
    official: Annotated[str, Query(max_length=200)] = "",
    number: Annotated[int, Query(alias="page", ge=1, le=10_000)] = 1,
) -> HTMLResponse:
    """Find recordings."""
    configuration = desk.configuration()
    wrong = None
    try:
        begin, end = window(since or None, until or None, configuration.station.timezone)
    except WindowError as error:
        begin, end, wrong = None, None, error.problem
    filters = Filters(words, begin, end, venue, ceremony, official)
    found, count = desk.catalogue.recordings.page(filters, PER_PAGE, (number - 1) * PER_PAGE)
    asked = {"words": words, "from": since, "to": until, "venue": venue, "ceremony": ceremony, "official": official}
    return page(
        request,
        "archive/search.html",
        asked=asked,
        narrowed=any(value for key, value in asked.items() if key != "words"),
        wrong=wrong,
        results=[_result(desk, recording, words) for recording in found],
        count=count,
        number=number,
        pages=-(-count // PER_PAGE),
        to_page=lambda wanted: "?" + urlencode({**{k: v for k, v in asked.items() if v}, "page": wanted}),
        venues=_names(desk.catalogue.recordings.venues(), configuration.venues),
        ceremonies=_names(desk.catalogue.recordings.ceremonies(), configuration.ceremonies),
    )


@router.get("/archive/{name}", response_class=HTMLResponse)
def recording(user: Viewer, request: Request, desk: AtDesk, name: Name) -> HTMLResponse:
    """One recording."""
    entry, folder = _find(desk, name)
    about = recordings.about(folder) or {}
    files = _files(folder, about)
    language = language_of(request)
    return page(
        request,
        "archive/recording.html",
        entry=entry,
        may_verify=user.may("operator"),
        there=folder.is_dir(),
        where=str(folder),
        at_zone=_zone(desk, entry, about),
        about=about,
        ceremony=about.get("ceremony_name") or entry.ceremony,
        venue=about.get("venue_name") or _venue(desk, entry),
        recorded=_recorded(about),
        details=[(DETAILS.get(key, _label(key)), value) for key, value in dict(about.get("details", {})).items()],
        notes=[(DETAILS.get(key, _label(key)), value) for key, value in dict(about.get("archive", {})).items()],
        moments=[_told(marker, language) for marker in markers(about)],
        length=sum(part.seconds for part in stretches(about)) or entry.duration,
        files=files,
        roles=ROLES,
        watch=_of_role(files, "watch"),
        picture=_of_role(files, "thumbnail"),
        sheet=_of_role(files, "contact"),
        check=desk.backstage.checks.of(entry.occurrence),
    )


@router.api_route("/archive/{name}/files/{file}", methods=["GET", "HEAD"])
def file(
    _who: Viewer, request: Request, desk: AtDesk, name: Name, file: str, download: Annotated[bool, Query()] = False
) -> Response:
    """One file of a recording; a player takes only the parts that it needs."""
    _, folder = _find(desk, name)
    found = recordings.file_of(folder, file)
    if found is None:
        raise TargetError(problems.no_such_file(file))
    return send_file(request, found, download=download)


@router.api_route("/archive/{name}/package.zip", methods=["GET", "HEAD"])
def package(_who: Viewer, request: Request, desk: AtDesk, name: Name) -> Response:
    """The whole package, made while it is sent."""
    entry, folder = _find(desk, name)
    zone = _zone(desk, entry, recordings.about(folder) or {})
    try:
        files = parcel.entries(folder, lambda seconds: _in_zone(seconds, zone))
    except OSError:
        files = []
    if not files:
        raise TargetError(problems.no_such_file(f"{entry.folder}"))
    headers = {
        "content-length": str(parcel.length(files)),
        "content-disposition": f'attachment; filename="{folder.name}.zip"',
    }
    body: Iterator[bytes] = iter(()) if request.method == "HEAD" else parcel.stream(files)
    return StreamingResponse(body, media_type="application/zip", headers=headers)


def _find(desk: Desk, name: str) -> tuple[ArchivedRecording, Folder]:
    entry = recordings.find(desk.catalogue, name)
    if entry is None:
        raise TargetError(problems.no_such_recording(name))
    return entry, desk.configuration().station.archive.folder / entry.folder


def _result(desk: Desk, entry: ArchivedRecording, words: str) -> Result:
    folder = desk.configuration().station.archive.folder / entry.folder
    about = recordings.about(folder) or {}
    picture = _of_role(_files(folder, about), "thumbnail")
    venue = about.get("venue_name") or _venue(desk, entry)
    return Result(entry, _zone(desk, entry, about), venue, picture, tuple(_hits(about, words)))


def _hits(about: Mapping[str, Any], words: str) -> list[Marker]:
    """Cues whose id or scene has one of the words in it."""
    wanted = [word for word in sought(words).words if not word.isdigit() and len(word) > 2]
    found = [
        marker
        for marker in markers(about)
        if marker.kind == "cue" and any(word in plain(f"{marker.text} {marker.scene or ''}") for word in wanted)
    ]
    return found[:_MOST_HITS]


def _files(folder: Folder, about: Mapping[str, Any]) -> list[Listed]:
    roles = {str(file.get("name")): str(file.get("role")) for file in about.get("files", ()) if isinstance(file, dict)}
    roles["event.json"] = "document"
    order = list(ROLES)
    found = []
    for path in recordings.contents(folder):
        role = roles.get(path.name, "other")
        found.append(Listed(path.name, role if role in ROLES else "other", path.stat().st_size))
    return sorted(found, key=lambda each: (order.index(each.role), each.name))


def _of_role(files: list[Listed], role: str) -> str | None:
    return next((each.name for each in files if each.role == role), None)


def _told(marker: Marker, language: Language) -> Marker:
    """A marker in the reader's language."""
    if marker.kind == "incident":
        return replace(marker, text=respoken(marker.text, language))
    if marker.scene is not None and words_of(marker.scene) == words_of(marker.text):
        return replace(marker, scene=None)
    return marker


def _recorded(about: Mapping[str, Any]) -> tuple[datetime, datetime] | None:
    recorded = about.get("recorded") or {}
    try:
        return datetime.fromisoformat(recorded["from"]), datetime.fromisoformat(recorded["to"])
    except (KeyError, TypeError, ValueError):
        return None


def _zone(desk: Desk, entry: ArchivedRecording, about: Mapping[str, Any]) -> str:
    """The event's own zone, as far as this machine knows it."""
    named = about.get("timezone")
    return named if isinstance(named, str) and _known_zone(named) else zone_of(entry.venue, desk.configuration())


def _venue(desk: Desk, entry: ArchivedRecording) -> str:
    known = desk.configuration().venues.get(entry.venue)
    return known.name if known else entry.venue


def _names(ids: list[str], known: Mapping[str, Any]) -> list[tuple[str, str]]:
    named = [(each, known[each].name if each in known else each) for each in ids]
    return sorted(named, key=lambda pair: pair[1].casefold())


def _label(key: str) -> str:
    return key.replace("_", " ").capitalize()


def _known_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return True


def _in_zone(seconds: float, zone: str) -> datetime:
    return datetime.fromtimestamp(seconds, ZoneInfo(zone))
