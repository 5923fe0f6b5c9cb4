"""Sunrise and sunset of a place, by astral.

Times are whole minutes, the day widened to them: sunrise is the minute that it falls in, sunset the full minute
after it. So what hangs on the sun has a time that a person would write, and never cuts the day short.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from astral import Observer
from astral.sun import sunrise, sunset

from orchestrator.plan.model import Venue

Sun = Literal["sunrise", "sunset"]

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NoSun:
    """The outcome of a day on which the sun doesn't rise or doesn't set: near the poles."""

    which: Sun
    """What there isn't."""
    day: date
    """On which day, in the zone that was asked for."""


def sun_time(which: Sun, venue: Venue, day: date, zone: str) -> datetime | NoSun:
    """When the sun rises or sets.

    Args:
        which: `sunrise` or `sunset`.
        venue: The place.
        day: The local day in `zone`.
        zone: IANA name; the event's zone, which need not be the venue's.

    Returns:
        The time in UTC, or NoSun.
    """
    return _sun_time(which, venue.latitude, venue.longitude, day, zone)


@lru_cache(maxsize=8192)
def _sun_time(which: Sun, latitude: float, longitude: float, day: date, zone: str) -> datetime | NoSun:
    observer = Observer(latitude, longitude)
    local = ZoneInfo(zone)
    find = sunrise if which == "sunrise" else sunset
    # Where the zone is far from the place's own time, astral may answer for the day before or after: ask for those too.
    for near in (day, day - timedelta(days=1), day + timedelta(days=1)):
        try:
            found = find(observer, near, tzinfo=local)
        except ValueError:
            continue
        if found.date() == day:
            return _whole_minute(which, found.astimezone(UTC))
    return NoSun(which, day)


def _whole_minute(which: Sun, exact: datetime) -> datetime:
    minute = exact.replace(second=0, microsecond=0)
    return minute if which == "sunrise" or minute == exact else minute + _MINUTE
