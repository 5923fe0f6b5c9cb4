"""How a database is spoken to: its address, its driver, and what each connection is told first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import StaticPool

from orchestrator.catalogue import problems
from orchestrator.errors import StorageError

_BUSY = 5000
"""Milliseconds that SQLite waits for another process's write before it gives up."""
_PATIENCE = 10
"""Seconds to wait for a database server."""


def parse(url: str) -> tuple[URL, str]:
    """An address, and how it is told to people: a file's path, or the address without its password.

    Raises:
        StorageError: nothing here can speak to that.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        kind = url.partition(":")[0] if ":" in url else "nothing known"
        raise StorageError(problems.no_driver(kind)) from error
    file = file_of(parsed)
    return parsed, str(file) if file else parsed.render_as_string(hide_password=True)


def file_of(url: URL) -> Path | None:
    """SQLite's file; None where it is in memory, or another kind of database."""
    if url.get_backend_name() != "sqlite" or url.database in {None, "", ":memory:"}:
        return None
    return Path(str(url.database))


def is_in_memory(url: URL) -> bool:
    """Whether it lasts no longer than its one connection."""
    return url.get_backend_name() == "sqlite" and file_of(url) is None


def engine_of(url: URL) -> Engine:
    """What makes connections; it makes none yet.

    Raises:
        StorageError: the driver isn't installed.
    """
    try:
        engine = create_engine(url, **_options(url))
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise StorageError(problems.no_driver(url.drivername)) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
    return engine


def checkpoint(engine: Engine) -> None:
    """Move what is in SQLite's write-ahead log into its file, as far as no reader needs it; waits for the disk."""
    connection = engine.raw_connection()
    try:
        connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)").close()
    finally:
        connection.close()


def why(error: Exception) -> str:
    """What a driver or the system says of a failure, in its own words."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return str(error.orig) if isinstance(error, DBAPIError) else str(error).splitlines()[0]


def _options(url: URL) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        options: dict[str, Any] = {"connect_args": {"timeout": _BUSY / 1000, "check_same_thread": False}}
        return options | ({"poolclass": StaticPool} if is_in_memory(url) else {})
    connect = {"connect_timeout": _PATIENCE} if url.get_backend_name() in {"postgresql", "mysql", "mariadb"} else {}
    return {"pool_pre_ping": True, "pool_timeout": _PATIENCE, "connect_args": connect}


def _prepare(dbapi: Any, _record: object) -> None:
    # Transactions are begun by `_begin`, not by the driver, which would leave reads outside of them.
    dbapi.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={_BUSY}",
        "foreign_keys=ON",
        "wal_autocheckpoint=0",
    ):
        dbapi.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("writes"):
        # A write takes its lock first: begun as a read it could be refused halfway, whatever the timeout.
        # Nor does it ever move the log into the file, which waits for the disk: see checkpoint.
        connection.exec_driver_sql(f"PRAGMA synchronous={options.get('level', 'FULL')}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql("BEGIN")
