"""How an event repeats, as people choose it and as they read it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from babel.dates import format_date, get_day_names

from orchestrator.config.event_files import REPEATS
from orchestrator.errors import N_
from orchestrator.i18n import Language, translate
from orchestrator.plan.model import Repeat
from orchestrator.web.wording import listed

Kind = Literal["none", "daily", "weekdays", "weekly", "monthly", "monthly-weekday", "yearly", "rule"]

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
"""As rules have them, Monday first."""
_WORK = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
_FREQ: dict[str, Kind] = {"DAILY": "daily", "WEEKLY": "weekly", "MONTHLY": "monthly", "YEARLY": "yearly"}
_LAST = -1
_NTH = {
    1: N_("the first {day} of the month"),
    2: N_("the second {day} of the month"),
    3: N_("the third {day} of the month"),
    4: N_("the fourth {day} of the month"),
    _LAST: N_("the last {day} of the month"),
}
_EVERY = {
    "daily": (N_("every day"), N_("every {count} days")),
    "weekly": (N_("every week"), N_("every {count} weeks")),
    "monthly": (N_("every month"), N_("every {count} months")),
    "yearly": (N_("every year"), N_("every {count} years")),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A rule, as the form offers it."""

    kind: Kind
    """Which of the ways to repeat."""
    every: int = 1
    """Every so many days, weeks, months or years."""
    days: tuple[str, ...] = ()
    """With weekly: the days; none: the day of the start."""
    rule: str = ""
    """With rule: the rule itself."""


def choice_of(rule: str | None, start: date | None) -> Choice:
    """A rule as the form offers it; one that it doesn't offer stays a rule.

    Args:
        rule: A recurrence rule, or one of the words of the file; None: it doesn't repeat.
        start: The event's first day.
    """
    if not rule:
        return Choice("none")
    plain = REPEATS.get(rule, rule.removeprefix("RRULE:").strip()).upper()
    own = Choice("rule", rule=rule)
    if plain == _WORK:
        return Choice("weekdays")
    parts = dict(part.partition("=")[::2] for part in plain.split(";"))
    every = parts.pop("INTERVAL", "1")
    kind = _FREQ.get(parts.pop("FREQ", ""))
    if kind is None or not every.isdigit() or not 1 <= int(every) <= 1000:
        return own
    days = tuple(parts.pop("BYDAY", "").split(",")) if "BYDAY" in parts else ()
    if parts:
        return own
    if kind == "monthly" and days and start is not None and days == (_nth_day(start),):
        return Choice("monthly-weekday", int(every))
    if days and (kind != "weekly" or not set(days) <= set(DAYS)):
        return own
    return Choice(kind, int(every), days)


def rule_of(choice: Choice, start: date | None) -> str | None:
    """The other way: the rule of a choice, or one of the words of the file; None where it doesn't repeat."""
    if choice.kind in {"none", "weekdays", "rule"}:
        return {"none": None, "weekdays": "weekdays", "rule": choice.rule.strip()}[choice.kind]
    monthly = choice.kind == "monthly-weekday"
    parts = [f"FREQ={'MONTHLY' if monthly else choice.kind.upper()}"]
    if choice.every != 1:
        parts.append(f"INTERVAL={choice.every}")
    if choice.days and choice.kind == "weekly":
        parts.append(f"BYDAY={','.join(day for day in DAYS if day in choice.days)}")
    if monthly and start is not None:
        parts.append(f"BYDAY={_nth_day(start)}")
    return choice.kind if parts == [f"FREQ={choice.kind.upper()}"] else ";".join(parts)


def _nth_day(day: date) -> str:
    nth = (day.day - 1) // 7 + 1
    return f"{nth if nth < 5 else _LAST}{DAYS[day.weekday()]}"


def day_name(code: str, language: Language) -> str:
    """A day of the week, such as `Senin`."""
    return str(get_day_names("wide", locale=language)[DAYS.index(code)])


def nth_words(day: date, language: Language) -> str:
    """Which of its weekday a day is in its month, such as `Senin pertama`."""
    nth = _nth_day(day)
    return translate(_NTH[int(nth[:-2])], language).format(day=day_name(nth[-2:], language))


def day_words(day: date, language: Language) -> str:
    """A day, short, such as `17 Agu 2027`."""
    return format_date(day, "d MMM y", locale=language)


def rule_words(rule: str, start: date, language: Language) -> str:
    """A rule in words, such as `setiap Senin dan Kamis`; one that has no words as it is written."""
    choice = choice_of(rule, start)
    if choice.kind == "rule":
        return choice.rule
    if choice.kind == "weekdays":
        return translate(N_("every working day, Monday to Friday"), language)
    if choice.kind == "monthly-weekday":
        return f"{_every('monthly', choice.every, language)}, {nth_words(start, language)}"
    if choice.kind == "weekly":
        names = listed((day_name(day, language) for day in choice.days or (DAYS[start.weekday()],)), language)
        if choice.every == 1:
            return translate(N_("every {days}"), language).format(days=names)
        return f"{_every('weekly', choice.every, language)}: {names}"
    every = _every(choice.kind, choice.every, language)
    if choice.kind == "monthly":
        return translate(N_("{every}, on day {day}"), language).format(every=every, day=start.day)
    if choice.kind == "yearly":
        return f"{every}, {format_date(start, 'd MMMM', locale=language)}"
    return every


def _every(kind: str, count: int, language: Language) -> str:
    once, several = _EVERY[kind]
    return translate(once, language) if count == 1 else translate(several, language).format(count=count)


def repeat_words(repeat: Repeat, start: date, language: Language) -> str:
    """How an event repeats, whole: `setiap Senin, sampai 27 Des 2027, kecuali 30 Agu 2027`."""
    parts = [rule_words(repeat.rrule, start, language)]
    if repeat.until is not None:
        parts.append(translate(N_("until {day}"), language).format(day=day_words(repeat.until, language)))
    for template, days in ((N_("except {days}"), repeat.exclude), (N_("also {days}"), repeat.also)):
        if days:
            parts.append(translate(template, language).format(days=_several(sorted(days), language)))
    return ", ".join(parts)


_MOST_DAYS = 4


def _several(days: Sequence[date], language: Language) -> str:
    names = [day_words(day, language) for day in days[:_MOST_DAYS]]
    if len(days) > _MOST_DAYS:
        names.append(translate(N_("{count} more days"), language).format(count=len(days) - _MOST_DAYS))
    return listed(names, language)


def kind_of(text: str) -> Kind:
    """A way to repeat, as a form sends it; none where it is no way."""
    known: tuple[Kind, ...] = ("none", "weekdays", "monthly-weekday", "rule", *_FREQ.values())
    return next((kind for kind in known if kind == text), "none")
