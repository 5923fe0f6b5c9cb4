"""An event as a form has it: every field a text, as it was typed; from an event of the file, and back to one. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date as Date  # noqa: N812 - a field is called so
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Literal

from orchestrator.config import times
from orchestrator.config.editing import Fields
from orchestrator.config.event_files import REPEATS
from orchestrator.config.refused import Refused
from orchestrator.config.rendering import spelled
from orchestrator.web.repeating import Choice, Kind, choice_of, rule_of

ARCHIVE = ("classification", "access", "retention", "rights")
"""What the archive notes of an event."""
_NONE: Mapping[str, str] = MappingProxyType({})
_CLOCK = re.compile(r"(\d{1,2})[.:]?(\d{2})(?:[.:](\d{2}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class EventForm:
    """What is typed into the form."""

    base: str = ""
    """The digest of the file that it goes out from."""
    event: str = ""
    """The id of the event that is edited; empty for a new one."""
    id: str = ""
    """Its id; empty: made from the title."""
    title: str = ""
    """What people call it."""
    ceremony: str = ""
    """A ceremony's id."""
    venue: str = ""
    """A venue's id."""
    date: str = ""
    """Its first day."""
    start: Literal["clock", "sunrise", "sunset"] = "clock"
    """What it starts by."""
    time: str = ""
    """When it starts, by the clock."""
    side: Literal["before", "after"] = "before"
    """Whether it starts before or after the sun's time."""
    offset: str = ""
    """Minutes before or after it."""
    length: Literal["duration", "end"] = "duration"
    """Whether its length or its end is given."""
    hours: str = ""
    """How long it lasts: hours."""
    minutes: str = ""
    """How long it lasts: minutes."""
    end: str = ""
    """When it ends: the time."""
    end_date: str = ""
    """When it ends: the day, where it isn't that of the start."""
    dated: bool = False
    """Whether the file has the end with its day, though that is the day of the start."""
    repeat: Kind = "none"
    """How it repeats."""
    every: str = "1"
    """Every so many days, weeks, months or years."""
    weekdays: tuple[str, ...] = ()
    """On which days of the week, as rules have them."""
    rule: str = ""
    """A rule that the form has no words for."""
    until: str = ""
    """The last day."""
    exclude: tuple[str, ...] = ()
    """Days left out."""
    also: tuple[str, ...] = ()
    """Days added."""
    destinations: tuple[str, ...] = ()
    """Where it is streamed to."""
    details: Mapping[str, str] = field(default_factory=lambda: _NONE)
    """By name: texts on the picture, and whatever else is kept of it."""
    relay: str = ""
    """Another address of the feed that is relayed; empty: the one that the event has, which is never shown whole."""
    no_relay: bool = False
    """Whether the address that the event has is to go."""
    overrun: str = ""
    """How many minutes operators may extend it by in all."""
    archive: Mapping[str, str] = field(default_factory=lambda: _NONE)
    """What the archive notes."""
    timezone: str = ""
    """Its own time zone."""
    disabled: bool = False
    """Whether it is left out of every plan."""

    @property
    def day(self) -> Date | None:
        """Its first day, where one is given."""
        return _day(self.date)


def of_event(event: Fields, base: str) -> EventForm:
    """The form of an event of the file; what is wrong with the event is left out."""
    day, start = _start(spelled(event.get("start")))
    hours, minutes = _length(spelled(event.get("duration")))
    end, end_date = _end(spelled(event.get("end")))
    archive = event.get("archive")
    return EventForm(
        base=base,
        event=spelled(event.get("id")),
        id=spelled(event.get("id")),
        title=spelled(event.get("title")),
        ceremony=spelled(event.get("ceremony")),
        venue=spelled(event.get("venue")),
        date=day,
        length="end" if event.get("end") is not None else "duration",
        hours=hours,
        minutes=minutes,
        end=end,
        end_date="" if end_date == day else end_date,
        dated=bool(end_date) and end_date == day,
        destinations=_listed(event.get("destinations")),
        details=_texts(event.get("details")),
        overrun=_minutes(spelled(event.get("max_overrun"))),
        archive=_texts(archive),
        timezone=spelled(event.get("timezone")),
        disabled=event.get("disabled") is True,
        **start,
        **_repeat(event.get("repeat"), _day(day)),
    )


def to_event(form: EventForm, before: Fields | None = None, taken: Iterable[str] = ()) -> dict[str, Any]:
    """The event that a form describes, as the file has it; what is typed wrongly stands there as it was typed.

    Args:
        form: The form.
        before: The event as it is, where it is edited.
        taken: Ids of other events, which one that is made from a title doesn't take.
    """
    event: dict[str, Any] = {
        "id": form.id.strip() or made_id(form, taken),
        "title": form.title.strip(),
        "ceremony": form.ceremony,
        "venue": form.venue,
        "start": _start_text(form),
        "destinations": list(form.destinations),
        "repeat": _repeat_value(form),
        "details": {name: text for name, text in form.details.items() if text.strip()},
        "timezone": form.timezone,
        "relay": form.relay or ("" if form.no_relay or before is None else spelled(before.get("relay"))),
        "max_overrun": duration_text("", form.overrun),
        "archive": {name: form.archive[name].strip() for name in ARCHIVE if form.archive.get(name, "").strip()},
        "disabled": form.disabled,
    }
    if form.length == "end":
        return event | {"end": _end_text(form)}
    return event | {"duration": duration_text(form.hours, form.minutes)}


def made_id(form: EventForm, taken: Iterable[str]) -> str:
    """An id made from the title that no other event has."""
    letters = unicodedata.normalize("NFKD", form.title).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:50].strip("-") or "acara"
    others = set(taken)
    day = form.date if _day(form.date) is not None and form.repeat == "none" else ""
    tries = [name, *([f"{name}-{day}"] if day else []), *(f"{name}-{number}" for number in range(2, len(others) + 3))]
    return next(one for one in tries if one not in others)


def detail_name(text: str) -> str:
    """A detail's name as files have it, such as `penanggung_jawab` for `Penanggung jawab`."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "_", letters).strip("_")
    return f"_{name}" if name[:1].isdigit() else name


def duration_text(hours: str, minutes: str) -> str:
    """A length as the file has it, such as `1h30m`; empty where none is given; as typed where it is none."""
    if not hours and not minutes:
        return ""
    seconds = seconds_of(hours, minutes)
    if seconds is None:
        return f"{hours} h {minutes} m".strip()
    parts = ((seconds // 3600, "h"), (seconds % 3600 // 60, "m"), (seconds % 60, "s"))
    return "".join(f"{count}{unit}" for count, unit in parts if count) or "0m"


def clock_text(text: str) -> str:
    """A time of day as the file has it, from what people type: `7.30`, `0730`, `07:30`; as typed where it is none."""
    found = _CLOCK.fullmatch(text)
    return ":".join(part.zfill(2) for part in found.groups() if part) if found else text


def seconds_of(hours: str, minutes: str) -> int | None:
    """A length typed as hours and minutes; None where it isn't one."""
    try:
        return round((float(hours.replace(",", ".") or 0) * 60 + float(minutes.replace(",", ".") or 0)) * 60)
    except (ValueError, OverflowError):
        return None


def _start_text(form: EventForm) -> str:
    if form.start == "clock":
        return f"{form.date} {form.time}".strip()
    offset = duration_text("", form.offset)
    sign = "-" if form.side == "before" else "+"
    return f"{form.date} {form.start}{f'{sign}{offset}' if offset not in {'', '0m'} else ''}"


def _end_text(form: EventForm) -> str:
    day = form.end_date or (form.date if form.dated else "")
    return f"{day} {form.end}".strip()


def _repeat_value(form: EventForm) -> Any:
    every = int(form.every) if form.every.isdigit() else 0
    rule = rule_of(Choice(form.repeat, every, form.weekdays, form.rule), form.day)
    if form.repeat == "none":
        return None
    rest = {"until": form.until, "except": sorted(form.exclude), "also": sorted(form.also)}
    given = {name: value for name, value in rest.items() if value}
    return rule if rule in REPEATS and not given else {"rrule": rule, **given}


def _start(text: str) -> tuple[str, dict[str, Any]]:
    try:
        start = times.start(text)
    except Refused:
        return "", {}
    if start.time is not None:
        return str(start.date), {"time": start.time.isoformat("seconds" if start.time.second else "minutes")}
    side = "after" if start.offset > timedelta(0) else "before"
    offset = _number(abs(start.offset).total_seconds() / 60)
    return str(start.date), {"start": start.sun, "side": side, "offset": offset}


def _end(text: str) -> tuple[str, str]:
    try:
        day, clock = times.end(text)
    except Refused:
        return "", ""
    return clock.isoformat("seconds" if clock.second else "minutes"), str(day or "")


def _length(text: str) -> tuple[str, str]:
    try:
        minutes = times.duration(text).total_seconds() / 60
    except Refused:
        return "", ""
    return _number(minutes // 60), _number(minutes % 60)


def _minutes(text: str) -> str:
    try:
        return _number(times.duration(text).total_seconds() / 60)
    except Refused:
        return ""


def _number(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".")


def _repeat(value: object, start: Date | None) -> dict[str, Any]:
    kept = value if isinstance(value, Mapping) else {"rrule": value}
    choice = choice_of(spelled(kept.get("rrule")), start)
    return {
        "repeat": choice.kind,
        "every": str(choice.every),
        "weekdays": choice.days,
        "rule": choice.rule,
        "until": spelled(kept.get("until")),
        "exclude": _listed(kept.get("except")),
        "also": _listed(kept.get("also")),
    }


def _day(text: str) -> Date | None:
    try:
        return times.day(text)
    except Refused:
        return None


def _listed(value: object) -> tuple[str, ...]:
    return tuple(spelled(item) for item in value) if isinstance(value, list) else ()


def _texts(value: object) -> Mapping[str, str]:
    return {name: spelled(text) for name, text in value.items()} if isinstance(value, Mapping) else {}
