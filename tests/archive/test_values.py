"""What the archive decides, as values."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.archive.card import Card, card, from_json, guess_card, read_card, to_json, write_card
from orchestrator.archive.document import judge, wanted
from orchestrator.archive.names import base_name
from orchestrator.archive.pieces import Contents, PackedFile, Role, gaps
from orchestrator.archive.probe import Inspection
from orchestrator.archive.segments import runs
from orchestrator.archive.spool import SpoolFile
from orchestrator.archive.viewing import choices
from orchestrator.catalogue.records import AsRun
from orchestrator.config.folders import DataFolder
from orchestrator.config.naming import slug
from orchestrator.plan.model import Occurrence
from tests.archive.conftest import BASE, CARD, SECOND, START
from tests.fakes.station import a_configuration


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Upacara Penaikan Bendera HUT RI ke-82", "upacara-penaikan-bendera-hut-ri-ke-82"),
        ("  Qur'an & Hadits: STQH/MTQ (final) ", "qur-an-hadits-stqh-mtq-final"),
        ("Crème brûlée № 5", "creme-brulee-no-5"),
        ("../../etc/passwd", "etc-passwd"),
        ("旗", "the-id"),
        ("", "the-id"),
        ("kata " * 40, "-".join(["kata"] * 16)),
        ("x" * 200, "x" * 80),
    ],
)
def test_a_title_becomes_a_name_for_any_file_system(title: str, expected: str) -> None:
    """Names hold small ASCII letters, digits and hyphens, and aren't too long."""
    assert slug(title, "the-id") == expected


@given(st.text())
def test_no_title_makes_a_dangerous_name(title: str) -> None:
    """Whatever a title holds, the name has no separator, no leading hyphen and no more than 80 characters."""
    name = slug(title, "x")
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert 0 < len(name) <= 80
    assert not name.startswith("-")


def test_a_folder_carries_the_time_of_the_event_s_own_zone() -> None:
    """Names carry the time on the invitation, wherever the server is."""
    assert base_name(CARD) == BASE
    assert base_name(replace(CARD, timezone="Asia/Jayapura")).startswith("2027-08-17_0930_")
    assert base_name(replace(CARD, timezone="Not/AZone")).startswith("2027-08-17_0030_")


def occurrence(data: Path) -> Occurrence:
    event = a_configuration(data).events[0]
    return Occurrence(event.id, event, START, START + timedelta(minutes=50))


def test_a_card_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    """A card says what the occurrence is, with the run of show at its planned times, and survives its file."""
    configuration = a_configuration(tmp_path)
    found = occurrence(tmp_path)
    folder = DataFolder(tmp_path)
    made = card(configuration, found)
    assert write_card(folder.card(made.venue, made.occurrence), made) is None
    assert read_card(folder.card(made.venue, made.occurrence)) == made
    assert made.venue_name == configuration.venues[made.venue].name
    plan = {line.cue: line for line in made.plan}
    assert plan["tunggu"].at == START - timedelta(minutes=20)
    assert plan["tunggu"].do == {"scene": "Penutup", "record": True, "mute": "all"}
    assert plan["detik"].at == datetime(2027, 8, 17, 1, 0, tzinfo=UTC)
    assert plan["mulai"].do["mute"] == ["Mimbar"]


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"occurrence": "x"}', "\x00\xff"])
def test_a_card_that_makes_no_sense_is_none(tmp_path: Path, content: str) -> None:
    """A torn card never stops the archive."""
    path = tmp_path / "occurrence.json"
    path.write_text(content, "utf-8")
    assert read_card(path) is None
    assert read_card(tmp_path / "none.json") is None


def test_cards_go_through_json_unchanged() -> None:
    """event.json holds the card, so that a bag explains itself."""
    assert from_json(to_json(CARD)) == CARD


def test_a_guessed_card_finds_the_occurrence_s_id_again() -> None:
    """A folder's name has lost the colon of a repeating event's id; it is put back."""
    assert guess_card("v", "apel@2027-01-04T0730", START).occurrence == "apel@2027-01-04T07:30"
    assert guess_card("v", "hut-0730", START).occurrence == "hut-0730"


def line(at: datetime, after: str, field: str = "record") -> AsRun:
    return AsRun(CARD.occurrence, "c", CARD.venue, field, at, at, None, None, after, "cue", "done")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], (START, START + 6 * SECOND)),
        ([line(START + SECOND, "on")], (START + SECOND, START + 6 * SECOND)),
        ([line(START, "on"), line(START + 9 * SECOND, "off")], (START, START + 9 * SECOND)),
        (
            [line(START, "on", "record:safety"), line(START + 3 * SECOND, "on"), line(START + 4 * SECOND, "off")],
            (START, START + 4 * SECOND),
        ),
        ([line(START, "live", "stream:youtube"), line(START, "on", "recordings")], (START, START + 6 * SECOND)),
    ],
)
def test_what_is_wanted_is_what_was_run_else_what_was_planned(
    lines: list[AsRun], expected: tuple[datetime, datetime]
) -> None:
    """The as-run log says from when to when there was to be a recording; the plan where the log says nothing."""
    assert wanted(CARD, lines) == expected


def test_nothing_is_wanted_where_no_cue_records() -> None:
    """An event that isn't recorded can't miss anything."""
    assert wanted(replace(CARD, plan=()), []) is None


def at(*seconds: float) -> list[tuple[datetime, datetime]]:
    pairs = zip(seconds[::2], seconds[1::2], strict=True)
    return [(START + begin * SECOND, START + end * SECOND) for begin, end in pairs]


@pytest.mark.parametrize(
    ("spans", "missing"),
    [
        (at(0, 60), at()),
        (at(), at(0, 60)),
        (at(10, 50), at(0, 10, 50, 60)),
        (at(0, 20, 40, 60), at(20, 40)),
        (at(40, 60, 0, 41), at()),
        (at(0, 20, 21, 60), at()),
        (at(-30, 90), at()),
        (at(70, 90), at(0, 60)),
        (at(0, 50, 5, 10), at(50, 60)),
    ],
)
def test_gaps_are_where_nothing_was_recorded(
    spans: list[tuple[datetime, datetime]], missing: list[tuple[datetime, datetime]]
) -> None:
    """A gap is a stretch of what was wanted that no file covers, if it is longer than the tolerance."""
    assert gaps((START, START + 60 * SECOND), spans, 2 * SECOND) == missing


def file(role: Role, begin: float, seconds: float, *, faults: int = 0, form: str = "h264 160x90") -> PackedFile:
    found = Inspection(seconds > 0, seconds, form, "aac 48000 Hz 2", faults=faults)
    return PackedFile(f"{role}-{begin:g}", role, 1, "", START + begin * SECOND, found)


@pytest.mark.parametrize(
    ("files", "state"),
    [
        ([file("master", 0, 60)], "whole"),
        ([file("master", 0, 30)], "incomplete"),
        ([file("master", 0, 30), file("safety", 25, 35)], "whole"),
        ([file("master", 0, 30), file("safety", 0, 35)], "incomplete"),
        ([file("safety", 0, 57)], "whole"),
        ([file("safety", 3600, 60)], "whole"),
    ],
)
def test_a_recording_is_whole_when_all_that_was_wanted_is_in_it(files: list[PackedFile], state: str) -> None:
    """One recorder's files, or all together, must cover the time; a wrongly dated file counts by its length."""
    assert judge(Contents((*files, file("watch", 0, 60))), (START, START + 60 * SECOND)) == state
    assert judge(Contents(tuple(files)), (START, START + 60 * SECOND)) == "incomplete"


@pytest.mark.parametrize(
    ("files", "first"),
    [
        ([file("master", 0, 60), file("safety", 0, 60)], ["master-0"]),
        ([file("master", 0, 60, faults=1), file("safety", 0, 60)], ["safety-0"]),
        ([file("master", 0, 20), file("master", 25, 35), file("safety", 0, 60)], ["safety-0"]),
        ([file("master", 0, 20), file("safety", 20, 40), file("safety", 0, 19)], ["safety-0", "safety-20"]),
        ([file("master", 0, 20), file("master", 25, 35), file("safety", 0, 10)], ["master-0", "master-25"]),
        ([file("master", 0, 20), file("master", 25, 30, form="h264 320x180")], ["master-25"]),
        ([file("master", 0, 0), file("safety", 0, 5)], ["safety-0"]),
    ],
)
def test_what_is_watched_is_the_best_that_there_is(files: list[PackedFile], first: list[str]) -> None:
    """A whole master, else the safety recording, else the masters joined; what differs in form isn't joined."""
    assert [made.name for made in choices(files, 60, 5)[0].files] == first


def test_nothing_readable_leaves_nothing_to_watch() -> None:
    """Without a readable file there is no choice."""
    assert choices([file("master", 0, 0)], 60, 5) == []


def test_segments_belong_to_the_run_that_wrote_them() -> None:
    """Each launch of the recorder is a run; its segments are in the order of their numbers, past five digits too."""
    names = ["20270817T003000Z_99999.ts", "20270817T003000Z_100000.ts", "20270817T001500Z_00000.ts"]
    files = [
        SpoolFile(Path(f"/s/{name}"), "safety", 1, changed) for name, changed in zip(names, (5, 6, 1), strict=True)
    ]
    assert [(run.name, [s.path.name for s in run.segments]) for run in runs(files)] == [
        ("20270817T001500Z", [names[2]]),
        ("20270817T003000Z", names[:2]),
    ]


def test_runs_are_in_the_order_of_their_numbers() -> None:
    """The clock was put back before the second run of the recorder: by it that began first."""
    names = ["20270817T003000Z_01_00000.ts", "20270816T233000Z_02_00000.ts", "20270816T233000Z_02_00001.ts"]
    files = [SpoolFile(Path(f"/s/{name}"), "safety", 1, len(names) - place) for place, name in enumerate(names)]
    assert [(run.name, len(run.segments)) for run in runs(files)] == [
        ("20270817T003000Z_01", 1),
        ("20270816T233000Z_02", 2),
    ]


def test_a_card_needs_no_known_zone() -> None:
    """A zone that this machine doesn't know is shown in UTC, and stops nothing."""
    made: Card = replace(CARD, timezone="Mars/Olympus")
    assert to_json(made)["start"] == "2027-08-17T00:30:00.000+00:00"
