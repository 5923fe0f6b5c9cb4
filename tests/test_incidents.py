"""Problems are said once when they start and once when they end."""

from __future__ import annotations

from datetime import datetime, timedelta

from orchestrator.errors import Problem
from orchestrator.incidents import IncidentBook
from tests.fakes.clock import START


class Rows:
    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    def begin(self, code: str, where: str, message: str, at: datetime) -> None:
        self.told.append(("begin", code))

    def end(self, code: str, where: str, at: datetime) -> None:
        self.told.append(("end", code))


def test_a_lasting_problem_is_told_once() -> None:
    """However often it is reported, a problem has one beginning and one end."""
    rows = Rows()
    book = IncidentBook(rows)
    for second in range(5):
        standing = book.update("v", [Problem("obs.gone", "OBS is gone ({n})", {"n": second})], after(second))
    assert [entry.since for entry in standing] == [START]
    assert str(standing[0].problem) == "OBS is gone (4)"
    assert book.update("v", [], after(9)) == ()
    assert rows.told == [("begin", "obs.gone"), ("end", "obs.gone")]


def test_owners_do_not_end_each_others_problems() -> None:
    """A venue without problems says nothing about another's."""
    rows = Rows()
    book = IncidentBook(rows)
    book.update("a", [Problem("x", "x", where="a")], START)
    book.update("b", [], START)
    assert rows.told == [("begin", "x")]


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)
