"""One database: transactions, and how surely a write is on the disk.

A write is `durable` where the next start after a power cut needs it: operators' changes and what was archived. It waits
for the disk (`synchronous=FULL`). All else (as-run lines, processes, incidents) is written on the path of the venues'
loops, which must not wait for a disk: it survives the death of this program at once (`synchronous=NORMAL`: it is in the
kernel), and a power cut once a thread has synced the write-ahead log, at most a second later. That thread alone moves
the log into the file. Nor may a full disk, one that hangs, or another program that holds the file stop a loop or an
operator: what comes through `record` and `keep` is queued, and written in order by a thread of its own. Who wrote waits
for it a moment, as a sound disk takes; what it doesn't take stays in memory and is tried again within seconds,
and `problems` say so. For what can't wait, a `Reserve` keeps some room.

The file is checked at the start, and copied beside itself every ten minutes; `rescue` is for one that is damaged.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

from sqlalchemy import Connection, select, update
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from orchestrator.backoff import Backoff
from orchestrator.catalogue import copies, migrations, opening, problems
from orchestrator.catalogue.connecting import checkpoint, file_of, is_in_memory, parse, why
from orchestrator.catalogue.copies import is_damage
from orchestrator.catalogue.held import HeldFile
from orchestrator.catalogue.migrations import Migration
from orchestrator.catalogue.reserve import Reserve
from orchestrator.catalogue.schema import schema_version
from orchestrator.catalogue.waiting import Rounds, WaitingWrites, Work, Write
from orchestrator.errors import Problem, StorageError
from orchestrator.files import sync
from orchestrator.worker import Worker

_log = logging.getLogger(__name__)

_HURRY = 0.05
"""Seconds that a loop waits for its write: where the disk is sound, whoever looks afterwards reads it."""
_PATIENCE = 1.0
"""Seconds that an operator waits for a change to be on the disk; then it counts all the same."""
_SYNC_EVERY = 1.0
"""Seconds until writes that didn't wait for the disk are on it."""
_TRY_AGAIN = Backoff(first=1.0, most=3.0)
"""What the disk hasn't taken is tried at these pauses, and whenever anything else is to be written."""
_END_WITHIN = 5.0
"""Seconds that the end waits for a disk that hangs."""
_FIRST_COPY = 10.0
"""Seconds from the start to the first copy: by then what had to be written at once is."""
_COPY_EVERY = 600.0
"""Seconds between copies, where anything has changed."""


class Database:
    """Transactions for the stores: any number of readers, one writer at a time."""

    def __init__(self, url: str, steps: Sequence[Migration] = migrations.MIGRATIONS) -> None:
        address, self._place = parse(url)
        self._file = file_of(address)
        self._memory = is_in_memory(address)
        self._writing = threading.RLock()
        self._unsynced = threading.Event()
        self._uncopied = threading.Event()
        self._uncopied.set()
        self._waiting = WaitingWrites()
        self._rounds = Rounds()
        self._refused: Problem | None = None
        self._refusals = 0
        self._unread: Problem | None = None
        self._uncopiable: Problem | None = None
        self._failed_copies = 0
        self._damaged: Problem | None = None
        self._lost: Problem | None = None
        self._engine, self._found = opening.ready(address, self._place, steps)
        self._held = None if self._file is None else HeldFile(self._file)
        self._reserve = None if self._file is None else Reserve(self._file)
        self._writer = self._worker("write", self._write_waiting, _SYNC_EVERY)
        self._workers = [] if self._memory else [self._writer, self._worker("sync", self._keep_synced, _SYNC_EVERY)]
        if self._file is not None:
            self._workers.append(self._worker("copy", self._keep_copied, _FIRST_COPY))
        for worker in self._workers:
            worker.start()

    def close(self) -> None:
        """Sync what isn't yet, and let the file go."""
        for worker in self._workers:
            worker.stop()
        if self._writing.acquire(timeout=_END_WITHIN):
            try:
                self._let_go()
            finally:
                self._writing.release()
        self._tell_lost()

    def _worker(self, name: str, turn: Callable[[], float | None], every: float) -> Worker:
        failing = f"the database's {name} failed"
        return Worker(f"catalogue-{name}", turn, every=every, failing=failing, within=_END_WITHIN, at_once=False)

    def _let_go(self) -> None:
        self._look_for_file()
        self._drain()
        self._sync()
        self._engine.dispose()
        if self._held is not None:
            self._held.close()

    def _tell_lost(self) -> None:
        for count, what in ((self._waiting.changes, "changes of operators"), (self._waiting.lines, "lines of logs")):
            if count:
                _log.error("%d %s couldn't be written to %s and are lost", count, what, self._place)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was wrong at the opening, and whether the disk takes or gives nothing now."""
        now = self._damaged or self._lost or self._refused or self._unread
        if now is None and self._rounds.overdue >= _PATIENCE:
            now = problems.cannot_write(self._place, "no answer")
        now = now or self._uncopiable
        if now is not None and now.code == "catalogue.write" and self._waiting.changes:
            now = problems.changes_wait(now)
        return (*self._found, *([now] if now is not None else []))

    @contextmanager
    def read(self, *, at_once: bool = False) -> Iterator[Connection]:
        """A transaction that only reads, and sees one state throughout, with all that was written before where it can.

        `at_once`: for a loop, which knows by itself what isn't written yet.
        """
        if not at_once and self._refused is None and (self._waiting.lines or self._waiting.changes):
            self._rounds.wait(None, _PATIENCE, self._writer.wake)
        try:
            with self._writing if self._memory else _NO_LOCK, self._plainly(), self._engine.begin() as connection:
                yield connection
        except StorageError as error:
            self._unread = error.problem
            raise

    @property
    def is_silent(self) -> bool:
        """Whether somebody has waited in vain for it since it was heard of: to read from a disk that hangs may hang."""
        return self._rounds.overdue > 0

    @contextmanager
    def write(self, *, durable: bool = False) -> Iterator[Connection]:
        """A transaction that writes: whole or not at all. `durable`: it waits until it is on the disk."""
        level = "FULL" if durable else "NORMAL"
        with self._writing:
            try:
                with (
                    self._plainly(),
                    self._engine.connect() as connection,
                    connection.execution_options(writes=True, level=level).begin(),
                ):
                    yield connection
            except StorageError as error:
                if _may_succeed_later(error.__cause__):
                    self._refuse(error.problem)
                raise
        self._uncopied.set()
        self._unsynced.set()

    def record(self, work: Work) -> None:
        """Do a write that isn't durable, as soon as the disk takes it; hardly waits for it.

        `work` MUST do one thing, and MAY be called again after a failure.
        """
        self._hand_over(Write(work, durable=False), _HURRY)

    def keep(self, work: Work, *, hurried: bool = False) -> Write:
        """Do a durable write, as soon as the disk takes it, before all lines; `hurried`: for a loop, which can't wait.

        `work` MUST find out whether it was done already: it MAY be called again after a failure, or after a success
        that was told as one.
        """
        write = Write(work, durable=True)
        # Whoever acts on the air has no time for a disk that is known to be dead.
        patience = 0.0 if self._refused is not None else _HURRY if hurried else _PATIENCE
        self._hand_over(write, patience)
        return write

    def _hand_over(self, write: Write, patience: float) -> None:
        """Have the writer do it; what never can be written is an error of who wrote it."""
        self._waiting.add(write)
        if self._memory:
            with self._writing:
                self._drain()
        else:
            self._rounds.wait(write, patience, self._writer.wake)
        if write.failure is not None:
            raise write.failure

    def _write_waiting(self) -> float | None:
        """A turn of the writer; seconds until it tries again what wasn't taken."""
        with self._rounds.one(), self._writing:
            if self._refused is not None and not (self._waiting.changes or self._waiting.lines):
                self._waiting.add(Write(_try, durable=False))  # something was refused: until when?
            self._drain()
            self._refusals = 0 if self._refused is None else self._refusals + 1
        return _TRY_AGAIN.pause(self._refusals, self._place) if self._refusals else None

    def _refuse(self, problem: Problem) -> None:
        if self._refused is None:
            _log.error("%s", problem)
        self._refused = problem

    def _drain(self) -> None:
        """Write what waits, as far as the disk takes it."""
        changes = not self._is_gone()
        while (write := self._waiting.first(changes=changes)) is not None:
            try:
                with self.write(durable=write.durable) as connection:
                    write.work(connection)
            except Exception as error:  # noqa: BLE001 - the writer goes on with the others
                if isinstance(error, StorageError) and _may_succeed_later(error.__cause__):
                    if not (write.durable and is_damage(error.__cause__)):
                        return
                    changes = False  # where one table is damaged, another may not be
                    continue
                _log.exception("what was to be written can never be")
                write.failure = error
            else:
                write.written = True
            self._waiting.done(write)
            self._rounds.told()
        if self._refused is not None and not self._waiting.changes:
            _log.info("the database %s can be written again", self._place)
            self._refused = None

    def _is_gone(self) -> bool:
        """Whether what is written now would go into a file that nobody finds again."""
        return self._held is not None and self._held.is_gone

    @contextmanager
    def _plainly(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, PoolTimeout) as error:
            if is_damage(error):
                raise StorageError(self._found_damaged()) from error
            raise StorageError(problems.cannot_write(self._place, why(error))) from error

    def _keep_synced(self) -> None:
        if self._reserve is not None:
            self._reserve.look()
        self._look_for_file()
        self._try_reading()
        if self._unsynced.is_set():
            self._unsynced.clear()
            self._sync()

    def _try_reading(self) -> None:
        """What could not be read: can it be now?"""
        if self._unread is not None:
            with suppress(StorageError), self.read(at_once=True) as connection:
                connection.execute(select(schema_version)).all()
                self._unread = None

    def _look_for_file(self) -> None:
        """A file that was removed is written anew out of what is held open; where that can't be, again next time."""
        if self._held is None or not self._held.is_gone:
            self._lost = None
            return
        before = self._lost
        with self._writing:
            if self._held.is_replaced:
                self._lost = problems.replaced_in_use(self._place)
            else:
                self._lost = self._write_anew(self._held)
        if self._lost is not None and before is None:
            _log.error("%s", self._lost)

    def _write_anew(self, held: HeldFile) -> Problem | None:
        try:
            held.write_anew()
            self._held = HeldFile(held.file)
        except (sqlite3.Error, OSError) as error:
            return problems.cannot_write(self._place, why(error))
        self._engine.dispose()  # connections to the file that is gone
        self._uncopied.set()
        problem = problems.removed_in_use(self._place)
        if problem not in self._found:
            self._found.append(problem)
        _log.error("%s", problem)
        held.close()
        return None

    def _keep_copied(self) -> float:
        """Seconds until the next copy."""
        if self._uncopied.is_set():
            self._uncopied.clear()
            self._copy()
        return _FIRST_COPY if self._failed_copies else _COPY_EVERY

    def _copy(self) -> None:
        """What a damaged file is made of again; one that is found to be damaged now leaves the copy as it is."""
        if self._file is None or self._is_gone():
            return
        try:
            copies.make(self._file, copies.regular(self._file))
        except (sqlite3.Error, OSError) as error:
            self._uncopied.set()
            if is_damage(error):
                self._found_damaged()
            else:
                self._failed_copies += 1
                again = self._failed_copies > 1  # once alone, somebody held it
                self._uncopiable = problems.cannot_copy(self._place, why(error)) if again else None
        else:
            self._failed_copies, self._uncopiable = 0, None

    def _found_damaged(self) -> Problem:
        """It stays so until the next start."""
        if self._damaged is None:
            self._damaged = problems.damaged_in_use(self._place)
            _log.error("%s", self._damaged)
        return self._damaged

    def _sync(self) -> None:
        # The write-ahead log holds no locks, so to open and close it here takes none of SQLite's away.
        if self._file is not None:
            with suppress(OSError):
                sync(Path(f"{self._file}-wal"))
            with suppress(sqlite3.Error, DBAPIError, PoolTimeout):
                checkpoint(self._engine)


_NO_LOCK = nullcontext()


def _try(connection: Connection) -> None:
    """A write that changes nothing."""
    connection.execute(update(schema_version).values(version=schema_version.c.version))


def _may_succeed_later(error: BaseException | None) -> bool:
    """Whether a write failed because of the disk or the server, and not for what it says."""
    return isinstance(error, OperationalError | PoolTimeout) or is_damage(error)
