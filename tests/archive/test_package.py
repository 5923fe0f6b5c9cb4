from __future__ import annotations

import os
import shutil
import signal
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
from tests.support import small_disk


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


STEPS = ["taken", "viewable", "bagged", "synced", "renamed", "verified", "entered", "cleared"]


def run_and_die(root: Path, media: Path, step: str) -> None:
    """Archive in a process of its own, which is killed right after a step."""
    child = os.fork()
    if child == 0:
        try:
            office = Office(root, media)
            office.archivist(
                verify="probe", step=lambda done: os.kill(os.getpid(), signal.SIGKILL) if done == step else None
            ).run_once()
        finally:
            os._exit(1)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1]), f"it didn't come to the step {step}"


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_at_any_step_loses_nothing(tmp_path: Path, media: Path, step: str) -> None:
    """Whatever the last step before a power cut was: the next run ends with one whole bag and an empty spool."""
    root = tmp_path / "data"
    before = Office(root, media)
    before.master()
    before.safety(most=2)
    before.catalogue.close()
    run_and_die(root, media, step)
    after = Office(root, media)
    after.archivist(verify="probe").run_once()
    after.archivist(verify="probe").run_once()
    assert after.bag().name == BASE
    assert sha256(after.bag() / "data" / f"{BASE}_master_01.mkv") == sha256(media / "master.mkv")
    assert frames(after.bag() / "data" / f"{BASE}_safety_01.ts") == 50
    assert after.spooled() == []
    assert [recording.state for recording in after.catalogue.recordings.all()] == ["whole"]
    after.catalogue.close()


@pytest.mark.parametrize("step", ["taken", "synced", "set aside", "renamed", "verified", "entered"])
def test_a_kill_while_a_bag_is_made_fuller_loses_nothing(tmp_path: Path, media: Path, step: str) -> None:
    """The swap of a bag for a fuller one can be cut off anywhere: one whole bag with everything is what remains."""
    root = tmp_path / "data"
    before = Office(root, media)
    before.master()
    before.archivist(verify="probe").run_once()
    before.master("other", name="late.mkv", begun=START + 8 * SECOND)
    before.catalogue.close()
    run_and_die(root, media, step)
    after = Office(root, media)
    after.archivist(verify="probe").run_once()
    masters = sorted((after.bag() / "data").glob("*_master_*"))
    assert [sha256(path) for path in masters] == [sha256(media / f"{kind}.mkv") for kind in ("master", "other")]
    assert after.spooled() == []
    assert len(after.catalogue.recordings.all()) == 1
    after.catalogue.close()


def test_an_archive_that_cannot_be_written_leaves_the_recording_where_it_is(office: Office) -> None:
    """One sentence says what to do, and once it is done the recording is archived by itself."""
    office.master()
    office.archive.write_text("a file where the folder should be")
    archivist = office.archivist()
    before = office.spooled()
    assert archivist.run_once() == []
    (problem,) = archivist.problems()
    assert (problem.code, problem.where) == ("archive.write", "")
    assert "stays where it was made" in str(problem)
    assert office.spooled() == before
    office.archive.unlink()
    assert len(archivist.run_once()) == 1
    assert archivist.problems() == ()


def test_an_archive_whose_disk_goes_and_comes_back(office: Office) -> None:
    """The next look says that it is gone, and nothing is put where the disk belongs; it is archived once it is back."""
    office.master()
    archivist = office.archivist(verify="probe")
    assert len(archivist.run_once()) == 1
    elsewhere = office.archive.rename(office.root / "unplugged")
    office.archive.mkdir()
    later = replace(CARD, occurrence="later", event="later")
    office.master(card=later)
    for restarted in (archivist, office.archivist(verify="probe")):
        assert restarted.run_once() == []
        assert [problem.code for problem in restarted.problems()] == ["archive.gone"]
    assert office.bags() == []
    assert restarted.finish(0.0) == ["gedung-daerah/later"]
    office.archive.rmdir()
    elsewhere.rename(office.archive)
    assert [made.occurrence for made in archivist.run_once()] == ["later"]
    assert archivist.problems() == ()


def test_a_full_archive_leaves_the_recording_where_it_is(office: Office) -> None:
    """A disk too small for a recording is told with what is needed, and nothing half-made stays on it."""
    office.master()
    with small_disk(office.archive, "1m"):
        archivist = office.archivist()
        assert archivist.run_once() == []
        (problem,) = archivist.problems()
        assert problem.code == "archive.full"
        assert "has 0.0 GB free and this recording needs 0.1 GB" in str(problem)
        assert [path for path in office.archive.rglob("*") if path.is_file()] == []
    assert len(office.spooled()) == 2


def test_a_disk_that_fills_up_meanwhile_leaves_the_recording_where_it_is(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that somebody else fills while the archive is at work costs nothing but time."""
    monkeypatch.setattr("orchestrator.archive.package._MARGIN", 0)
    office.safety()
    with small_disk(office.archive, "400k"):
        archivist = office.archivist()
        assert archivist.run_once() == []
        assert [problem.code for problem in archivist.problems()] == ["archive.full"]
        assert [path for path in office.archive.rglob("*") if path.is_file()] == []
    assert sum(name.endswith(".ts") for name in office.spooled()) == 6


def test_an_archive_on_another_disk_gets_copies(office: Office, media: Path) -> None:
    """Where a second name can't be given the bytes are copied, and verified before the spool is cleared."""
    office.master()
    with small_disk(office.archive, "200m"):
        assert len(office.archivist().run_once()) == 1
        assert sha256(office.bag() / "data" / f"{BASE}_master_01.mkv") == sha256(media / "master.mkv")
        begun = datetime.fromisoformat(office.document()["files"][0]["begun_at"])
        assert abs(begun - START) < 0.1 * SECOND
    assert office.spooled() == []


def test_what_reads_back_differently_is_not_archived(office: Office) -> None:
    """A failing archive disk is noticed before anything is removed from the spool."""
    office.master()

    def spoil(step: str) -> None:
        if step == "renamed":
            watch = office.archive / "2027" / BASE / "data" / f"{BASE}.mp4"
            content = bytearray(watch.read_bytes())
            content[len(content) // 2] ^= 1
            watch.chmod(0o644)
            watch.write_bytes(content)

    archivist = office.archivist(step=spoil)
    assert archivist.run_once() == []
    assert [problem.code for problem in archivist.problems()] == ["archive.copy"]
    assert office.bags() == []
    assert office.catalogue.recordings.all() == []
    assert len(office.spooled()) == 2


def test_a_bag_that_was_damaged_is_not_made_fuller(office: Office) -> None:
    """New files for a bag with a wrong checksum wait in the spool until it was brought back from a copy."""
    office.master()
    office.archivist().run_once()
    damaged = office.bag() / "data" / f"{BASE}_master_01.mkv"
    copy = office.root / "copy"
    shutil.copytree(office.bag(), copy)
    damaged.chmod(0o644)
    damaged.write_bytes(b"rot")
    office.master("other", name="late.mkv")
    archivist = office.archivist()
    assert archivist.run_once() == []
    assert [problem.code for problem in archivist.problems()] == ["archive.file-changed"]
    assert len(office.spooled()) == 2
