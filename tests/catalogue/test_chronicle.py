from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from orchestrator.catalogue.chronicle import KINDS, Wanted
from orchestrator.catalogue.store import Catalogue
from orchestrator.plan.model import ChangeKind
from tests.catalogue.conftest import START
from tests.catalogue.test_stores import LINE

SECOND = timedelta(seconds=1)


@pytest.fixture
def filled(catalogue: Catalogue) -> Catalogue:
    """One of each kind, a second apart, at one venue; and a line of another."""
    catalogue.asrun.add(replace(LINE, venue="gedung", event="apel@2027-08-16T07:30", sent_at=START))
    catalogue.incidents.begin("obs.lost", "gedung/youtube", "it broke", START + SECOND)
    catalogue.changes.add(ChangeKind.HOLD, START + 2 * SECOND, "sari", "gedung", "apel@2027-08-16T07:30")
    catalogue.audit.add(START + 3 * SECOND, "sari", "key.replaced", "youtube")
    catalogue.asrun.add(replace(LINE, venue="aula", event="rapat", sent_at=START + 4 * SECOND))
    catalogue.changes.add(ChangeKind.CLOSED, START + 5 * SECOND, "service", "aula", "rapat")
    return catalogue


def kinds(catalogue: Catalogue, *, latest_first: bool = True, **wanted: object) -> list[str]:
    found = catalogue.chronicle.entries(Wanted(**wanted), latest_first=latest_first)  # type: ignore[arg-type]
    return [entry.kind for entry in found]


def test_all_kinds_come_in_one_order(filled: Catalogue) -> None:
    """What happened stands in order of time, whatever it is, from either end."""
    assert kinds(filled) == ["automatic", "cue", "audit", "change", "incident", "cue"]
    assert kinds(filled, latest_first=False) == ["cue", "incident", "change", "audit", "cue", "automatic"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"venue": "gedung"}, ["change", "incident", "cue"]),
        ({"venue": "aula"}, ["automatic", "cue"]),
        ({"event": "apel"}, ["change", "cue"]),
        ({"event": "apel@2027-08-16T07:30"}, ["change", "cue"]),
        ({"event": "ape"}, []),
        ({"since": START + SECOND, "until": START + 3 * SECOND}, ["change", "incident"]),
        ({"kinds": ("incident", "audit")}, ["audit", "incident"]),
        ({"kinds": ("change",)}, ["change"]),
        ({"kinds": ("automatic",)}, ["automatic"]),
    ],
)
def test_entries_are_narrowed(filled: Catalogue, wanted: dict[str, object], expected: list[str]) -> None:
    """Venue, event, time and kind narrow the chronicle; an incident belongs to the venue that its place lies in."""
    assert kinds(filled, **wanted) == expected


@pytest.mark.parametrize("latest_first", [True, False])
def test_a_long_chronicle_is_whole(catalogue: Catalogue, latest_first: bool) -> None:
    """However many entries there are, and however many at one instant, each comes once and in order."""
    for number in range(450):
        catalogue.audit.add(START + (number // 250) * SECOND, "sari", "x", str(number))
        if number % 2:
            catalogue.asrun.add(replace(LINE, sent_at=START + number // 250 * SECOND))
    found = list(catalogue.chronicle.entries(Wanted(), latest_first=latest_first))
    order = [(entry.at, KINDS.index(entry.kind), entry.number) for entry in found]
    assert len(set(order)) == 675
    assert order == sorted(order, reverse=latest_first)


def test_only_what_is_taken_is_read(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first page of a long chronicle costs no more than a page."""
    for number in range(1000):
        catalogue.audit.add(START + number * SECOND, "sari", "x", str(number))
    reads: list[object] = []
    database = catalogue.chronicle._database
    read = database.read
    monkeypatch.setattr(database, "read", lambda: reads.append(1) or read())
    entries = catalogue.chronicle.entries(Wanted())
    assert [next(entries).number for _ in range(50)] == list(range(1000, 950, -1))
    assert len(reads) == len(KINDS)
