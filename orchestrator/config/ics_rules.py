"""How an entry of a calendar repeats, as the schedule says it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from icalendar import vDate, vDatetime

from orchestrator.config import ics_problems as problems
from orchestrator.config import times
from orchestrator.config.findings import Findings
from orchestrator.config.ics_text import Component, Property
from orchestrator.config.ics_times import Moment, Reader, dates, is_days
from orchestrator.errors import Problem
from orchestrator.plan.model import Repeat
from orchestrator.plan.rules import days_of, rule_fault

_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_ONCE = "FREQ=DAILY;COUNT=1"
"""The rule of an entry that only names its further days."""


@dataclass(frozen=True, slots=True)
class Repeats:
    """How an entry repeats."""

    repeat: Repeat | None
    """None where it doesn't, or not in a way that can be used."""
    others: tuple[datetime, ...] = ()
    """Further starts at another time of day, naive wall-clock times."""


class RuleReader:
    """Reads the rules of one calendar, and notes what is wrong with them."""

    def __init__(self, reader: Reader, file: str, findings: Findings) -> None:
        self._reader = reader
        self._file = file
        self._findings = findings

    def repeats(self, entry: Component, start: Moment) -> Repeats:
        """How an entry repeats that first starts at a time."""
        excluded = self._days_out(entry, start)
        walls = [wall for found in entry.all("RDATE") for wall in self._added(found, start)]
        also = {wall.date() for wall in walls if wall.time() == start.wall.time()}
        others = tuple(wall for wall in walls if wall.time() != start.wall.time())
        for found in entry.all("EXRULE"):
            self._note(problems.rule_of_exceptions(), found)
        rules = entry.all("RRULE")
        if len(rules) > 1:
            self._note(problems.several_rules(), rules[1])
        if not rules:
            repeat = Repeat(_ONCE, None, frozenset(excluded), frozenset(also)) if also or excluded else None
            return Repeats(repeat, others)
        ruled = self._rule(rules[0], start)
        if ruled is None:
            return Repeats(None, others)
        rule, until, first_counts = ruled
        return Repeats(Repeat(rule, until, frozenset(excluded), frozenset(also | first_counts)), others)

    def _rule(self, found: Property, start: Moment) -> tuple[str, date | None, set[date]] | None:
        """A rule without its UNTIL, the last day, and the first day where the rule alone doesn't give it."""
        parts = [part.partition("=") for part in found.value.upper().strip().strip(";").split(";")]
        named = {name.strip(): value.strip() for name, _, value in parts}
        until = None
        if (text := named.pop("UNTIL", None)) is not None and (until := _last_day(text, start)) is None:
            self._note(problems.bad_until(text), found)
            return None
        if named.get("FREQ") == "YEARLY" and "BYWEEKNO" in named and not {"BYDAY", "BYMONTHDAY"} & named.keys():
            named["BYDAY"] = _WEEKDAYS[start.wall.weekday()]
        if until is not None and until < start.wall.date():
            return _ONCE, None, set()
        rule = ";".join(f"{name}={value}" for name, value in named.items())
        if (problem := self._fault(rule, named, start)) is not None:
            self._note(problem, found)
            return None
        if next(days_of(rule, start.wall, start.wall, start.wall), None) is not None:
            return rule, until, set()
        # To a calendar the first day counts whatever the rule says.
        if "COUNT" in named:
            rest = int(named["COUNT"]) - 1
            rule = rule.replace(f"COUNT={named['COUNT']}", f"COUNT={rest}") if rest else _ONCE
        return rule, until, {start.wall.date()}

    @staticmethod
    def _fault(rule: str, named: Iterable[str], start: Moment) -> Problem | None:
        unsaid = {"BYHOUR", "BYMINUTE", "BYSECOND", "RSCALE", "SKIP"} & set(named)
        if unsaid:
            return problems.rule_part(min(unsaid))
        if (problem := times.rule_problem(rule)) is not None:
            return problem
        return None if rule_fault(rule, start.wall) is None else problems.rule_part(rule)

    def _days_out(self, entry: Component, start: Moment) -> set[date]:
        days: set[date] = set()
        for found in entry.all("EXDATE"):
            if is_days(found):
                days.update(dates(found))
                continue
            walls = (moment.within(start.zone) for moment in self._reader.moments(found, start.zone))
            days.update(wall.date() for wall in walls if wall.time() == start.wall.time())
        return days

    def _added(self, found: Property, start: Moment) -> list[datetime]:
        if found.parameters.get("VALUE", "").upper() == "PERIOD":
            self._note(problems.rule_part("RDATE;VALUE=PERIOD"), found)
            return []
        if is_days(found):
            return [datetime.combine(day, start.wall.time()) for day in dates(found)]
        return [moment.within(start.zone) for moment in self._reader.moments(found, start.zone)]

    def _note(self, problem: Problem, found: Property) -> None:
        self._findings.add(self._file, problem, found.line)


def _last_day(text: str, start: Moment) -> date | None:
    """The last day of a rule in the entry's zone: UNTIL is a moment, after which there is no start."""
    try:
        if len(text) == 8:
            return cast("date", vDate.from_ical(text))
        wall = cast("datetime", vDatetime.from_ical(text))
    except ValueError:
        return None
    if wall.tzinfo is not None:
        wall = wall.astimezone(ZoneInfo(start.zone)).replace(tzinfo=None)
    return wall.date() if wall.time() >= start.wall.time() else wall.date() - timedelta(days=1)
