from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from orchestrator.plan.model import Anchor, At, Ceremony, Change, ChangeKind, Cue, Do, Event, Repeat, StartSpec
from orchestrator.plan.timeline import Timeline, build
from orchestrator.timetable import window
from orchestrator.web.targets import Target, TargetError, find, waiting_cue
from tests.fakes.station import NOW, a_configuration

CEREMONY = Ceremony(
    "upacara",
    "Upacara",
    (
        Cue("mulai", At(Anchor.START), Do(scene="Penutup", record=True)),
        Cue("bendera", At(Anchor.GO), Do(scene="Lapangan Lebar"), latest=At(Anchor.START, timedelta(minutes=12))),
        Cue("tanggapan", At(Anchor.GO), Do(scene="Penutup")),
        Cue("doa", At(Anchor.GO), Do(scene="Penutup"), latest=At(Anchor.START, timedelta(minutes=40))),
        Cue("selesai", At(Anchor.END), Do(record=False)),
    ),
)
EVENT = Event(
    "apel",
    "Apel",
    "upacara",
    "gedung-daerah",
    "Asia/Jakarta",
    StartSpec(date(2027, 8, 17), time(7, 30)),
    timedelta(minutes=50),
    repeat=Repeat("FREQ=DAILY"),
)


def timeline(tmp_path: Path, *changes: Change) -> Timeline:
    configuration = replace(a_configuration(tmp_path), events=(EVENT,))
    found = window(configuration, NOW - timedelta(hours=6), NOW + timedelta(days=3))
    return build(found, {"upacara": CEREMONY}, configuration.venues, changes)


def go(cue: str, at: datetime = NOW) -> Change:
    return Change(1, ChangeKind.GO, at, "sari", "gedung-daerah", "apel@2027-08-17T07:30", cue)


def test_a_venue_means_what_runs_there(tmp_path: Path) -> None:
    """Who names a venue means the event that runs there now."""
    found = find("gedung-daerah", a_configuration(tmp_path), timeline(tmp_path), NOW)
    assert found == Target("gedung-daerah", "apel@2027-08-17T07:30")


def test_a_quiet_venue_is_still_a_venue(tmp_path: Path) -> None:
    """A venue at which nothing runs can be taken over."""
    assert find("graha-kepri", a_configuration(tmp_path), timeline(tmp_path), NOW) == Target("graha-kepri", None)


@pytest.mark.parametrize(
    ("now", "expected"),
    [(NOW, "apel@2027-08-17T07:30"), (NOW + timedelta(hours=23), "apel@2027-08-18T07:30")],
)
def test_a_repeating_event_means_the_one_that_runs_or_comes(tmp_path: Path, now: datetime, expected: str) -> None:
    """Who names a repeating event means the one on now, else the next one."""
    closed = Change(9, ChangeKind.CLOSED, NOW + timedelta(hours=2), "service", "gedung-daerah", "apel@2027-08-17T07:30")
    assert find("apel", a_configuration(tmp_path), timeline(tmp_path, closed), now).occurrence == expected


def test_an_unknown_name_is_refused(tmp_path: Path) -> None:
    """A name that means nothing is told."""
    with pytest.raises(TargetError) as caught:
        find("bulan", a_configuration(tmp_path), timeline(tmp_path), NOW)
    assert caught.value.problem.code == "web.unknown-target"


@pytest.mark.parametrize(
    ("changes", "after", "expected"),
    [
        ((), timedelta(0), "bendera"),
        ((go("bendera"),), timedelta(seconds=1), "tanggapan"),
        ((), timedelta(minutes=3), "tanggapan"),
        ((), timedelta(minutes=31), "tanggapan"),
        ((go("tanggapan"),), timedelta(seconds=1), "doa"),
    ],
)
def test_go_means_the_next_cue_that_waits(
    tmp_path: Path, changes: tuple[Change, ...], after: timedelta, expected: str
) -> None:
    """GO fires the first cue that waits for it after what has fired, as on every cue list."""
    span = timeline(tmp_path, *changes).spans["apel@2027-08-17T07:30"]
    assert waiting_cue(span, NOW + after) == expected


def test_without_a_waiting_cue_go_is_refused(tmp_path: Path) -> None:
    """A GO that means nothing fires nothing."""
    skips = [
        Change(i, ChangeKind.SKIP, NOW, "sari", "gedung-daerah", "apel@2027-08-17T07:30", cue)
        for i, cue in enumerate(("bendera", "tanggapan", "doa"))
    ]
    with pytest.raises(TargetError) as caught:
        waiting_cue(timeline(tmp_path, *skips).spans["apel@2027-08-17T07:30"], NOW)
    assert caught.value.problem.code == "web.no-waiting-cue"
