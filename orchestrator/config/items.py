"""What an item of a scene may be, and which options each kind takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestrator.config import problems
from orchestrator.config.refused import Fault, Refused

_BOX = frozenset({"name", "x", "y", "width", "height", "visible", "opacity"})
_LETTERS = frozenset({"size", "color", "font", "bold", "align", "valign"})
_FEED = frozenset({"audio", "fit"})

KINDS: Mapping[str, frozenset[str]] = {
    "color": _BOX,
    "text": _BOX | _LETTERS,
    "countdown": _BOX | _LETTERS,
    "image": _BOX | {"fit"},
    "camera": _BOX | _FEED,
    "media": _BOX | _FEED | {"loop"},
    "relay": _BOX | _FEED,
    "scene": _BOX - {"name"},
    "v4l2": _BOX | _FEED,
    "window": _BOX | {"fit"},
}
"""Kinds of item, and the options that each takes. A scene in a scene goes by that scene's name."""

SOUNDING = frozenset({"camera", "media", "relay", "v4l2"})
"""Kinds that may have sound."""


def kind_of(given: Mapping[str, Any]) -> str:
    """Which kind an item is, by the keys that it has; refuses one that is none or several."""
    kinds = [kind for kind in KINDS if kind in given]
    if len(kinds) == 2 and "color" in kinds and "color" in KINDS[kinds[1]]:
        kinds.remove("color")
    if not kinds:
        raise Refused(problems.item_without_kind(KINDS))
    if len(kinds) > 1:
        raise Refused(problems.item_of_several_kinds(kinds))
    return kinds[0]


def check_item(given: Mapping[str, Any]) -> None:
    """Refuse an item that isn't exactly one thing, or has an option that its kind doesn't take."""
    kind = kind_of(given)
    faults: list[Fault] = [
        (problems.item_option(option, kind, KINDS[kind]), (option,))
        for option in given
        if option != kind and option not in KINDS[kind]
    ]
    if faults:
        raise Refused(*faults)


def relay_flag(value: object) -> object:
    """`relay: true` and nothing else: the address is the event's."""
    if value is not True and value is not None:
        raise Refused(problems.relay_not_true())
    return value
