"""What operators took over: fields of a venue that a change sets in place of the cues.

A TAKE holds until its field is released or taken anew, or until the next cue of the venue fires or its next event
begins. A stream or recording that an operator started is ours to end: where no cue names the field when the take is
over, it is wanted off for SETTLING, and only then nobody's again.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from orchestrator.plan.model import Change, ChangeKind, Source

FIELDS = ("scene", "stream", "record", "mute", "source")
"""What can be taken over."""
SETTLING = timedelta(minutes=2)
"""How long what an operator started stays wanted off, once released."""

TakeValue = str | bool | Source | frozenset[str]
"""scene: its name; stream: whether the event's destinations are fed, or which; record: whether; mute: all, none or
which inputs; source: what."""


@dataclass(frozen=True, slots=True)
class Override:
    """One field taken over for a while."""

    since: datetime
    """UTC."""
    until: datetime | None
    """UTC, excluded; None: until somebody releases it."""
    value: TakeValue
    """What it is set to."""
    change: Change
    """The TAKE, or what ended it where `settling`."""
    settling: bool = False
    """Whether it counts only where no cue names the field."""


@dataclass(frozen=True, slots=True)
class Overrides:
    """Everything taken over at one venue."""

    fields: Mapping[str, tuple[Override, ...]]
    """By field, in order of time, none overlapping."""
    sinces: Mapping[str, tuple[datetime, ...]]
    """By field, each one's `since`."""
    breaks: tuple[datetime, ...]
    """UTC: when any begins or ends, in order."""

    def at(self, t: datetime) -> dict[str, Override]:
        """By field, what is taken over at a time."""
        found = {}
        for name, sinces in self.sinces.items():
            place = bisect_right(sinces, t) - 1
            if place >= 0:
                override = self.fields[name][place]
                if override.until is None or t < override.until:
                    found[name] = override
        return found


def take_value(field: str | None, value: object) -> TakeValue | None:
    """A TAKE's value, as its field has it; None where it isn't one."""
    strings = (
        frozenset(value)
        if isinstance(value, list | tuple | set | frozenset) and all(isinstance(name, str) for name in value)
        else None
    )
    match field:
        case "scene" if isinstance(value, str) and value:
            return value
        case "record" if isinstance(value, bool):
            return value
        case "stream":
            return value if isinstance(value, bool) else strings
        case "mute":
            return value if value in ("all", "none") and isinstance(value, str) else strings
        case "source" if isinstance(value, str) and value in tuple(Source):
            return Source(value)
        case _:
            return None


def overrides(
    changes: Iterable[Change],
    next_cue_after: Callable[[datetime], datetime | None],
    next_event_after: Callable[[datetime], datetime | None],
) -> Overrides:
    """What a venue's TAKE and RELEASE changes amount to.

    Args:
        changes: The venue's changes; other kinds are passed over.
        next_cue_after: When the venue's next cue after a time fires.
        next_event_after: When the venue's next event after a time takes over.
    """
    found: dict[str, list[Override]] = {name: [] for name in FIELDS}
    for change in sorted(changes, key=lambda change: (change.at, change.id)):
        names = FIELDS if change.field is None else (change.field,)
        if change.kind is ChangeKind.RELEASE:
            for name in names:
                _end(found.get(name, []), change, name)
        elif change.kind is ChangeKind.TAKE and (value := take_value(change.field, change.value)) is not None:
            ends = {"next-cue": next_cue_after, "next-event": next_event_after}.get(change.until)
            _take(found[str(change.field)], change, value, None if ends is None else ends(change.at))
    fields = {name: tuple(one for one in taken if one.until != one.since) for name, taken in found.items() if taken}
    breaks = {time for taken in fields.values() for one in taken for time in (one.since, one.until) if time is not None}
    return Overrides(
        MappingProxyType(fields),
        MappingProxyType({name: tuple(one.since for one in taken) for name, taken in fields.items()}),
        tuple(sorted(breaks)),
    )


def _take(taken: list[Override], change: Change, value: TakeValue, until: datetime | None) -> None:
    _cut(taken, change.at)
    taken.append(Override(change.at, until, value, change))
    if until is not None:
        _settle(taken, until, change, str(change.field))


def _end(taken: list[Override], change: Change, name: str) -> None:
    in_force = any(
        one.since <= change.at and (one.until is None or change.at < one.until) and not one.settling
        for one in taken[-2:]
    )
    if in_force:
        _cut(taken, change.at)
        _settle(taken, change.at, change, name)


def _cut(taken: list[Override], at: datetime) -> None:
    """End whatever is in force at a time, and forget what was to follow."""
    while taken and taken[-1].since >= at:
        taken.pop()
    if taken and (taken[-1].until is None or taken[-1].until > at):
        last = taken[-1]
        taken[-1] = Override(last.since, at, last.value, last.change, last.settling)


def _settle(taken: list[Override], at: datetime, change: Change, name: str) -> None:
    """What was started by hand is wanted off for a while."""
    if name in {"stream", "record"} and taken and taken[-1].value:
        off: TakeValue = False
        taken.append(Override(at, at + SETTLING, off, change, settling=True))
