"""Programs that outlive the service: launched in sessions of their own, written down, found again, ended gently."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, Protocol

from orchestrator.catalogue.records import ProcessRow
from orchestrator.clock import Clock
from orchestrator.devices import problems
from orchestrator.devices.identity import MARKS, has_ended, identity, is_same, is_zombie, open_pidfd
from orchestrator.devices.waiter import waiter
from orchestrator.errors import DeviceError, OrchestratorError

_log = logging.getLogger(__name__)

LOG_LIMIT = 4_000_000
"""Bytes that a program's log may have when it is launched; a larger one becomes `NAME.1` first."""
_POLL = 0.02
"""Seconds between looks at a process that is being ended."""

NO_PATHS: Mapping[str, str] = MappingProxyType({})

Ladder = Sequence[tuple[signal.Signals, float]]
"""How a program is ended: each signal with the seconds that it gets before the next."""
FFMPEG_LADDER: Ladder = ((signal.SIGINT, 4.0), (signal.SIGINT, 2.0), (signal.SIGKILL, 2.0))
"""ffmpeg finishes its file on the first SIGINT; with a stalled output it needs the second."""


class ProcessStore(Protocol):
    """Where running programs are written down, so that the next service finds them. MUST be safe from any thread."""

    def put(self, row: ProcessRow) -> None:
        """Keep a row, in place of any with the same key."""

    def drop(self, key: str) -> None:
        """Forget a key; one that isn't there is fine."""

    def all(self) -> Sequence[ProcessRow]:
        """Every row."""


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """A program to run."""

    key: str
    """What it is, unique: see ProcessRow."""
    argv: tuple[str, ...] = field(repr=False)
    """Program and arguments; they may hold secrets, so they are never printed."""
    log: Path
    """Where its output goes; made if it isn't there, readable by this user alone."""
    environment: Mapping[str, str] | None = field(default=None, repr=False)
    """Added to the service's own environment."""
    cwd: Path | None = None
    """Its working folder; None for the service's."""
    files: Mapping[str, str] = field(default_factory=lambda: NO_PATHS)
    """Paths that its keeper needs again after a restart of the service."""

    @property
    def digest(self) -> str:
        """SHA-256 of the argv, in hex."""
        return hashlib.sha256("\0".join(self.argv).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program came to its end."""

    by: signal.Signals | None
    """The signal that it ended on; None where it was gone already."""
    step: int
    """How many signals it took."""
    code: int | None
    """Its exit code (negative: killed by that signal); None where it was another's child."""
    gone: bool = True
    """Whether it really is gone: a program stuck in the kernel outlives even SIGKILL."""


class Process:
    """A program that was launched or adopted. Safe to use from any thread."""

    def __init__(
        self,
        row: ProcessRow,
        store: ProcessStore,
        clock: Clock,
        child: subprocess.Popen[bytes] | None = None,
        same_argv: bool = True,
    ) -> None:
        self.row = row
        """As it is written down."""
        self.same_argv = same_argv
        """Whether it runs with the argv that was asked for; an adopted one may not."""
        noted: Mapping[str, str] = json.loads(row.files)
        self.files: Mapping[str, str] = {key: noted[key] for key in noted if key not in MARKS}
        """The paths that were given at its launch."""
        self._store = store
        self._clock = clock
        self._child = child
        self._lock = threading.Lock()
        self._gone = False
        self._pidfd = open_pidfd(row.pid)
        if self._pidfd is not None and child is None and not is_same(row):
            os.close(self._pidfd)
            self._pidfd = None

    @property
    def key(self) -> str:
        """What it is."""
        return self.row.key

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.row.pid

    @property
    def adopted(self) -> bool:
        """Whether an earlier service launched it, so that its exit code stays unknown."""
        return self._child is None

    def alive(self) -> bool:
        """Whether it still runs; one that has ended is reaped and struck from the store."""
        with self._lock:
            if self._gone:
                return False
            if self._child is not None:
                running = self._child.poll() is None
            else:
                running = self._pidfd is not None and not has_ended(self._pidfd) and not is_zombie(self.pid)
            if not running:
                self._bury()
            return running

    def exit_code(self) -> int | None:
        """Its exit code, negative where a signal killed it; None while it runs, and always where it was adopted."""
        self.alive()
        return self._child.returncode if self._child is not None else None

    def on_exit(self, callback: Callable[[], None]) -> None:
        """Call `callback` (quickly: it sets an event) as soon as the program ends, from a thread of ours."""
        with self._lock:
            watched = os.dup(self._pidfd) if self._pidfd is not None else None
        if watched is None:
            callback()
        else:
            waiter.watch(watched, callback)

    def signal(self, which: signal.Signals) -> None:
        """Send it a signal; never another process that got its number."""
        with self._lock:
            if self._pidfd is None or self._gone:
                return
            try:
                signal.pidfd_send_signal(self._pidfd, which)
            except ProcessLookupError:
                return

    def end(self, ladder: Ladder = FFMPEG_LADDER) -> Ended:
        """End it, one step of the ladder after another, and wait until it is gone."""
        if not self.alive():
            return Ended(None, 0, self.exit_code())
        for step, (which, seconds) in enumerate(ladder, start=1):
            self.signal(which)
            deadline = self._clock.monotonic() + seconds
            while self._clock.monotonic() < deadline:
                if not self.alive():
                    return Ended(which, step, self.exit_code())
                self._clock.sleep(_POLL)
        return Ended(ladder[-1][0], len(ladder), None, gone=not self.alive())

    def _bury(self) -> None:
        self._gone = True
        if self._pidfd is not None:
            os.close(self._pidfd)
            self._pidfd = None
        _note(lambda: self._store.drop(self.key), self.key)


def launch(spec: ProcessSpec, store: ProcessStore, clock: Clock) -> Process:
    """Start a program in a session of its own, so that it outlives the service, and write it down.

    Raises:
        DeviceError: The program isn't installed, or may not be run.
    """
    environment = {**os.environ, **(spec.environment or {})}
    try:
        with _open_log(spec.log) as log:
            child = subprocess.Popen(
                spec.argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=environment,
                cwd=spec.cwd,
                start_new_session=True,
            )
    except OSError as error:
        raise DeviceError(problems.cannot_start(spec.argv[0], error, spec.key)) from error
    created, marks = identity(child.pid)
    row = ProcessRow(
        key=spec.key,
        pid=child.pid,
        created=created,
        argv_digest=spec.digest,
        files=json.dumps({**spec.files, **marks}),
        started_at=clock.now(),
    )
    _note(lambda: store.put(row), spec.key)
    _log.info("Started %s as process %d", spec.key, child.pid)
    return Process(row, store, clock, child)


def adopt(spec: ProcessSpec, store: ProcessStore, clock: Clock) -> Process | None:
    """The program that an earlier service left running under this key, whatever its argv; None where there is none."""
    for row in store.all():
        if row.key == spec.key:
            return adopt_row(row, store, clock, row.argv_digest == spec.digest)
    return None


def adopt_row(row: ProcessRow, store: ProcessStore, clock: Clock, same_argv: bool = True) -> Process | None:
    """The program of a row if it still lives; a row whose program has ended is dropped."""
    process = Process(row, store, clock, same_argv=same_argv)
    if not process.alive():
        return None
    _log.info("Found %s again as process %d", row.key, row.pid)
    return process


def _note(write: Callable[[], None], key: str) -> None:
    """Change the store; what is on the air doesn't end because the store can't be written."""
    try:
        write()
    except OrchestratorError as error:
        _log.error("%s can't be written down, so a restart of the service wouldn't find it: %s", key, error)


def _open_log(path: Path) -> BinaryIO:
    """A program's log; nowhere where it can't be written, for it is no reason to do without the program."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > LOG_LIMIT:
            path.replace(path.with_name(path.name + ".1"))
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")
    except OSError as error:
        _log.warning("%s can't be written (%s): what the program says is lost", path, error.strerror)
        return Path(os.devnull).open("ab")
