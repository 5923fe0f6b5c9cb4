"""The schedule's file, as people edit it through the service: shown first, checked whole, written, kept as versions."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path

from orchestrator.backstage import schedule_problems as problems
from orchestrator.backstage.wishes import Compared, Current, Preview, Restore, StaleError, Upload, Wish, titles, told
from orchestrator.catalogue.records import Version, VersionAction, VersionRow
from orchestrator.catalogue.store import Catalogue
from orchestrator.clock import Clock
from orchestrator.config.editing import Edit, Replace, edited
from orchestrator.config.findings import Findings
from orchestrator.config.model import Configuration
from orchestrator.config.source import read_bytes, text_of
from orchestrator.errors import ConfigError, Problem, RefusedError, StorageError
from orchestrator.files import write_whole
from orchestrator.plan.differences import EventChange, Schedule, difference, event_changes
from orchestrator.plan.model import Event
from orchestrator.timetable import keep_on_air

_log = logging.getLogger(__name__)

AHEAD = timedelta(days=60)
"""How far ahead a difference tells what takes place at other times."""
BY_HAND = "file"
"""Who saved a version that was found in the file."""


class ScheduleFile:
    """The one place where the schedule's file is written.

    Args:
        file: The file.
        load: Reads all files, with a content in place of the schedule's own; raises ConfigError.
        peek: The events of a content as far as they can be read.
        in_force: What is in force.
        on_air: The ids of events whose occurrence has begun.
        catalogue: For the versions and the audit.
        clock: The clock.
        reload: Puts the file in force.
    """

    def __init__(
        self,
        file: Path,
        load: Callable[[bytes], Configuration],
        peek: Callable[[bytes], Sequence[Event]],
        in_force: Callable[[], Configuration],
        on_air: Callable[[], Sequence[str]],
        catalogue: Catalogue,
        clock: Clock,
        reload: Callable[[], object],
    ) -> None:
        self._file = file
        self._load = load
        self._peek = peek
        self._in_force = in_force
        self._on_air = on_air
        self._catalogue = catalogue
        self._clock = clock
        self._reload = reload
        self._saving = threading.Lock()

    @property
    def name(self) -> str:
        """The file's name."""
        return self._file.name

    @property
    def path(self) -> str:
        """The path under which it is loaded, as problems tell it."""
        return str(self._file)

    def on_air(self) -> Sequence[str]:
        """The ids of events whose occurrence has begun."""
        return self._on_air()

    def read(self) -> Current:
        """The file as it is, right or wrong."""
        try:
            content = self._content()
        except ConfigError as error:
            return Current("", _digest(b""), tuple(error.problems))
        digest, text = _digest(content), ""
        try:
            text = self._text(content)
            self._load(content)
        except ConfigError as error:
            return Current(text, digest, tuple(error.problems))
        return Current(text, digest, ())

    def preview(self, wish: Wish, base: str | None = None) -> Preview:
        """What a wish would lead to; nothing is written.

        Args:
            wish: What somebody wants.
            base: The digest of the file that they saw; None: the one that is there.

        Raises:
            StaleError: it is another file by now.
            ConfigError: the result would be wrong, or the file can't be read.
            RefusedError: it would change what is on the air, or something that isn't there.
        """
        content = self._content(missing=b"" if isinstance(wish, (Upload, Restore, Replace)) else None)
        digest = _digest(content)
        if base is not None and base != digest:
            raise StaleError(self._changed_since(base, digest))
        before = self._old(content, wish)
        edit = self._edit(wish)
        text = edited(str(self._file), before, edit)
        after = self._load(text.encode())
        present = self._configuration(content)
        self._refuse_on_air(present, after)
        now = self._clock.now()
        found = difference(
            Schedule(present.events, present.venues), Schedule(after.events, after.venues), now, now + AHEAD
        )
        return Preview(digest, before, text, after, found)

    def apply(self, wish: Wish, base: str, who: str) -> VersionRow:
        """Write what a wish leads to, and put it in force.

        Raises:
            StaleError, ConfigError, RefusedError: as `preview`; or there is nothing to write.
            StorageError: the file or the database can't be written; nothing has changed.
        """
        with self._saving:
            found = self.preview(wish, base)
            if not found.changes:
                raise RefusedError(problems.nothing_to_save())
            action, subject = told(wish, found.difference)
            content, now = found.text.encode(), self._clock.now()
            made = self._catalogue.versions.add(
                now, who, action, subject, _digest(content), found.text, partial(self._write, found.text)
            )
        done = "schedule.restored" if action == "restored" else "schedule.saved"
        self._catalogue.audit.add(now, who, done, subject)
        _log.info("the schedule was saved by %s as version %d: %s %s", who, made.number, action, subject)
        self._reload()
        return made

    def note(self) -> None:
        """Keep the file as a version, if it is another than the last one: somebody has changed it by hand.

        Called when it has been read and is right; never raises.
        """
        try:
            with self._saving:
                content = self._content()
                latest = self._catalogue.versions.latest()
                if latest is not None and latest.digest == _digest(content):
                    return
                action: VersionAction = "found" if latest is None else "file"
                subject = "" if latest is None else self._told_by_hand(content)
                self._catalogue.versions.add(
                    self._clock.now(), BY_HAND, action, subject, _digest(content), self._text(content)
                )
        except (ConfigError, StorageError) as error:
            _log.warning("the schedule's version can't be kept: %s", error)

    def history(self, before: int | None = None, limit: int | None = None) -> list[VersionRow]:
        """The versions, the newest first."""
        return self._catalogue.versions.all(before, limit)

    def compared(self, number: int) -> Compared:
        """A version, and how it differs from the one before it; RefusedError where there is none."""
        version = self._version(number)
        before = self._catalogue.versions.before(number)
        old = before.content if before is not None else ""
        return Compared(version, old, self._events(old, version.content))

    def missed(self, base: str) -> tuple[EventChange, ...] | None:
        """Which events others have changed since a version; None where that version isn't known."""
        first = self._catalogue.versions.by_digest(base)
        current = self.read()
        return None if first is None else self._events(first.content, current.text)

    def _content(self, missing: bytes | None = None) -> bytes:
        findings = Findings()
        content = read_bytes(self._file, findings)
        if content is None and missing is not None and not self._file.exists():
            return missing
        if content is None:
            raise ConfigError(*findings.problems)
        return content

    def _text(self, content: bytes) -> str:
        findings = Findings()
        text = text_of(str(self._file), content, findings)
        if text is None:
            raise ConfigError(*findings.problems)
        return text

    def _old(self, content: bytes, wish: Wish) -> str:
        """The file's text; one that can't be read may still be replaced."""
        try:
            return self._text(content)
        except ConfigError:
            if isinstance(wish, (Upload, Restore, Replace)):
                return ""
            raise

    def _edit(self, wish: Wish) -> Edit:
        match wish:
            case Restore(number):
                return Replace(self._version(number).content)
            case Upload(text, _):
                return Replace(text)
            case _:
                return wish

    def _version(self, number: int) -> Version:
        found = self._catalogue.versions.get(number)
        if found is None:
            raise RefusedError(problems.no_such_version(number))
        return found

    def _configuration(self, content: bytes) -> Configuration:
        """What the file says; what is in force where that is wrong."""
        try:
            return self._load(content)
        except ConfigError:
            return self._in_force()

    def _events(self, before: str, after: str) -> tuple[EventChange, ...]:
        return tuple(event_changes(self._peek(before.encode()), self._peek(after.encode())))

    def _refuse_on_air(self, present: Configuration, after: Configuration) -> None:
        """Refuse what would change an event on the air, other than in what may change there."""
        in_force = self._in_force()
        before = {event.id: event for event in present.events}
        wanted = {event.id: event for event in after.events}
        for name in keep_on_air(in_force, after, self._on_air()).kept:
            if before.get(name) != wanted.get(name):
                title = next(event.title for event in in_force.events if event.id == name)
                raise RefusedError(problems.on_air(title, name))

    def _changed_since(self, base: str, digest: str) -> Problem:
        later = self._catalogue.versions.since(base)
        zone = self._in_force().station.timezone
        if not later or later[-1].digest != digest:
            return problems.changed_by_hand()
        return problems.changed_meanwhile(later[-1], zone)

    def _told_by_hand(self, content: bytes) -> str:
        latest = self._catalogue.versions.all(limit=1)[0]
        before = self._version(latest.number).content
        return titles(self._events(before, self._text(content)))

    def _write(self, text: str) -> None:
        file = self._file.resolve()
        try:
            write_whole(file, text, mode=file.stat().st_mode & 0o777 if file.exists() else 0o644)
        except OSError as error:
            why = (error.strerror or type(error).__name__).lower()
            raise StorageError(problems.cannot_write(str(file), why)) from error


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()
