"""One contract for the catalogue's stores and for those in memory that stand in for them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from orchestrator.catalogue.records import AsRun
from orchestrator.catalogue.store import Catalogue
from orchestrator.clock import VirtualClock
from orchestrator.errors import RefusedError
from orchestrator.plan.model import ChangeKind
from orchestrator.simulation.agenda import Agenda, Killed, Life
from orchestrator.simulation.rows import AsRunTable, ChangeTable, IncidentTable, LivingCatalogue
from tests.fakes.clock import START


@pytest.fixture(params=["catalogue", "memory"])
def stores(request: pytest.FixtureRequest) -> Iterator[Any]:
    if request.param == "memory":
        yield LivingCatalogue(ChangeTable(), AsRunTable(), IncidentTable(), Life(Agenda(VirtualClock(START))))
        return
    with Catalogue("sqlite://") as catalogue:
        yield catalogue


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def a_line(cue: str, planned: float, sent: float | None = None, venue: str = "v") -> AsRun:
    at = None if sent is None else START + seconds(sent)
    return AsRun("e", cue, venue, "scene", START + seconds(planned), at, None, "A", "B", "cue", "sent")


def test_lines_are_found_by_their_times(stores: Any) -> None:
    """A line is found by when it was due and by when it happened, in the order in which it happened."""
    for line in (a_line("satu", 10, 20), a_line("dua", 0, 5), a_line("tiga", 100), a_line("lain", 0, 5, "w")):
        stores.asrun.add(line)
    found = stores.asrun.between(START, START + seconds(20), venue="v")
    assert [line.cue for line in found] == ["dua", "satu"]
    assert [line.cue for line in stores.asrun.between(START + seconds(20), START + seconds(101))] == ["satu", "tiga"]


def test_the_last_line_after_a_time_is_found_for_each_venue(stores: Any) -> None:
    """The one that was written last, be it not the latest: its time counts, not the one that it was planned for."""
    for line in (a_line("satu", 10, 20), a_line("dua", 10, 15), a_line("tiga", 30, 5), a_line("lain", 0, 11, "w")):
        stores.asrun.add(line)
    line = stores.asrun.add(a_line("empat", 0, 6, "x"))
    stores.asrun.settle(line.id, confirmed_at=START + seconds(12), outcome="done")
    assert {line.cue for line in stores.asrun.last_after(START + seconds(10))} == {"dua", "lain", "empat"}
    assert not stores.asrun.last_after(START + seconds(20))


def test_a_line_is_settled_once_written(stores: Any) -> None:
    """What became of a line is written to it; a time that isn't given stays."""
    line = stores.asrun.add(a_line("satu", 0, 1))
    stores.asrun.settle(line.id, confirmed_at=START + seconds(2), outcome="done")
    (found,) = stores.asrun.between(START, START + seconds(9), venue="v", event="e")
    assert (found.outcome, found.sent_at, found.confirmed_at) == ("done", START + seconds(1), START + seconds(2))


def test_changes_count_until_they_are_undone(stores: Any) -> None:
    """Changes come back in order of writing, their values as JSON has them, until somebody takes them back."""
    heard: list[int] = []
    stores.changes.listen(lambda: heard.append(1))
    hold = stores.changes.add(ChangeKind.HOLD, START, "sari", "v", "e")
    take = stores.changes.add(ChangeKind.TAKE, START, "sari", "v", field="mute", value=frozenset({"b", "a"}))
    assert take.value == ["a", "b"]
    assert [change.id for change in stores.changes.active()] == [hold.id, take.id]
    assert stores.changes.active(venue="w") == []
    stores.changes.undo(hold.id, "sari", START)
    assert stores.changes.active() == [take]
    assert len(heard) == 3
    with pytest.raises(RefusedError):
        stores.changes.undo(hold.id, "sari", START)


def test_take_overs_count_however_old(stores: Any) -> None:
    """Changes of an event are left out once they are old; what was taken over isn't."""
    stores.changes.add(ChangeKind.HOLD, START, "sari", "v", "e")
    take = stores.changes.add(ChangeKind.TAKE, START, "sari", "v", field="record", value=True)
    assert stores.changes.active(since=START + seconds(1)) == [take]


def test_a_service_may_be_killed_before_and_after_each_write() -> None:
    """At an even step nothing was written, at an odd one it was; whoever wrote isn't told."""
    for step in (0, 1):
        table, life = ChangeTable(), Life(Agenda(VirtualClock(START)))
        stores = LivingCatalogue(table, AsRunTable(), IncidentTable(), life)
        life.dies_in = step
        with pytest.raises(Killed):
            stores.changes.add(ChangeKind.HOLD, START, "sari", "v", "e")
        assert (len(table.all()), life.alive) == (step, False)
