"""A database made ready for use: sound, there, and in the form that this release knows."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from orchestrator.catalogue import copies, migrations, problems, rescue
from orchestrator.catalogue.connecting import engine_of, file_of, why
from orchestrator.catalogue.migrations import Migration
from orchestrator.catalogue.reserve import Reserve
from orchestrator.errors import Problem, StorageError

_log = logging.getLogger(__name__)


def ready(url: URL, place: str, steps: Sequence[Migration]) -> tuple[Engine, list[Problem]]:
    """Open a database, and tell what was wrong with it.

    Args:
        url: Where it is.
        place: How that is told to people.
        steps: From one form to the next.

    Raises:
        StorageError: it can't be opened, or is a newer release's.
    """
    found: list[Problem] = []
    file = file_of(url)
    try:
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            Reserve(file).give_up()
            found += _make_sound(url, file, place, steps)
        engine = engine_of(url)
        _bring_up_to_date(engine, place, steps, file)
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        raise StorageError(problems.cannot_open(place, why(error))) from error
    return engine, found


def _make_sound(url: URL, file: Path, place: str, steps: Sequence[Migration]) -> list[Problem]:
    """Put another database in the place of one that is damaged or gone."""
    found = rescue.set_aside(file)
    if found is None:
        return []
    made = rescue.begin(found, file)
    engine = engine_of(url.set(database=str(made)))
    try:
        _bring_up_to_date(engine, place, steps, None)
        problem = rescue.read_into(engine, found, place)
    finally:
        engine.dispose()
    copies.appear(made, file)
    return [problem]


def _bring_up_to_date(engine: Engine, place: str, steps: Sequence[Migration], file: Path | None) -> None:
    """Make or change the tables; a file that is to change is copied first."""
    known = migrations.newest(steps)
    with engine.connect() as connection, connection.execution_options(writes=True, level="FULL").begin():
        version = migrations.version_of(connection)
        if version == 0:
            migrations.create(connection, known)
            return
    if version > known:
        raise StorageError(problems.too_new(place, version, known))
    due = [step for step in steps if step.version > version]
    if due and file is not None:
        copies.make(file, copy := copies.of_form(file, version))
        _log.info("database %s copied to %s before its form changes", place, copy)
    for step in due:
        with engine.connect() as connection, connection.execution_options(writes=True, level="FULL").begin():
            migrations.advance(connection, step)
        _log.info("database %s brought to form %d: %s", place, step.version, step.name)
