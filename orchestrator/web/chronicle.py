"""What happened, in the reader's language: one row for each entry of the chronicle, for the page and for CSV. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from orchestrator.catalogue.chronicle import Entry
from orchestrator.catalogue.records import AsRun, Audited, ChangeRecord, Incident
from orchestrator.catalogue.wording import plain
from orchestrator.config.model import Configuration
from orchestrator.errors import N_
from orchestrator.i18n import Language, filled, number, respoken, translate
from orchestrator.plan.model import ALONE, ChangeKind
from orchestrator.web import wording
from orchestrator.web.audited import ACTIONS
from orchestrator.web.documents import zone_of
from orchestrator.web.wording import cue_name

Mood = Literal["good", "plain", "warn", "bad"]

KINDS: Mapping[str, str] = {
    "cue": N_("cue"),
    "incident": N_("trouble"),
    "change": N_("operator"),
    "automatic": N_("automatic"),
    "audit": N_("administration"),
}
OUTCOMES: Mapping[str, tuple[str, Mood]] = {
    "sent": (N_("sent"), "plain"),
    "done": (N_("done"), "good"),
    "late": (N_("done late"), "warn"),
    "already": (N_("was so already"), "good"),
    "restored": (N_("restored"), "warn"),
    "missed": (N_("missed"), "bad"),
    "skipped": (N_("skipped"), "plain"),
    "cancelled": (N_("cancelled"), "plain"),
    "failed": (N_("failed"), "bad"),
}
_FIELDS: Mapping[str, str] = {
    "scene": N_("Scene"),
    "transition": N_("Transition"),
    "record": N_("Recording"),
    "record:safety": N_("Safety recording"),
    "publish": N_("Studio to hub"),
    "source": N_("Source of the programme"),
    "splicer": N_("Programme path"),
    "relay": N_("Relay"),
    "-": N_("The cue as a whole"),
}
_FAMILIES: Mapping[str, str] = {
    "stream": N_("Stream to {name}"),
    "mute": N_("Sound of {name}"),
    "text": N_("Text {name}"),
    "item": N_("{name} in the picture"),
    "relay": N_("Relay {name}"),
}
_VALUES: Mapping[str, str] = {
    "on": N_("on"),
    "off": N_("off"),
    "true": N_("on"),
    "false": N_("off"),
    "none": N_("none"),
    "studio": N_("studio"),
    "relay": N_("relay"),
    "slate": N_("slate"),
}
_SOUND: Mapping[str, str] = {"on": N_("muted"), "off": N_("open"), "true": N_("muted"), "false": N_("open")}
_CHANGES: Mapping[ChangeKind, str] = {
    ChangeKind.GO: N_("GO for {cue}"),
    ChangeKind.HOLD: N_("Rundown held"),
    ChangeKind.RESUME: N_("Rundown goes on"),
    ChangeKind.EXTEND: N_("Extended by {minutes} minutes"),
    ChangeKind.FINISH: N_("Ended now, in order"),
    ChangeKind.SKIP: N_("{cue} skipped"),
    ChangeKind.CANCEL: N_("Event cancelled"),
    ChangeKind.SHIFT: N_("{cue} and what follows moved by {minutes} minutes"),
    ChangeKind.TEXT: N_("Text of {cue} changed"),
    ChangeKind.TAKE: N_("Taken over by hand: {field} {value}"),
    ChangeKind.RELEASE: N_("Given back to automation: {field}"),
    ChangeKind.MISSED: N_("{cue} was missed: its time passed while it couldn't be reached"),
    ChangeKind.ASKED: N_("{cue} waits for GO: its time passed while it couldn't be reached"),
    ChangeKind.CLOSED: N_("Event closed: nothing more comes of it"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One entry, told."""

    at: datetime
    """When it happened."""
    zone: str
    """The zone of its times."""
    kind: str
    """A key of KINDS."""
    venue: str
    """The venue's id; empty for the service."""
    venue_name: str
    """The venue's name."""
    event: str
    """The occurrence's id; empty where it belongs to none."""
    title: str
    """The event's title, or the id of one that the schedule no longer has."""
    cue: str
    """The cue's id; empty where there is none."""
    text: str
    """What happened."""
    mood: Mood
    """How it should look."""
    outcome: str = ""
    """What became of it."""
    planned: datetime | None = None
    """When it was due."""
    sent: datetime | None = None
    """When it was sent."""
    confirmed: datetime | None = None
    """When it was seen."""
    until: datetime | None = None
    """When trouble ended."""
    lasts: bool = False
    """Whether trouble lasts."""
    who: str = ""
    """Who did it; empty for what happened by itself."""
    reason: str = ""
    """Why, in English, as the loop noted it."""

    @property
    def late(self) -> float | None:
        """Seconds from when it was due to when it was seen."""
        if self.planned is None or self.confirmed is None:
            return None
        return (self.confirmed - self.planned).total_seconds()

    def has(self, words: list[str]) -> bool:
        """Whether every one of these words stands in it."""
        parts = (self.venue_name, self.title, self.event, self.cue, self.text, self.outcome, self.who, self.reason)
        whole = plain(" ".join(parts))
        return all(word in whole for word in words)


class Teller:
    """Tells entries in one language."""

    def __init__(self, configuration: Configuration, language: Language) -> None:
        self._configuration = configuration
        self._language: Language = language
        self._titles = {event.id: event.title for event in configuration.events}

    def row(self, entry: Entry) -> Row:
        """An entry as a row."""
        match entry.record:
            case AsRun():
                return self._line(entry, entry.record)
            case Incident():
                return self._incident(entry, entry.record)
            case ChangeRecord():
                return self._change(entry, entry.record)
            case Audited():
                return self._audited(entry, entry.record)

    def _say(self, text: str, **values: object) -> str:
        return filled(text, values, self._language) if values else translate(text, self._language)

    def _row(
        self, entry: Entry, venue: str, event: str | None, cue: str | None, text: str, mood: Mood, **rest: object
    ) -> Row:
        known = self._configuration.venues.get(venue)
        return Row(
            at=entry.at,
            zone=zone_of(venue, self._configuration),
            kind=entry.kind,
            venue=venue,
            venue_name=known.name if known else venue,
            event=event or "",
            title=self._titles.get((event or "").partition("@")[0], event or ""),
            cue=cue or "",
            text=text,
            mood=mood,
            **rest,  # type: ignore[arg-type]
        )

    def _line(self, entry: Entry, line: AsRun) -> Row:
        outcome, mood = OUTCOMES.get(line.outcome, (line.outcome, "plain"))
        text = self._field(line.field)
        if line.after is not None and line.field != "-":
            text = f"{text}: {self._value(line.field, line.after)}"
        return self._row(
            entry, line.venue, line.event, line.cue, text, mood,
            outcome=self._say(outcome), planned=line.planned_at, sent=line.sent_at, confirmed=line.confirmed_at,
            reason=line.reason,
        )  # fmt: skip

    def _incident(self, entry: Entry, incident: Incident) -> Row:
        venue, _, part = incident.where.partition("/")
        text = respoken(incident.message.removeprefix(f"{incident.where}: "), self._language)
        if venue not in self._configuration.venues:
            venue, part = "", incident.where
        lasts = incident.until is None
        text = f"{self._say(_FIELDS[part]) if part in _FIELDS else self._name(part)}: {text}" if part else text
        return self._row(
            entry, venue, None, None, text, "bad" if lasts else "warn",
            until=incident.until, lasts=lasts, outcome=self._say(N_("lasts") if lasts else N_("over")),
        )  # fmt: skip

    def _change(self, entry: Entry, record: ChangeRecord) -> Row:
        change = record.change
        minutes = round(change.value / 60, 1) if isinstance(change.value, int | float) else 0
        alone = change.kind is ChangeKind.SHIFT and change.field == ALONE
        text = self._say(
            N_("{cue} moved by {minutes} minutes") if alone else _CHANGES[change.kind],
            cue=f"“{cue_name(change.cue)}”" if change.cue else "",
            minutes=number(minutes, self._language, "+0.#;-0.#"),
            field=self._field(change.field) if change.field else self._say(N_("everything")),
            value=self._value(change.field or "", wording.value(change.value)),
        )
        undone = self._say(N_("undone by {who}"), who=record.undone_by) if record.undone_by else ""
        who = "" if entry.kind == "automatic" else change.who
        return self._row(entry, change.venue, change.occurrence, change.cue, text, "plain", who=who, outcome=undone)

    def _audited(self, entry: Entry, record: Audited) -> Row:
        template = ACTIONS.get(record.action)
        subject = self._name(record.subject)
        if template is not None:
            text = self._say(template, subject=subject)
        else:
            text = f"{record.action}: {subject}" if subject else record.action
        venue = record.subject if record.subject in self._configuration.venues else ""
        return self._row(entry, venue, None, None, text, "plain", who=record.who)

    def _field(self, field: str) -> str:
        if field in _FIELDS:
            return self._say(_FIELDS[field])
        family, _, name = field.partition(":")
        return self._say(_FAMILIES[family], name=self._name(name)) if family in _FAMILIES and name else field

    def _value(self, field: str, value: str) -> str:
        if field == "record:safety" and value not in _VALUES:  # the folder, which the archive empties
            value = "on"
        words = _SOUND if field.startswith("mute:") else _VALUES
        key = value.lower() if value in {"True", "False"} else value  # as the as-run log has them
        return self._say(words[key]) if key in words else value

    def _name(self, identifier: str) -> str:
        known = self._configuration.destinations.get(identifier) or self._configuration.venues.get(identifier)
        return known.name if known else identifier
