"""The as-run log of one venue: which cue set what, when it was due, sent and confirmed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from orchestrator.catalogue.records import AsRun, Outcome
from orchestrator.devices.device import Command
from orchestrator.plan.model import Cause, VenueState

LATE = timedelta(seconds=1)
"""A command sent later than this after its cue's time is logged as late."""
_ANOTHER = timedelta(hours=12)
"""From how far apart on the same cue's times are those of an event that was moved, and takes place once more."""
WHOLE_CUE = "-"
"""The field of a line that speaks of a cue as a whole."""


class AsRunRows(Protocol):
    """Where the lines are kept."""

    def add(self, line: AsRun) -> AsRun:
        """Keep a new line; returned with its id."""

    def settle(
        self,
        id: int,  # noqa: A002 - the row's name for it
        *,
        sent_at: datetime | None = None,
        confirmed_at: datetime | None = None,
        outcome: Outcome,
    ) -> None:
        """Say what became of a line."""

    def between(
        self, since: datetime, until: datetime, venue: str | None = None, event: str | None = None
    ) -> list[AsRun]:
        """Lines by their planned (or sent) time."""


_Name = tuple[str | None, str | datetime | None, str, str | None]
"""What a line speaks of: whose it is, the cue (a change's time where it is none's), the field and its value."""


@dataclass(frozen=True, slots=True)
class _Open:
    """A line that waits for its confirmation."""

    line: AsRun
    """The line."""
    own: bool
    """Whether it is the first that its cue says of the field; others put back what was lost."""
    recalled: bool = False
    """Whether it is from before a restart, and nothing has been sent for it since."""


class Ledger:
    """Writes the lines, and knows which causes are still to be reached."""

    def __init__(self, venue: str, rows: AsRunRows) -> None:
        self._venue = venue
        self._rows = rows
        self._fresh: dict[str, Cause] = {}
        self._causes: Mapping[str, Cause] | None = None
        self._known: dict[str, Cause] = {}
        self._lined: set[str] = set()
        self._said: dict[_Name, datetime | None] = {}
        self._open: dict[str, _Open] = {}
        self._told: dict[tuple[str, str], dict[str, datetime]] = defaultdict(dict)
        self._told_changes: set[datetime] = set()

    def recall(self, since: datetime, until: datetime) -> None:
        """Read what was logged before a restart, so that nothing is told twice and what was on its way is followed."""
        for line in self._rows.between(since, until, venue=self._venue):
            if line.event is not None and line.cue is not None and line.planned_at is not None:
                self._told[line.event, line.cue][_cause_of(line.field)] = line.planned_at
            elif line.planned_at is not None:
                self._told_changes.add(line.planned_at)
            if line.outcome == "sent":
                self._give_up(line.field)
                self._open[line.field] = _Open(line, not self._was_said(line), recalled=True)
            elif line.outcome not in {"failed", "restored"}:
                self._said[_name(line)] = line.planned_at

    def told(self, occurrence: str, cue: str, at: datetime) -> bool:
        """Whether the cue that comes at a time has a line already; one of another date isn't its own."""
        return any(_is_same(at, said) for said in self._told.get((occurrence, cue), {}).values())

    def caused(self, state: VenueState) -> None:
        """Take the causes of the wanted state; new ones are to be reached, and get their lines."""
        if state.causes is self._causes:
            return
        self._causes = state.causes
        for field, cause in state.causes.items():
            if self._known.get(field) != cause and not self._was_told(field, cause):
                self._fresh[field] = cause
                self._lined.discard(field)
        for field in [field for field, cause in self._fresh.items() if state.causes.get(field) != cause]:
            del self._fresh[field]
        self._known = dict(state.causes)

    def remark(self, cause: Cause, outcome: Outcome) -> None:
        """One line for a cue as a whole, which sets nothing itself."""
        self._tell(cause, WHOLE_CUE)
        self._rows.add(self._line(cause, WHOLE_CUE, None, None, cause.reason, outcome))

    def sent(self, command: Command, at: datetime) -> None:
        """A command went out."""
        fresh = self._fresh.get(command.cause)
        cause = fresh or self._known.get(command.cause)
        if (before := self._open.get(command.field)) is not None:
            if before.line.after == _text(command.after):
                self._open[command.field] = replace(before, recalled=False)
                return
            if before.own and fresh and before.line.before != _text(command.before):
                self._settle(command.field, at)  # a step on the way, such as the end of another event's recording
            else:
                self._give_up(command.field)
        reason = f"{cause.reason}: {command.reason}" if cause and fresh else command.reason
        line = self._line(cause, command.field, command.before, command.after, reason, "sent", sent_at=at)
        own = fresh is not None and not self._was_said(line)
        self._open[command.field] = _Open(self._rows.add(line), own)
        if fresh:
            self._lined.add(command.cause)
            self._tell(cause, command.cause)

    def confirmed(self, command: Command, at: datetime) -> None:
        """A device was seen in what the command wanted."""
        self._settle(command.field, at)

    def reached(self, unreached: Iterable[str], at: datetime) -> None:
        """Close every fresh cause that no command is needed for any more, at `at`; all devices were seen."""
        if self.settled:
            return
        for field in [field for field, entry in self._open.items() if entry.recalled]:
            if self._counts(self._open[field].line):
                self._settle(field, at)
            else:
                self._give_up(field)
        still = set(unreached)
        for field, cause in list(self._fresh.items()):
            if field in still:
                continue
            if field not in self._lined:
                self._rows.add(
                    self._line(cause, field, None, None, f"{cause.reason}: already so", "already", confirmed_at=at)
                )
                self._tell(cause, field)
            del self._fresh[field]
            self._lined.discard(field)

    def abandon(self) -> None:
        """Say of every cause that isn't reached that it wasn't: nobody waits for its device any more."""
        for field in list(self._open):
            self._give_up(field)
        for field, cause in self._fresh.items():
            if field not in self._lined:
                reason = f"{cause.reason}: the device was away until the event was over"
                self._rows.add(self._line(cause, field, None, None, reason, "missed"))
                self._tell(cause, field)
        self._fresh.clear()
        self._lined.clear()

    @property
    def settled(self) -> bool:
        """Whether every cause was reached and every command confirmed."""
        return not self._fresh and not self._open

    def _settle(self, field: str, at: datetime) -> None:
        """Say of a line that it was seen so."""
        entry = self._open.pop(field, None)
        if entry is None:
            return
        line = entry.line
        self._said[_name(line)] = line.planned_at
        if not entry.own:
            outcome: Outcome = "restored"
        elif line.planned_at is not None and line.sent_at is not None and line.sent_at - line.planned_at > LATE:
            outcome = "late"
        else:
            outcome = "done"
        self._rows.settle(line.id, confirmed_at=at, outcome=outcome)

    def _give_up(self, field: str) -> None:
        """Say of a line that something else came before it was seen."""
        if (entry := self._open.pop(field, None)) is not None:
            self._rows.settle(entry.line.id, outcome="failed")

    def _counts(self, line: AsRun) -> bool:
        """Whether what a line set is still what is wanted."""
        return any(
            (cause.occurrence, cause.cue) == (line.event, line.cue)
            and (cause.cue is not None or cause.at == line.planned_at)
            for cause in self._known.values()
        )

    def _was_said(self, line: AsRun) -> bool:
        """Whether its cue has said as much before: this field to this value, or that nothing was to be done."""
        already = line.event, line.cue or line.planned_at, _cause_of(line.field), None
        return any(
            name in self._said and _is_same(line.planned_at, self._said[name]) for name in (_name(line), already)
        )

    def _was_told(self, field: str, cause: Cause) -> bool:
        if cause.occurrence is None or cause.cue is None:
            return cause.at in self._told_changes
        said = self._told.get((cause.occurrence, cause.cue), {})
        return any(name in said and _is_same(cause.at, said[name]) for name in (field, WHOLE_CUE))

    def _tell(self, cause: Cause | None, field: str) -> None:
        if cause is not None and cause.occurrence and cause.cue:
            self._told[cause.occurrence, cause.cue][field] = cause.at

    def _line(
        self,
        cause: Cause | None,
        field: str,
        before: object,
        after: object,
        reason: str,
        outcome: Outcome,
        *,
        sent_at: datetime | None = None,
        confirmed_at: datetime | None = None,
    ) -> AsRun:
        return AsRun(
            event=cause.occurrence if cause else None,
            cue=cause.cue if cause else None,
            venue=self._venue,
            field=field,
            planned_at=cause.at if cause else None,
            sent_at=sent_at,
            confirmed_at=confirmed_at,
            before=None if before is None else _text(before),
            after=None if after is None else _text(after),
            reason=reason,
            outcome=outcome,
        )


def _is_same(at: datetime | None, said: datetime | None) -> bool:
    """Whether a cue's two times are of one taking place."""
    return at is None or said is None or abs(at - said) < _ANOTHER


def _name(line: AsRun) -> _Name:
    return line.event, line.cue or line.planned_at, line.field, line.after


def _cause_of(field: str) -> str:
    """The key of `VenueState.causes` that a line's field speaks of."""
    head = field.partition(":")[0]
    return head if head in {"mute", "record", "stream"} else field


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)
