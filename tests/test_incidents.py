"""Problems are said once when they start and once when they end."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.catalogue.records import Incident
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


def test_a_problem_that_ended_during_a_restart_is_over() -> None:
    """What lasted before a restart goes on where it is said again, with its beginning; the rest ends after a minute."""
    rows = Rows()
    lasting = [Incident(code, "v", f"{code}!", after(-90), None) for code in ("stays", "went")]
    book = IncidentBook(rows, lasting)
    (standing,) = book.update("v", [Problem("stays", "stays!", where="v")], START)
    assert standing.since == after(-90)
    book.update("v", [Problem("stays", "stays!", where="v")], after(59))
    assert rows.told == []
    book.update("v", [Problem("stays", "stays!", where="v")], after(61))
    assert rows.told == [("end", "went")]


def test_a_clock_that_is_put_back_does_not_keep_what_is_over() -> None:
    """What is not said again after a restart ends within a minute, wherever the clock is put."""
    rows = Rows()
    book = IncidentBook(rows, [Incident("went", "v", "went!", after(-90), None)])
    for seconds in (0, -3600, -3539):
        book.update("v", [], after(seconds))
        assert rows.told == [("end", "went")] * (seconds == -3539)


LOOK = st.tuples(
    st.sampled_from("abc"), st.frozensets(st.sampled_from(("obs.lost", "relay.lost", "sink.refused")), max_size=3)
)


@given(st.lists(LOOK, max_size=40))
def test_flapping_is_told_once_at_each_start_and_once_at_each_end(looks: list[tuple[str, frozenset[str]]]) -> None:
    """Whatever comes and goes, and whoever says it: log and rows tell each beginning and each end, in turn, once."""
    rows, lines = Rows(), Lines()
    logger = logging.getLogger("orchestrator.incidents")
    level = logger.level
    logger.addHandler(lines)
    logger.setLevel(logging.INFO)
    book = IncidentBook(rows)
    said: dict[str, frozenset[str]] = {}
    expected: list[tuple[str, str]] = []
    for second, (owner, codes) in enumerate(looks):
        before = frozenset[str]().union(*said.values())
        said[owner] = codes
        now = frozenset[str]().union(*said.values())
        book.update(owner, [Problem(code, f"{code} in look {second}", where="v") for code in codes], after(second))
        expected += [("begin", code) for code in now - before] + [("end", code) for code in before - now]
    logger.removeHandler(lines)
    logger.setLevel(level)
    assert Counter(rows.told) == Counter(expected)
    for code in ("obs.lost", "relay.lost", "sink.refused"):
        told = [what for what, which in rows.told if which == code]
        assert told == ["begin", "end"] * (len(told) // 2) + ["begin"] * (len(told) % 2)
        logged = ["end" if text.startswith("over:") else "begin" for text in lines.texts if f"[{code}]" in text]
        assert logged == told


class Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)
