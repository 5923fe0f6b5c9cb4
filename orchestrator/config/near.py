"""For "did you mean": the known name that is nearest to an unknown one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from difflib import get_close_matches
from functools import lru_cache

from orchestrator.errors import Problem

_SHOWN = 8
"""How many known names a sentence lists."""
_LONGEST = 60
"""Characters of a value that a sentence shows."""


@lru_cache(maxsize=4096)
def _nearest(value: str, known: tuple[str, ...]) -> str | None:
    folded = {name.casefold(): name for name in known}
    found = get_close_matches(value.casefold()[:_LONGEST], folded, n=1)
    return folded[found[0]] if found else None


def nearest(value: str, known: Iterable[str]) -> str | None:
    """The known name that is nearest to an unknown one, if any is near."""
    return _nearest(value, tuple(sorted(known)))


def unknown(
    code: str, value: str, known: Iterable[str], *, near: str, listed: str, none: str, **more: object
) -> Problem:
    """An unknown name's problem: `near` proposes {near}, `listed` shows all {known}, `none` says there are none."""
    names = tuple(sorted(known))
    nearest = _nearest(value, names)
    values = {"value": shown(value), **more}
    if nearest is not None:
        return Problem(code, near, {**values, "near": nearest})
    if names:
        return Problem(code, listed, {**values, "known": listing(names)})
    return Problem(code, none, values)


def listing(names: Iterable[str]) -> str:
    """Names for a sentence, the first few of many."""
    ordered = sorted(names)
    return ", ".join(ordered[:_SHOWN]) + (", …" if len(ordered) > _SHOWN else "")


def shown(value: object) -> str:
    """A value for a sentence: a scalar as the file has it, cut where it is long; only the kind of anything else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{…}"
    if isinstance(value, list):
        return "[…]"
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def length_text(length: timedelta) -> str:
    """A length of time as the files have it: 1h30m."""
    seconds = int(length.total_seconds())
    parts = ((seconds // 3600, "h"), (seconds % 3600 // 60, "m"), (seconds % 60, "s"))
    return "".join(f"{count}{unit}" for count, unit in parts if count) or "0s"
