"""The texts for times and lengths: `start-20m`, `10:00:00`, `2027-08-17 sunset-45m`, `1h30m`."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal, cast
from zoneinfo import ZoneInfo, available_timezones

from orchestrator.config import time_problems as problems
from orchestrator.config.refused import Refused
from orchestrator.errors import Problem
from orchestrator.plan.model import Anchor, At, StartSpec
from orchestrator.plan.rules import RuleFault, rule_fault

_LENGTH = r"(?:(?P<d>\d{1,3})d)?(?:(?P<h>\d{1,4})h)?(?:(?P<m>\d{1,5})m)?(?:(?P<s>\d{1,6})s)?"
_DURATION = re.compile(_LENGTH, re.ASCII)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII)
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_OFFSET = re.compile(r"(?P<anchor>[^+\s]+?)\s*(?P<sign>[+-])\s*(?P<length>(?:\d+[dhms])+)", re.ASCII)
_SUN = re.compile(rf"(?P<sun>sunrise|sunset)(?:\s*(?P<sign>[+-])\s*(?P<length>{_LENGTH}))?", re.ASCII)
_ZONED = re.compile(r".*\d(?:Z|z|\s?[+-]\d\d:?\d\d)", re.ASCII)
IDENTIFIER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?", re.ASCII)
"""What ids of events, venues, ceremonies, destinations and cues are made of."""

_ANCHORS = {"start": Anchor.START, "end": Anchor.END, "sunrise": Anchor.SUNRISE, "sunset": Anchor.SUNSET}
RESERVED = frozenset({*_ANCHORS, "go"})
"""What a cue can't be called, since a time could mean it."""

LONGEST = timedelta(days=366)
"""The longest duration that makes sense anywhere."""

_FIRST_YEAR, _LAST_YEAR = 2000, 2199


def duration(text: str) -> timedelta:
    """A length: `50m`, `1h30m`, `90s`, `2d`; more than nothing."""
    found = _DURATION.fullmatch(text)
    if found is None or not text:
        raise Refused(problems.not_a_duration(text))
    length = _elapsed(found)
    if not timedelta(0) < length <= LONGEST:
        raise Refused(problems.duration_out_of_range(text))
    return length


def _elapsed(found: re.Match[str]) -> timedelta:
    days, hours, minutes, seconds = (int(found[unit] or 0) for unit in "dhms")
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def clock(text: str) -> time | None:
    """A time of day such as `07:30` or `10:00:00`; None where the text is none."""
    found = _CLOCK.fullmatch(text)
    if found is None:
        return None
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    return time(hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


def day(text: str) -> date:
    """A day such as `2027-08-17`."""
    found = _DAY.fullmatch(text)
    if found is None:
        raise Refused(problems.not_a_day(text))
    if not _FIRST_YEAR <= int(found[1]) <= _LAST_YEAR:
        raise Refused(problems.year_out_of_range(text, _FIRST_YEAR, _LAST_YEAR))
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise Refused(problems.no_such_day(text)) from None


def cue_time(text: str) -> At:
    """When a cue is due: `start-20m`, `end`, `sunset-45m`, `tayang+30s`, `10:00:00` or `go`."""
    if text == "go":
        return At(Anchor.GO)
    if _CLOCK.fullmatch(text):
        if (at := clock(text)) is None:
            raise Refused(problems.no_such_time(text))
        return At(Anchor.CLOCK, clock=at)
    found = _OFFSET.fullmatch(text)
    anchor, offset = text, timedelta(0)
    if found is not None and (length := _DURATION.fullmatch(found["length"])) is not None:
        anchor = found["anchor"]
        offset = _elapsed(length) if found["sign"] == "+" else -_elapsed(length)
    if not IDENTIFIER.fullmatch(anchor) or anchor == "go" or anchor.isdigit() or abs(offset) > LONGEST:
        raise Refused(problems.not_a_cue_time(text))
    if anchor in _ANCHORS:
        return At(_ANCHORS[anchor], offset)
    return At(Anchor.CUE, offset, cue=anchor)


def start(text: str) -> StartSpec:
    """When an event starts: `2027-08-17 07:30`, `2027-08-17 sunset-45m`."""
    head, _, rest = text.replace("T", " ", 1).partition(" ")
    rest = rest.strip()
    if not _DAY.fullmatch(head) or not rest:
        raise Refused(problems.not_a_start(text))
    on = day(head)
    if (found := _SUN.fullmatch(rest)) is not None and not (found["sign"] and not found["length"]):
        offset = _elapsed(found) if found["sign"] else timedelta(0)
        sun = cast("Literal['sunrise', 'sunset']", found["sun"])
        return StartSpec(on, sun=sun, offset=-offset if found["sign"] == "-" else offset)
    return StartSpec(on, time=_time_of(rest, text))


def _time_of(rest: str, text: str) -> time:
    if _ZONED.fullmatch(rest) and not _CLOCK.fullmatch(rest):
        raise Refused(problems.start_with_zone(text))
    if not _CLOCK.fullmatch(rest):
        raise Refused(problems.not_a_start(text))
    if (at := clock(rest)) is None:
        raise Refused(problems.no_such_time(text))
    return at


def end(text: str) -> tuple[date | None, time]:
    """When an event ends: `08:20`, on the day of its start, or `2027-08-17 08:20`."""
    if _CLOCK.fullmatch(text):
        if (at := clock(text)) is None:
            raise Refused(problems.no_such_time(text))
        return None, at
    head, _, rest = text.replace("T", " ", 1).partition(" ")
    rest = rest.strip()
    if not _DAY.fullmatch(head) or not _CLOCK.fullmatch(rest):
        raise Refused(problems.not_an_end(text))
    return day(head), _time_of(rest, text)


@lru_cache(maxsize=256)
def zone_exists(name: str) -> bool:
    """Whether the IANA database knows a zone."""
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        return False
    return True


def zone(text: str) -> str:
    """The name of a time zone, such as Asia/Jakarta."""
    if not zone_exists(text):
        raise Refused(problems.unknown_zone(text, available_timezones()))
    return text


_RULE_PARTS = frozenset(
    "FREQ INTERVAL COUNT WKST BYDAY BYMONTH BYMONTHDAY BYYEARDAY BYWEEKNO BYSETPOS BYEASTER".split()  # noqa: SIM905 - one line
)
_RULE_FAULTS: dict[RuleFault, Callable[[str], Problem]] = {
    "syntax": problems.rule_invalid,
    "until": lambda _: problems.rule_until(),
    "too-often": problems.rule_too_often,
    "period": problems.rule_period,
    "never": problems.rule_never,
}
_TRIED_FROM = datetime(2000, 1, 1)  # noqa: DTZ001 - a rule is tried out, in no zone


@lru_cache(maxsize=1024)
def rule_problem(rule: str) -> Problem | None:
    """What is wrong with a recurrence rule; None where it is fine."""
    for part in rule.upper().split(";"):
        name = part.partition("=")[0]
        if "=" in part and name not in {*_RULE_PARTS, "UNTIL", "DTSTART"}:
            return problems.rule_part(name, _RULE_PARTS)
    fault = rule_fault(rule, _TRIED_FROM)
    return None if fault is None else _RULE_FAULTS[fault](rule)
