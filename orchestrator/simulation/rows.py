"""The catalogue's stores in memory: the same rows and the same answers, without a database's time.

A contract suite runs against these and against the real ones. They outlive the modelled orchestrator, as a file does;
`LivingRows` is what one life of it holds of them: it hears of new rows only while it lives, and may be killed at each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from orchestrator.catalogue.changes import as_json
from orchestrator.catalogue.records import AsRun, Outcome
from orchestrator.errors import N_, Problem, RefusedError
from orchestrator.plan.model import Change, ChangeKind, Until
from orchestrator.simulation.agenda import Life
from orchestrator.simulation.tape import Moment

_OF_VENUE = frozenset({ChangeKind.TAKE, ChangeKind.RELEASE})


@dataclass(slots=True)
class _Row:
    """A change, and whether it was taken back."""

    change: Change
    undone: bool = False


class ChangeTable:
    """Operators' changes."""

    def __init__(self) -> None:
        self._rows: list[_Row] = []

    def insert(self, change: Change) -> Change:
        """Write a change; it comes back with its number, its value as JSON has it."""
        written = replace(change, id=len(self._rows) + 1, value=as_json(change.value))
        self._rows.append(_Row(written))
        return written

    def strike(self, number: int) -> None:
        """Take a change back."""
        if not 0 < number <= len(self._rows) or self._rows[number - 1].undone:
            raise RefusedError(Problem("simulation.no-change", N_("There is no change {id}."), {"id": number}))
        self._rows[number - 1].undone = True

    def active(self, since: datetime | None = None, venue: str | None = None) -> list[Change]:
        """All that count, from `since` on and take-overs however old, in order of writing."""
        return [
            row.change
            for row in self._rows
            if not row.undone
            and (since is None or row.change.at >= since or row.change.kind in _OF_VENUE)
            and (venue is None or row.change.venue == venue)
        ]

    def all(self) -> Sequence[Change]:
        """Every one that was ever written."""
        return [row.change for row in self._rows]


class AsRunTable:
    """The as-run log."""

    def __init__(self) -> None:
        self.lines: list[AsRun] = []
        """In order of writing; a line's number is its place, from 1."""
        self.written: dict[int, Moment] = {}
        """Line's number to when it was last written to."""

    def add(self, line: AsRun) -> AsRun:
        """Write a line; it comes back with its number."""
        written = replace(line, id=len(self.lines) + 1)
        self.lines.append(written)
        return written

    def settle(
        self,
        id: int,  # noqa: A002 - the row's own name
        *,
        sent_at: datetime | None = None,
        confirmed_at: datetime | None = None,
        outcome: Outcome,
    ) -> None:
        """Write what became of a line; a time that isn't given stays as it was."""
        line = self.lines[id - 1]
        self.lines[id - 1] = replace(
            line,
            outcome=outcome,
            sent_at=sent_at or line.sent_at,
            confirmed_at=confirmed_at or line.confirmed_at,
        )

    def between(
        self,
        since: datetime | None = None,
        until: datetime | None = None,
        venue: str | None = None,
        event: str | None = None,
    ) -> list[AsRun]:
        """Lines that were due, or happened, at `since` <= t < `until`."""

        def within(at: datetime | None) -> bool:
            return at is not None and (since is None or at >= since) and (until is None or at < until)

        unbound = since is None and until is None
        found = [
            line
            for line in self.lines
            if (unbound or within(_happened(line)) or within(line.planned_at))
            and (venue is None or line.venue == venue)
            and (event is None or line.event == event or (line.event or "").startswith(f"{event}@"))
        ]
        return sorted(found, key=lambda line: (_happened(line), line.id))

    def last_after(self, at: datetime) -> list[AsRun]:
        """Of each venue the line written last of those that were sent or confirmed after a time."""
        last = {line.venue: line for line in self.lines if max(_stamps(line), default=at) > at}
        return sorted(last.values(), key=lambda line: (_happened(line), line.id))


class IncidentTable:
    """When each problem began."""

    def __init__(self) -> None:
        self.begun: dict[tuple[str, str], list[Moment]] = defaultdict(list)
        """By code and place, in order of time."""


class LivingChanges:
    """The changes as one life of the orchestrator holds them."""

    def __init__(self, table: ChangeTable, life: Life) -> None:
        self._table = table
        self._life = life
        self._listeners: list[Callable[[], None]] = []

    def add(  # noqa: PLR0913, PLR0917 - a change has that many parts
        self,
        kind: ChangeKind,
        at: datetime,
        who: str,
        venue: str,
        occurrence: str | None = None,
        cue: str | None = None,
        field: str | None = None,
        value: object = None,
        until: Until = "release",
        starts_at: datetime | None = None,
        *,
        hurried: bool = False,  # noqa: ARG002 - the store's signature; nothing here waits
    ) -> Change:
        """Write a change; whoever listens is told."""
        self._life.step()
        change = self._table.insert(Change(0, kind, at, who, venue, occurrence, cue, field, value, until, starts_at))
        self._life.step()
        self._tell()
        return change

    def undo(self, id: int, who: str, at: datetime) -> None:  # noqa: A002, ARG002 - the store's signature
        """Take a change back."""
        self._table.strike(id)
        self._tell()

    def active(self, since: datetime | None = None, venue: str | None = None) -> Sequence[Change]:
        """All that count."""
        return self._table.active(since, venue)

    def listen(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back after each write."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback)

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()


class LivingAsRun:
    """The as-run log as one life of the orchestrator holds it."""

    def __init__(self, table: AsRunTable, life: Life) -> None:
        self._table = table
        self._life = life

    def add(self, line: AsRun) -> AsRun:
        """Write a line."""
        self._life.step()
        written = self._table.add(line)
        self._table.written[written.id] = self._life.agenda.moment
        self._life.step()
        return written

    def settle(
        self,
        id: int,  # noqa: A002 - the row's own name
        *,
        sent_at: datetime | None = None,
        confirmed_at: datetime | None = None,
        outcome: Outcome,
    ) -> None:
        """Write what became of a line."""
        self._life.step()
        self._table.settle(id, sent_at=sent_at, confirmed_at=confirmed_at, outcome=outcome)
        self._table.written[id] = self._life.agenda.moment
        self._life.step()

    def between(
        self, since: datetime, until: datetime, venue: str | None = None, event: str | None = None
    ) -> list[AsRun]:
        """Lines by their time."""
        return self._table.between(since, until, venue, event)

    def last_after(self, at: datetime) -> list[AsRun]:
        """Of each venue the last line after a time."""
        return self._table.last_after(at)


class LivingIncidents:
    """The problems as one life of the orchestrator writes them down."""

    def __init__(self, table: IncidentTable, life: Life) -> None:
        self._table = table
        self._life = life

    def begin(self, code: str, where: str, message: str, at: datetime) -> None:  # noqa: ARG002 - the store's signature
        """A problem began."""
        self._table.begun[code, where].append(Moment(at, self._life.agenda.now))

    def end(self, code: str, where: str, at: datetime) -> None:
        """A problem ended."""


class LivingCatalogue:
    """What one life of the orchestrator holds of the catalogue."""

    def __init__(self, changes: ChangeTable, asrun: AsRunTable, incidents: IncidentTable, life: Life) -> None:
        self.changes = LivingChanges(changes, life)
        """Operators' changes."""
        self.asrun = LivingAsRun(asrun, life)
        """The as-run log."""
        self.incidents = LivingIncidents(incidents, life)
        """Problems."""


def _stamps(line: AsRun) -> list[datetime]:
    return [at for at in (line.sent_at, line.confirmed_at) if at is not None]


def _happened(line: AsRun) -> datetime:
    at = line.sent_at or line.confirmed_at or line.planned_at
    if at is None:
        raise ValueError(f"a line of the as-run log without any time: {line}")
    return at
