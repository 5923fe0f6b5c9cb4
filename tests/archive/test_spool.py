from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from orchestrator.archive.spool import SETTLE, Spool, being_written, clear
from orchestrator.config.folders import DataFolder
from tests.archive.conftest import CARD, START, Office
from tests.archive.media import date_back
from tests.fakes.clock import ManualClock


def idle(_venue: str, _folder: str) -> bool:
    return False


def test_a_file_that_a_program_writes_to_is_not_due(office: Office) -> None:
    """A recorder that outlived everything keeps its files out of the archive until it has let them go."""
    path = office.master()
    spool = Spool(office.folder, office.clock)
    code = "import sys; f = open(sys.argv[1], 'ab'); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdin is not None
        assert writer.stdout is not None
        writer.stdout.readline()
        assert spool.due(idle) == []
        writer.stdin.close()
    assert [pending.folder for pending in spool.due(idle)] == [CARD.occurrence]


def test_a_file_that_a_program_only_reads_is_due(office: Office) -> None:
    """Somebody who watches a recording doesn't keep it out of the archive."""
    with office.master().open("rb"):
        assert len(Spool(office.folder, office.clock).due(idle)) == 1


def test_being_written_sees_this_very_process(tmp_path: Path) -> None:
    """Files are told apart by what they are, not by their names."""
    path, other = tmp_path / "a", tmp_path / "b"
    with path.open("wb"):
        other.hardlink_to(path)
        there = other.stat()
        assert (there.st_dev, there.st_ino) in being_written()
    assert (there.st_dev, there.st_ino) not in being_written()


def test_an_occurrence_that_may_still_be_recorded_is_not_due(office: Office) -> None:
    """Between two masters of one event nothing is archived; the caller is asked with venue and folder."""
    office.master()
    asked: list[tuple[str, str]] = []
    spool = Spool(office.folder, office.clock)
    assert spool.due(lambda venue, folder: not asked.append((venue, folder))) == []
    assert asked == [(CARD.venue, CARD.occurrence)]


def test_a_file_that_was_just_written_waits(office: Office) -> None:
    """A file must have been left alone for a moment: a writer on another machine can't be seen."""
    date_back(office.master(), office.clock.now())
    spool = Spool(office.folder, office.clock)
    assert spool.due(idle) == []
    office.clock.forward(SETTLE)
    assert len(spool.due(idle)) == 1


def test_a_clock_that_was_put_back_holds_nothing_up(office: Office) -> None:
    """A file from the future counts as left alone once it hasn't changed for as long as anybody looked."""
    date_back(office.master(), START + timedelta(days=1))
    spool = Spool(office.folder, office.clock)
    assert spool.due(idle) == []
    office.clock.forward(SETTLE)
    assert len(spool.due(idle)) == 1


def test_clearing_leaves_what_has_changed_since(office: Office) -> None:
    """A file that grew after it was archived stays, with the card that explains it."""
    path = office.master()
    (pending,) = Spool(office.folder, office.clock).due(idle)
    path.write_bytes(b"more")
    clear(pending, pending.files)
    assert path.exists()
    assert pending.card.exists()


def test_clearing_removes_an_empty_folder_whole(office: Office) -> None:
    """After the archiving nothing of the occurrence is left in the spool, the venue's folder is."""
    office.master()
    (pending,) = Spool(office.folder, office.clock).due(idle)
    clear(pending, pending.files)
    assert not pending.paths[0].exists()
    assert pending.paths[0].parent.exists()


def test_a_spool_that_is_not_there_is_empty(office: Office) -> None:
    """Before the first recording there is nothing to do."""
    assert Spool(office.folder, office.clock).folders() == []


def test_an_occurrence_on_two_disks_is_one(tmp_path: Path) -> None:
    """What was recorded before and after the first disk was full is archived together, and cleared on both."""
    folder = DataFolder(tmp_path / "data", tmp_path / "second")
    first, second = (spool / "aula" / "apel" for spool in folder.spools)
    for path in (first / "studio/a.mkv", second / "studio/b.mkv", second / "safety/c_00000.ts"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    (second / "occurrence.json").write_text("{}")
    (only,) = Spool(folder, ManualClock()).folders()
    assert only.paths == (first, second)
    assert sorted(file.name for file in only.files) == ["safety/c_00000.ts", "studio/a.mkv", "studio/b.mkv"]
    assert only.card == second / "occurrence.json"
    clear(only, only.files)
    assert not first.exists()
    assert not second.exists()
