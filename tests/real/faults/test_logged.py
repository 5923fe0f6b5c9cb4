"""What the log says is counted right before a fault is judged by it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from orchestrator.catalogue.store import Catalogue
from orchestrator.cli.logs import Plain
from orchestrator.errors import Problem
from orchestrator.incidents import IncidentBook
from tests.fakes.station import NOW
from tests.real.faults.logged import Log
from tests.real.faults.rows import Measured, Rows
from tests.real.stage import Stage

LOST, DEAF = (
    Problem("relay.lost", "It is gone", where="aula"),
    Problem("relay.lost", "It is gone", where="aula/youtube"),
)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A stage of which there is no more than the log, in the form that the service gives it."""
    (tmp_path / "logs").mkdir()
    handler = logging.FileHandler(tmp_path / "logs" / "orchestrator.log")
    handler.setFormatter(Plain())
    logger = logging.getLogger("orchestrator")
    level = logger.level
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    yield cast("Stage", SimpleNamespace(station=SimpleNamespace(data=tmp_path)))
    logger.removeHandler(handler)
    logger.setLevel(level)
    handler.close()


@pytest.fixture
def book() -> Iterator[IncidentBook]:
    with Catalogue("sqlite://") as catalogue:
        yield IncidentBook(catalogue.incidents)


def test_begins_and_ends_are_counted_by_code_and_place(stage: Stage, book: IncidentBook) -> None:
    """What was said before doesn't count, nor what is said of another place; an end isn't a begin."""
    book.update("media", [LOST], NOW)
    log = Log(stage)
    assert log.told() == {}
    book.update("media", [LOST, DEAF], NOW)
    assert log.told() == {"relay.lost": (1, 0)}
    book.update("media", [], NOW)
    assert log.told() == {"relay.lost": (1, 2)}
    assert log.told("aula/youtube") == {"relay.lost": (1, 1)}
    assert Log(stage, whole=True).told("aula") == {"relay.lost": (1, 1)}


def test_once_is_neither_never_nor_twice(stage: Stage, book: IncidentBook) -> None:
    """A promise that a problem is said once breaks where it comes again, where its end is missing, and without it."""
    log = Log(stage)
    held = []
    for found in ([], [LOST], [], [LOST], []):
        book.update("media", found, NOW)
        m = Measured("a fault", rows := Rows(None))
        log.once(m, LOST.code)
        log.once(m, LOST.code, lasts=True)
        held.append(tuple(row.held for row in rows.all))
    assert held == [(False, False), (False, True), (True, False), (False, False), (False, False)]
