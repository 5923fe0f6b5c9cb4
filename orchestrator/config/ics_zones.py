"""A zone's description in a calendar (VTIMEZONE), for programs that don't know it by its name.

Every change of the clocks stands by itself: rules of changes are read differently by different programs.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)
_NONE = timedelta(0)


@lru_cache(maxsize=64)
def description(zone: str, first: int, last: int) -> tuple[str, ...]:
    """The lines of a zone's description.

    Args:
        zone: IANA name.
        first: The first year that it is right for.
        last: The last.
    """
    there = ZoneInfo(zone)
    begin = datetime(first, 1, 1, tzinfo=UTC)
    lines = ["BEGIN:VTIMEZONE", f"TZID:{zone}", *_observance(begin, begin, there)]
    for before, after in _changes(there, begin, datetime(last + 1, 1, 1, tzinfo=UTC)):
        lines += _observance(before, after, there)
    return (*lines, "END:VTIMEZONE")


def _observance(before: datetime, after: datetime, zone: ZoneInfo) -> list[str]:
    """What holds from an instant on; its time is told by the clock that held before."""
    old, new = before.astimezone(zone), after.astimezone(zone)
    kind = "DAYLIGHT" if (new.dst() or _NONE) > _NONE else "STANDARD"
    onset = after.astimezone(UTC).replace(tzinfo=None) + (old.utcoffset() or _NONE)
    return [
        f"BEGIN:{kind}",
        f"DTSTART:{onset:%Y%m%dT%H%M%S}",
        f"TZOFFSETFROM:{old:%z}",
        f"TZOFFSETTO:{new:%z}",
        f"TZNAME:{new.tzname()}",
        f"END:{kind}",
    ]


def _changes(zone: ZoneInfo, begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The minutes before and at which the clocks change."""
    at = begin
    while at < end:
        if at.astimezone(zone).utcoffset() != (at + _DAY).astimezone(zone).utcoffset():
            low, high = at, at + _DAY
            while high - low > _MINUTE:
                middle = low + (high - low) // _MINUTE // 2 * _MINUTE
                same = middle.astimezone(zone).utcoffset() == low.astimezone(zone).utcoffset()
                low, high = (middle, high) if same else (low, middle)
            yield low, high
        at += _DAY
