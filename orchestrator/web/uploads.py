"""Uploaded files as edits of the schedule: another whole schedule, or the events of a calendar."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from orchestrator.backstage.wishes import Upload, Wish
from orchestrator.config.editing import Merge, event_of
from orchestrator.config.findings import place_of
from orchestrator.config.hiding import hidden_line, revealed
from orchestrator.config.ics import Defaults, Found, events_from, known_in
from orchestrator.config.rendering import spelled
from orchestrator.errors import Problem
from orchestrator.web.desk import Desk
from orchestrator.web.schedule_view import WrongLine, wrong_lines


@dataclass(frozen=True, slots=True)
class Sent:
    """What was uploaded."""

    text: str = ""
    """The file's text."""
    unread: str = ""
    """A file that is no text, in base64, as far as it takes to tell why."""
    name: str = ""
    """What the file is called."""
    ceremony: str = ""
    """Of a calendar's new events: what kind they are."""
    venue: str = ""
    """Of a calendar's new events: where they are, where the calendar doesn't say it."""
    destinations: tuple[str, ...] = ()
    """Of a calendar's new events: where they are streamed to."""

    @property
    def is_calendar(self) -> bool:
        """Whether it is a calendar, by its name or its first line."""
        return self.name.lower().endswith(".ics") or self.text.lstrip()[:15].upper() == "BEGIN:VCALENDAR"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What an upload is asked for again with."""

    sent: Sent
    """What was sent."""
    wrong: Sequence[WrongLine] = ()
    """What is wrong with it."""
    lacks: frozenset[str] = field(default_factory=frozenset)
    """What must be chosen for a calendar's new events: venue, ceremony."""
    missing: bool = False
    """Whether no file was chosen."""


@dataclass(frozen=True, slots=True)
class FromCalendar(Merge):
    """The events of a calendar, and where they stand in it."""

    found: Sequence[Found]
    """One for each of them."""


class NotUsableError(Exception):
    """A calendar that can't be taken over as it is."""

    def __init__(self, wrong: Sequence[WrongLine], lacks: frozenset[str] = frozenset()) -> None:
        super().__init__(", ".join(sorted(lacks)))
        self.wrong = wrong
        self.lacks = lacks


def wish_of(sent: Sent, desk: Desk) -> Wish:
    """What an upload asks for.

    Raises:
        NotUsableError: a calendar holds what the schedule can't say, or something must be chosen for its events.
    """
    current = desk.schedule.read()
    if not sent.is_calendar:
        return Upload(revealed(sent.text, current.text), sent.name)
    configuration = desk.configuration()
    defaults = Defaults(
        venues=configuration.venues,
        ceremonies=configuration.ceremonies,
        zone=configuration.station.timezone,
        known=known_in(configuration),
        venue=sent.venue if sent.venue in configuration.venues else None,
        ceremony=sent.ceremony if sent.ceremony in configuration.ceremonies else None,
        destinations=tuple(name for name in sent.destinations if name in configuration.destinations),
        floating=configuration.station.timezone,
        since=desk.clock.now(),
        file=sent.name or "calendar.ics",
    )
    found = events_from(sent.text, defaults)
    if found.problems:
        raise NotUsableError(wrong_lines(found.problems, defaults.file, sent.text))
    if lacks := frozenset(each for one in found.events for each in one.lacks):
        raise NotUsableError((), lacks)
    entries = []
    for one in found.events:
        before = event_of(desk.schedule.name, current.text, spelled(one.entry["id"])) if one.known else None
        entries.append(one.entry if before is None else one.over(before))
    return FromCalendar(entries, found.events)


def of_events(problems: Iterable[Problem], wish: FromCalendar, sent: Sent) -> list[WrongLine]:
    """What would be wrong with a calendar's events: at their lines in the calendar, and by their titles."""
    lines = sent.text.split("\n")
    begun = {f"events[{spelled(entry.get('id'))}]": number for number, entry in enumerate(wish.events)}
    wrong = []
    for problem in problems:
        place = place_of(problem)
        path = "" if place is None else place.path
        event, _, key = path.partition("].")
        number = begun.get(f"{event.removesuffix(']')}]")
        if number is None:
            wrong.append(WrongLine(problem, "", 0, path, ""))
            continue
        title, line = str(wish.events[number].get("title", "")), wish.found[number].line_of(key)
        text = hidden_line(lines[line - 1]) if line <= len(lines) else ""
        wrong.append(WrongLine(problem, title, line, "", text))
    return wrong
