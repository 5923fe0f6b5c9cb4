"""What can be wrong with a calendar that is to become events of the schedule."""

# ruff: noqa: D103 - each function's sentence says what its problem is

from __future__ import annotations

from orchestrator.config.near import shown
from orchestrator.errors import N_, Problem


def not_a_calendar() -> Problem:
    text = N_("this isn't a calendar file; export the calendar as iCalendar (.ics) and choose that file")
    return Problem("calendar.file", text)


def line_unreadable(value: str) -> Problem:
    text = N_("this line can't be read ({value}); export the calendar again, or correct the line")
    return Problem("calendar.line", text, {"value": shown(value)})


def end_astray(kind: str) -> Problem:
    text = N_("an entry ends here that isn't open ({value}); the file is damaged, export the calendar again")
    return Problem("calendar.damaged", text, {"value": shown(kind)})


def cut_off(kind: str) -> Problem:
    text = N_("what begins here never ends ({value}); the file is cut off, export the calendar again")
    return Problem("calendar.damaged", text, {"value": shown(kind)})


def too_many(limit: int) -> Problem:
    text = N_("the calendar has more than {limit} entries; export only the days that are needed")
    return Problem("calendar.too-many", text, {"limit": limit})


def no_start() -> Problem:
    return Problem("calendar.no-start", N_("the entry doesn't say when it starts; give it a start in the calendar"))


def no_title() -> Problem:
    return Problem("calendar.no-title", N_("the entry has no title; give it one in the calendar"))


def all_day() -> Problem:
    text = N_("an all-day entry has no time to go on air at; give it a time of day, or remove it from the file")
    return Problem("calendar.all-day", text)


def floating() -> Problem:
    text = N_("this time names no time zone; choose the zone at the upload, or give it one in the calendar")
    return Problem("calendar.floating", text)


def unknown_zone(name: str) -> Problem:
    text = N_("this time zone isn't known ({value}); choose another in the calendar, such as Asia/Jakarta")
    return Problem("calendar.timezone", text, {"value": shown(name)})


def bad_time(value: str) -> Problem:
    text = N_("this isn't a time of a calendar ({value}); it is written like 20270817T073000")
    return Problem("calendar.time", text, {"value": shown(value)})


def no_end() -> Problem:
    text = N_("the entry doesn't say when it ends; give it an end in the calendar, after its start")
    return Problem("calendar.no-end", text)


def bad_end() -> Problem:
    text = N_("the entry doesn't end after its start; correct its end in the calendar")
    return Problem("calendar.end", text)


def too_long(days: int) -> Problem:
    text = N_("the entry lasts more than {days} days; correct its end in the calendar")
    return Problem("calendar.end", text, {"days": days})


def several_rules() -> Problem:
    text = N_("the entry repeats by several rules at once; make an entry of each in the calendar")
    return Problem("calendar.rule", text)


def rule_of_exceptions() -> Problem:
    text = N_("days are left out by a rule (EXRULE), which the schedule can't say; leave them out one by one")
    return Problem("calendar.rule", text)


def rule_part(name: str) -> Problem:
    text = N_("the entry repeats in a way that the schedule can't say ({value}); choose a simpler way in the calendar")
    return Problem("calendar.rule", text, {"value": shown(name)})


def bad_until(value: str) -> Problem:
    text = N_("the last day of the repeat can't be read ({value}); it is written like UNTIL=20271231T165959Z")
    return Problem("calendar.rule", text, {"value": shown(value)})


def this_and_future() -> Problem:
    text = N_("a change of this and all later days can't be taken over; end the entry there and make a new one")
    return Problem("calendar.this-and-future", text)


def twice(uid: str, line: int) -> Problem:
    text = N_("this entry stands in the file twice, here and on line {line} ({value}); remove one of them")
    return Problem("calendar.twice", text, {"value": shown(uid), "line": line})


def override_twice(line: int) -> Problem:
    text = N_("this day's change stands in the file twice, here and on line {line}; remove one of them")
    return Problem("calendar.twice", text, {"line": line})


def bad_length(value: str) -> Problem:
    text = N_("this isn't the length of an entry ({value}); it is written like PT1H30M")
    return Problem("calendar.time", text, {"value": shown(value)})


def own_unreadable() -> Problem:
    text = N_("what this program wrote here can't be read any more; export the calendar again")
    return Problem("calendar.own", text)


def nothing_in_it() -> Problem:
    return Problem("calendar.empty", N_("the calendar has no entry that could become an event; choose another file"))
