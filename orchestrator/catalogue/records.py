"""The rows of the catalogue, as frozen values. Times are UTC and aware."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from orchestrator.plan.model import Change

Outcome = Literal["sent", "done", "late", "already", "restored", "missed", "skipped", "cancelled", "failed"]
"""What became of a line of the as-run log: `sent` waits for its confirmation; `already` needed no command;
`restored` put back what a device had lost; `late` is done, but over a second after its time."""

Role = Literal["viewer", "operator", "admin"]
"""What an account may do; each may all that the one before may."""

VersionAction = Literal["found", "file", "added", "changed", "removed", "merged", "replaced", "restored"]
"""What made a version of the schedule: `found` lay there at the start of the history, `file` was written by hand."""


@dataclass(frozen=True, slots=True)
class ChangeRecord:
    """A change with what became of it."""

    change: Change
    """What was changed, by whom and when."""
    undone_by: str | None = None
    """Who took it back; None while it counts."""
    undone_at: datetime | None = None
    """When it was taken back."""
    undoing: int = 0
    """Which it was of all undoings, from 1 on; 0 while it counts."""


@dataclass(frozen=True, slots=True)
class AsRun:
    """One line of the as-run log: one field that one cue (or change, or correction) set."""

    event: str | None
    """The occurrence's id."""
    cue: str | None
    """The cue's id."""
    venue: str
    """The venue's id."""
    field: str
    """As `Command.field`; `-` for a cue as a whole."""
    planned_at: datetime | None
    """When the cue was due, after operators' changes."""
    sent_at: datetime | None
    """When the command had been sent."""
    confirmed_at: datetime | None
    """When the device was seen so."""
    before: str | None
    """The observed value before."""
    after: str | None
    """The wanted value."""
    reason: str
    """Why, in English."""
    outcome: Outcome
    """What became of it."""
    id: int = 0
    """Set by the catalogue."""


@dataclass(frozen=True, slots=True)
class ProcessRow:
    """A child that may outlive the service."""

    key: str
    """What it is, unique: `hub`, `gedung-daerah/splicer`, `gedung-daerah/pusher/youtube`, `gedung-daerah/obs`."""
    pid: int
    """Process id."""
    created: float
    """Its start time as psutil tells it, seconds since the epoch: guards against a reused pid."""
    argv_digest: str
    """SHA-256 of its argv, so that a child with other arguments isn't adopted."""
    files: str
    """JSON of paths that its keeper needs again: log, progress, sockets."""
    started_at: datetime
    """When it was started."""


@dataclass(frozen=True, slots=True)
class Incident:
    """A problem that was, or is."""

    code: str
    """The problem's code."""
    where: str
    """The problem's place."""
    message: str
    """The problem in English, at its start."""
    since: datetime
    """When it started."""
    until: datetime | None
    """When it ended; None while it lasts."""


@dataclass(frozen=True, slots=True)
class ArchivedRecording:
    """One archived occurrence."""

    occurrence: str
    """The occurrence's id."""
    venue: str
    """The venue's id."""
    title: str
    """The event's title."""
    start: datetime
    """Planned start."""
    folder: str
    """The bag, relative to the archive's root."""
    duration: float
    """Length of the MP4 to watch, seconds."""
    size: int
    """Bytes of the whole bag."""
    verified_at: datetime
    """When its checksums were last found right."""
    state: Literal["whole", "incomplete", "damaged"]
    """Whether all that was planned is in it; `damaged`: a checksum is wrong."""
    id: int = 0
    """Set by the catalogue."""
    words: str = ""
    """What it can be found by besides its title: the venue's name, details such as officials, the cues."""
    ceremony: str = ""
    """The ceremony's id."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in."""

    name: str
    """As it is written in the log."""
    role: Role
    """What they may do."""
    password: str = field(repr=False)
    """Argon2's own form: parameters, salt and hash."""
    created_at: datetime
    """When it was made."""
    password_at: datetime
    """When its password was last set."""
    id: int = 0
    """Set by the catalogue."""


@dataclass(frozen=True, slots=True)
class CalendarLink:
    """A link by which an account's calendar programs see the schedule."""

    created_at: datetime
    """When it was made."""
    used_at: datetime | None
    """When it was last used, within an hour; None: never."""


@dataclass(frozen=True, slots=True)
class Session:
    """A browser in which somebody is signed in."""

    digest: str = field(repr=False)
    """SHA-256 of the secret that the browser holds, in hex."""
    account: int
    """The account's id."""
    created_at: datetime
    """When they signed in."""
    seen_at: datetime
    """When it was last used, within minutes."""
    address: str
    """From where."""
    agent: str
    """What the browser calls itself."""


@dataclass(frozen=True, slots=True)
class Audited:
    """One line of who did what."""

    at: datetime
    """When."""
    who: str
    """The account, `panel` where there are none, or the user who ran a command on the machine."""
    action: str
    """What: a stable name, `area.done` in lower case: `account.added`, `schedule.reloaded`."""
    subject: str
    """To what: a name, a file, a recording; may be empty. Never a secret."""
    id: int = 0
    """Set by the catalogue."""


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version of the schedule, without its text."""

    number: int
    """In order of saving."""
    at: datetime
    """When it was saved, or noticed."""
    who: str
    """The account, `panel` where there are none, or `file` where the file was changed by hand."""
    action: VersionAction
    """What was done."""
    subject: str
    """To what: events' titles, an uploaded file's name, the number of the version that was restored; may be empty."""
    digest: str
    """SHA-256 of the file's bytes, in hex."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the schedule."""

    row: VersionRow
    """Who, when, what."""
    content: str
    """The file's text."""
