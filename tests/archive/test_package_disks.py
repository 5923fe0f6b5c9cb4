"""Disks of the archive that are full, away, read-only or rotten."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from orchestrator.archive.hashing import sha256
from orchestrator.archive.keeper import Archivist
from tests.archive.conftest import BASE, CARD, SECOND, START, Office
from tests.support import small_disk


def refused(archivist: Archivist) -> list[str]:
    """The codes of why an archivist archives nothing."""
    assert archivist.run_once() == []
    return [problem.code for problem in archivist.problems()]


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
        assert refused(restarted) == ["archive.gone"]
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
        assert refused(archivist) == ["archive.full"]
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
    assert refused(archivist) == ["archive.copy"]
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
    assert refused(archivist) == ["archive.file-changed"]
    assert len(office.spooled()) == 2
