"""What lies in the package of a recording."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from orchestrator.archive.card import Card
from orchestrator.archive.hashing import sha256
from orchestrator.catalogue.records import AsRun
from orchestrator.config.folders import DataFolder
from orchestrator.plan.model import ChangeKind
from tests.archive.conftest import BASE, CARD, SECOND, START, Office, another
from tests.archive.media import date_back, frames, picture_digest, tear


def lasting(length: timedelta) -> Card:
    """The event, planned to be recorded for some time."""
    return replace(CARD, plan=(CARD.plan[0], replace(CARD.plan[2], at=START + length)))


def test_a_finished_recording_is_archived_whole(office: Office) -> None:
    """Masters, safety recording, MP4, pictures and document lie in one verified bag, and the spool is empty."""
    checksum = sha256(office.master())
    office.safety()
    (made,) = office.archivist().run_once()
    assert office.bag() == office.archive / "2027" / BASE
    assert office.names() == [
        ".mp4",
        "_contact.jpg",
        "_master_01.mkv",
        "_other_safety_20270817T003000Z.csv",
        "_safety_01.ts",
        "_thumbnail.jpg",
        "event.json",
    ]
    assert sha256(office.bag() / "data" / f"{BASE}_master_01.mkv") == checksum
    assert office.spooled() == []
    assert not office.folder.card(CARD.venue, CARD.occurrence).parent.exists()
    assert office.catalogue.recordings.all() == [made]
    assert (made.state, made.folder, made.venue) == ("whole", f"2027/{BASE}", "gedung-daerah")
    assert made.duration == pytest.approx(6, abs=0.1)
    assert made.size == sum(path.stat().st_size for path in office.bag().rglob("*") if path.is_file())
    assert office.catalogue.recordings.search("Gubernur, Gedung Daerah, 17 Agustus 2027, doa") == [made]


def test_a_recording_on_two_disks_is_archived_as_one(office: Office) -> None:
    """What went to the second disk when the first was full is in the same bag, and both disks are cleared."""
    first = office.master()
    office.folder = DataFolder(office.root, office.root.parent / "second")
    second = office.folder.studio(CARD.venue, CARD.occurrence, office.folder.spools[1])
    second.mkdir(parents=True)
    shutil.copy2(office.media / "other.mkv", second / "b.mkv")
    date_back(second / "b.mkv", START + 12 * SECOND)
    (made,) = office.archivist().run_once()
    assert made.state == "whole"
    assert [name for name in office.names() if "master" in name] == ["_master_01.mkv", "_master_02.mkv"]
    assert not first.parent.parent.exists()
    assert not second.parent.exists()


def test_masters_are_in_the_order_in_which_they_were_recorded(office: Office) -> None:
    """The clock was put back by an hour before OBS began its second file: by the wall clock that is the earlier one."""
    checksums = [
        sha256(office.master(name="20270817T073000_01.mkv")),
        sha256(office.master("other", name="20270817T063010_02.mkv", begun=START - timedelta(hours=1))),
    ]
    office.archivist().run_once()
    data = office.bag() / "data"
    assert [sha256(data / f"{BASE}_master_0{number}.mkv") for number in (1, 2)] == checksums


def test_the_mp4_is_the_master_unencoded_and_starts_at_once(office: Office, media: Path) -> None:
    """Every picture and sound of the MP4 is the master's own, and a browser can start before it has read the whole."""
    office.master()
    office.archivist().run_once()
    watch = office.bag() / "data" / f"{BASE}.mp4"
    assert picture_digest(watch) == picture_digest(media / "master.mkv")
    content = watch.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_the_safety_recording_is_joined_without_losing_a_picture(office: Office, media: Path) -> None:
    """Joined segments hold the very pictures and sounds that the recorder cut apart."""
    office.safety()
    office.archivist().run_once()
    whole = media / "whole.ts"
    whole.write_bytes(b"".join(path.read_bytes() for path in sorted((media / "safety").glob("*.ts"))))
    joined = office.bag() / "data" / f"{BASE}_safety_01.ts"
    assert frames(joined) == 150
    assert picture_digest(joined) == picture_digest(whole)
    assert frames(office.bag() / "data" / f"{BASE}.mp4") == 150


def test_a_torn_master_is_kept_and_the_safety_recording_is_watched(office: Office) -> None:
    """After a power cut the torn master lies beside the whole safety recording, which the MP4 is made from."""
    date_back(tear(office.master(), 0.4), START + 2.4 * SECOND)
    office.safety()
    (made,) = office.archivist().run_once()
    assert made.state == "whole"
    assert frames(office.bag() / "data" / f"{BASE}.mp4") == 150
    document = office.document()
    assert f"{BASE}.mp4 was made from {BASE}_safety_01.ts" in document["notes"]
    master = next(file for file in document["files"] if file["role"] == "master")
    assert master["readable"]
    assert 25 < master["frames"] < 150
    assert [gap["role"] for gap in document["gaps"]] == ["master"]


def test_an_unreadable_master_stops_nothing(office: Office) -> None:
    """A master of which nothing can be read is archived as it is and said so, with all else."""
    path = office.master()
    path.write_bytes(b"\0" * 5000)
    date_back(path, START + 6 * SECOND)
    office.safety()
    (made,) = office.archivist().run_once()
    assert made.state == "whole"
    assert (office.bag() / "data" / f"{BASE}_master_01.mkv").read_bytes() == b"\0" * 5000
    notes = office.document()["notes"]
    assert any(note.startswith(f"{BASE}_master_01.mkv can't be read") and "kept as it is" in note for note in notes)


def test_nothing_but_an_unreadable_master_is_still_kept(office: Office) -> None:
    """What can't be watched is archived as incomplete, not thrown away."""
    path = office.master()
    path.write_bytes(b"\0" * 5000)
    date_back(path, START + 6 * SECOND)
    (made,) = office.archivist().run_once()
    assert (made.state, made.duration) == ("incomplete", 0)
    assert office.names() == ["_master_01.mkv", "event.json"]


def test_segments_that_cannot_be_joined_are_kept_each(office: Office) -> None:
    """A safety recording that isn't one any more is archived as its pieces."""
    for segment in office.safety():
        segment.write_bytes(os.urandom(5000))
        date_back(segment, START + 6 * SECOND)
    office.archivist().run_once()
    assert sum(name.startswith("_segments_01_20270817T003000Z_0") for name in office.names()) == 6
    assert office.spooled() == []


def test_a_recorder_that_was_started_again_leaves_a_gap_that_is_told(office: Office) -> None:
    """Two runs of the safety recorder are two files; the MP4 holds both and the document the gap between them."""
    office.safety(most=3)
    office.safety("20270817T003016Z", begun=START + 16 * SECOND)
    office.announce(lasting(22 * SECOND))
    (made,) = office.archivist().run_once()
    assert made.state == "incomplete"
    assert made.duration == pytest.approx(9, abs=0.2)
    (gap,) = office.document()["gaps"]
    assert gap["role"] == "safety"
    assert gap["seconds"] == pytest.approx(13, abs=0.3)
    assert gap["from"].startswith("2027-08-17T07:30:03")


def test_safety_recordings_are_watched_in_the_order_in_which_they_were_recorded(office: Office) -> None:
    """The clock was put back by an hour before the recorder was started again: by the clock that is the earlier one."""
    office.safety("20270817T003000Z_01", most=2)
    office.safety("20270816T233010Z_02", begun=START - timedelta(hours=1))
    office.archivist().run_once()
    lengths = {file["name"]: file["duration"] for file in office.document()["files"] if file["role"] == "safety"}
    assert list(lengths.values()) == [pytest.approx(2, abs=0.2), pytest.approx(6, abs=0.2)]
    assert any(f"was made from {', '.join(lengths)}" in note for note in office.document()["notes"])


def test_two_masters_that_share_the_event_are_watched_as_one(office: Office) -> None:
    """After a restart of the studio, without a safety recording, the MP4 holds both masters in order of time."""
    office.master("other", name="b.mkv", begun=START + 8 * SECOND)
    office.master(name="a.mkv")
    office.announce(lasting(14 * SECOND))
    office.archivist().run_once()
    assert frames(office.bag() / "data" / f"{BASE}.mp4") == 300
    first = next(file for file in office.document()["files"] if file["name"].endswith("_master_01.mkv"))
    assert datetime.fromisoformat(first["begun_at"]) - START < 0.1 * SECOND


def test_the_document_tells_all_that_is_known(office: Office) -> None:
    """Plan, as-run log, operators' changes, incidents, checksums, lengths and versions are kept with the recording."""
    office.master()
    office.catalogue.asrun.add(
        AsRun(CARD.occurrence, "mulai", CARD.venue, "scene", START, START, START, "Jeda", "Doa", "cue mulai", "done")
    )
    office.catalogue.changes.add(ChangeKind.EXTEND, START, "sari", CARD.venue, CARD.occurrence, value=900)
    office.catalogue.changes.add(ChangeKind.HOLD, START, "sari", "graha-kepri", "another")
    for where in ("", "gedung-daerah/youtube", "gedung-daerah-2"):
        office.catalogue.incidents.begin("x", where, f"something at {where}", START)
    office.archivist().run_once()
    document = office.document()
    assert document["title"] == CARD.title
    assert document["start"] == "2027-08-17T07:30:00.000+07:00"
    assert [line["cue"] for line in document["plan"]] == ["mulai", "doa", "selesai"]
    assert document["as_run"][0]["confirmed_at"] == "2027-08-17T07:30:00.000+07:00"
    assert [(change["kind"], change["value"], change["who"]) for change in document["changes"]] == [
        ("extend", 900, "sari")
    ]
    assert [incident["where"] for incident in document["incidents"]] == ["", "gedung-daerah/youtube"]
    assert {"orchestrator", "ffmpeg", "python", "bagit"} <= document["software"].keys()
    for file in document["files"]:
        assert sha256(office.bag() / "data" / file["name"]) == file["sha256"]
    assert "003.1" in (office.bag() / "bag-info.txt").read_text()


def test_an_event_that_ended_earlier_or_later_is_measured_by_what_was_run(office: Office) -> None:
    """What must be in a recording is what the as-run log says was switched on and off, not the schedule."""
    for at, after in ((START, "on"), (START + 6 * SECOND, "off")):
        office.catalogue.asrun.add(
            AsRun(CARD.occurrence, "c", CARD.venue, "record:safety", at, at, at, None, after, "cue", "done")
        )
    office.safety()
    office.announce(lasting(timedelta(hours=1)))
    (made,) = office.archivist().run_once()
    assert made.state == "whole"


def test_a_dull_beginning_is_not_the_thumbnail(office: Office) -> None:
    """The thumbnail shows something where anything in the recording does."""
    office.master("black")
    office.master("other", name="b.mkv", begun=START + 7 * SECOND)
    office.announce(lasting(13 * SECOND))
    office.archivist().run_once()
    argv = ["ffmpeg", "-v", "error", "-i", str(office.bag() / "data" / f"{BASE}_thumbnail.jpg")]
    argv += ["-vf", "scale=32:18,format=gray", "-f", "rawvideo", "-"]
    assert max(subprocess.run(argv, capture_output=True, check=True).stdout) > 100


def test_a_name_that_is_taken_gets_a_number(office: Office) -> None:
    """Two occurrences of one title, time and venue lie side by side; none is written over."""
    office.master()
    office.archivist().run_once()
    office.master("other", another("second"))
    (made,) = office.archivist().run_once()
    assert made.folder == f"2027/{BASE}_02"
    assert [bag.name for bag in office.bags()] == [BASE, f"{BASE}_02"]
    assert len(office.catalogue.recordings.all()) == 2


def test_files_that_come_later_are_added_to_the_same_bag(office: Office, media: Path) -> None:
    """A recording that turns up after the archiving makes the bag fuller: old files stay, numbers go on."""
    office.master()
    (first,) = office.archivist().run_once()
    office.master("other", name="late.mkv", begun=START + 8 * SECOND)
    (second,) = office.archivist().run_once()
    assert (second.id, second.folder) == (first.id, first.folder)
    assert [name for name in office.names() if "master" in name] == ["_master_01.mkv", "_master_02.mkv"]
    assert sha256(office.bag() / "data" / f"{BASE}_master_01.mkv") == sha256(media / "master.mkv")
    assert sha256(office.bag() / "data" / f"{BASE}_master_02.mkv") == sha256(media / "other.mkv")
    assert office.spooled() == []


def test_what_was_archived_before_is_only_cleared(office: Office) -> None:
    """A file that lies in the spool again and is in the bag already changes nothing there."""
    office.master()
    office.archivist().run_once()
    before = {path: path.stat().st_mtime_ns for path in office.bag().rglob("*")}
    office.master()
    (made,) = office.archivist().run_once()
    assert {path: path.stat().st_mtime_ns for path in office.bag().rglob("*")} == before
    assert made.state == "whole"
    assert office.spooled() == []


def test_a_recording_without_a_card_is_archived_by_its_folders(office: Office) -> None:
    """When even the card is lost, venue, occurrence and the files' own time name the bag."""
    path = office.master(card=another("apel@2027-01-04T07:30"))
    (path.parent.parent / "occurrence.json").write_text("{torn", "utf-8")
    (made,) = office.archivist().run_once()
    assert made.occurrence == "apel@2027-01-04T07:30"
    assert made.folder == "2027/2027-08-17_0030_apel-2027-01-04t0730_gedung-daerah"
    assert office.document()["card"] == "guessed"
