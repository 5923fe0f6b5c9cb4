from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

import pytest

from orchestrator.catalogue.records import ArchivedRecording, AsRun, ChangeRecord
from orchestrator.config.model import Configuration
from orchestrator.errors import Problem
from orchestrator.plan.model import Change, ChangeKind, Source, VenueState
from orchestrator.plan.timeline import Timeline, build
from orchestrator.status import Observed, Snapshot, StandingProblem, Storage, StorageVolume, VenueStatus
from orchestrator.timetable import window
from orchestrator.web import documents
from orchestrator.web.planned import planned_cues
from tests.fakes.station import NOW, a_configuration


@pytest.fixture
def configuration(tmp_path: Path) -> Configuration:
    return a_configuration(tmp_path)


def a_timeline(configuration: Configuration, *changes: Change) -> Timeline:
    found = window(configuration, NOW - timedelta(days=1), NOW + timedelta(days=1))
    return build(found, configuration.ceremonies, configuration.venues, changes)


def test_status_says_all_of_a_venue_in_its_own_zone(configuration: Configuration) -> None:
    """`status --json` is exactly the document that other programs rely on."""
    problem = Problem("obs.password", "The password of {venue} is wrong.", {"venue": "x"}, "gedung-daerah")
    status = VenueStatus(
        "gedung-daerah",
        VenueState(
            occurrence="penaikan",
            cue="mulai",
            scene="Lapangan Lebar",
            destinations=frozenset({"youtube", "facebook"}),
            record=True,
            mute=frozenset({"Mimbar"}),
            texts={"Judul": "Penaikan"},
            items={"Logo": True, "Bingkai": False},
            source=Source.STUDIO,
        ),
        Observed("Penutup", {"youtube": "live", "facebook": "failed"}, record=False, source="studio"),
        ("bendera", datetime(2027, 8, 17, 0, 42, 0, 500, tzinfo=UTC)),
        (StandingProblem(problem, NOW),),
    )
    snapshot = Snapshot(NOW, {"gedung-daerah": status}, ready=True)
    assert documents.status_document(snapshot, configuration, "en") == {
        "time": "2027-08-17T07:40:00.000+07:00",
        "ready": True,
        "venues": {
            "gedung-daerah": {
                "event": "penaikan",
                "cue": "mulai",
                "next": {"cue": "bendera", "at": "2027-08-17T07:42:00.000+07:00"},
                "on_air": True,
                "source": "studio",
                "wanted": {
                    "scene": "Lapangan Lebar",
                    "transition": None,
                    "stream": ["facebook", "youtube"],
                    "record": True,
                    "mute": ["Mimbar"],
                    "source": "studio",
                    "text": {"Judul": "Penaikan"},
                    "show": ["Logo"],
                    "hide": ["Bingkai"],
                    "locked": False,
                    "held": False,
                },
                "observed": {"scene": "Penutup", "stream": {"youtube": "live", "facebook": "failed"}, "record": False},
                "problems": [
                    {
                        "code": "obs.password",
                        "message": "The password of x is wrong.",
                        "where": "gedung-daerah",
                        "since": "2027-08-17T07:40:00.000+07:00",
                    }
                ],
            }
        },
        "problems": [],
        "storage": None,
    }


def test_status_says_how_long_there_is_room_to_record(configuration: Configuration) -> None:
    """Hours left, hours wanted, and every disk."""
    room = Storage((StorageVolume("/data", 90_000_000_000, 10**11),), 16.2963, 1.2166, 88 * 10**9, 6 * 10**9)
    found = documents.status_document(Snapshot(NOW, storage=room), configuration, "en")["storage"]
    assert found == {
        "free": 90_000_000_000,
        "hours_left": 16.3,
        "hours_wanted": 1.22,
        "volumes": [{"folder": "/data", "free": 90_000_000_000, "total": 10**11}],
    }


def test_an_idle_venue_has_nulls_not_guesses(configuration: Configuration) -> None:
    """What isn't known or not wanted is null."""
    snapshot = Snapshot(NOW, {"graha-kepri": VenueStatus("graha-kepri", VenueState(), Observed())})
    venue = documents.status_document(snapshot, configuration, "id")["venues"]["graha-kepri"]
    assert (venue["event"], venue["cue"], venue["next"], venue["on_air"]) == (None, None, None, False)
    assert venue["observed"] == {"scene": None, "stream": {}, "record": None}
    assert venue["wanted"]["stream"] is None


def test_the_log_has_planned_sent_and_confirmed(configuration: Configuration) -> None:
    """`log --json` is exactly the document that other programs rely on."""
    line = AsRun(
        event="penaikan",
        cue="mulai",
        venue="gedung-daerah",
        field="scene",
        planned_at=NOW,
        sent_at=NOW + timedelta(milliseconds=3),
        confirmed_at=None,
        before="Penutup",
        after="Lapangan Lebar",
        reason="cue mulai",
        outcome="sent",
    )
    assert documents.log_document([line], configuration, "Asia/Jakarta") == [
        {
            "event": "penaikan",
            "cue": "mulai",
            "venue": "gedung-daerah",
            "field": "scene",
            "planned_at": "2027-08-17T07:40:00.000+07:00",
            "sent_at": "2027-08-17T07:40:00.003+07:00",
            "confirmed_at": None,
            "from": "Penutup",
            "to": "Lapangan Lebar",
            "reason": "cue mulai",
            "outcome": "sent",
        }
    ]


def test_the_plan_has_every_cue_in_order(configuration: Configuration) -> None:
    """`plan --json` is exactly the document that other programs rely on."""
    cues = planned_cues(a_timeline(configuration), NOW - timedelta(hours=12), NOW + timedelta(hours=12))
    document = documents.plan_document(cues)
    assert [(entry["cue"], entry["at"]) for entry in document] == [
        ("tunggu", "2027-08-17T07:10:00.000+07:00"),
        ("tayang", "2027-08-17T07:20:00.000+07:00"),
        ("mulai", "2027-08-17T07:30:00.000+07:00"),
        ("bendera", "2027-08-17T07:42:00.000+07:00"),
        ("detik", "2027-08-17T08:00:00.000+07:00"),
        ("selesai", "2027-08-17T08:20:00.000+07:00"),
    ]
    assert document[2] == {
        "event": "penaikan",
        "occurrence": "penaikan",
        "venue": "gedung-daerah",
        "cue": "mulai",
        "at": "2027-08-17T07:30:00.000+07:00",
        "late": "join",
        "do": {"scene": "Lapangan Lebar", "mute": ["Mimbar"]},
    }
    assert document[4]["do"] == {"text": {"Judul": "{title}"}}


def test_the_plan_keeps_to_its_window(configuration: Configuration) -> None:
    """A plan asked for from 07:30 to 08:00 has the cue at 07:30 and not the one at 08:00."""
    since, until = datetime(2027, 8, 17, 0, 30, tzinfo=UTC), datetime(2027, 8, 17, 1, 0, tzinfo=UTC)
    cues = planned_cues(a_timeline(configuration), since, until)
    assert [timed.cue.id for timed in cues] == ["mulai", "bendera"]


def test_a_held_cue_stays_in_the_plan_without_a_time(configuration: Configuration) -> None:
    """While an operator holds the rundown, what is to come is shown at its place, without a time."""
    hold = Change(1, ChangeKind.HOLD, NOW, "sari", "gedung-daerah", "penaikan")
    cues = planned_cues(a_timeline(configuration, hold), NOW, NOW + timedelta(hours=12))
    document = documents.plan_document(cues)
    assert [(entry["cue"], entry["at"]) for entry in document if entry["cue"] in {"bendera", "selesai"}] == [
        ("bendera", None),
        ("selesai", None),
    ]


def test_a_skipped_cue_is_not_in_the_plan(configuration: Configuration) -> None:
    """A plan shows what will happen."""
    skip = Change(1, ChangeKind.SKIP, NOW, "sari", "gedung-daerah", "penaikan", "detik")
    cues = planned_cues(a_timeline(configuration, skip), NOW, NOW + timedelta(hours=12))
    assert "detik" not in [timed.cue.id for timed in cues]


def test_a_change_says_who_undid_it(configuration: Configuration) -> None:
    """The history of changes tells who and when, for the change and for its undoing."""
    change = Change(
        7, ChangeKind.TAKE, NOW, "sari", "gedung-daerah", None, None, "mute", frozenset({"B", "A"}), "next-cue"
    )
    record = ChangeRecord(change, "budi", NOW + timedelta(seconds=4))
    assert documents.change_document(change, "Asia/Jakarta", record) == {
        "id": 7,
        "kind": "take",
        "at": "2027-08-17T07:40:00.000+07:00",
        "who": "sari",
        "venue": "gedung-daerah",
        "occurrence": None,
        "cue": None,
        "field": "mute",
        "value": ["A", "B"],
        "until": "next-cue",
        "undone_by": "budi",
        "undone_at": "2027-08-17T07:40:04.000+07:00",
    }


def test_a_recording_says_where_it_lies_and_whether_it_is_whole() -> None:
    """`archive list --json` has what is needed to find and trust a recording."""
    recording = ArchivedRecording("penaikan", "gedung-daerah", "Penaikan", NOW, "2027/x", 61.23456, 1000, NOW, "whole")
    assert documents.recording_document(recording, "Asia/Jakarta") == {
        "occurrence": "penaikan",
        "venue": "gedung-daerah",
        "title": "Penaikan",
        "start": "2027-08-17T07:40:00.000+07:00",
        "folder": "2027/x",
        "duration": 61.235,
        "size": 1000,
        "verified_at": "2027-08-17T07:40:00.000+07:00",
        "state": "whole",
    }


def test_readiness_names_the_venues_that_are_missing(configuration: Configuration) -> None:
    """Not ready is explained: which venues haven't been looked at yet."""
    one = Snapshot(NOW, {"graha-kepri": VenueStatus("graha-kepri", VenueState(), Observed())})
    assert documents.ready_document(one, configuration) == {"ready": False, "missing": ["gedung-daerah"]}


def walk(value: object) -> Iterator[object]:
    yield value
    if isinstance(value, dict):
        for item in value.values():
            yield from walk(item)
    elif isinstance(value, list):
        for item in value:
            yield from walk(item)


def test_no_document_shows_a_secret(configuration: Configuration) -> None:
    """Passwords, addresses with keys and stream keys are in no document."""
    details = MappingProxyType({"fps": 30})
    observed = Observed("Penutup", {"youtube": "live"}, record=True, source="studio", details=details)
    snapshot = Snapshot(NOW, {"gedung-daerah": VenueStatus("gedung-daerah", VenueState(), observed)})
    shown = [
        documents.venues_document(configuration),
        documents.devices_document(snapshot, configuration, "id"),
        documents.status_document(snapshot, configuration, "id"),
    ]
    texts = [value for value in walk(shown) if isinstance(value, str)]
    assert "Gedung Daerah" in texts
    assert not [text for text in texts if "rahasia" in text or "rtmp:" in text]
