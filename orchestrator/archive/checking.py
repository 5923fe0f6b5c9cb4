"""Recordings read again on somebody's request, one after another, beside whatever is on the air."""

from __future__ import annotations

import logging
import os
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from orchestrator.archive import document, problems
from orchestrator.archive.hashing import Check as Pause
from orchestrator.archive.hashing import Progress, nothing
from orchestrator.archive.tools import GivenUpError
from orchestrator.archive.verify import verify
from orchestrator.catalogue.records import ArchivedRecording
from orchestrator.catalogue.store import Catalogue
from orchestrator.clock import Clock
from orchestrator.errors import OrchestratorError, Problem

_log = logging.getLogger(__name__)

_LOWEST = 19
"""The niceness of the thread that reads: a broadcast must not feel it."""


@dataclass(frozen=True, slots=True)
class Checked:
    """How far a verification is."""

    occurrence: str
    """The recording."""
    who: str
    """Who asked for it."""
    asked_at: datetime
    """When."""
    done: int = 0
    """Bytes read."""
    total: int = 0
    """Bytes in all; 0 until it has begun."""
    finished_at: datetime | None = None
    """When it had been read whole; None while it waits or runs."""
    problems: tuple[Problem, ...] = ()
    """What was found to be wrong."""

    @property
    def state(self) -> Literal["waiting", "running", "whole", "damaged"]:
        """In a word."""
        if self.finished_at is not None:
            return "damaged" if self.problems else "whole"
        return "running" if self.total else "waiting"


def check(
    catalogue: Catalogue,
    recording: ArchivedRecording,
    root: Path,
    now: Callable[[], datetime],
    progress: Progress = nothing,
    pause: Pause = nothing,
) -> list[Problem]:
    """Verify a recording, and keep what was found."""
    wrong = verify(recording, root, progress, pause)
    catalogue.recordings.set_state(recording.id, _state(recording, root, wrong), now())
    return wrong


def _state(recording: ArchivedRecording, root: Path, wrong: list[Problem]) -> Literal["whole", "incomplete", "damaged"]:
    if wrong:
        return "damaged"
    if recording.state != "damaged":
        return recording.state
    # Mended since: whether all is in it was written down when it was made.
    return "whole" if document.says_whole(root / recording.folder) else "incomplete"


class Checker:
    """Verifies recordings in a thread of its own, and remembers the last verification of each."""

    def __init__(self, catalogue: Catalogue, root: Path, clock: Clock) -> None:
        self._catalogue = catalogue
        self._root = root
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, Checked] = {}
        self._waiting: queue.SimpleQueue[ArchivedRecording | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, recording: ArchivedRecording, who: str) -> Checked:
        """Put a recording in the queue; one that waits or runs already is left there."""
        with self._lock:
            before = self._known.get(recording.occurrence)
            if before is not None and before.finished_at is None:
                return before
            now = self._clock.now()
            made = self._known[recording.occurrence] = Checked(recording.occurrence, who, now)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="checker", daemon=True)
                self._thread.start()
        self._catalogue.audit.add(now, who, "recording.verify", recording.occurrence)
        self._waiting.put(recording)
        return made

    def of(self, occurrence: str) -> Checked | None:
        """The last verification of a recording since the service's start."""
        with self._lock:
            return self._known.get(occurrence)

    def stop(self) -> None:
        """Stop; what is being read is given up."""
        self._stopping.set()
        self._waiting.put(None)
        if self._thread is not None:
            self._thread.join(timeout=5)

    def _run(self) -> None:
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LOWEST)
        while (recording := self._waiting.get()) is not None and not self._stopping.is_set():
            try:
                self._check(recording)
            except GivenUpError:
                return
            except Exception:  # noqa: BLE001 - one that can't be written down must not end those to come
                _log.exception("the verification of %s failed", recording.occurrence)

    def _check(self, recording: ArchivedRecording) -> None:
        def progress(done: int, total: int) -> None:
            self._note(recording.occurrence, done=done, total=total)

        try:
            wrong = check(self._catalogue, recording, self._root, self._clock.now, progress, self._give_up)
        except OrchestratorError as error:
            wrong = list(error.problems)
        except OSError as error:
            wrong = [problems.failed(error.strerror or str(error), f"{recording.venue}/{recording.occurrence}")]
        now = self._clock.now()
        made = self._note(recording.occurrence, finished_at=now, problems=tuple(wrong))
        self._catalogue.audit.add(now, made.who, f"recording.{made.state}", recording.occurrence)
        _log.info("verified %s: %s", recording.occurrence, made.state)

    def _note(self, occurrence: str, **changes: object) -> Checked:
        with self._lock:
            made = self._known[occurrence] = replace(self._known[occurrence], **changes)  # type: ignore[arg-type]
            return made

    def _give_up(self) -> None:
        if self._stopping.is_set():
            raise GivenUpError
