"""Recurrence rules (RFC 5545), by dateutil: what is wrong with one, and its times in a window.

dateutil counts from a rule's first day. A rule without COUNT is moved forward by whole periods first, so that a
window far in the future costs no more than one at the beginning.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import takewhile
from typing import Literal

from dateutil.rrule import rrule, rrulestr

RuleFault = Literal["syntax", "until", "too-often", "period", "never"]
"""`until`: DTSTART or UNTIL stand in it; `too-often`: more often than daily; `period`: a part that its FREQ doesn't
take; `never`: no day fits it."""

EARLIEST = datetime.combine(date.min, time.min)
"""The first wall-clock time that there is."""
LATEST = datetime.combine(date.max, time.max)
"""The last."""

_LONGEST = {1: 31, 2: 29, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31}
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_YEARLY_PARTS = {"BYYEARDAY", "BYWEEKNO", "BYEASTER"}
_RANGES = {
    "INTERVAL": (1, 1000),
    "COUNT": (1, 100_000),
    "BYMONTH": (1, 12),
    "BYMONTHDAY": (-31, 31),
    "BYYEARDAY": (-366, 366),
    "BYWEEKNO": (-53, 53),
    "BYHOUR": (0, 23),
    "BYMINUTE": (0, 59),
    "BYSECOND": (0, 59),
}
_NOT_ZERO = {"BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"}


def rule_fault(rule: str, begin: datetime) -> RuleFault | None:
    """What is wrong with a recurrence rule.

    Args:
        rule: Such as `FREQ=WEEKLY;BYDAY=MO`, without DTSTART and UNTIL.
        begin: The event's first start, naive wall-clock time.
    """
    parts = _parts(rule)
    if parts is None:
        return "syntax"
    if {"UNTIL", "DTSTART"} & parts.keys():
        return "until"
    if parts.get("FREQ") in {"HOURLY", "MINUTELY", "SECONDLY"}:
        return "too-often"
    try:
        _rule(rule, begin)
    except ValueError:
        return "syntax"
    if parts["FREQ"] != "YEARLY" and _YEARLY_PARTS & parts.keys():
        return "period"
    # dateutil would search until the year 9999, day by day: the impossible is ruled out before it is asked.
    if _impossible_day(parts) or next(days_of(rule, begin, begin, LATEST), None) is None:
        return "never"
    return None


def days_of(rule: str, begin: datetime, first: datetime, last: datetime) -> Iterator[datetime]:
    """The times of a rule in [first, last], in order; all naive wall-clock times.

    Args:
        rule: The rule; ValueError if `rule_fault` calls it `syntax`.
        begin: Where it counts from.
        first: The earliest wanted.
        last: The latest wanted.
    """
    times = _moved(rule, begin, first)
    return (wall for wall in takewhile(lambda wall: wall <= last, times) if wall >= first and wall >= begin)


def _parts(rule: str) -> dict[str, str] | None:
    """The rule's parts, in upper case; None where it isn't a list of NAME=VALUE, each once."""
    pairs = [pair.partition("=") for pair in rule.upper().split(";")]
    parts = {name: value for name, _, value in pairs}
    whole = all(name and value for name, _, value in pairs)
    return parts if whole and len(parts) == len(pairs) and "FREQ" in parts else None


@lru_cache(maxsize=4096)
def _rule(rule: str, begin: datetime) -> rrule:
    parts = _parts(rule)
    if parts is None or "\n" in rule:
        raise ValueError(rule)
    for name, (least, most) in _RANGES.items():
        numbers = [int(text) for text in parts[name].split(",")] if name in parts else []
        if not all(least <= number <= most for number in numbers) or (name in _NOT_ZERO and 0 in numbers):
            raise ValueError(rule)
    made = rrulestr(rule.upper(), dtstart=begin)
    if not isinstance(made, rrule):
        raise ValueError(rule)  # noqa: TRY004 - a set of rules is a wrong text, not a wrong type
    return made


def _moved(rule: str, begin: datetime, first: datetime) -> rrule:
    """The rule, begun again at the start of one of its own periods, not after `first`."""
    parts = _parts(rule) or {}
    if first <= begin or "COUNT" in parts or parts.get("FREQ") not in _FREQUENCIES:
        return _rule(rule, begin)
    every = int(parts.get("INTERVAL", "1"))
    match parts["FREQ"]:
        case "YEARLY":
            gone = (first.year - begin.year) // every * every
            again = begin.replace(year=begin.year + gone, month=1, day=1)
        case "MONTHLY":
            gone = ((first.year - begin.year) * 12 + first.month - begin.month) // every * every
            years, month = divmod(begin.month - 1 + gone, 12)
            again = begin.replace(year=begin.year + years, month=month + 1, day=1)
        case "WEEKLY":
            week = begin - timedelta(days=(begin.weekday() - _WEEKDAYS.index(parts.get("WKST", "MO"))) % 7)
            gone = (first - week).days // 7 // every * every
            again = week + timedelta(weeks=gone)
        case _:
            gone = (first - begin).days // every * every
            again = begin + timedelta(days=gone)
    return _rule(rule + _implied(parts, begin), again) if gone else _rule(rule, begin)


def _implied(parts: dict[str, str], begin: datetime) -> str:
    """What the rule takes from its first day, said outright, since it is to begin at another."""
    if {"BYDAY", "BYMONTHDAY", *_YEARLY_PARTS} & parts.keys() or parts["FREQ"] == "DAILY":
        return ""
    if parts["FREQ"] == "WEEKLY":
        return f";BYDAY={_WEEKDAYS[begin.weekday()]}"
    month = f";BYMONTH={begin.month}" if parts["FREQ"] == "YEARLY" and "BYMONTH" not in parts else ""
    return f"{month};BYMONTHDAY={begin.day}"


def _impossible_day(parts: dict[str, str]) -> bool:
    """Whether no month of the rule has one of its days."""
    if "BYMONTHDAY" not in parts:
        return False
    months = [int(month) for month in parts.get("BYMONTH", "1").split(",")]
    longest = max(_LONGEST.get(month, 0) for month in months)
    return all(abs(int(day)) > longest for day in parts["BYMONTHDAY"].split(","))
