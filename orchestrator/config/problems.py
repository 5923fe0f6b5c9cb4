"""What can be wrong with a value by itself.

Times, lengths and repeats are in time_problems.py, what is wrong with files as files in file_problems.py, and what only
shows when they are seen together in check_problems.py.
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
