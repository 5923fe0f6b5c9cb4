from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.exc import StatementError

from orchestrator.catalogue.store import Catalogue
from orchestrator.errors import RefusedError
from orchestrator.plan.model import Change, ChangeKind
from tests.catalogue.conftest import START


def test_a_change_is_the_same_after_a_restart(url: str) -> None:
    """An operator's change is found again, whole, by the next start of the service."""
    with Catalogue(url) as first:
        added = first.changes.add(
            ChangeKind.TAKE,
            START,
            "sari",
            "gedung-daerah",
            "hut@2027",
            field="scene",
            value="Mimbar",
            until="next-cue",
            starts_at=START + timedelta(hours=1),
        )
    with Catalogue(url) as second:
        assert second.changes.active() == [added]
    assert added == Change(
        added.id,
        ChangeKind.TAKE,
        START,
        "sari",
        "gedung-daerah",
        "hut@2027",
        None,
        "scene",
        "Mimbar",
        "next-cue",
        START + timedelta(hours=1),
    )


@pytest.mark.parametrize(
    ("value", "back"),
    [
        (None, None),
        (True, True),
        (900, 900),
        ("all", "all"),
        (frozenset({"Mimbar", "Lapangan"}), ["Lapangan", "Mimbar"]),
        (["youtube", "facebook"], ["youtube", "facebook"]),
        ({"Judul": "Doa — Ibu Śri"}, {"Judul": "Doa — Ibu Śri"}),
    ],
)
def test_a_value_comes_back_as_json_has_it(catalogue: Catalogue, value: object, back: object) -> None:
    """A field's value survives the database; a set of inputs becomes a sorted list."""
    added = catalogue.changes.add(ChangeKind.TAKE, START, "sari", "v", field="mute", value=value)
    assert added.value == back
    assert catalogue.changes.active()[0].value == back


def test_times_come_back_in_utc_to_the_microsecond(catalogue: Catalogue) -> None:
    """A time given in any zone comes back aware, in UTC, exactly."""
    local = datetime(2027, 8, 17, 7, 30, 0, 123457, tzinfo=timezone(timedelta(hours=7)))
    added = catalogue.changes.add(ChangeKind.GO, local, "sari", "v", "o", cue="bendera")
    assert added.at == local
    assert added.at.tzinfo is UTC


def test_an_undone_change_counts_no_more_but_stays_in_the_history(catalogue: Catalogue) -> None:
    """Undoing takes a change out of the plan, and the history tells who did it and when."""
    hold = catalogue.changes.add(ChangeKind.HOLD, START, "sari", "v", "o")
    go = catalogue.changes.add(ChangeKind.GO, START, "budi", "v", "o", cue="bendera")
    catalogue.changes.undo(hold.id, "budi", START + timedelta(seconds=3))
    assert catalogue.changes.active() == [go]
    records = catalogue.changes.history()
    assert [record.change for record in records] == [hold, go]
    assert (records[0].undone_by, records[0].undone_at) == ("budi", START + timedelta(seconds=3))
    assert records[1].undone_by is None


def test_undoing_twice_or_the_unknown_is_refused(catalogue: Catalogue) -> None:
    """An undo that makes no sense is refused with a sentence, and changes nothing."""
    hold = catalogue.changes.add(ChangeKind.HOLD, START, "sari", "v", "o")
    catalogue.changes.undo(hold.id, "budi", START)
    with pytest.raises(RefusedError, match="change number 1 was undone already, by budi"):
        catalogue.changes.undo(hold.id, "tini", START)
    with pytest.raises(RefusedError, match="there is no change number 99"):
        catalogue.changes.undo(99, "tini", START)
    assert catalogue.changes.history()[0].undone_by == "budi"


def test_active_and_history_are_narrowed_by_time_and_venue(catalogue: Catalogue) -> None:
    """A loop asks only for its venue's changes since a time; the history for a window without its end."""
    for minute, venue in enumerate(("a", "b", "a")):
        catalogue.changes.add(ChangeKind.HOLD, START + timedelta(minutes=minute), "sari", venue)
    assert [change.id for change in catalogue.changes.active(venue="a")] == [1, 3]
    assert [change.id for change in catalogue.changes.active(since=START + timedelta(minutes=1))] == [2, 3]
    window = catalogue.changes.history(START, START + timedelta(minutes=2))
    assert [record.change.id for record in window] == [1, 2]


def test_a_takeover_counts_however_old_it_is(catalogue: Catalogue) -> None:
    """What an operator took weeks ago and never released is still asked for by a loop that reads only recent rows."""
    taken = catalogue.changes.add(ChangeKind.TAKE, START, "sari", "aula", field="scene", value="Jeda")
    catalogue.changes.add(ChangeKind.HOLD, START, "sari", "aula", "apel")
    assert catalogue.changes.active(since=START + timedelta(days=30)) == [taken]


def test_a_number_is_never_given_twice(url: str) -> None:
    """Numbers of changes go on after a restart: a log that quotes one stays true."""
    for expected in (1, 2, 3):
        with Catalogue(url) as catalogue:
            assert catalogue.changes.add(ChangeKind.HOLD, START, "sari", "v").id == expected


def test_listeners_hear_of_what_is_written_and_undone(catalogue: Catalogue) -> None:
    """A loop is woken by each change once it is written, until it stops listening, whatever another does."""
    heard: list[int] = []

    def fail() -> None:
        raise RuntimeError("a listener's own mistake")

    catalogue.changes.listen(fail)
    stop = catalogue.changes.listen(lambda: heard.append(len(catalogue.changes.active())))
    catalogue.changes.add(ChangeKind.HOLD, START, "sari", "v")
    catalogue.changes.undo(1, "sari", START)
    stop()
    catalogue.changes.add(ChangeKind.HOLD, START, "sari", "v")
    assert heard == [1, 0]


def test_a_time_without_a_zone_is_refused(catalogue: Catalogue) -> None:
    """A naive time never enters the catalogue."""
    with pytest.raises(StatementError, match="without a zone"):
        catalogue.changes.add(ChangeKind.HOLD, START.replace(tzinfo=None), "sari", "v")
    assert catalogue.changes.active() == []
