"""What is wrong with the values of a request: one problem for each place, as the models' checker found it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from orchestrator.errors import Problem
from orchestrator.web import problems

_WHERE = frozenset({"body", "query", "path", "header", "cookie"})
"""The part of a request that a place begins with."""


def bad_values(found: Sequence[Mapping[str, Any]], body: object) -> list[Problem]:
    """All of it, in the order found.

    Args:
        found: The checker's errors: `loc`, `type` and `msg` of each.
        body: What was sent. A value that may be of several kinds is told once, with what each kind asks of it: where
            its errors lie shows in what was sent.
    """
    rules: dict[str, list[str]] = {}
    for one in found:
        place = ".".join(_path(one["loc"], body, missing=one["type"] == "missing"))
        said = rules.setdefault(place, [])
        if one["msg"] not in said:
            said.append(one["msg"])
    return [problems.bad_field(place, "; ".join(said)) for place, said in rules.items()]


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
