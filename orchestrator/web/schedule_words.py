"""Events, and what differs between two of them, in the words of a page. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date

from orchestrator.config import times
from orchestrator.config.model import Configuration
from orchestrator.config.refused import Refused
from orchestrator.errors import N_
from orchestrator.i18n import Language, translate
from orchestrator.plan.differences import EventChange
from orchestrator.plan.model import Event, Occurrence, Repeat, StartSpec
from orchestrator.web.repeating import repeat_words
from orchestrator.web.wording import cue_name, listed, offset

LABELS: Mapping[str, str] = {
    "title": N_("Title"),
    "ceremony": N_("Kind of event"),
    "venue": N_("Venue"),
    "timezone": N_("Time zone"),
    "start": N_("Start"),
    "duration": N_("Length"),
    "destinations": N_("Destinations"),
    "repeat": N_("Repetition"),
    "relay": N_("Address of the relay"),
    "max_overrun": N_("May be extended by"),
    "disabled": N_("Takes place"),
    "classification": N_("Classification"),
    "access": N_("Access"),
    "retention": N_("Retention"),
    "rights": N_("Rights"),
    "inspektur_upacara": N_("Inspector of the ceremony"),
}
"""What an event's fields, its details and what the archive notes of it are called."""


KINDS: Mapping[str, str] = {
    "added": N_("new"),
    "removed": N_("removed"),
    "changed": N_("changed"),
    "appears": N_("takes place"),
    "vanishes": N_("won't take place"),
    "moves": N_("moves"),
}
"""What becomes of events and of their times."""
VERSIONS: Mapping[str, str] = {
    "found": N_("The schedule as it was found"),
    "file": N_("The file was changed on the machine: {subject}"),
    "added": N_("Added: {subject}"),
    "changed": N_("Changed: {subject}"),
    "removed": N_("Removed: {subject}"),
    "merged": N_("Taken over: {subject}"),
    "replaced": N_("Another file uploaded: {subject}"),
    "restored": N_("Back to version {subject}"),
}
"""What a version did."""
_TIMES = 3
"""Times that a sentence names."""


@dataclass(frozen=True, slots=True)
class Row:
    """A field before and after."""

    label: str
    """What it is called."""
    before: str
    """What it said; empty: nothing."""
    after: str
    """What it says; empty: nothing."""


@dataclass(frozen=True, slots=True)
class Told:
    """An event that is new, gone or changed, in words."""

    change: EventChange
    """The change."""
    when: str
    """When it is, or was."""
    where: str
    """Where it is, or was."""
    rows: tuple[Row, ...]
    """What differs, where it is there before and after."""


class Words:
    """Says what events say, in a language, with the names of a configuration."""

    def __init__(self, configuration: Configuration, language: Language) -> None:
        self._configuration = configuration
        self.language: Language = language
        self._fields: Mapping[str, Callable[[Event], str]] = {
            "ceremony": self.ceremony,
            "venue": self.venue,
            "start": lambda event: self.start(event.start),
            "duration": lambda event: self.length(event.duration),
            "destinations": lambda event: self.destinations(event.destinations),
            "repeat": lambda event: self.repeat(event.repeat, event.start),
            "relay": lambda event: str(event.relay or ""),
            "max_overrun": lambda event: (
                self.length(event.max_overrun) if event.max_overrun else self._say(N_("no limit"))
            ),
            "disabled": lambda event: self._say(N_("no, left out of the plan") if event.disabled else N_("yes")),
        }

    def told(self, change: EventChange) -> Told:
        """A change in words."""
        event = change.event
        return Told(change, self.when(event), self.venue(event), tuple(self._rows(change)))

    def when(self, event: Event) -> str:
        """When an event is: its start and length, and how it repeats."""
        parts = [self.start(event.start), self.length(event.duration)]
        if event.repeat is not None:
            parts.append(self.repeat(event.repeat, event.start))
        return " · ".join(parts)

    def start(self, start: StartSpec) -> str:
        """A start, such as `Selasa, 17 Agustus 2027, 07:30`."""
        day = format_date(start.date, "EEEE, d MMMM y", locale=self.language)
        if start.time is not None:
            clock = start.time.isoformat("seconds" if start.time.second else "minutes")
            return f"{day}, {clock}"
        sun = self._say(N_("sunrise") if start.sun == "sunrise" else N_("sunset"))
        if not start.offset:
            return self._say(N_("{day}, at {sun}"), day=day, sun=sun)
        template = (
            N_("{day}, {length} before {sun}") if start.offset < timedelta(0) else N_("{day}, {length} after {sun}")
        )
        return self._say(template, day=day, sun=sun, length=self.length(abs(start.offset)))

    def length(self, length: timedelta) -> str:
        """A length, such as `1 j 15 mnt`."""
        return offset(length.total_seconds(), self.language).removeprefix("+")

    def day(self, text: str) -> str:
        """A day that is typed as the file has it, in words; empty where it is none."""
        try:
            return format_date(times.day(text), "EEEE, d MMMM y", locale=self.language)
        except Refused:
            return ""

    def repeat(self, repeat: Repeat | None, start: StartSpec) -> str:
        """How an event repeats."""
        return self._say(N_("doesn't repeat")) if repeat is None else repeat_words(repeat, start.date, self.language)

    def ceremony(self, event: Event) -> str:
        """The ceremony's name."""
        known = self._configuration.ceremonies.get(event.ceremony)
        return known.name if known else event.ceremony

    def venue(self, event: Event) -> str:
        """The venue's name."""
        known = self._configuration.venues.get(event.venue)
        return known.name if known else event.venue

    def destinations(self, names: tuple[str, ...]) -> str:
        """The destinations' names."""
        known = self._configuration.destinations
        if not names:
            return self._say(N_("none: it is only recorded"))
        return listed((known[name].name if name in known else name for name in names), self.language)

    def moment(self, at: datetime) -> str:
        """A day, short, such as `Sen, 23 Agu 2027`; `at` in the zone that it is told in."""
        return format_date(at, "EEE, d MMM y", locale=self.language)

    def times(self, coming: Sequence[Occurrence], zone: str) -> str:
        """When something takes place, the first few times."""
        named = [self.moment(one.start.astimezone(ZoneInfo(zone))) for one in coming[:_TIMES]]
        return listed([*named, *([self._say(N_("further times"))] if len(coming) > _TIMES else [])], self.language)

    def label(self, key: str) -> str:
        """What a field or a detail is called."""
        return self._say(LABELS[key]) if key in LABELS else cue_name(key)

    def _rows(self, change: EventChange) -> Iterator[Row]:
        if change.before is None or change.after is None:
            return
        for name in change.fields:
            before, after = getattr(change.before, name), getattr(change.after, name)
            if name in {"details", "archive"}:
                for key in dict.fromkeys([*before, *after]):
                    if before.get(key) != after.get(key):
                        yield Row(self.label(key), before.get(key, ""), after.get(key, ""))
                continue
            was, will = self._value(name, change.before), self._value(name, change.after)
            if name == "relay" and was == will:
                will = self._say(N_("{address} (another stream or key)"), address=will)
            yield Row(self.label(name), was, will)

    def _value(self, name: str, event: Event) -> str:
        told = self._fields.get(name)
        return told(event) if told is not None else str(getattr(event, name))

    def _say(self, text: str, **values: Any) -> str:
        return translate(text, self.language).format_map(values)
