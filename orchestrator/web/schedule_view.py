"""What a page shows of an edit before it is saved, and of versions: differences, rundowns and lines. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from orchestrator.backstage.wishes import Preview
from orchestrator.config.findings import place_of
from orchestrator.config.hiding import hidden, hidden_line
from orchestrator.config.model import Configuration
from orchestrator.errors import Problem
from orchestrator.plan.differences import OccurrenceChange
from orchestrator.plan.model import Event, Occurrence
from orchestrator.plan.recurrence import first_start, occurrences
from orchestrator.plan.timeline import build
from orchestrator.web.live.rundown import RundownView, rundown_view
from orchestrator.web.live.venue import Moment
from orchestrator.web.schedule_words import Told, Words

_MOST_MOVES = 24
"""Occurrences that a difference lists."""
_MOST_LINES = 400
"""Lines of a file's difference that are shown."""
_AROUND = 2
"""Lines around a changed one that are shown with it."""
_FAR = timedelta(days=800)
"""How far ahead an event's next occurrence is looked for."""


@dataclass(frozen=True, slots=True)
class Move:
    """Something that takes place at another time, in words."""

    kind: Literal["appears", "vanishes", "moves"]
    """What became of it."""
    title: str
    """The event's title."""
    before: str
    """When and where it was; empty: nowhere."""
    after: str
    """When and where it is; empty: nowhere."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file that went, came or stands beside one that did."""

    sign: Literal["-", "+", " ", "@"]
    """What became of it; `@` where others are left out."""
    text: str
    """The line."""


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """What would differ."""

    events: tuple[Told, ...]
    """Events that are new, gone or changed."""
    moves: tuple[Move, ...]
    """What takes place at other times, the first ones."""
    more: int
    """How many others do."""
    lines: tuple[Line, ...]
    """What differs in the file."""


@dataclass(frozen=True, slots=True)
class WrongLine:
    """Something that is wrong at a line of a file."""

    problem: Problem
    """What."""
    file: str
    """The file's or the event's name; empty where it is the file that was given."""
    line: int
    """Counted from 1; 0: nowhere in particular."""
    path: str
    """Which event, and which of its fields."""
    text: str
    """The line as it stands there; empty where it isn't known."""


def difference_view(preview: Preview, words: Words) -> DifferenceView:
    """What a preview would change, in words."""
    moves = preview.difference.occurrences
    return DifferenceView(
        events=tuple(words.told(change) for change in preview.difference.events),
        moves=tuple(_move(change, words) for change in moves[:_MOST_MOVES]),
        more=max(0, len(moves) - _MOST_MOVES),
        lines=lines_view(preview.before, preview.text),
    )


def lines_view(before: str, after: str) -> tuple[Line, ...]:
    """What differs between two texts, line by line, relays' addresses cut."""
    return tuple(_lines(hidden(before).splitlines(), hidden(after).splitlines()))[:_MOST_LINES]


def _lines(before: Sequence[str], after: Sequence[str]) -> Iterable[Line]:
    for line in list(difflib.unified_diff(before, after, n=_AROUND, lineterm=""))[2:]:
        if line.startswith("@"):
            yield Line("@", "")
        else:
            yield Line(line[0], line[1:])  # type: ignore[arg-type]


def _move(change: OccurrenceChange, words: Words) -> Move:
    same = change.before is not None and change.after is not None
    venues = not same or change.before.event.venue != change.after.event.venue  # type: ignore[union-attr]
    before, after = ("" if one is None else _place(one, words, venue=venues) for one in (change.before, change.after))
    return Move(change.kind, change.occurrence.event.title, before, after)


def _place(occurrence: Occurrence, words: Words, *, venue: bool) -> str:
    zone = ZoneInfo(occurrence.event.timezone)
    start, end = occurrence.start.astimezone(zone), occurrence.end.astimezone(zone)
    told = f"{words.moment(start)}, {start:%H:%M}\u2013{end:%H:%M}"
    return f"{told}, {words.venue(occurrence.event)}" if venue else told


def next_of(event: Event, configuration: Configuration, now: datetime) -> Occurrence | None:
    """An event's occurrence that runs or comes next; the first one where all are over."""
    venue = configuration.venues[event.venue]
    coming = occurrences(event, venue, now, now + _FAR)
    if coming:
        return coming[0]
    first = first_start(event, venue)
    found = () if first is None else occurrences(event, venue, first, first + timedelta(seconds=1))
    return found[0] if found else None


def rundown_of(occurrence: Occurrence, configuration: Configuration, now: datetime) -> RundownView:
    """An occurrence's rundown by the plan alone."""
    timeline = build([occurrence], configuration.ceremonies, configuration.venues)
    moment = Moment(now, configuration, timeline, ())
    return rundown_view(timeline.spans[occurrence.id], moment, ())


def wrong_lines(problems: Iterable[Problem], file: str, text: str) -> list[WrongLine]:
    """What is wrong with a file, each with its line as it stands there.

    Args:
        problems: What the loader has found.
        file: The path under which the file was loaded.
        text: Its text.
    """
    lines = text.splitlines()
    found = []
    for problem in problems:
        place = place_of(problem)
        if place is None:
            found.append(WrongLine(problem, problem.where, 0, "", ""))
            continue
        own = place.file == file
        there = lines[place.line - 1] if own and place.line <= len(lines) else ""
        name = "" if own else place.file.rpartition("/")[2]
        found.append(WrongLine(problem, name, place.line, place.path, hidden_line(there)))
    return found
