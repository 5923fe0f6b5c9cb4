from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from orchestrator.archive.tools import GivenUpError
from orchestrator.archive.verify import verify
from orchestrator.catalogue.records import AsRun
from tests.archive.conftest import BASE, CARD, START, Office, another
from tests.support import until


def test_the_archivist_archives_by_itself(office: Office) -> None:
    """What is finished is archived without being asked for, and who listens hears of it."""
    heard: list[str] = []
    office.master()
    archivist = office.archivist(on_archived=lambda made: heard.append(made.occurrence))
    archivist.start()
    try:
        until(lambda: heard, 30, what="the recording is archived")
    finally:
        archivist.stop()
    assert heard == [CARD.occurrence]
    assert office.bag().name == BASE


def test_one_that_fails_stops_no_other(office: Office) -> None:
    """A recording that can't be archived is told and kept; the next one is archived all the same."""
    bad = replace(another("bad"), start=START - timedelta(days=400))
    office.master(card=bad)
    office.master()
    office.archive.mkdir()
    (office.archive / "2026").write_text("a file where a year should be")
    archivist = office.archivist(verify="probe")
    assert [made.occurrence for made in archivist.run_once()] == [CARD.occurrence]
    assert [problem.where for problem in archivist.problems()] == ["gedung-daerah/bad"]
    assert any(name.startswith("gedung-daerah/bad/studio") for name in office.spooled())


def test_a_recording_that_fails_is_tried_again_ever_more_rarely(office: Office) -> None:
    """A broken archive isn't hammered: after a failure there is a pause, and it grows."""
    office.master()
    office.archive.mkdir()
    (office.archive / "2027").write_text("a file where a year should be")
    tried: list[float] = []
    archivist = office.archivist()
    package = archivist._packager.package
    archivist._packager.package = lambda pending: (tried.append(office.clock.monotonic()), package(pending))[1]  # type: ignore[method-assign]
    for _ in range(150):
        archivist.run_once()
        office.clock.forward(1)
    pauses = [later - earlier for earlier, later in pairwise(tried)]
    assert pauses == pytest.approx([5, 20, 80], rel=0.35)


def test_before_a_stop_everything_is_archived(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """What can be archived is waited for; what can't be, or may still be recorded, is named and not waited for."""
    busy = {"live"}
    bad = replace(another("bad"), start=START - timedelta(days=400))
    office.master()
    office.master(card=bad)
    office.master(card=another("live"))
    office.archive.mkdir()
    (office.archive / "2026").write_text("a file where a year should be")
    archivist = office.archivist(verify="probe", busy=lambda _, folder: folder in busy)
    looks: list[float] = []
    monkeypatch.setattr(office.clock, "sleep", lambda seconds: (looks.append(seconds), archivist.run_once()))
    assert archivist.finish(900) == ["gedung-daerah/bad", "gedung-daerah/live"]
    assert len(looks) == 1
    busy.clear()
    assert archivist.finish(900) == ["gedung-daerah/bad"]


def test_a_wait_for_the_archive_ends(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing comes of it, the limit counts."""
    office.master()
    began = office.clock.monotonic()
    monkeypatch.setattr(office.clock, "sleep", office.clock.forward)
    assert office.archivist().finish(60) == [f"gedung-daerah/{CARD.occurrence}"]
    assert 60 <= office.clock.monotonic() - began < 61


def test_a_stop_gives_up_what_is_half_done(office: Office) -> None:
    """The service stops at once; the recording lies in the spool as before, and nothing half-made in the archive."""
    office.master()
    before = office.spooled()
    archivist = office.archivist(step=lambda step: archivist.stop() if step == "taken" else None)
    with pytest.raises(GivenUpError):
        archivist.run_once()
    assert office.spooled() == before
    assert office.bags() == []


def test_two_archivists_never_work_at_once(office: Office, media: Path) -> None:
    """A command beside the running service leaves the spool to it."""
    office.master()
    other = Office(office.root, media)
    inner: list[object] = []
    office.archivist(
        verify="probe", step=lambda step: inner.append(other.archivist().run_once()) if step == "taken" else None
    ).run_once()
    other.catalogue.close()
    assert inner == [[]]
    assert office.bag().name == BASE


def test_a_lost_catalogue_is_filled_again_from_the_archive(office: Office, tmp_path: Path, media: Path) -> None:
    """The archive's folders are enough: a new catalogue finds every recording in them."""
    office.master()
    (made,) = office.archivist(verify="probe").run_once()
    moved = tmp_path / "new"
    moved.mkdir()
    shutil.copytree(office.archive, moved / "archive")
    fresh = Office(moved, media)
    fresh.archivist().run_once()
    (found,) = fresh.catalogue.recordings.all()
    fresh.catalogue.close()
    assert replace(found, verified_at=made.verified_at, id=made.id) == made


def test_an_event_that_left_no_recording_is_told(office: Office) -> None:
    """When recording was switched on and nothing lies there afterwards, somebody must know, for a day."""
    office.announce()
    archivist = office.archivist()
    archivist.run_once()
    assert archivist.problems() == ()
    for at, after in ((START, "on"), (START + timedelta(seconds=6), "off")):
        office.catalogue.asrun.add(
            AsRun(CARD.occurrence, "c", CARD.venue, "record", at, at, None, None, after, "cue", "failed")
        )
    archivist.run_once()
    assert [problem.code for problem in archivist.problems()] == ["archive.nothing"]
    office.clock.forward(24 * 3600)
    archivist.run_once()
    assert archivist.problems() == ()
    assert office.spooled() == []


def test_a_busy_occurrence_is_told_of_nothing(office: Office) -> None:
    """While an event is on, an empty folder is only a recording that hasn't begun."""
    office.announce()
    archivist = office.archivist(busy=lambda *_: True)
    archivist.run_once()
    assert archivist.problems() == ()


def test_a_whole_recording_verifies_with_progress(office: Office) -> None:
    """A verification reads every byte, and tells how far it is."""
    office.master()
    (made,) = office.archivist(verify="probe").run_once()
    told: list[tuple[int, int]] = []
    assert verify(made, office.archive, lambda done, total: told.append((done, total))) == []
    totals = {total for _, total in told}
    assert len(totals) == 1
    assert told[-1][0] == told[-1][1]
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_everything_that_is_wrong_is_told_at_once(office: Office) -> None:
    """A file that changed, one that is gone and one that was added are each named, with what to do."""
    office.master()
    (made,) = office.archivist(verify="probe").run_once()
    data = office.bag() / "data"
    (data / f"{BASE}.mp4").unlink()
    (data / "surat.docx").write_text("put here by somebody")
    changed = data / f"{BASE}_master_01.mkv"
    content = bytearray(changed.read_bytes())
    content[1000] ^= 1
    changed.chmod(0o644)
    changed.write_bytes(content)
    wrong = {problem.code: str(problem) for problem in verify(made, office.archive)}
    assert wrong.keys() == {"archive.file-missing", "archive.file-added", "archive.file-changed"}
    assert f"{BASE}.mp4 is gone" in wrong["archive.file-missing"]
    assert wrong["archive.file-changed"].startswith("gedung-daerah/hut-ri-82-penaikan: the file ")


def test_a_recording_that_is_not_there_is_told(office: Office) -> None:
    """A missing disk is one sentence, not a list of files."""
    office.master()
    (made,) = office.archivist(verify="probe").run_once()
    shutil.rmtree(office.archive)
    (problem,) = verify(made, office.archive)
    assert problem.code == "archive.missing"


def test_a_bag_without_its_checksums_is_told(office: Office) -> None:
    """A bag that lost its manifest can't be verified, and that is said."""
    office.master()
    (made,) = office.archivist(verify="probe").run_once()
    (office.bag() / "manifest-sha256.txt").unlink()
    assert [problem.code for problem in verify(made, office.archive)] == ["archive.manifest"]


def test_recordings_of_an_older_release_are_indexed_anew(office: Office) -> None:
    """What is archived already is found by all that is written beside it, once a release can do that."""
    office.master()
    (made,) = office.archivist(verify="probe").run_once()
    office.catalogue.recordings.put(replace(made, ceremony="", words=""))
    assert office.catalogue.recordings.search("doa") == []
    office.archivist().run_once()
    assert office.catalogue.recordings.unindexed() == []
    assert [row.ceremony for row in office.catalogue.recordings.search("Gubernur doa")] == ["flag-raising"]
