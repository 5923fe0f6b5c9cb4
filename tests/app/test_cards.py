"""Cards beside recordings, and disks that don't take them."""

from __future__ import annotations

import threading
from pathlib import Path
from time import perf_counter

import pytest

from orchestrator.app import cards
from orchestrator.app.cards import Cards
from orchestrator.archive.card import Card, read_card, write_card
from orchestrator.config.folders import DataFolder
from orchestrator.errors import Problem, StorageError
from tests.archive.conftest import CARD
from tests.support import until


def test_a_card_that_cannot_be_written_is_said_plainly(tmp_path: Path) -> None:
    """A spool that takes nothing is one sentence with what to do."""
    (tmp_path / "spool").write_text("a file where the folder should be")
    with pytest.raises(StorageError, match="could lie there without their title; free some disk space"):
        Cards(DataFolder(tmp_path)).put(CARD)


def test_a_card_goes_to_the_second_disk_where_the_first_takes_nothing(tmp_path: Path) -> None:
    """A full first disk doesn't leave the recordings without their title."""
    (tmp_path / "data").write_text("a file where the folder should be")
    folder = DataFolder(tmp_path / "data", tmp_path / "second")
    Cards(folder).put(CARD)
    assert read_card(folder.card(CARD.venue, CARD.occurrence, folder.spools[1])) == CARD


def test_a_disk_that_hangs_holds_up_no_loop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The card goes to the other disk; with no other one that is told until the disk answers again."""
    goes_on = threading.Event()

    def write(path: Path, made: Card) -> Problem | None:
        if path.is_relative_to(tmp_path / "data"):
            goes_on.wait(5)
        return write_card(path, made)

    monkeypatch.setattr(cards, "write_card", write)
    both, one = DataFolder(tmp_path / "data", tmp_path / "second"), DataFolder(tmp_path / "data")
    alone = Cards(one)
    began = perf_counter()
    try:
        Cards(both).put(CARD)
        for _ in range(3):
            with pytest.raises(StorageError, match="no answer"):
                alone.put(CARD)
        took = perf_counter() - began
    finally:
        goes_on.set()
    assert read_card(both.card(CARD.venue, CARD.occurrence, both.spools[1])) == CARD
    assert took < 0.5

    def is_put() -> bool:
        try:
            alone.put(CARD)
        except StorageError:
            return False
        return True

    until(is_put)
    assert read_card(one.card(CARD.venue, CARD.occurrence)) == CARD
