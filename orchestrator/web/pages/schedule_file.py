"""The schedule's file as a whole: uploaded, seen as it was, and brought back; each shown before it counts."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData, UploadFile

from orchestrator.backstage.wishes import Compared, Restore, StaleError, Wish
from orchestrator.config.editing import with_newlines
from orchestrator.config.findings import Findings
from orchestrator.config.hiding import hidden
from orchestrator.config.source import text_of
from orchestrator.errors import N_, ConfigError, OrchestratorError, Problem, RefusedError
from orchestrator.web.accounts import Operator, User, Viewer
from orchestrator.web.asked import AtDesk, Given
from orchestrator.web.desk import Desk
from orchestrator.web.page import language_of, page
from orchestrator.web.schedule_view import difference_view, lines_view, wrong_lines
from orchestrator.web.schedule_words import KINDS, VERSIONS, Words
from orchestrator.web.targets import TargetError
from orchestrator.web.uploads import FromCalendar, NotUsableError, Refusal, Sent, of_events, wish_of

router = APIRouter()

Number = Annotated[int, Path(ge=1, le=2**53, description="The version.")]
Base = Annotated[str, Form(max_length=64)]
PER_PAGE = 50
"""Versions on a page of the history."""
_KEPT = (64, 4096, 262_144)
"""Bytes of a file that is no text that a page may keep, to tell the same of it in another language."""
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")

_DONE: Mapping[str, str] = {
    "removed": N_("The event was removed from the schedule."),
    "uploaded": N_("The uploaded schedule is in force."),
    "restored": N_("The earlier version is in force again."),
}


@router.get("/schedule/schedules.yaml", response_model=None)
def download(_who: Viewer, desk: AtDesk) -> Response:
    """The file, to be edited and uploaded again; of relays' addresses no more than may be seen."""
    return _file(hidden(desk.schedule.read().text), desk.schedule.name)


@router.get("/schedule/upload", response_model=None)
def upload_page(_who: Operator, request: Request, desk: AtDesk) -> Response:
    """Where a file is given."""
    return _asking(request, desk)


@router.post("/schedule/upload", response_model=None)
def upload(
    user: Operator,
    request: Request,
    desk: AtDesk,
    given: Given,
    step: Annotated[Literal["preview", "save"], Form()] = "preview",
    base: Base = "",
) -> Response:
    """Show what an uploaded file would change, or put it in force."""
    sent = _sent(given)
    if step == "preview":
        read = _read(given, sent)
        if read.missing or read.wrong:
            return _asking(request, desk, read)
        sent, base = read.sent, desk.schedule.read().digest
    try:
        wish = wish_of(sent, desk)
    except NotUsableError as error:
        return _asking(request, desk, Refusal(sent, error.wrong, error.lacks))
    if step == "save":
        return _save(request, desk, user, wish, base, sent)
    return _previewed(request, desk, wish, base, sent)


@router.get("/schedule/history", response_model=None)
def history(
    _who: Viewer,
    request: Request,
    desk: AtDesk,
    done: str = "",
    before: Annotated[int | None, Query(ge=1, le=2**53)] = None,
) -> Response:
    """The versions, the newest first."""
    rows = desk.schedule.history(before, PER_PAGE + 1)
    return page(
        request,
        "schedule/history.html",
        versions=rows[:PER_PAGE],
        is_first=before is None,
        older=rows[PER_PAGE - 1].number if len(rows) > PER_PAGE else None,
        actions=VERSIONS,
        done=_DONE.get(done, ""),
    )


@router.get("/schedule/history/{number}", response_model=None)
def version(_who: Viewer, request: Request, desk: AtDesk, number: Number) -> Response:
    """A version: what it changed."""
    found = _compared(desk, number)
    words = Words(desk.configuration(), language_of(request))
    latest = desk.schedule.history(limit=1)[0].number
    return page(
        request,
        "schedule/version.html",
        version=found.version.row,
        latest=latest,
        told=[words.told(change) for change in found.events] if found.before else [],
        lines=lines_view(found.before, found.version.content) if found.before else (),
        is_beginning=not found.before,
        actions=VERSIONS,
        kinds=KINDS,
    )


@router.get("/schedule/history/{number}/schedules.yaml", response_model=None)
def download_version(_who: Viewer, desk: AtDesk, number: Number) -> Response:
    """A version's file."""
    return _file(hidden(_compared(desk, number).version.content), f"schedules-{number}.yaml")


@router.get("/schedule/history/{number}/restore", response_model=None)
def ask_to_restore(_who: Operator, request: Request, desk: AtDesk, number: Number) -> Response:
    """What going back to a version would change."""
    _compared(desk, number)
    return _previewed(request, desk, Restore(number), desk.schedule.read().digest, Sent())


@router.post("/schedule/history/{number}/restore", response_model=None)
def restore(user: Operator, request: Request, desk: AtDesk, number: Number, base: Base = "") -> Response:
    """Go back to a version."""
    _compared(desk, number)
    return _save(request, desk, user, Restore(number), base, Sent())


def _read(given: FormData, sent: Sent) -> Refusal:
    """The file that was given, or the one that was given before; without a text: why there is none."""
    file = given.get("file")
    if isinstance(file, UploadFile) and file.filename:
        sent = replace(sent, name=file.filename.replace("\\", "/").rpartition("/")[2][:200])
        raw = file.file.read()
    elif sent.unread:
        raw = b64decode(sent.unread)
    else:
        return Refusal(sent, missing=not sent.text)
    text, problems = _text(sent.name, raw)
    if text is None:
        kept = next((raw[:size] for size in _KEPT if _text(sent.name, raw[:size])[1] == problems), b"")
        sent = replace(sent, text="", unread=b64encode(kept).decode())
        return Refusal(sent, wrong_lines(problems, sent.name, ""))
    return Refusal(replace(sent, text=with_newlines(text), unread=""))


def _text(name: str, raw: bytes) -> tuple[str | None, Sequence[Problem]]:
    """A file's text, or why it has none."""
    findings = Findings()
    return text_of(name, raw, findings), findings.problems


def _sent(given: FormData) -> Sent:
    def one(name: str) -> str:
        value = given.get(name)
        return value if isinstance(value, str) else ""

    destinations = tuple(value for value in given.getlist("destination") if isinstance(value, str))
    unread = one("unread") if _BASE64.fullmatch(one("unread")) else ""
    return Sent(with_newlines(one("text")), unread, one("name")[:200], one("ceremony"), one("venue"), destinations)


def _compared(desk: Desk, number: int) -> Compared:
    try:
        return desk.schedule.compared(number)
    except RefusedError as error:
        raise TargetError(error.problem) from error


def _file(text: str, name: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type="application/yaml; charset=utf-8", headers=headers)


def _save(request: Request, desk: Desk, user: User, wish: Wish, base: str, sent: Sent) -> Response:
    try:
        desk.schedule.apply(wish, base, user.name)
    except StaleError as error:
        return _previewed(request, desk, wish, desk.schedule.read().digest, sent, error)
    except OrchestratorError as error:
        return _refused(request, desk, wish, error, sent)
    done = "restored" if isinstance(wish, Restore) else "uploaded"
    return RedirectResponse(f"/schedule/history?done={done}", 303)


def _previewed(
    request: Request, desk: Desk, wish: Wish, base: str, sent: Sent, stale: StaleError | None = None
) -> Response:
    """What a whole text would change, with the button that puts it in force."""
    try:
        preview = desk.schedule.preview(wish, base)
    except OrchestratorError as error:
        return _refused(request, desk, wish, error, sent)
    words = Words(preview.configuration, language_of(request))
    return page(
        request,
        "schedule/whole.html",
        status=200 if stale is None else 409,
        sent=sent,
        number=wish.number if isinstance(wish, Restore) else None,
        difference=difference_view(preview, words),
        changes=preview.changes,
        stale=None if stale is None else stale.problem,
        base=base,
        kinds=KINDS,
    )


def _refused(request: Request, desk: Desk, wish: Wish, error: OrchestratorError, sent: Sent) -> Response:
    """Why a text can't be put in force: its errors at their lines, or one sentence; nothing has changed."""
    if isinstance(wish, Restore):
        text = desk.schedule.compared(wish.number).version.content
        sent = replace(sent, text=text, name=f"schedules-{wish.number}.yaml")
    if isinstance(wish, FromCalendar):
        found = of_events(error.problems, wish, sent)
    else:
        found = wrong_lines(error.problems, desk.schedule.path, sent.text)
    status = 422 if isinstance(error, ConfigError) else 409 if isinstance(error, RefusedError) else 503
    return _asking(request, desk, Refusal(sent, found), status)


def _asking(request: Request, desk: Desk, refusal: Refusal | None = None, status: int = 422) -> Response:
    return page(
        request,
        "schedule/upload.html",
        status=200 if refusal is None else status,
        refusal=refusal or Refusal(Sent()),
        configuration=desk.configuration(),
        file=desk.schedule.name,
        kinds=KINDS,
    )
