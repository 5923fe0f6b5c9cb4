"""The catalogue: all stores on one database."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType

from orchestrator.catalogue.accounts import AccountStore
from orchestrator.catalogue.asrun import AsRunStore
from orchestrator.catalogue.audit import AuditStore
from orchestrator.catalogue.calendar_links import CalendarLinkStore
from orchestrator.catalogue.changes import ChangeStore
from orchestrator.catalogue.chronicle import ChronicleStore
from orchestrator.catalogue.database import Database
from orchestrator.catalogue.incidents import IncidentStore
from orchestrator.catalogue.processes import ProcessStore
from orchestrator.catalogue.recordings import RecordingStore
from orchestrator.catalogue.sessions import SessionStore
from orchestrator.catalogue.versions import VersionStore
from orchestrator.errors import Problem


class Catalogue:
    """Everything that must be known again after a restart; safe to use from any thread.

    A database that can't be opened or written raises StorageError, in plain words. A damaged file is set aside and a
    new one begun, because the service must run: `problems` then says so. When the disk takes nothing any more,
    accounts, versions and recordings raise StorageError; operators' changes, as-run lines, processes, incidents and the
    audit never do: they wait in memory until the disk can be written again, and `problems` says that they wait.
    """

    def __init__(self, url: str) -> None:
        self._database = Database(url)
        self.changes = ChangeStore(self._database)
        """Operators' changes."""
        self.asrun = AsRunStore(self._database)
        """The as-run log."""
        self.processes = ProcessStore(self._database)
        """Children that may outlive the service."""
        self.incidents = IncidentStore(self._database)
        """Problems that were, or are."""
        self.recordings = RecordingStore(self._database)
        """What is in the archive."""
        self.accounts = AccountStore(self._database)
        """Who may sign in."""
        self.sessions = SessionStore(self._database)
        """Who is signed in."""
        self.calendar_links = CalendarLinkStore(self._database)
        """Links by which calendars see the schedule."""
        self.audit = AuditStore(self._database)
        """Who did what."""
        self.versions = VersionStore(self._database)
        """The schedule as it was."""
        self.chronicle = ChronicleStore(self._database)
        """All of these in one order."""

    @property
    def problems(self) -> Sequence[Problem]:
        """What was wrong at the opening, and whether writes wait; for the status."""
        return self._database.problems

    def close(self) -> None:
        """Put everything on the disk and let the database go."""
        self._database.close()

    def __enter__(self) -> Catalogue:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
