"""A power cut in the middle of the archiving."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from orchestrator.archive.hashing import sha256
from tests.archive.conftest import BASE, SECOND, START, Office
from tests.archive.media import frames

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
