"""One database: connections, transactions, and how surely a write is on the disk.

A write is `durable` where the next start after a power cut needs it: operators' changes and what was archived. It waits
for the disk (`synchronous=FULL`). All else (as-run lines, processes, incidents) is written on the path of the venues'
loops, which must not wait for a disk: it survives the death of this program at once (`synchronous=NORMAL`: it is in the
kernel), and a power cut once a thread has synced the write-ahead log, at most a second later. Nor may a full disk stop
a loop: `record` keeps what can't be written in memory, in order, tries again each second, and says so in `problems`.
For what can't wait, a `Reserve` keeps some room.

The file is checked at the start, and copied beside itself every ten minutes; `rescue` is for one that is damaged.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, update
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import StaticPool

from orchestrator.catalogue import copies, migrations, problems, rescue
from orchestrator.catalogue.copies import is_damage
from orchestrator.catalogue.held import HeldFile
from orchestrator.catalogue.migrations import Migration
from orchestrator.catalogue.reserve import Reserve
from orchestrator.catalogue.schema import schema_version
from orchestrator.errors import Problem, StorageError

_log = logging.getLogger(__name__)

_BUSY = 5000
"""Milliseconds that SQLite waits for another process's write before it gives up."""
_SYNC_EVERY = 1.0
"""Seconds until writes that didn't wait for the disk are on it."""
_FIRST_COPY = 10.0
"""Seconds from the start to the first copy: by then what had to be written at once is."""
_COPY_EVERY = 600.0
"""Seconds between copies, where anything has changed."""
_MOST_WAITING = 20_000
"""Writes that are kept in memory while the disk takes none; then the oldest go."""
_PATIENCE = 10
"""Seconds to wait for a database server."""

Work = Callable[[Connection], None]
"""A write, as a function of its connection."""


class Database:
    """Transactions for the stores: any number of readers, one writer at a time."""

    def __init__(self, url: str, steps: Sequence[Migration] = migrations.MIGRATIONS) -> None:
        self._url, self._place = _parse(url)
        self._file = _file_of(self._url)
        self._memory = self._url.get_backend_name() == "sqlite" and self._file is None
        self._writing = threading.RLock()
        self._unsynced = threading.Event()
        self._uncopied = threading.Event()
        self._uncopied.set()
        self._closed = threading.Event()
        self._waiting: deque[Work] = deque()
        self._found: list[Problem] = []
        self._refused: Problem | None = None
        self._damaged: Problem | None = None
        self._lost: Problem | None = None
        self._engine = self._open(steps)
        self._held = None if self._file is None else HeldFile(self._file)
        self._threads = [
            threading.Thread(target=self._keep_synced, name="catalogue-sync", daemon=True),
            threading.Thread(target=self._keep_copied, name="catalogue-copy", daemon=True),
        ]
        if self._file is not None:
            for thread in self._threads:
                thread.start()

    def close(self) -> None:
        """Sync what isn't yet, and let the file go."""
        self._closed.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(timeout=5)
        with self._writing:
            with suppress(StorageError):
                self._drain()
            if self._waiting:
                _log.error(
                    "%d lines of the log couldn't be written to %s and are lost", len(self._waiting), self._place
                )
            self._sync()
            self._engine.dispose()
            if self._held is not None:
                self._held.close()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was wrong at the opening, and whether the disk takes nothing now."""
        now = self._damaged or self._lost or self._refused
        return (*self._found, *([now] if now is not None else []))

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads, and sees one state throughout."""
        with self._writing if self._memory else _NO_LOCK, self._plainly(), self._engine.begin() as connection:
            yield connection

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
        if not durable:
            self._unsynced.set()

    def record(self, work: Work) -> None:
        """Do a write that isn't durable: at once if possible, else when the disk can be written again.

        `work` MUST do one thing, and MAY be called again after a failure.
        """
        with self._writing:
            if len(self._waiting) >= _MOST_WAITING:
                self._waiting.popleft()
            self._waiting.append(work)
            self._drain()

    def _refuse(self, problem: Problem) -> None:
        if self._refused is None:
            _log.error("%s", problem)
        self._refused = problem

    def _drain(self) -> None:
        with self._writing:
            while self._waiting:
                try:
                    with self.write() as connection:
                        self._waiting[0](connection)
                except StorageError as error:
                    if not _may_succeed_later(error.__cause__):
                        self._waiting.popleft()  # it would never succeed
                        raise
                    return
                except BaseException:
                    self._waiting.popleft()
                    raise
                self._waiting.popleft()
            if self._refused is not None:
                _log.info("the database %s can be written again", self._place)
            self._refused = None

    @contextmanager
    def _plainly(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, PoolTimeout) as error:
            if is_damage(error):
                raise StorageError(self._found_damaged()) from error
            raise StorageError(problems.cannot_write(self._place, _why(error))) from error

    def _open(self, steps: Sequence[Migration]) -> Engine:
        try:
            if self._file is not None:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                self._make_sound(self._file, steps)
            engine = self._connectable(self._url)
            self._bring_up_to_date(engine, steps, self._file)
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:
            raise StorageError(problems.cannot_open(self._place, _why(error))) from error
        return engine

    def _connectable(self, url: URL) -> Engine:
        try:
            engine = create_engine(url, **_engine_options(url, memory=self._memory))
        except (NoSuchModuleError, ModuleNotFoundError) as error:
            raise StorageError(problems.no_driver(self._url.drivername)) from error
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _prepare)
            event.listen(engine, "begin", _begin)
        return engine

    def _make_sound(self, file: Path, steps: Sequence[Migration]) -> None:
        """Put another database in the place of one that is damaged or gone."""
        found = rescue.set_aside(file)
        if found is None:
            return
        made = rescue.begin(found, file)
        engine = self._connectable(self._url.set(database=str(made)))
        try:
            self._bring_up_to_date(engine, steps, None)
            problem = rescue.read_into(engine, found, self._place)
        finally:
            engine.dispose()
        copies.appear(made, file)
        self._found.append(problem)

    def _bring_up_to_date(self, engine: Engine, steps: Sequence[Migration], file: Path | None) -> None:
        """Make or change the tables; a file that is to change is copied first."""
        known = migrations.newest(steps)
        with engine.connect() as connection, connection.execution_options(writes=True, level="FULL").begin():
            version = migrations.version_of(connection)
            if version == 0:
                migrations.create(connection, known)
                return
        if version > known:
            raise StorageError(problems.too_new(self._place, version, known))
        due = [step for step in steps if step.version > version]
        if due and file is not None:
            copies.make(file, copy := copies.of_form(file, version))
            _log.info("database %s copied to %s before its form changes", self._place, copy)
        for step in due:
            with engine.connect() as connection, connection.execution_options(writes=True, level="FULL").begin():
                migrations.advance(connection, step)
            _log.info("database %s brought to form %d: %s", self._place, step.version, step.name)

    def _keep_synced(self) -> None:
        reserve = None if self._file is None else Reserve(self._file)
        while not self._closed.wait(_SYNC_EVERY):
            if reserve is not None:
                reserve.look()
            self._look_for_file()
            if self._refused is not None and not self._waiting:
                self._waiting.append(_try)  # an operator's change was refused: until when?
            if self._waiting:
                with suppress(StorageError):
                    self._drain()
            if self._unsynced.is_set():
                self._unsynced.clear()
                self._sync()

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
            return problems.cannot_write(self._place, _why(error))
        self._engine.dispose()  # connections to the file that is gone
        self._uncopied.set()
        problem = problems.removed_in_use(self._place)
        if problem not in self._found:
            self._found.append(problem)
        _log.error("%s", problem)
        held.close()
        return None

    def _keep_copied(self) -> None:
        pause = _FIRST_COPY
        while not self._closed.wait(pause):
            pause = _COPY_EVERY
            if self._uncopied.is_set():
                self._uncopied.clear()
                self._copy()

    def _copy(self) -> None:
        """What a damaged file is made of again; one that is found to be damaged now leaves the copy as it is."""
        if self._file is None or self._held is None or self._held.is_gone:
            return
        try:
            copies.make(self._file, copies.regular(self._file))
        except (sqlite3.Error, OSError) as error:
            self._uncopied.set()
            if is_damage(error):
                self._found_damaged()
            else:
                _log.warning("the database %s couldn't be copied (%s)", self._place, error)

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
                copies.sync(Path(f"{self._file}-wal"))


_NO_LOCK = nullcontext()


def _parse(url: str) -> tuple[URL, str]:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        kind = url.partition(":")[0] if ":" in url else "nothing known"
        raise StorageError(problems.no_driver(kind)) from error
    file = _file_of(parsed)
    return parsed, str(file) if file else parsed.render_as_string(hide_password=True)


def _file_of(url: URL) -> Path | None:
    if url.get_backend_name() != "sqlite" or url.database in {None, "", ":memory:"}:
        return None
    return Path(str(url.database))


def _engine_options(url: URL, *, memory: bool) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        options: dict[str, Any] = {"connect_args": {"timeout": _BUSY / 1000, "check_same_thread": False}}
        return options | ({"poolclass": StaticPool} if memory else {})
    connect = {"connect_timeout": _PATIENCE} if url.get_backend_name() in {"postgresql", "mysql", "mariadb"} else {}
    return {"pool_pre_ping": True, "pool_timeout": _PATIENCE, "connect_args": connect}


def _prepare(dbapi: Any, _record: object) -> None:
    # Transactions are begun by `_begin`, not by the driver, which would leave reads outside of them.
    dbapi.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={_BUSY}", "foreign_keys=ON"):
        dbapi.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("writes"):
        # A write takes its lock first: begun as a read it could be refused halfway, whatever the timeout.
        connection.exec_driver_sql(f"PRAGMA synchronous={options.get('level', 'FULL')}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql("BEGIN")


def _try(connection: Connection) -> None:
    """A write that changes nothing."""
    connection.execute(update(schema_version).values(version=schema_version.c.version))


def _may_succeed_later(error: BaseException | None) -> bool:
    """Whether a write failed because of the disk or the server, and not for what it says."""
    return isinstance(error, OperationalError | PoolTimeout) or is_damage(error)


def _why(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return str(error.orig) if isinstance(error, DBAPIError) else str(error).splitlines()[0]
