"""Dates and times as people and programs write them in a request or on the command line."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from orchestrator.errors import OrchestratorError
from orchestrator.web import problems

_LOST_PLUS = re.compile(r"(?<=\d) (\d\d:\d\d)$(?<=:\d\d \d\d:\d\d)")
"""A plus sign that wasn't escaped arrives from a query string as a space."""
_YEARS = range(1970, 2200)
"""No event is in any other year; near the ends of the calendar a zone or a day more leads out of it."""


def parse(text: str, zone: str, *, last: bool = False) -> datetime | None:
    """A date or a time in ISO 8601, in UTC; without an offset it is in `zone`. None where it can't be read.

    A date is its midnight; as the last day of a window it is the midnight after it.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return _parse_time(text, zone)
    if day.year not in _YEARS:
        return None
    return datetime.combine(day + timedelta(days=int(last)), time(), ZoneInfo(zone)).astimezone(UTC)


def _parse_time(text: str, zone: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(_LOST_PLUS.sub(r"+\1", text.strip()))
    except ValueError:
        return None
    if at.year not in _YEARS:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


class WindowError(OrchestratorError):
    """A window of time that can't be used."""


def window(since: str | None, until: str | None, zone: str) -> tuple[datetime | None, datetime | None]:
    """The two ends of a window; raises WindowError where one can't be read or they are the wrong way round."""
    begin = _required(since, zone, last=False)
    end = _required(until, zone, last=True)
    if begin is not None and end is not None and end <= begin:
        raise WindowError(problems.backward_window())
    return begin, end


def _required(text: str | None, zone: str, *, last: bool) -> datetime | None:
    if text is None:
        return None
    at = parse(text, zone, last=last)
    if at is None:
        raise WindowError(problems.bad_moment(text))
    return at
