"""Times, lengths and sizes as people read them, in their language. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.lists import format_list

from orchestrator.errors import N_, Problem
from orchestrator.i18n import Language, number, translate

_A_NIGHT = timedelta(hours=18)
"""What lasts this long is told with its dates."""


def clock(at: datetime, zone: str) -> str:
    """A time of the day to the second, such as `07:30:00`."""
    return f"{at.astimezone(ZoneInfo(zone)):%H:%M:%S}"


def minutes(at: datetime, zone: str) -> str:
    """A time of the day to the minute, such as `07:30`."""
    return f"{at.astimezone(ZoneInfo(zone)):%H:%M}"


def span(start: datetime, end: datetime, zone: str, language: Language) -> str:
    """From when to when, such as `07:30` to `08:20`; with the dates where it lasts longer than into the next night."""
    first, last = start.astimezone(ZoneInfo(zone)), end.astimezone(ZoneInfo(zone))
    if last - first < _A_NIGHT or first.date() == last.date():
        return f"{first:%H:%M}\u2013{last:%H:%M}"
    begins, ends = (format_date(at, "d MMM", locale=language) for at in (first, last))
    return f"{begins} {first:%H:%M} \u2013 {ends} {last:%H:%M}"


def zone_name(at: datetime, zone: str) -> str:
    """The zone's short name at a time, such as `WIB`."""
    return at.astimezone(ZoneInfo(zone)).tzname() or zone


def day(at: datetime, zone: str, language: Language) -> str:
    """A date in words, such as `Selasa, 17 Agustus 2027`."""
    return format_date(at.astimezone(ZoneInfo(zone)), "EEEE, d MMMM y", locale=language)


def duration(seconds: float, language: Language) -> str:
    """A length in its two greatest units, such as `1 jam 20 mnt`; below a minute in seconds."""
    whole = max(0, round(seconds))
    hours, rest = divmod(whole, 3600)
    if hours and rest < 60:
        return translate(N_("{count} h"), language).format(count=hours)
    if hours:
        return translate(N_("{hours} h {minutes:02d} min"), language).format(hours=hours, minutes=rest // 60)
    if whole >= 60:
        return translate(N_("{minutes} min {seconds:02d} s"), language).format(minutes=rest // 60, seconds=rest % 60)
    return translate(N_("{seconds} s"), language).format(seconds=whole)


def offset(seconds: float, language: Language) -> str:
    """By how much something is earlier or later, such as `+5 min` or `-1 h 30 s`."""
    whole = abs(round(seconds))
    units = ((N_("{count} h"), whole // 3600), (N_("{count} min"), whole // 60 % 60), (N_("{count} s"), whole % 60))
    told = " ".join(translate(unit, language).format(count=count) for unit, count in units if count)
    return f"{'-' if seconds < 0 else '+'}{told or translate(N_('{count} s'), language).format(count=0)}"


def lateness(seconds: float, language: Language) -> str:
    """How late something was, to the millisecond, such as `+0,023 dtk`."""
    return f"{number(seconds, language, '+0.000;-0.000')} {translate(N_('s'), language)}"


def cue_name(identifier: str) -> str:
    """A cue's id as words, such as `Layar tunggu` for `layar-tunggu`."""
    words = identifier.replace("-", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:]


_CUES = frozenset({"cue", "other", "moved", "now"})
"""Names of the values of an operator's refusals and warnings that are cues."""
_TYPED = "change.unknown-"
"""How the codes begin of refusals of what was typed, which is told as it was typed."""


def in_words(problem: Problem, titles: Mapping[str, str]) -> Problem:
    """What an operator is told of a change, with the names that the pages use in place of ids.

    Args:
        problem: Any; only those of changes and shifts hold ids.
        titles: Events' titles by id.
    """
    if not problem.code.startswith(("change.", "shift.")) or problem.code.startswith(_TYPED):
        return problem
    values = dict(problem.values)
    for name, value in problem.values.items():
        if not isinstance(value, str):
            continue
        event = titles.get(value.partition("@")[0])
        if name in {"event", "other"} and event is not None:
            values[name] = event
        elif name in _CUES:
            values[name] = cue_name(value)
    return replace(problem, values=values)


def listed(names: Iterable[str], language: Language) -> str:
    """Names in a row, such as `YouTube dan Facebook`."""
    return format_list(list(names), locale=language)


def size(count: int, language: Language) -> str:
    """An amount of bytes in decimal units, as disks are sold, such as `1,2 GB`."""
    value, unit = float(count), "B"
    for unit in ("B", "kB", "MB", "GB", "TB"):  # noqa: B007 - the last one tried is the one shown
        if value < 1000:
            break
        value /= 1000
    pattern = "#,##0.#" if value < 100 and unit != "B" else "#,##0"
    return f"{number(value, language, pattern)} {unit}"


def value(given: object) -> str:
    """What an operator's change sets, in plain text: `true` or `false`, a list in a row, `none` where it is empty."""
    if isinstance(given, list | tuple | frozenset):
        return ", ".join(sorted(str(item) for item in given)) or "none"
    if isinstance(given, bool):
        return str(given).lower()
    return "" if given is None else str(given)


def browser(agent: str) -> str:
    """A browser and its system, of what it calls itself, such as `Firefox, Android`; empty where it can't be told."""
    kinds = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
    systems = (
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    )
    found = [next((name for sign, name in signs if sign in agent), "") for signs in (kinds, systems)]
    return ", ".join(part for part in found if part) or agent[:40] or "?"
