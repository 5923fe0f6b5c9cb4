"""What a venue's children are launched with."""

from __future__ import annotations

import os
import shutil
import threading
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import pytest

from orchestrator.config.folders import DataFolder
from orchestrator.config.model import HubSettings
from orchestrator.devices.media.argv import TOO_BRIEF
from orchestrator.devices.media.orders import Orders
from orchestrator.devices.media.paths import HubPaths
from orchestrator.devices.media.pulse import PROGRESS
from orchestrator.devices.volumes import Volumes
from orchestrator.errors import DeviceError
from orchestrator.plan.secret import Address
from tests.devices.media.bench import destination, venue
from tests.fakes.clock import ManualClock
from tests.support import fill, frozen_disk, remount, small_disk, until

START = datetime(2027, 1, 1, tzinfo=UTC)


def make(root: Path, clock: ManualClock) -> Orders:
    return Orders(HubPaths(HubSettings(), venue()), DataFolder(root, root / "second"), clock)


def test_a_relay_whose_key_pictures_are_far_apart_gets_the_time_that_it_needs(tmp_path: Path) -> None:
    """SRT is looked at briefly, so that it is soon on air; only where that was too brief, longer from then on."""
    orders = make(tmp_path, ManualClock(START))
    log = orders.log("relay")
    log.parent.mkdir(parents=True)
    log.write_text(f"{TOO_BRIEF} (said of an earlier one)\n")
    order = orders.relay(Address("srt://10.0.0.1:9000"))

    def is_brief() -> bool:
        return "-analyzeduration" in order.make().argv

    def say(words: str) -> None:
        with log.open("a") as file:
            file.write(words + "\n")

    assert is_brief()
    say("Connection to srt://… failed: Input/output error")
    assert is_brief()
    say(f"{TOO_BRIEF} (2200000) and 'probesize' (5000000) options")
    assert not is_brief()
    say("Connection to srt://… failed: Input/output error")
    assert not is_brief()


class Hanging:
    """Disks that answer, but for the folders below one that hangs."""

    def __init__(self, patch: pytest.MonkeyPatch, below: Path) -> None:
        self.goes_on = threading.Event()
        sound = shutil.disk_usage

        def usage(folder: Path) -> object:
            if folder.is_relative_to(below):
                self.goes_on.wait(5)
            return sound(folder)

        patch.setattr(shutil, "disk_usage", usage)


def test_a_recording_s_disk_that_hangs_holds_up_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who keeps what is on the air goes on; that is told, the other disk is used, and this one once it answers."""
    orders, disk = make(tmp_path, ManualClock(START)), Hanging(monkeypatch, tmp_path / "second")
    hung = orders.recorder(tmp_path / "second/spool/aula/apel/safety")
    began = perf_counter()
    try:
        for _ in range(5):
            with pytest.raises(DeviceError, match="doesn't answer") as told:
                hung.make()
        assert told.value.problem.code == "recording.disk-silent"
        assert str(tmp_path / "spool") in " ".join(orders.recorder(tmp_path / "spool/aula/apel/safety").make().argv)
        assert perf_counter() - began < 1
    finally:
        disk.goes_on.set()

    def is_made() -> bool:
        try:
            return bool(hung.make().argv)
        except DeviceError:
            return False

    until(is_made)


def test_a_real_file_system_that_hangs_holds_up_nobody(tmp_path: Path) -> None:
    """Its figures come from memory, as a dying disk's do; what writes to it never returns, and isn't waited for."""
    disk, clock = tmp_path / "second", ManualClock(START)
    with frozen_disk(disk) as frozen:
        (disk / "spool").mkdir()
        orders, both = make(tmp_path, clock), Volumes(DataFolder(tmp_path / "data", disk), clock)
        assert len(both.volumes()) == 2
        frozen.freeze()
        began = perf_counter()
        hung = orders.recorder(disk / "spool/aula/apel/safety")
        for _ in range(5):
            with pytest.raises(DeviceError, match="doesn't answer"):
                hung.make()
        for _ in range(6):
            clock.forward(1.5)
            volumes = both.volumes()
        assert perf_counter() - began < 1.5
        assert [volume.spool for volume in volumes] == [tmp_path / "data/spool"]
        frozen.thaw()
        until(lambda: (clock.forward(1.5), len(both.volumes()) == 2)[1])


def test_the_data_s_disk_that_hangs_is_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether it is full is asked once a second, and nobody waits for its answer."""
    clock = ManualClock(START)
    orders = make(tmp_path, clock)
    monkeypatch.setattr("orchestrator.devices.media.orders._FULL", 10**18)
    assert orders.is_disk_full()
    monkeypatch.setattr("orchestrator.devices.media.orders._FULL", 0)
    disk = Hanging(monkeypatch, tmp_path)
    clock.forward(1.5)
    began = perf_counter()
    try:
        assert orders.is_disk_full()
        assert perf_counter() - began < 1
    finally:
        disk.goes_on.set()

    def is_told() -> bool:
        clock.forward(1.5)
        return not orders.is_disk_full()

    until(is_told)


def test_a_disk_that_can_only_be_read_keeps_no_program_from_its_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It works without telling of it; on a full disk it has the place of the one before."""
    with small_disk(tmp_path, "64k"):
        clock = ManualClock(START)
        orders = make(tmp_path, clock)
        told = orders.splicer()
        told.make()
        orders.files.status.write_text("{}")
        fill(tmp_path)
        told.make()
        pushed = orders.pusher(destination("youtube", "rtmp://127.0.0.1/live")).make()
        assert pushed.files[PROGRESS] == str(tmp_path / "run/aula/pusher-youtube.progress")
        assert orders.is_disk_full()
        (tmp_path / "ballast").unlink()
        monkeypatch.setattr("orchestrator.devices.media.orders._FULL", 0)
        remount(tmp_path, "ro")
        clock.forward(1.5)
        assert orders.is_disk_full()
        told.make()
        pushed = orders.pusher(destination("youtube", "rtmp://127.0.0.1/live")).make()
        assert pushed.files[PROGRESS] == os.devnull


def test_a_run_of_the_safety_recorder_has_the_number_after_all_others_of_its_event(tmp_path: Path) -> None:
    """Whatever the clock says, and on whichever disk they lie; those of a time alone have no number."""
    clock = ManualClock(datetime(2027, 8, 17, 0, 30, tzinfo=UTC))
    folder = DataFolder(tmp_path / "a", tmp_path / "b")
    orders = Orders(HubPaths(HubSettings(), venue()), folder, clock)
    first, second = (folder.safety("aula", "upacara", spool) for spool in folder.spools)

    def name(where: Path) -> str:
        orders.recorder(where).make()
        return max(where.glob("*.csv"), key=lambda path: path.stat().st_mtime_ns).stem

    first.mkdir(parents=True)
    (first / "20270817T002900Z_00007.ts").touch()
    assert name(first) == "20270817T003000Z_01"
    clock.step(-3600)
    assert name(second) == "20270816T233000Z_02"
    (second / "20270816T233000Z_02.csv").unlink()
    (second / "20270816T233000Z_02_00000.ts").touch()
    assert name(first) == "20270816T233000Z_03"
