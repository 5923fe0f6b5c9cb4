"""The language of this run of the command, and Click's own messages in it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from click import core, decorators, exceptions, formatting, parser, termui, types

from orchestrator.i18n import Language, filled, translate

_LANGUAGE_LINE = re.compile(r"^language:\s*[\"']?(id|en)[\"']?\s*(?:#.*)?$", re.MULTILINE)
_PEEK = 64 * 1024
"""Characters of station.yaml that are searched for its language."""


class _Current:
    language: Language = "id"


def current() -> Language:
    """The language that this run speaks."""
    return _Current.language


def speak(language: Language) -> None:
    """Set the language that this run speaks."""
    _Current.language = language


def say(text: str, /, **values: object) -> str:
    """A text in the language of this run, with its places filled. Babel finds the texts by this name."""
    return filled(text, values, _Current.language) if values else translate(text, _Current.language)


def choose(arguments: Sequence[str], environment: Mapping[str, str]) -> Language:
    """The language of a command line: `--lang`, else the station's, else the environment's, else Indonesian.

    It is needed before the command line is parsed, for the help and for usage errors, and where no file can be read.
    """
    given = value_of("--lang", arguments)
    if given in {"id", "en"}:
        return "en" if given == "en" else "id"
    station = _station_language(Path(value_of("--profiles", arguments) or "profiles"))
    if station is not None:
        return station
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            return "en" if environment[name].startswith("en") else "id"
    return "id"


def value_of(option: str, arguments: Sequence[str]) -> str | None:
    """The last value that an option has on a command line that isn't parsed yet."""
    found = None
    for position, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument == option and position + 1 < len(arguments):
            found = arguments[position + 1]
        elif argument.startswith(f"{option}="):
            found = argument.partition("=")[2]
    return found


def _station_language(profiles: Path) -> Language | None:
    """The station's language, looked up without YAML: it must be known where the file can't be loaded, too."""
    try:
        with (profiles / "station.yaml").open(encoding="utf-8", errors="replace") as file:
            found = _LANGUAGE_LINE.search(file.read(_PEEK))
    except OSError:
        return None
    if found is None:
        return None
    return "en" if found[1] == "en" else "id"


def _plural(one: str, many: str, count: int) -> str:
    return say(one if count == 1 else many)


def teach_click() -> None:
    """Let Click's modules take their messages from our catalogue.

    Click binds gettext's functions in each of its modules and offers no other way to give it a translation.
    """
    replaced = {"_": say, "ngettext": _plural, "gettext": say}
    for module in (core, decorators, exceptions, formatting, parser, termui, types):
        for name, function in replaced.items():
            if hasattr(module, name):
                setattr(module, name, function)
