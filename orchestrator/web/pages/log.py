"""The event log: what was planned, sent and seen, what went wrong, and who did what, in one order; also as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain, groupby, islice
from typing import Annotated
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse

from orchestrator.catalogue.chronicle import KINDS, Entry, Wanted
from orchestrator.catalogue.wording import words_of
from orchestrator.errors import N_, Problem
from orchestrator.i18n import Language, translate
from orchestrator.web import chronicle
from orchestrator.web.accounts import Viewer
from orchestrator.web.asked import AtDesk
from orchestrator.web.chronicle import Row, Teller
from orchestrator.web.desk import Desk
from orchestrator.web.moments import WindowError, window
from orchestrator.web.page import language_of, page
from orchestrator.web.sheets import Cell, sheet

router = APIRouter()

PER_PAGE = 100
"""Rows on a page."""
_MOST_LOOKED_AT = 20_000
"""Entries that are looked through for words before the reader is asked to narrow the search."""
_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COLUMNS = (
    N_("Time"), N_("Kind"), N_("Venue"), N_("Event"), N_("Cue"), N_("What"), N_("Outcome"), N_("Planned"), N_("Sent"),
    N_("Confirmed"), N_("Late (s)"), N_("Until"), N_("Who"), N_("Reason"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the log is asked for."""

    words: Annotated[str, Query(max_length=200)] = ""
    """Each must stand in a row."""
    venue: Annotated[str, Query(max_length=100)] = ""
    """The venue's id."""
    event: Annotated[str, Query(max_length=200)] = ""
    """An event's id, or an occurrence's."""
    kind: Annotated[str, Query(max_length=20)] = ""
    """A kind of entries."""
    since: Annotated[str, Query(alias="from", max_length=40)] = ""
    """The first day."""
    until: Annotated[str, Query(alias="to", max_length=40)] = ""
    """The last day."""

    def query(self) -> dict[str, str]:
        """As an address has it."""
        whole = {
            "words": self.words, "venue": self.venue, "event": self.event, "kind": self.kind, "from": self.since,
            "to": self.until,
        }  # fmt: skip
        return {key: value for key, value in whole.items() if value}


Filters = Annotated[Asked, Depends()]
Mark = Annotated[str, Query(max_length=60, pattern=r"^(\d{1,18}-\d{1,9})?$")]


@dataclass(frozen=True, slots=True)
class Found:
    """A page of rows."""

    rows: Sequence[Row]
    """The rows, the latest first."""
    older: str
    """The mark of the next page; empty where there is none."""
    given_up: datetime | None = None
    """How far back was looked for the words; None where to the beginning."""


@router.get("/log", response_class=HTMLResponse)
def log(_who: Viewer, request: Request, desk: AtDesk, asked: Filters, before: Mark = "") -> HTMLResponse:
    """What happened, the latest first."""
    configuration, language = desk.configuration(), language_of(request)
    wanted, wrong = _wanted(desk, asked)
    found = _page(desk, asked, wanted, language, before)
    zone = configuration.station.timezone
    days = groupby(found.rows, lambda row: row.at.astimezone(ZoneInfo(zone)).date())
    return page(
        request,
        "log/log.html",
        asked=asked,
        wrong=wrong,
        narrowed=bool(asked.query().keys() - {"words"}),
        days=[list(rows) for _, rows in days],
        found=found,
        first=not before,
        kinds=chronicle.KINDS,
        venues=[(venue.id, venue.name) for venue in configuration.venues.values()],
        events=[(event.id, event.title) for event in configuration.events],
        newest="?" + urlencode(asked.query()),
        older="?" + urlencode({**asked.query(), "before": found.older}),
        sheet="/log.csv?" + urlencode({**asked.query(), "lang": language}),
    )


@router.get("/log.csv")
def export(_who: Viewer, request: Request, desk: AtDesk, asked: Filters) -> Response:
    """The same as a sheet, the earliest first."""
    language = language_of(request)
    wanted, problem = _wanted(desk, asked)
    if problem is not None:
        raise WindowError(problem)
    teller, words = Teller(desk.configuration(), language), words_of(asked.words)
    rows = (teller.row(entry) for entry in desk.catalogue.chronicle.entries(wanted, latest_first=False))
    lines = chain([[translate(column, language) for column in _COLUMNS]], _cells(rows, words, language))
    day = desk.clock.now().astimezone(ZoneInfo(desk.configuration().station.timezone))
    name = f"{translate(N_('event-log'), language)}-{day:%Y-%m-%d}.csv"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(sheet(lines, language), media_type="text/csv; charset=utf-8", headers=headers)


def _wanted(desk: Desk, asked: Asked) -> tuple[Wanted, Problem | None]:
    wrong = None
    try:
        since, until = window(asked.since or None, asked.until or None, desk.configuration().station.timezone)
    except WindowError as error:
        since, until, wrong = None, None, error.problem
    kinds = [kind for kind in KINDS if asked.kind in {"", kind}] or KINDS
    return Wanted(since, until, asked.venue or None, asked.event or None, kinds), wrong


def _page(desk: Desk, asked: Asked, wanted: Wanted, language: Language, before: str) -> Found:
    teller, words = Teller(desk.configuration(), language), words_of(asked.words)
    rows: list[Row] = []
    last: Entry | None = None
    skipped = 0
    for looked_at, entry in enumerate(_from(desk, wanted, before)):
        if len(rows) == PER_PAGE:
            return Found(rows, _mark(last, skipped))
        if looked_at >= _MOST_LOOKED_AT:
            return Found(rows, _mark(last, skipped), given_up=entry.at)
        skipped = skipped + 1 if last is not None and last.at == entry.at else _already(entry, before) + 1
        last = entry
        row = teller.row(entry)
        if row.has(words):
            rows.append(row)
    return Found(rows, "")


def _from(desk: Desk, wanted: Wanted, before: str) -> Iterator[Entry]:
    """The entries after a mark: its time, and how many entries of just that time were shown."""
    if not before:
        return desk.catalogue.chronicle.entries(wanted)
    micros, shown = (int(part) for part in before.split("-"))
    at = _EPOCH + min(micros, 10**17) * _MICROSECOND
    until = at + _MICROSECOND if wanted.until is None else min(wanted.until, at + _MICROSECOND)
    narrowed = Wanted(wanted.since, until, wanted.venue, wanted.event, wanted.kinds)
    return islice(desk.catalogue.chronicle.entries(narrowed), shown, None)


def _already(entry: Entry, before: str) -> int:
    """How many entries of an entry's time the pages before have shown."""
    if not before:
        return 0
    micros, shown = (int(part) for part in before.split("-"))
    return shown if (entry.at - _EPOCH) // _MICROSECOND == micros else 0


def _mark(last: Entry | None, shown: int) -> str:
    return "" if last is None else f"{(last.at - _EPOCH) // _MICROSECOND}-{shown}"


def _cells(rows: Iterator[Row], words: list[str], language: Language) -> Iterator[Sequence[Cell]]:
    for row in rows:
        if not row.has(words):
            continue

        def local(at: datetime | None, row: Row = row) -> str:
            return "" if at is None else f"{at.astimezone(ZoneInfo(row.zone)):%Y-%m-%d %H:%M:%S.%f}"[:-3]

        yield (
            local(row.at), translate(chronicle.KINDS[row.kind], language), row.venue_name, row.title, row.cue, row.text,
            row.outcome, local(row.planned), local(row.sent), local(row.confirmed), row.late, local(row.until), row.who,
            row.reason,
        )  # fmt: skip
