from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from orchestrator.archive.markers import markers, place_of, stretches
from tests.archive.conftest import SECOND, START

ONE, TWO, WATCH = "x_master_01.mkv", "x_master_02.mkv", "x.mp4"


def stamp(seconds: float) -> str:
    return (START + seconds * SECOND).isoformat()


def file(name: str, role: str, begun: float, seconds: float) -> dict[str, Any]:
    return {"name": name, "role": role, "begun_at": stamp(begun), "duration": seconds}


def line(cue: str | None, at: float, field: str = "scene", to: str = "Doa", outcome: str = "done") -> dict[str, Any]:
    return {"cue": cue, "field": field, "to": to, "sent_at": stamp(at), "confirmed_at": stamp(at), "outcome": outcome}


def about(**changes: Any) -> dict[str, Any]:
    """Two masters, ten seconds each, with five seconds between them, joined to one MP4."""
    return {
        "files": [file(ONE, "master", 0, 10), file(TWO, "master", 15, 10), file(WATCH, "watch", 0, 20)],
        "notes": [f"{WATCH} was made from {ONE}, {TWO}"],
        "as_run": [],
        "incidents": [],
        "recorded": {"wanted_from": stamp(0), "wanted_to": stamp(25)},
        **changes,
    }


def seen(document: dict[str, Any]) -> list[tuple[str, float, str]]:
    return [(marker.kind, marker.seconds, marker.text) for marker in markers(document)]


def test_a_cue_lies_where_it_is_seen() -> None:
    """What happened after a break lies earlier in the film than on the clock, by the length of the break."""
    found = seen(about(as_run=[line("doa", 20), line("mulai", 2, "mute", "none"), line("mulai", 3)]))
    assert found == [("cue", 2.0, "mulai"), ("gap", 10.0, ""), ("cue", 15.0, "doa")]


def test_a_cue_names_its_scene() -> None:
    """A marker tells which picture the cue brought."""
    (found, _) = markers(about(as_run=[line("selesai", 1, "record", "off"), line("selesai", 2, to="Penutup")]))
    assert (found.text, found.scene, found.seconds) == ("selesai", "Penutup", 1.0)


@pytest.mark.parametrize("outcome", ["missed", "skipped", "cancelled", "failed"])
def test_what_did_not_happen_has_no_place(outcome: str) -> None:
    """A cue that was left out isn't shown as if it were in the film."""
    assert seen(about(as_run=[line("doa", 3, outcome=outcome)])) == [("gap", 10.0, "")]


def test_gaps_tell_how_long_nothing_was_recorded() -> None:
    """A break, a late beginning and an early end are marked with their lengths."""
    recorded = {"wanted_from": stamp(-30), "wanted_to": stamp(60)}
    found = [(marker.seconds, marker.lasted) for marker in markers(about(recorded=recorded))]
    assert found == [(0.0, 30.0), (10.0, 5.0), (20.0, 35.0)]


def test_incidents_lie_where_they_began() -> None:
    """An incident is told without its place, with its length; one that began before the film lies at its beginning."""
    before = {"where": "v", "message": "v: it broke", "since": stamp(-5), "until": stamp(4)}
    lasting = {"where": "", "message": "the disk is full", "since": stamp(18), "until": None}
    gone = {"where": "v", "message": "v: long ago", "since": stamp(-50), "until": stamp(-40)}
    found = [marker for marker in markers(about(incidents=[before, lasting, gone])) if marker.kind == "incident"]
    assert [(marker.text, marker.seconds, marker.lasted) for marker in found] == [
        ("it broke", 0.0, 9.0),
        ("the disk is full", 13.0, None),
    ]


def test_a_moment_in_a_gap_lies_where_the_picture_goes_on() -> None:
    """Who looks for what happened in a break finds what came next."""
    parts = stretches(about())
    assert place_of(START + timedelta(seconds=12), parts) == 10.0
    assert place_of(START - SECOND, parts) is None
    assert place_of(START + timedelta(seconds=26), parts) is None


@pytest.mark.parametrize(
    "document", [{}, {"files": 3}, {"files": [{"name": "x"}]}, about(as_run=[{}]), about(as_run=None), about(files=[])]
)
def test_a_document_that_makes_no_sense_has_no_markers(document: dict[str, Any]) -> None:
    """A recording whose document is damaged is still shown."""
    assert markers(document) == []


def test_markers_fit_a_real_recording() -> None:
    """Times are compared with their offsets, whatever the zone of the event."""
    cue = {**line("doa", 0), "confirmed_at": "2027-08-17T07:30:03.000+07:00"}
    assert datetime.fromisoformat("2027-08-17T07:30:03+07:00") == START + 3 * SECOND
    assert ("cue", 3.0, "doa") in seen(about(as_run=[cue]))
