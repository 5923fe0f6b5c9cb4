"""What somebody wants of the schedule's file, and what they are shown of it. Values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from orchestrator.catalogue.records import Version, VersionAction
from orchestrator.config.editing import Edit, Merge, Put, Remove, Replace
from orchestrator.config.model import Configuration
from orchestrator.errors import Problem, RefusedError
from orchestrator.plan.differences import Difference, EventChange

_MOST_TITLES = 5


@dataclass(frozen=True, slots=True)
class Restore:
    """An earlier version in the file's place."""

    number: int
    """Which."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A text that was uploaded, in the file's place."""

    text: str
    """The text."""
    name: str
    """What the file was called where it came from."""


Wish: TypeAlias = Edit | Restore | Upload


class StaleError(RefusedError):
    """Somebody has changed the schedule since it was looked at."""


@dataclass(frozen=True, slots=True)
class Current:
    """The file as it is."""

    text: str
    """Its text; empty where it can't be read."""
    digest: str
    """SHA-256 of its bytes, in hex."""
    problems: tuple[Problem, ...]
    """What is wrong with it; then something else is in force."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What the file would say, and what that would change."""

    base: str
    """The digest of the file that it goes out from."""
    before: str
    """The file's text."""
    text: str
    """The text that would take its place."""
    configuration: Configuration
    """What would be in force."""
    difference: Difference
    """What would differ, in the days ahead."""

    @property
    def changes(self) -> bool:
        """Whether anything would be written."""
        return self.text != self.before


@dataclass(frozen=True, slots=True)
class Compared:
    """A version beside the one before it."""

    version: Version
    """The version."""
    before: str
    """The text before it; empty where it is the first."""
    events: tuple[EventChange, ...]
    """Which events differ, as far as both can still be read."""


def told(wish: Wish, found: Difference) -> tuple[VersionAction, str]:
    """What was done, in a word, and to what."""
    match wish:
        case Restore(number):
            return "restored", str(number)
        case Upload(_, name):
            return "replaced", name
        case Replace():
            return "replaced", titles(found.events)
        case Merge():
            return "merged", titles(found.events)
        case Remove():
            return "removed", titles(found.events)
        case Put(fields, event):
            return "added" if event is None else "changed", str(fields.get("title", ""))


def titles(events: Sequence[EventChange]) -> str:
    """The titles of events that differ, the first few of many."""
    found = list(dict.fromkeys(change.event.title for change in events))
    more = [f"+{len(found) - _MOST_TITLES}"] if len(found) > _MOST_TITLES else []
    return ", ".join([*found[:_MOST_TITLES], *more])
