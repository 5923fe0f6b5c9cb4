"""What is wrong with the values of a request: one problem for each place, as the models' checker found it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from orchestrator.errors import N_, Problem

_WHERE = frozenset({"body", "query", "path", "header", "cookie"})
"""The part of a request that a place begins with."""
_NUMBER = N_("This must be a number. Write it in digits, such as 300 or 1.5.")
_WHOLE = N_("This must be a whole number. Write it in digits, such as 12.")
_EITHER = N_("This must be true or false. Send one of the two.")
_TEXT = N_("This must be a text. Put it into quotes.")
_CHOICE = N_("This isn't one of the values that are known here. Choose one of: {known}.")
_OBJECT = N_("This must be a JSON object with named values. The API's description tells their names.")
_OTHER = N_("This value can't be used here. The API's description (/api/v1/openapi.json) tells which can.")
_RULES: Mapping[str, str] = MappingProxyType(
    {
        "missing": N_("This is missing. Add it, and send the request again."),
        "extra_forbidden": N_("Nothing of this name is known here. Check its spelling, or leave it out."),
        "literal_error": _CHOICE,
        "enum": _CHOICE,
        "string_type": _TEXT,
        "string_too_long": N_("This text is too long. Shorten it to {max_length} characters at most."),
        "string_too_short": N_("This text is too short. Write {min_length} characters at least."),
        "string_unicode": _TEXT,
        "string_pattern_mismatch": N_("This isn't written as it should be. Take it as it stood in the answer before."),
        "bool_type": _EITHER,
        "bool_parsing": _EITHER,
        "int_type": _WHOLE,
        "int_parsing": _WHOLE,
        "int_from_float": _WHOLE,
        "int_parsing_size": _WHOLE,
        "float_type": _NUMBER,
        "float_parsing": _NUMBER,
        "finite_number": _NUMBER,
        "greater_than_equal": N_("This number is too small. Send {ge} at least."),
        "less_than_equal": N_("This number is too large. Send {le} at most."),
        "list_type": N_("This must be a list. Put what you send into square brackets."),
        "too_long": N_("This list is too long. Send {max_length} at most in one request."),
        "dict_type": _OBJECT,
        "model_type": _OBJECT,
        "model_attributes_type": _OBJECT,
    }
)
"""What each kind of the checker's errors asks of a value."""
_OF_KIND = ("_type", "_parsing")
"""Endings of the kinds that say that a value is of another kind altogether."""


def bad_values(found: Sequence[Mapping[str, Any]], body: object) -> list[Problem]:
    """All of it, in the order found.

    Args:
        found: The checker's errors: `loc`, `type` and `ctx` of each.
        body: What was sent. A value that may be of several kinds is told once: by the kind that it is of, where it is
            of one. Where its errors lie shows in what was sent.
    """
    places: dict[str, list[Mapping[str, Any]]] = {}
    for one in found:
        places.setdefault(".".join(_path(one["loc"], body, missing=one["type"] == "missing")), []).append(one)
    return [_problem(place, errors) for place, errors in places.items()]


def _problem(place: str, errors: Sequence[Mapping[str, Any]]) -> Problem:
    """What is wrong at one place; the value itself isn't told again, since it may be a secret."""
    nearest = [one for one in errors if not one["type"].endswith(_OF_KIND)] or errors
    kinds = {one["type"] for one in nearest}
    template = _RULES.get(nearest[0]["type"], _OTHER) if len(kinds) == 1 else _OTHER
    context = nearest[0].get("ctx") or {}
    values = {name: context[name] for name in ("max_length", "min_length", "ge", "le") if name in context}
    if "expected" in context:
        values["known"] = ", ".join(re.findall(r"'([^']*)'", str(context["expected"])))
    return Problem("web.bad-value", template, values, place)


def _path(loc: Sequence[str | int], body: object, *, missing: bool) -> Iterator[str]:
    """The way to a value, without the names of kinds that the checker puts in between."""
    if loc[:1] != ("body",):
        yield from (str(part) for part in loc if part not in _WHERE)
        return
    here: object = body
    for number, part in enumerate(loc[1:], 2):
        if _has(here, part):
            here = here[part]  # type: ignore[index]  # _has has looked
            yield str(part)
        elif missing and number == len(loc):
            yield str(part)


def _has(value: object, part: str | int) -> bool:
    if isinstance(value, list):
        return isinstance(part, int) and part < len(value)
    return isinstance(value, Mapping) and part in value
