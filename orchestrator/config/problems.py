"""What can be wrong with a value by itself.

What is wrong with files as files is in file_problems.py; what only shows when they are seen together is in
check_problems.py.
"""

# ruff: noqa: D103 - each function's sentence says what its problem is

from __future__ import annotations

from collections.abc import Iterable

from orchestrator.config.near import shown, unknown
from orchestrator.errors import N_, Problem


def unknown_key(key: str, known: Iterable[str]) -> Problem:
    return unknown(
        "config.unknown-key",
        key,
        known,
        near=N_("there is no such key ({value}); did you mean {near}?"),
        listed=N_("there is no such key ({value}); possible are {known}"),
        none=N_("there is no such key ({value}); remove it"),
    )


def missing_key(key: str) -> Problem:
    return Problem("config.missing-key", N_("a key is missing ({value}); add it"), {"value": key})


def empty_value() -> Problem:
    return Problem("config.empty-value", N_("there is no value; write one"))


def not_a_text(value: object) -> Problem:
    return Problem("config.not-a-text", N_("a text is needed here ({value}); write one"), {"value": shown(value)})


def several_lines() -> Problem:
    return Problem("config.several-lines", N_("the text has several lines; put it on one"))


def too_long(limit: int) -> Problem:
    return Problem("config.too-long", N_("the text is too long; at most {limit} characters"), {"limit": limit})


def not_a_list(value: object) -> Problem:
    text = N_("a list is needed here ({value}); write [one, two], or one entry a line after `- `")
    return Problem("config.not-a-list", text, {"value": shown(value)})


def not_a_mapping(value: object) -> Problem:
    text = N_("keys and values are needed here ({value}); write `key: value`, one a line")
    return Problem("config.not-keys", text, {"value": shown(value)})


def not_whole(value: object) -> Problem:
    text = N_("a whole number is needed here ({value}); write digits only, without quotes and leading zeros")
    return Problem("config.not-a-number", text, {"value": shown(value)})


def not_a_number(value: object) -> Problem:
    text = N_("a number is needed here ({value}); write it like 104.443, with a point")
    return Problem("config.not-a-number", text, {"value": shown(value)})


def not_even(value: object) -> Problem:
    return Problem("config.not-even", N_("an even number is needed here ({value}); write one"), {"value": shown(value)})


def out_of_range(value: object, low: float, high: float) -> Problem:
    text = N_("the number is out of range ({value}); it must be from {low} to {high}")
    return Problem("config.out-of-range", text, {"value": shown(value), "low": low, "high": high})


def not_a_flag(value: object) -> Problem:
    text = N_("true or false is needed here ({value}); write one of them, without quotes")
    return Problem("config.not-true-false", text, {"value": shown(value)})


def not_a_choice(value: object, choices: Iterable[str]) -> Problem:
    return unknown(
        "config.not-a-choice",
        shown(value),
        choices,
        near=N_("this isn't one of the possible values ({value}); did you mean {near}?"),
        listed=N_("this isn't one of the possible values ({value}); possible are {known}"),
        none=N_("this value can't be used here ({value}); leave it out"),
    )


def unusable(value: object) -> Problem:
    text = N_("this value can't be used here ({value}); see the examples in the documentation")
    return Problem("config.unusable", text, {"value": shown(value)})


def not_an_id(value: object) -> Problem:
    text = N_("this can't be an id ({value}); use letters, digits and hyphens only")
    return Problem("config.id", text, {"value": shown(value)})


def id_too_long(limit: int) -> Problem:
    return Problem("config.id", N_("the id is too long; at most {limit} characters"), {"limit": limit})


def id_reads_as_time(value: str) -> Problem:
    text = N_("this can't be a cue's id, since it reads as a time ({value}); choose another word")
    return Problem("config.id", text, {"value": shown(value)})


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


def not_a_mute(value: object) -> Problem:
    text = N_("this doesn't say what to mute ({value}); write all, none or a list of inputs in [brackets]")
    return Problem("config.mute", text, {"value": shown(value)})


def not_a_color(value: object) -> Problem:
    text = N_('this isn\'t a colour ({value}); write it in quotes like "#0b3d91"')
    return Problem("config.color", text, {"value": shown(value)})


def bad_place(value: object) -> Problem:
    text = N_("braces in a text hold one name, like {{title}} ({value}); correct it")
    return Problem("config.place", text, {"value": shown(value)})


def detail_reserved(name: str) -> Problem:
    text = N_("every event has this already ({value}); choose another name for the detail")
    return Problem("config.detail", text, {"value": name})


def detail_name(name: str) -> Problem:
    text = N_("a detail can't be called this ({value}); use letters, digits and _ only, such as inspektur_upacara")
    return Problem("config.detail", text, {"value": shown(name)})


def not_an_address(value: str, schemes: Iterable[str]) -> Problem:
    text = N_("this isn't an address that can be used here ({value}); it must begin with {known}")
    return Problem("config.address", text, {"value": value, "known": ", ".join(f"{scheme}://" for scheme in schemes)})


def address_incomplete(value: str) -> Problem:
    text = N_("the address is incomplete or its port is wrong ({value}); write it like rtmp://host:1935/app")
    return Problem("config.address", text, {"value": value})


def item_without_kind(kinds: Iterable[str]) -> Problem:
    text = N_("the item doesn't say what it is; give it exactly one of {known}")
    return Problem("config.item", text, {"known": ", ".join(kinds)})


def item_of_several_kinds(kinds: Iterable[str]) -> Problem:
    text = N_("an item is one thing, and this one is several ({value}); make an item of each")
    return Problem("config.item", text, {"value": ", ".join(kinds)})


def item_option(name: str, kind: str, known: Iterable[str]) -> Problem:
    text = N_("an item of the kind {kind} has no such option ({value}); possible are {known}")
    return Problem("config.item", text, {"value": name, "kind": kind, "known": ", ".join(sorted(known))})


def relay_not_true() -> Problem:
    return Problem("config.item", N_("the event gives the relay's address; write `relay: true` here"))


def only_with(key: str, condition: str) -> Problem:
    text = N_("this key is only for a cue with {condition} ({value}); remove it, or add that")
    return Problem("config.cue", text, {"value": key, "condition": condition})


def go_latest() -> Problem:
    return Problem("config.cue", N_("the latest time of a go cue can't be go; write a time such as start+12m"))


def not_a_tone(value: object) -> Problem:
    text = N_("a test tone needs its pitch in Hz as its device ({value}); write a number from 20 to 20000")
    return Problem("config.audio", text, {"value": shown(value)})


def secret_reference() -> Problem:
    text = N_("this isn't a reference to a secret; write it like ${{YOUTUBE_KEY}}, in capitals, digits and _")
    return Problem("config.secret", text)


def secret_invisible(name: str) -> Problem:
    text = N_("the secret of this name holds a line break or an invisible character ({value}); set it again")
    return Problem("config.secret", text, {"value": name})


def secret_missing(name: str, file: str) -> Problem:
    text = N_(
        "there is no secret of this name ({value}); set it in the environment, or add a line {value}=... to {file}"
    )
    return Problem("config.secret-missing", text, {"value": name, "file": file})


def secret_in_clear(name: str, file: str) -> Problem:
    text = N_("a secret can't stand in this file; write ${{{value}}} instead, and a line {value}=... in {file}")
    return Problem("config.secret-in-clear", text, {"value": name, "file": file})


def secret_not_here() -> Problem:
    return Problem("config.secret", N_("secrets like ${{NAME}} aren't read here; write the value"))


def not_a_host(value: str) -> Problem:
    text = N_("this isn't the name or the number of a machine ({value}); write it like 127.0.0.1")
    return Problem("config.host", text, {"value": shown(value)})


def not_a_database() -> Problem:
    text = N_(
        "this isn't the address of a database; write it like postgresql+psycopg://user:${{DB_PASSWORD}}@host/name"
    )
    return Problem("config.database", text)


def hub_address(value: str) -> Problem:
    text = N_("a hub's address is only its host and port ({value}); write it like rtmp://10.0.0.5:1935")
    return Problem("config.hub", text, {"value": value})


def key_empty() -> Problem:
    return Problem("key.empty", N_("No key was given. Copy the stream key from the platform's page and paste it here."))


def key_is_address() -> Problem:
    return Problem(
        "key.address",
        N_("This is an address, not a key. Paste only the stream key; the address stands in destinations.yaml."),
    )


def key_unfit() -> Problem:
    return Problem(
        "key.unfit",
        N_("This can't be a stream key: it has spaces or signs that no key has, or is too long. Copy it once more."),
    )


def key_in_environment(name: str) -> Problem:
    return Problem(
        "key.environment",
        N_(
            "The key comes from the environment ({name}), which only whoever starts the service can change. Set {name} "
            "anew there and restart the service, or remove it there and write it into secrets.env."
        ),
        {"name": name},
    )


def key_elsewhere() -> Problem:
    return Problem(
        "key.elsewhere",
        N_(
            "The key isn't taken from secrets.env, so it can't be replaced here. Write key: \"${{NAME}}\" in "
            "destinations.yaml; the key itself is then kept in secrets.env under that name."
        ),
    )


def secrets_unwritable(file: str, why: str) -> Problem:
    return Problem(
        "key.unwritable",
        N_("{file} can't be written ({why}), and the key is as it was. Give the file to this service's user."),
        {"file": file, "why": why},
    )


def no_such_event(event: str) -> Problem:
    text = N_("There is no event {event} in the schedule any more. Look at the schedule as it is now.")
    return Problem("schedule.no-such-event", text, {"event": event})


def cannot_edit(file: str) -> Problem:
    text = N_("{file} is written in a way that can't be edited here. Change it by hand, or upload another file.")
    return Problem("schedule.cannot-edit", text, {"file": file})
