"""How far an operator wants a cue to be moved, as they write it. Pure."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from orchestrator.errors import OrchestratorError
from orchestrator.plan.recurrence import to_utc
from orchestrator.web import problems

_OFFSET = re.compile(r"([+\-\u2212\u2013])\s*(\d{1,4})(?:[:.](\d{1,2})(?:[:.](\d{1,2}))?)?")
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{1,2})(?:[:.](\d{1,2}))?")
_DAY = timedelta(days=1)


class ShiftError(OrchestratorError):
    """What can't be read as a time or a length."""


def parse_shift(text: str, due: datetime, zone: str) -> timedelta:
    """By how much a cue is to be moved.

    Args:
        text: `+5` or `-2` (minutes), `+1:30` (minutes and seconds), `+1:00:00` (hours too), or the new time in the
            event's zone, `07:45` or `07:45:30`; a point counts as a colon.
        due: The cue's time as things stand.
        zone: The event's zone.

    Raises:
        ShiftError: it is none of these.
    """
    written = text.strip()
    if (offset := _OFFSET.fullmatch(written)) is not None:
        sign = 1 if offset[1] == "+" else -1
        return sign * _length([int(part) for part in offset.groups()[1:] if part is not None])
    if (clock := _CLOCK.fullmatch(written)) is not None:
        hour, minute, second = (int(part or 0) for part in clock.groups())
        if hour < 24 and minute < 60 and second < 60:
            return _nearest(time(hour, minute, second), due, zone) - due
    raise ShiftError(problems.bad_shift(written))


def _length(parts: list[int]) -> timedelta:
    match parts:
        case [hours, minutes, seconds]:
            return timedelta(hours=hours, minutes=minutes, seconds=seconds)
        case [minutes, seconds]:
            return timedelta(minutes=minutes, seconds=seconds)
        case _:
            return timedelta(minutes=parts[0])


def _nearest(clock: time, due: datetime, zone: str) -> datetime:
    """That time of day, on the day on which it is nearest to the cue's."""
    day = due.astimezone(ZoneInfo(zone)).date()
    days = (to_utc(datetime.combine(day + n * _DAY, clock), zone) for n in (-1, 0, 1))
    return min(days, key=lambda at: abs(at - due))
