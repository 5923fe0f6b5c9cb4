"""What can be wrong with a time, a length, a zone or a repeat by itself."""

# ruff: noqa: D103 - each function's sentence says what its problem is

from __future__ import annotations

from collections.abc import Iterable

from orchestrator.config.near import shown, unknown
from orchestrator.errors import N_, Problem


def not_a_duration(value: object) -> Problem:
    text = N_("this isn't a length of time ({value}); write it like 50m, 1h30m or 90s")
    return Problem("config.duration", text, {"value": shown(value)})


def duration_out_of_range(value: object) -> Problem:
    text = N_("this length of time makes no sense ({value}); it must be more than 0 and at most 366d")
    return Problem("config.duration", text, {"value": shown(value)})


def not_a_day(value: object) -> Problem:
    text = N_("this isn't a day ({value}); write it like 2027-08-17")
    return Problem("config.day", text, {"value": shown(value)})


def no_such_day(value: object) -> Problem:
    text = N_("this day isn't in the calendar ({value}); check month and day")
    return Problem("config.day", text, {"value": shown(value)})


def year_out_of_range(value: object, first: int, last: int) -> Problem:
    text = N_("the year makes no sense here ({value}); it must be from {first} to {last}")
    return Problem("config.day", text, {"value": shown(value), "first": first, "last": last})


def no_such_time(value: object) -> Problem:
    text = N_("there is no such time of day ({value}); write 00:00 to 23:59")
    return Problem("config.time", text, {"value": shown(value)})


def not_a_cue_time(value: object) -> Problem:
    text = N_(
        "this isn't a time for a cue ({value}); write it like start-20m, end+2m, sunset-45m, tayang+30s, 10:00:00 or go"
    )
    return Problem("config.cue-time", text, {"value": shown(value)})


def not_a_start(value: object) -> Problem:
    text = N_("this isn't a start ({value}); write it like 2027-08-17 07:30 or 2027-08-17 sunset-45m")
    return Problem("config.start", text, {"value": shown(value)})


def start_with_zone(value: object) -> Problem:
    text = N_("a start is given without a zone ({value}); leave it out, and write `timezone:` if it isn't the venue's")
    return Problem("config.start", text, {"value": shown(value)})


def not_an_end(value: object) -> Problem:
    text = N_("this isn't an end ({value}); write it like 08:20 or 2027-08-17 08:20, or give a duration")
    return Problem("config.end", text, {"value": shown(value)})


def end_and_duration() -> Problem:
    return Problem("config.end", N_("both duration and end are given; keep one of them"))


def neither_end_nor_duration() -> Problem:
    return Problem("config.end", N_("a key is missing (duration); add it, or add end"))


def end_of_sun() -> Problem:
    text = N_("an event that starts by the sun can't end by the clock; give a duration instead")
    return Problem("config.end", text)


def end_not_after_start(value: object) -> Problem:
    text = N_("the end isn't after the start ({value}); if it is on a later day, write the day before the time")
    return Problem("config.end", text, {"value": shown(value)})


def unknown_zone(value: str, known: Iterable[str]) -> Problem:
    names = frozenset(known)
    last = value.rpartition("/")[2].replace(" ", "_").casefold()
    same = sorted(name for name in names if name.rpartition("/")[2].casefold() == last)
    if same:
        text = N_("there is no such time zone ({value}); did you mean {near}?")
        return Problem("config.timezone", text, {"value": shown(value), "near": same[0]})
    return unknown(
        "config.timezone",
        value,
        names,
        near=N_("there is no such time zone ({value}); did you mean {near}?"),
        listed=(listed := N_("there is no such time zone ({value}); use a name such as Asia/Jakarta")),
        none=listed,
    )


def rule_until() -> Problem:
    return Problem(
        "config.rrule", N_("a last day doesn't belong in the rule (UNTIL); write `until: 2027-12-31` beside it")
    )


def rule_part(name: str, known: Iterable[str]) -> Problem:
    return unknown(
        "config.rrule",
        name,
        known,
        near=N_("a recurrence rule has no such part ({value}); did you mean {near}?"),
        listed=N_("a recurrence rule has no such part ({value}); possible are {known}"),
        none=N_("a recurrence rule has no such part ({value}); remove it"),
    )


def rule_too_often(value: str) -> Problem:
    text = N_("an event repeats once a day at most ({value}); write FREQ=DAILY, WEEKLY, MONTHLY or YEARLY")
    return Problem("config.rrule", text, {"value": shown(value)})


def rule_period(value: str) -> Problem:
    text = N_("BYYEARDAY, BYWEEKNO and BYEASTER go with FREQ=YEARLY only ({value}); change one of them")
    return Problem("config.rrule", text, {"value": shown(value)})


def rule_invalid(value: str) -> Problem:
    text = N_("this recurrence rule can't be read ({value}); write it like FREQ=WEEKLY;BYDAY=MO")
    return Problem("config.rrule", text, {"value": shown(value)})


def rule_never(value: str) -> Problem:
    text = N_("no day ever fits this recurrence rule ({value}); check its days and months")
    return Problem("config.rrule", text, {"value": shown(value)})


def not_a_repeat(value: object, words: Iterable[str]) -> Problem:
    text = N_("this isn't a way to repeat ({value}); write {known}, or {{rrule: ..., until: ...}}")
    return Problem("config.repeat", text, {"value": shown(value), "known": ", ".join(words)})
