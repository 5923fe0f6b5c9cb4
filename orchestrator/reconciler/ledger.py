"""The as-run log of one venue: which cue set what, when it was due, sent and confirmed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

from orchestrator.catalogue.records import AsRun, Outcome
from orchestrator.devices.device import Command
from orchestrator.plan.model import Cause, VenueState

LATE = timedelta(seconds=1)
"""A command sent later than this after its cue's time is logged as late."""
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


class Ledger:
    """Writes the lines, and knows which causes are still to be reached."""

    def __init__(self, venue: str, rows: AsRunRows) -> None:
        self._venue = venue
        self._rows = rows
        self._fresh: dict[str, Cause] = {}
        self._known: dict[str, Cause] = {}
        self._lined: set[str] = set()
        self._open: dict[str, AsRun] = {}
        self._told: set[tuple[str, str]] = set()
        self._told_changes: set[datetime] = set()

    def recall(self, since: datetime, until: datetime) -> None:
        """Read what was logged before a restart, so that nothing is told twice."""
        for line in self._rows.between(since, until, venue=self._venue):
            if line.event is not None and line.cue is not None:
                self._told.add((line.event, line.cue))
            elif line.planned_at is not None:
                self._told_changes.add(line.planned_at)
            if line.outcome == "sent":
                self._rows.settle(line.id, outcome="failed")

    def told(self, occurrence: str, cue: str) -> bool:
        """Whether the cue has a line already."""
        return (occurrence, cue) in self._told

    def caused(self, state: VenueState) -> None:
        """Take the causes of the wanted state; new ones are to be reached, and get their lines."""
        for field, cause in state.causes.items():
            if self._known.get(field) != cause and not self._was_told(cause):
                self._fresh[field] = cause
                self._lined.discard(field)
        for field in [field for field, cause in self._fresh.items() if state.causes.get(field) != cause]:
            del self._fresh[field]
        self._known = dict(state.causes)

    def remark(self, cause: Cause, outcome: Outcome) -> None:
        """One line for a cue as a whole, which sets nothing itself."""
        self._tell(cause)
        self._rows.add(self._line(cause, WHOLE_CUE, None, None, cause.reason, outcome))

    def sent(self, command: Command, at: datetime) -> None:
        """A command went out."""
        fresh = self._fresh.get(command.cause)
        cause = fresh or self._known.get(command.cause)
        if (line := self._open.pop(command.field, None)) is not None:
            if line.after == _text(command.after):
                self._open[command.field] = line
                return
            self._rows.settle(line.id, outcome="failed")
        reason = f"{cause.reason}: {command.reason}" if cause and fresh else command.reason
        line = self._line(cause, command.field, command.before, command.after, reason, "sent", sent_at=at)
        self._open[command.field] = self._rows.add(line)
        if fresh:
            self._lined.add(command.cause)
            self._tell(cause)

    def confirmed(self, command: Command, at: datetime) -> None:
        """A device was seen in what the command wanted."""
        line = self._open.pop(command.field, None)
        if line is None:
            return
        if command.cause not in self._fresh:
            outcome: Outcome = "restored"
        elif line.planned_at is not None and line.sent_at is not None and line.sent_at - line.planned_at > LATE:
            outcome = "late"
        else:
            outcome = "done"
        self._rows.settle(line.id, confirmed_at=at, outcome=outcome)

    def reached(self, unreached: Iterable[str], at: datetime) -> None:
        """Close every fresh cause that no command is needed for any more, at `at`."""
        still = set(unreached)
        for field, cause in list(self._fresh.items()):
            if field in still:
                continue
            if field not in self._lined:
                self._rows.add(
                    self._line(cause, field, None, None, f"{cause.reason}: already so", "already", confirmed_at=at)
                )
                self._tell(cause)
            del self._fresh[field]
            self._lined.discard(field)

    @property
    def settled(self) -> bool:
        """Whether every cause was reached and every command confirmed."""
        return not self._fresh and not self._open

    def _was_told(self, cause: Cause) -> bool:
        if cause.occurrence is None or cause.cue is None:
            return cause.at in self._told_changes
        return self.told(cause.occurrence, cause.cue)

    def _tell(self, cause: Cause | None) -> None:
        if cause is None:
            return
        if cause.occurrence and cause.cue:
            self._told.add((cause.occurrence, cause.cue))

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


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)
