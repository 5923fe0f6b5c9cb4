"""Hours left, and whether they are enough for the events to come."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from orchestrator.archive.forecast import RESERVE, Need, need, rate_of, room_for
from orchestrator.config.folders import DataFolder
from orchestrator.devices import volumes as disks
from orchestrator.devices.volumes import Volume, Volumes
from orchestrator.plan.model import ChangeKind
from orchestrator.storage import StorageWatch, storage
from tests.fakes.clock import ManualClock
from tests.plan.support import FLAG, at, make_ceremony, make_change, make_occurrence, make_venue, plan, when
from tests.plan.support import make_cue as cue

VENUE = make_venue()
RATE = rate_of(VENUE)
DAY = timedelta(hours=24)
GB = 1_000_000_000


def wanted(minute: float, *occurrences: object, changes: tuple[object, ...] = (), hours: float = 24) -> Need:
    timeline = plan(*occurrences, changes=changes)  # type: ignore[arg-type]
    return need(timeline, {VENUE.id: VENUE}, at(minute), at(minute + hours * 60))


@pytest.mark.parametrize(
    ("minute", "left"),
    [(-600, 73), (-20, 73), (20, 33), (53, 0), (900, 0)],
)
def test_what_is_to_be_recorded_shrinks_as_it_is_recorded(minute: float, left: float) -> None:
    """An event needs room from its first cue to its last, and less and less while it runs."""
    found = wanted(minute)
    assert found.seconds == left * 60
    assert found.size == pytest.approx(RATE * 125 * left * 60)
    assert found.rate == pytest.approx(RATE)


def test_what_an_operator_changes_is_counted() -> None:
    """An extension needs more room, a cancelled event none."""
    assert wanted(0, changes=(make_change(ChangeKind.EXTEND, -5, value=900.0),)).seconds == (53 + 15) * 60
    assert wanted(0, changes=(make_change(ChangeKind.CANCEL, -30),)).seconds == 0


def test_events_of_another_day_do_not_count_and_those_of_today_add_up() -> None:
    """The next 24 hours count, whole events."""
    today, later = make_occurrence(), make_occurrence("sore", begin=600, length=60)
    far = make_occurrence("lusa", begin=3 * 24 * 60)
    assert wanted(-60, today, later, far).seconds == (73 + 83) * 60


def test_a_ceremony_that_records_nothing_needs_no_room() -> None:
    """Only what is recorded needs room."""
    live = make_ceremony(cue("mulai", when("start"), stream=True), cue("selesai", when("end"), stream=False))
    timeline = plan(ceremonies={"upacara": live})
    assert need(timeline, {VENUE.id: VENUE}, at(-60), at(900)).size == 0
    assert FLAG.cues[0].do.record


def test_hours_left_are_what_fits_beside_a_reserve() -> None:
    """Two recordings of 6 Mbit/s fill 5.4 GB in an hour; a reserve is never promised to them."""
    assert room_for(5_400_000_000, 12000) == pytest.approx(1.0)
    assert room_for(GB, 0) is None
    two = [Volume(Path("/one/spool"), RESERVE + 2 * GB, 9 * GB), Volume(Path("/two/spool"), 10 * GB, 99 * GB)]
    found = storage(two, Need(3600, 5 * GB, 12000))
    assert found.room == 2 * GB + 10 * GB - 400_000_000
    assert found.free == RESERVE + 12 * GB
    assert found.hours_left == pytest.approx(found.room / 5.4e9)
    assert not found.is_short()
    assert storage(two[:1], Need(3600, 5 * GB, 12000)).is_short()
    assert storage([Volume(Path("/one/spool"), 0, GB)], Need(0, 0, 12000)).hours_left == 0


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How much is free on the only disk."""
    given = [100 * GB]

    class At:
        """A gauge that tells at once."""

        def __init__(self, spool: Path) -> None:
            self._spool = spool

        def look(self) -> disks.Measured:
            return disks.Measured(Volume(self._spool, given[0], 500 * GB), device=1, writable=True)

    monkeypatch.setattr(disks, "_gauge", At)
    return given


def watch(tmp_path: Path, clock: ManualClock) -> StorageWatch:
    timeline = plan()
    return StorageWatch(Volumes(DataFolder(tmp_path), clock), lambda: {VENUE.id: VENUE}, lambda: timeline, clock)


def test_a_shortage_is_told_before_the_event_and_does_not_come_and_go(tmp_path: Path, free: list[int]) -> None:
    """Hours that don't suffice are a problem with what to do; it ends only when there is clearly enough."""
    clock = ManualClock(at(-300))
    looking = watch(tmp_path, clock)
    size = wanted(-300).size
    codes: list[list[str]] = []
    for room in (2 * size, 0.99 * size, 1.05 * size, 1.2 * size, 0.99 * size):
        free[0] = round(RESERVE + room)
        clock.forward(10)
        codes.append([problem.code for problem in looking.problems()])
    assert codes == [[], ["storage.low"], ["storage.low"], [], ["storage.low"]]
    text = str(looking.problems()[0])
    assert "need 1.2 hours" in text
    assert str(tmp_path) in text


def test_whoever_checks_an_event_can_ask_whether_there_is_room(tmp_path: Path, free: list[int]) -> None:
    """“Ready” can be refused for an event that there isn't room for, however far ahead."""
    clock = ManualClock(at(-3 * 24 * 60))
    looking = watch(tmp_path, clock)
    free[0] = RESERVE + 1
    assert looking.problems() == []
    refused = looking.covers(at(1))
    assert refused is not None
    assert refused.code == "storage.low"
    free[0] = 50 * GB
    clock.forward(10)
    assert looking.covers(at(1)) is None
