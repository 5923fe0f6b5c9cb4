"""Watches the spool and archives what is due: one recording after another, beside whatever is on the air."""

from __future__ import annotations

import fcntl
import logging
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace

from orchestrator.archive import document, hashing, problems
from orchestrator.archive.bags import bags, put_right
from orchestrator.archive.card import Card, read_card
from orchestrator.archive.disk import ArchiveDisk
from orchestrator.archive.document import wanted
from orchestrator.archive.package import Packager, Step
from orchestrator.archive.spool import Busy, Pending, Spool, clear
from orchestrator.archive.tools import GivenUpError, Tools
from orchestrator.backoff import Backoff
from orchestrator.catalogue.records import ArchivedRecording
from orchestrator.catalogue.store import Catalogue
from orchestrator.clock import Clock
from orchestrator.config.folders import DataFolder
from orchestrator.config.model import ArchiveSettings
from orchestrator.errors import OrchestratorError, Problem
from orchestrator.worker import Worker

_log = logging.getLogger(__name__)

LOOK_EVERY = 3.0
"""Seconds between looks into the spool."""
_DISK = "disk"
"""What the archive's disk stands under in the list of problems: no recording is called so."""
_AGAIN = Backoff(first=5.0, most=300.0, growth=4.0)
"""When a recording that couldn't be archived is tried again."""
_FINISH_LOOK = 0.2
"""Seconds between looks at what is left to be archived before a stop."""
_MISSED_FOR = 24 * 3600.0
"""Seconds after an event's end for which a missing recording is told."""
_LOWEST = 19
"""The niceness of the archive's own thread: its checksums must not cost a broadcast anything."""


class Archivist:
    """Archives finished recordings.

    A recording is due when no program writes to it any more and its occurrence isn't wanted any more. Other venues may
    be on the air meanwhile: all work is done at the lowest priority of processor and disk, one recording at a time.
    What can't be archived stays in the spool, is told as a problem, and is tried again.
    """

    def __init__(
        self,
        settings: ArchiveSettings,
        folder: DataFolder,
        catalogue: Catalogue,
        clock: Clock,
        busy: Busy,
        on_archived: Callable[[ArchivedRecording], None] = hashing.nothing,
        step: Step = hashing.nothing,
    ) -> None:
        self._settings = settings
        self._folder = folder
        self._catalogue = catalogue
        self._clock = clock
        self._busy = busy
        self._on_archived = on_archived
        self._spool = Spool(folder, clock)
        self._tools = Tools()
        self._packager = Packager(settings, catalogue, clock, self._tools, step)
        self._lock = threading.Lock()
        self._standing: dict[str, tuple[Problem, ...]] = {}
        self._tries: dict[str, tuple[int, float]] = {}
        self._is_right = False
        self._disk = ArchiveDisk(settings.folder, lambda: bool(catalogue.recordings.all()))
        self._has_disk = True
        self._worker = Worker(
            "archive",
            self._look,
            every=LOOK_EVERY,
            failing="the archive failed",
            within=10,
            niceness=_LOWEST,
            stopping=self._tools.stopping,
        )

    def start(self) -> None:
        """Begin to watch the spool."""
        self._worker.start()

    def stop(self) -> None:
        """Stop; what is being archived is given up and done again next time."""
        self._worker.stop()

    def finish(self, within: float) -> list[str]:
        """Wait until everything that may be archived is; returns what is left in the spool, as venue and occurrence.

        Args:
            within: Seconds to wait. What has been tried and can't be archived now isn't waited for.
        """
        spool = Spool(self._folder, self._clock)  # of its own: the archivist's thread remembers in the other
        deadline = self._clock.monotonic() + within
        while True:
            left = [pending for pending in spool.folders() if pending.files]
            coming = {pending.where for pending in left if not self._busy(pending.venue, pending.folder)}
            if coming <= self._tries.keys() or self._clock.monotonic() >= deadline:
                return [pending.where for pending in left]
            self._clock.sleep(_FINISH_LOOK)

    def problems(self) -> Sequence[Problem]:
        """What is wrong now."""
        with self._lock:
            return tuple(problem for found in self._standing.values() for problem in found)

    def run_once(self) -> list[ArchivedRecording]:
        """Archive everything that is due now; returns what was. One that fails stops no other."""
        with self._alone() as alone:
            if not alone:
                return []
            has_disk = self._look_at_disk()
            if has_disk:
                self._put_right()
            self._tell_missing()
            due = self._spool.due(self._busy)
            self._forget_gone()
            if not has_disk:
                self._tries.update({pending.where: (1, 0.0) for pending in due})
                return []
            return [made for pending in due if (made := self._try(pending)) is not None]

    def _look(self) -> None:
        with suppress(GivenUpError):  # the service ends
            self.run_once()

    def _try(self, pending: Pending) -> ArchivedRecording | None:
        count, again = self._tries.get(pending.where, (0, 0.0))
        if count and self._clock.monotonic() < again:
            return None
        try:
            made = self._packager.package(pending)
        except OrchestratorError as error:
            wait = _AGAIN.pause(count + 1, pending.where)
            self._tries[pending.where] = (count + 1, self._clock.monotonic() + wait)
            self._stand(pending.where, error.problems)
            return None
        self._tries.pop(pending.where, None)
        self._stand(pending.where, ())
        _log.info("archived %s in %s: %s, %.0f s", made.occurrence, made.folder, made.state, made.duration)
        self._on_archived(made)
        return made

    def _look_at_disk(self) -> bool:
        """Whether the archive's disk can be used; one that is back is looked through, and all is tried at once."""
        wrong = self._disk.look()
        self._stand(_DISK, [] if wrong is None else [wrong])
        if wrong is not None and self._has_disk:
            _log.warning("%s", wrong)
        if wrong is None and not self._has_disk:
            _log.info("the archive %s can be used again", self._settings.folder)
            self._tries.clear()
            self._is_right = False
        self._has_disk = wrong is None
        return self._has_disk

    def _put_right(self) -> None:
        """Once: end what an earlier run left half-done, and enter what the catalogue has lost."""
        if self._is_right or not self._settings.folder.is_dir():
            return
        try:
            put_right(self._settings.folder, self._tools.check)
            self._enter_unknown()
            self._index_anew()
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            self._stand("", [problems.cannot_write(str(self._settings.folder), why)])
            return
        self._stand("", ())
        self._is_right = True

    def _enter_unknown(self) -> None:
        root = self._settings.folder
        known = {recording.folder for recording in self._catalogue.recordings.all()}
        for bag in bags(root):
            self._tools.check()
            folder = bag.relative_to(root).as_posix()
            made = document.read(bag) if folder not in known else None
            if made is not None and self._catalogue.recordings.find(made.card.occurrence) is None:
                row = document.recording(made, folder, hashing.size_of(bag), made.archived_at)
                self._catalogue.recordings.put(row, document.texts(made))
                _log.info("entered %s, which the catalogue didn't know", folder)

    def _index_anew(self) -> None:
        """Let recordings of an older release be found by all that is written beside them, not by their rows alone."""
        for row in self._catalogue.recordings.unindexed():
            self._tools.check()
            made = document.read(self._settings.folder / row.folder)
            if made is not None and made.card.occurrence == row.occurrence:
                self._catalogue.recordings.put(replace(row, ceremony=made.card.ceremony), document.texts(made))

    def _tell_missing(self) -> None:
        """Tell of occurrences that were to be recorded, are over, and have left nothing; a day later their cards go."""
        for pending in self._spool.folders():
            if pending.files or self._busy(pending.venue, pending.folder):
                continue
            card = read_card(pending.card)
            if card is None:
                continue
            age = self._age(card)
            self._stand(pending.where, self._missing(card) if 0 < age < _MISSED_FOR else [])
            if age >= _MISSED_FOR:
                with suppress(OSError):
                    clear(pending, ())

    def _age(self, card: Card) -> float:
        interval = wanted(card, self._catalogue.asrun.of(card.occurrence))
        return (self._clock.now() - (interval[1] if interval else card.end)).total_seconds()

    def _missing(self, card: Card) -> list[Problem]:
        if self._catalogue.recordings.find(card.occurrence) is not None:
            return []
        lines = self._catalogue.asrun.of(card.occurrence)
        recorded = any(line.field.startswith("record") and line.after == "on" for line in lines)
        return [problems.not_recorded(card.where)] if recorded else []

    def _forget_gone(self) -> None:
        there = {pending.where for pending in self._spool.folders()} | {"", _DISK}
        with self._lock:
            self._standing = {where: found for where, found in self._standing.items() if where in there}
        self._tries = {where: tried for where, tried in self._tries.items() if where in there}

    def _stand(self, where: str, found: Sequence[Problem]) -> None:
        with self._lock:
            self._standing.pop(where, None)
            if found:
                self._standing[where] = tuple(found)

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        """Whether no other archivist works on this data folder; held while this lasts."""
        self._folder.root.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._folder.root / "archive.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
        finally:
            os.close(descriptor)
