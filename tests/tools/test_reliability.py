"""The table of faults in the documentation."""

from __future__ import annotations

import pytest

from tools.reliability import BEGIN, END, PAGE, enter

EMPTY = f"Words.\n\n{BEGIN}\n{END}\n\nMore words.\n"


def row(fault: str, what: str, measured: str, held: bool = True) -> dict[str, object]:
    return {"fault": fault, "what": what, "promise": "at most 1 s", "measured": measured, "held": held}


def table(page: str) -> list[str]:
    return [line for line in page.splitlines() if line.startswith("| ")]


FIRST = [row("one", "slate", "0.2 s"), row("two", "slate", "0.3 s"), row("one", "freeze", "0.4 s")]


def test_a_fault_that_is_measured_again_gets_its_rows_anew_and_the_rest_stays() -> None:
    """A part of the faults can be measured anew without losing the others; what a fault isn't asked any more goes."""
    first = enter(EMPTY, FIRST, "d1", "m")
    second = enter(first, [row("one", "slate", "0.9 s"), row("three", "gap", "0 s")], "d2", "m")
    assert table(second)[1:] == [
        "| one | slate | at most 1 s | 0.9 s | d2 |",
        "| two | slate | at most 1 s | 0.3 s | d1 |",
        "| three | gap | at most 1 s | 0 s | d2 |",
    ]
    assert second.startswith("Words.")
    assert second.endswith("More words.\n")


def test_a_whole_run_leaves_nothing_old() -> None:
    """A fault that nobody causes any more isn't claimed for ever."""
    page = enter(enter(EMPTY, FIRST, "d1", "m"), [row("two", "slate", "0.5 s")], "d2", "m", whole=True)
    assert table(page)[1:] == ["| two | slate | at most 1 s | 0.5 s | d2 |"]


def test_a_broken_promise_stands_out() -> None:
    """Nobody takes a broken promise for a kept one."""
    assert "| **7 s: broken** |" in enter(EMPTY, [row("one", "slate", "7 s", held=False)], "d", "m")


def test_a_page_without_a_place_is_refused() -> None:
    """Figures are never dropped silently."""
    with pytest.raises(ValueError, match="no "):
        enter("Words.", [], "d", "m")


def test_the_page_has_its_place() -> None:
    """`make faults` can enter what it measures."""
    assert enter(PAGE.read_text("utf-8"), [row("x", "y", "z")], "d", "m").count("| x | y |") == 1
