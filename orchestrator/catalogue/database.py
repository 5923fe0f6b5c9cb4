"""One database: connections, transactions, and how surely a write is on the disk.

A write is `durable` where the next start after a power cut needs it: operators' changes and what was archived. It waits
for the disk (`synchronous=FULL`). All else (as-run lines, processes, incidents) is written on the path of the venues'
loops, which must not wait for a disk: it survives the death of this program at once (`synchronous=NORMAL`: it is in the
kernel), and a power cut once a thread has synced the write-ahead log, at most a second later. Nor may a full disk stop
a loop: `record` keeps what can't be written in memory, in order, tries again each second, and says so in `problems`.
"""

from __future__ import annotations

import logging
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import StaticPool

from orchestrator.catalogue import migrations, problems
from orchestrator.catalogue.migrations import Migration
from orchestrator.errors import Problem, StorageError

_log = logging.getLogger(__name__)

_BUSY = 5000
"""Milliseconds that SQLite waits for another process's write before it gives up."""
_SYNC_EVERY = 1.0
"""Seconds until writes that didn't wait for the disk are on it."""
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
        self._closed = threading.Event()
        self._waiting: deque[Work] = deque()
        self._found: list[Problem] = []
        self._refused: Problem | None = None
        self._engine = self._open(steps)
        self._syncer = threading.Thread(target=self._keep_synced, name="catalogue-sync", daemon=True)
        if self._file is not None:
            self._syncer.start()

    def close(self) -> None:
        """Sync what isn't yet, and let the file go."""
        self._closed.set()
        if self._syncer.is_alive():
            self._syncer.join(timeout=5)
        with self._writing:
            with suppress(StorageError):
                self._drain()
            if self._waiting:
                _log.error(
                    "%d lines of the log couldn't be written to %s and are lost", len(self._waiting), self._place
                )
            self._sync()
            self._engine.dispose()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was wrong at the opening, and whether lines wait for a disk that can be written again."""
        return (*self._found, *([self._refused] if self._refused is not None else []))

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads, and sees one state throughout."""
        with self._writing if self._memory else _NO_LOCK, self._plainly(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self, *, durable: bool = False) -> Iterator[Connection]:
        """A transaction that writes: whole or not at all. `durable`: it waits until it is on the disk."""
        with self._writing, self._plainly(), self._engine.connect() as connection:
            level = "FULL" if durable else "NORMAL"
            with connection.execution_options(writes=True, level=level).begin():
                yield connection
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

    def _drain(self) -> None:
        with self._writing:
            while self._waiting:
                try:
                    with self.write() as connection:
                        self._waiting[0](connection)
                except StorageError as error:
                    if not isinstance(error.__cause__, OperationalError | PoolTimeout):
                        self._waiting.popleft()  # it would never succeed
                        raise
                    if self._refused is None:
                        _log.error("%s", error)
                    self._refused = error.problem
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
            raise StorageError(problems.cannot_write(self._place, _why(error))) from error

    def _open(self, steps: Sequence[Migration]) -> Engine:
        try:
            if self._file is not None:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                self._set_aside_if_damaged(self._file)
            engine = self._connectable()
            self._bring_up_to_date(engine, steps)
        except (SQLAlchemyError, OSError) as error:
            raise StorageError(problems.cannot_open(self._place, _why(error))) from error
        return engine

    def _connectable(self) -> Engine:
        try:
            engine = create_engine(self._url, **_engine_options(self._url, memory=self._memory))
        except (NoSuchModuleError, ModuleNotFoundError) as error:
            raise StorageError(problems.no_driver(self._url.drivername)) from error
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _prepare)
            event.listen(engine, "begin", _begin)
        return engine

    def _set_aside_if_damaged(self, file: Path) -> None:
        if not file.exists() or self._is_whole():
            return
        aside = _free_name(file, f"damaged-{_stamp(file)}")
        for suffix in ("-wal", "-shm"):
            with suppress(FileNotFoundError):
                Path(f"{file}{suffix}").rename(f"{aside}{suffix}")
        file.rename(aside)
        problem = problems.damaged(self._place, str(aside))
        _log.error("%s", problem)
        self._found.append(problem)

    def _is_whole(self) -> bool:
        engine = self._connectable()
        try:
            with engine.begin() as connection:
                return connection.execute(text("PRAGMA integrity_check(1)")).scalar() == "ok"
        except DBAPIError as error:
            if _is_damage(error):
                return False
            raise
        finally:
            engine.dispose()

    def _bring_up_to_date(self, engine: Engine, steps: Sequence[Migration]) -> None:
        known = migrations.newest(steps)
        with engine.connect() as connection, connection.execution_options(writes=True, level="FULL").begin():
            version = migrations.version_of(connection)
            if version == 0:
                migrations.create(connection, known)
                return
        if version > known:
            raise StorageError(problems.too_new(self._place, version, known))
        due = [step for step in steps if step.version > version]
        if due and self._file is not None:
            self._copy(engine, self._file, version)
        for step in due:
            with engine.connect() as connection, connection.execution_options(writes=True, level="FULL").begin():
                migrations.advance(connection, step)
            _log.info("database %s brought to form %d: %s", self._place, step.version, step.name)

    def _copy(self, engine: Engine, file: Path, version: int) -> None:
        copy = _free_name(file, f"form-{version}-{_stamp(file)}")
        unfinished = copy.with_name(f".{copy.name}")
        unfinished.unlink(missing_ok=True)
        with engine.connect() as connection:
            dbapi: Any = connection.connection.driver_connection
            dbapi.execute("VACUUM INTO ?", (str(unfinished),))
        _fsync(unfinished)
        unfinished.rename(copy)
        _fsync(copy.parent)
        _log.info("database %s copied to %s before its form changes", self._place, copy)

    def _keep_synced(self) -> None:
        while not self._closed.wait(_SYNC_EVERY):
            if self._waiting:
                with suppress(StorageError):
                    self._drain()
            if self._unsynced.is_set():
                self._unsynced.clear()
                self._sync()

    def _sync(self) -> None:
        # The write-ahead log holds no locks, so to open and close it here takes none of SQLite's away.
        if self._file is not None:
            with suppress(OSError):
                _fsync(Path(f"{self._file}-wal"))


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


def _is_damage(error: DBAPIError) -> bool:
    words = str(error.orig).lower()
    return any(sign in words for sign in ("malformed", "not a database", "corrupt"))


def _why(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return str(error.orig) if isinstance(error, DBAPIError) else str(error).splitlines()[0]


def _stamp(file: Path) -> str:
    return datetime.fromtimestamp(file.stat().st_mtime, UTC).strftime("%Y%m%dT%H%M%SZ")


def _free_name(file: Path, ending: str) -> Path:
    for number in range(1, 1000):
        name = file.with_name(f"{file.name}.{ending}" + (f"-{number}" if number > 1 else ""))
        if not name.exists():
            return name
    raise FileExistsError(f"{file}.{ending}")


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
