"""One service on one data folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator.config.folders import DataFolder
from orchestrator.errors import BusyError, StorageError
from orchestrator.instance import InstanceLock
from tests.support import fill, small_disk

_HOLD = """
import sys
from pathlib import Path
from orchestrator.config.folders import DataFolder
from orchestrator.instance import InstanceLock
lock = InstanceLock(DataFolder(Path(sys.argv[1])))
lock.acquire("2027-08-17T00:00:00+00:00")
print("held", flush=True)
sys.stdin.read()
"""


def hold(folder: Path) -> subprocess.Popen[str]:
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    return holder


def test_a_second_service_is_refused_and_told_who_holds_the_folder(tmp_path: Path) -> None:
    """Who comes second is told the first one's process number and since when it runs."""
    holder = hold(tmp_path)
    try:
        with pytest.raises(BusyError) as refused:
            InstanceLock(DataFolder(tmp_path)).acquire("later")
    finally:
        holder.communicate()
    assert str(refused.value) == (
        f"The data folder {tmp_path} is already in use by a service with process number {holder.pid}, running since "
        "2027-08-17T00:00:00+00:00. Use that one, or stop it first."
    )


def test_a_killed_holder_holds_nothing(tmp_path: Path) -> None:
    """After a kill -9 the folder is free at once."""
    holder = hold(tmp_path)
    holder.kill()
    holder.communicate()
    lock = InstanceLock(DataFolder(tmp_path))
    lock.acquire("now")
    lock.release()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to make a folder that even root can't write")
def test_an_impossible_folder_is_said_plainly() -> None:
    """A data folder that can't be made is one sentence with what to do."""
    with pytest.raises(StorageError, match="Cannot write in the data folder /proc/nowhere"):
        InstanceLock(DataFolder(Path("/proc/nowhere"))).acquire("now")


def test_a_full_disk_keeps_no_service_from_its_start(tmp_path: Path) -> None:
    """Who holds the folder is only told: over what was told before, or not at all."""
    with small_disk(tmp_path / "new", "64k"), small_disk(tmp_path / "old", "64k"):
        old, new = DataFolder(tmp_path / "old"), DataFolder(tmp_path / "new")
        old.lock.write_text("x" * 100)
        for folder in (old, new):
            fill(folder.root)
            lock = InstanceLock(folder)
            lock.acquire("now")
            with pytest.raises(BusyError, match="already in use"):
                InstanceLock(folder).acquire("later")
            lock.release()
        assert json.loads(old.lock.read_text()) == {"pid": os.getpid(), "since": "now"}
        assert new.lock.read_text() == ""
