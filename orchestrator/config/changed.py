"""What differs between the files as they were and as they are, in lines for the log: each field, old → new. Pure.

Of secrets, and of what of an address may hold one, it is only told that they are others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import fields, is_dataclass
from datetime import time, timedelta
from itertools import takewhile
from typing import Any

from orchestrator.config.model import Configuration
from orchestrator.plan.model import Anchor, At, StartSpec
from orchestrator.plan.secret import Address, Secret, showable

_LONGEST = 60
"""Signs of a text that are shown."""
_LEAD = 12
"""Of these, signs that stand before the first one that differs, where that comes late."""
_MOST = 12
"""Fields that a line tells of; more make another line."""


def differences(old: Configuration, new: Configuration) -> Iterator[str]:
    """A line for each event, run of show, venue and destination that is new, gone or changed, and for the station."""
    yield from _told("schedule: event", {each.id: each for each in old.events}, {each.id: each for each in new.events})
    yield from _told("run of show: ceremony", old.ceremonies, new.ceremonies)
    yield from _told("profiles: venue", old.venues, new.venues)
    yield from _told("profiles: destination", old.destinations, new.destinations)
    yield from _told("profiles:", {"station": old.station}, {"station": new.station})


def _told(kind: str, old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[str]:
    for name in dict.fromkeys((*new, *old)):
        if name not in old:
            yield f"{kind} {name} is new"
        elif name not in new:
            yield f"{kind} {name} is gone"
        else:
            found = tuple(_changed(old[name], new[name]))
            for at in range(0, len(found), _MOST):
                yield f"{kind} {name} has changed: {'; '.join(found[at : at + _MOST])}"


def _changed(old: object, new: object, name: str = "") -> Iterator[str]:
    """Every field that differs, with its name, old → new."""
    if old == new or (_is_nothing(old) and _is_nothing(new)):
        return
    before, after = _parts(old), _parts(new)
    if before is None and after is None:
        yield f"{name}: {_pair(old, new)}"
        return
    before, after = before or {}, after or {}
    listed = not is_dataclass(new if before == {} else old)
    for each in dict.fromkeys((*before, *after)):
        path = f"{name}.{each}" if name else each
        was, will = before.get(each), after.get(each)
        if listed and (each in before) != (each in after) and _is_whole(will if was is None else was):
            yield f"{path}: {'new' if each in after else 'gone'}"
        else:
            yield from _changed(was, will, path)
    stayed = [each for each in before if each in after]
    if isinstance(new, tuple) and stayed != [each for each in after if each in before]:
        yield f"order of {name}: {_word(tuple(before))} → {_word(tuple(after))}"


def _is_nothing(value: object) -> bool:
    return value is None or (isinstance(value, Mapping | Sequence | Set | Secret | Address) and not value)


def _is_whole(value: object) -> bool:
    """Whether it is a thing of its own, such as a cue or a scene, and no single word."""
    return isinstance(value, tuple) or (is_dataclass(value) and not isinstance(value, _WORDED))


def _parts(value: object) -> Mapping[str, object] | None:
    """The parts of a value by their names; None where it has none."""
    if isinstance(value, Mapping):
        return value
    if is_dataclass(value) and not isinstance(value, _WORDED):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if not isinstance(value, tuple) or not any(map(_is_whole, value)):
        return None
    found: dict[str, object] = {}
    for each in value:
        name = str(getattr(each, "id", "") or getattr(each, "name", ""))
        again = sum(name == known.partition(" #")[0] for known in found)
        found[f"{name} #{again + 1}" if again else name] = each
    return found


_WORDED = (Secret, Address, At, StartSpec)
"""What is told as a whole."""


def _pair(old: object, new: object) -> str:
    if isinstance(old, str) and isinstance(new, str) and old and new and "://" not in old + new:
        same = sum(1 for _ in takewhile(lambda signs: signs[0] == signs[1], zip(old, new, strict=False)))
        start = max(0, same - _LEAD)
        start = start if max(len(old), len(new)) > _LONGEST else 0
        return f"{_quoted(old, start)} → {_quoted(new, start)}"
    was, will = _word(old), _word(new)
    return f"{was} → {will}" if was != will else f"{was} → another"


def _word(value: object) -> str:
    if _is_nothing(value):
        return "nothing"
    return next((say(value) for kind, say in _SAY if isinstance(value, kind)), str(value))


def _listed(values: Iterable[object]) -> str:
    return f"[{', '.join(_word(each).strip('“”') for each in values)}]"


def _quoted(text: str, start: int = 0) -> str:
    """A text on one line, from one of its signs on, and no longer than can be read."""
    line = "".join(sign if sign.isprintable() else " " for sign in text)
    shown = f"…{line[start:]}" if start else line
    return f"“{shown[: _LONGEST - 1]}…”" if len(shown) > _LONGEST else f"“{shown}”"


def _start(start: StartSpec) -> str:
    return f"{start.date} {_clock(start.time) if start.time else f'{start.sun}{_offset(start.offset)}'}"


def _cue_time(at: At) -> str:
    if at.anchor is Anchor.CLOCK and at.clock is not None:
        return _clock(at.clock)
    return f"{at.cue if at.anchor is Anchor.CUE else at.anchor.value}{_offset(at.offset)}"


def _offset(length: timedelta) -> str:
    return "" if not length else f"-{_length(-length)}" if length < timedelta(0) else f"+{_length(length)}"


def _clock(value: time) -> str:
    return value.isoformat("seconds" if value.second else "minutes")


def _length(length: timedelta) -> str:
    """As the files have it: `1h30m`."""
    seconds = length.total_seconds()
    if seconds < 0 or seconds % 1:
        return f"{seconds:g}s"
    hours, rest = divmod(int(seconds), 3600)
    parts = ((hours, "h"), (rest // 60, "m"), (rest % 60, "s"))
    return "".join(f"{number}{unit}" for number, unit in parts if number) or "0s"


_SAY: Sequence[tuple[type[Any], Callable[[Any], str]]] = (
    (bool, lambda value: "yes" if value else "no"),
    (Secret, lambda _: "****"),
    (At, _cue_time),
    (StartSpec, _start),
    (time, _clock),
    (timedelta, _length),
    (str, lambda value: _quoted(showable(value) if "://" in value else value)),
    (Set, lambda value: _listed(sorted(value))),
    (Sequence, _listed),
)
"""How each kind of value is said; any other as it prints."""
