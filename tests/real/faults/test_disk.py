"""The disk of the recordings, with all else that the service writes, fills up while a ceremony is on the air."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import pytest

from demo.station import EVENT, VENUE
from tests.real.faults.broadcast import MakeMeasured, steady, well_on_air
from tests.real.faults.clip import times
from tests.real.faults.continuity import SCENE, Continuity
from tests.real.faults.disk import MB, Disk, MakeDisk, hashes
from tests.real.faults.logged import Log
from tests.real.faults.measure import freeze, missing
from tests.real.faults.rows import Measured
from tests.real.stage import NAMES, MakeStage, Stage, now
from tests.support import small_disk, until

pytestmark = [pytest.mark.real, pytest.mark.long, pytest.mark.timeout(400)]

SIZE = 2300 * MB
"""Of the disk: an event begins where 2 GB are free."""


@pytest.fixture
def disk() -> Iterator[MakeDisk]:
    """Mounts small disks, and takes them away after all else has ended."""
    with ExitStack() as stack:

        def make(folder: Path) -> Disk:
            stack.enter_context(small_disk(folder, str(SIZE)))
            return Disk(folder)

        yield make


class Filling:
    """A broadcast whose disk fills up, and how things stood before."""

    def __init__(self, stage: Stage, disk: Disk) -> None:
        self.stage, self.disk = stage, disk
        self.earlier = stage.station.data / "archive" / "2025" / "apel" / "data" / "apel.mkv"
        self.earlier.parent.mkdir(parents=True)
        self.earlier.write_bytes(bytes(range(256)) * 4096)
        stage.go()
        well_on_air(stage)
        self.forecast: Mapping[str, Any] = until(lambda: (stage.service.status() or {}).get("storage"), 10)
        """What status said of the room for recordings while there was some."""
        self.foretold = "storage.low" in self.codes()
        disk.fill(leave=450 * MB)  # apart from the fault: it takes the machine a second to find the room
        steady(stage, 8)
        self.began, self.wall, self.mark = datetime.now(UTC), time.time(), now()  # noqa: TID251 - files' and rows' time
        self.pids, self.log = stage.pids(), Log(stage)
        self.publishers = {name: sink.publishers() for name, sink in stage.sinks.items()}
        self.since = {name: stage.seen(name).frames[-1].pts for name in NAMES}

    def codes(self) -> set[str]:
        """The codes of all that is wrong now."""
        document = self.stage.service.status() or {}
        found = [*document.get("problems", ()), *document.get("venues", {}).get(VENUE, {}).get("problems", ())]
        return {str(each["code"]) for each in found}

    def files(self, root: Path, kind: str) -> list[Path]:
        """What this event's recorder has written in a folder, in the order of writing."""
        found = (root / "spool" / VENUE / EVENT / kind).glob("*.*")
        return sorted((each for each in found if each.suffix in {".ts", ".mkv"}), key=lambda each: each.stat().st_mtime)

    def unbroken(self, m: Measured) -> None:
        """What viewers must have been spared."""
        seen = {name: self.stage.seen(name).frames for name in NAMES}
        kept = {name: [frame.pts for frame in seen[name] if frame.pts >= self.since[name]] for name in NAMES}
        m.none("frames missing at the sinks", [missing(each) for each in kept.values()])
        m.at_most("longest freeze at the sinks", [freeze(seen[name], self.mark) for name in NAMES], 0.5)
        again = [sink.publishers() - self.publishers[name] for name, sink in self.stage.sinks.items()]
        m.none("connections anew at the sinks", again)
        air = {key: pid for key, pid in self.pids.items() if "recorder" not in key}
        left = {key: pid for key, pid in self.stage.pids().items() if "recorder" not in key}
        m.equal("programs started anew but the recorder", {*left.items()} - {*air.items()}, set())

    def said(self, m: Measured, code: str, *, lasts: bool) -> None:
        """This problem was told, and not twice; so was its end, unless it lasts."""
        told = [each.code for each in self.stage.incidents(self.began)]
        m.equal("told, once", [each for each in told if each == code], [code])
        self.log.once(m, code, lasts=lasts)


def test_goes_on_on_the_second_disk(disk: MakeDisk, make_stage: MakeStage, measured: MakeMeasured) -> None:
    """One recording after the other goes on on the second disk; what lies on the first stays as it was."""
    stage = make_stage(length="30m")
    data, second = stage.station.data, stage.root / "second"
    second.mkdir()
    stage.edit("profiles/station.yaml", lambda text: f"{text}recordings: {{overflow: {second}}}\n")
    filling = Filling(stage, disk(data))
    filling.disk.fill(leave=380 * MB)
    until(lambda: filling.files(second, "studio"), 20, what="the studio recording on the second disk")
    well_on_air(stage)
    steady(stage, 5)
    studio = _studio_gap(filling, second)
    filling.disk.fill(leave=130 * MB)
    until(lambda: filling.files(second, "safety"), 20, what="the safety recording on the second disk")
    well_on_air(stage)
    left = [filling.earlier, *filling.files(data, "studio"), *filling.files(data, "safety")]
    before = hashes(left)
    steady(stage, 8)
    filling.disk.fill(leave=0)
    steady(stage, 20)
    safety = _safety_gap(filling, second)
    with measured("disk of the recordings full, with a second one") as m:
        hours = filling.forecast["hours_left"]
        m.holds("hours left, in status before", "a figure", hours is not None and hours > 0, f"{hours} h")
        filling.unbroken(m)
        filling.said(m, "storage.overflow", lasts=True)
        m.at_most("studio recording: gap between its disks", studio, 3)
        m.at_most("safety recording: gap between its disks", safety, 5)
        _untouched(m, "files on the full disk afterwards", before, hashes(left))
        m.equal("problems while it is full", filling.codes() - {"storage.overflow", "storage.low"}, set())
        _archived(m, filling)


def _at_rest(files: list[Path]) -> bool:
    """Nothing was written to them for two seconds."""
    return all(time.time() - each.stat().st_mtime > 2 for each in files)  # noqa: TID251 - files' time


def _untouched(m: Measured, what: str, before: Mapping[str, str], after: Mapping[str, str]) -> None:
    changed = [name for name in before if after.get(name) != before[name]]
    m.holds(what, "as they were", not changed, f"{len(before)} files, changed: {', '.join(changed) or 'none'}")


def _studio_gap(filling: Filling, second: Path) -> float:
    """Seconds from the last write of the first file to the begin of the second."""
    asked = time.time()  # noqa: TID251 - files have times of the wall clock
    recorded = filling.stage.obs("GetRecordStatus")["outputDuration"] / 1000
    ended = filling.files(filling.stage.station.data, "studio")[-1].stat().st_mtime
    assert filling.files(second, "studio")
    return float(max(0.0, asked - recorded - ended))


def _safety_gap(filling: Filling, second: Path) -> float:
    """The same of the segments: what is written of a picture is written at once."""
    ended = filling.files(filling.stage.station.data, "safety")[-1].stat().st_mtime
    segments = filling.files(second, "safety")[:-1]
    shown = times(segments)
    return max(0.0, segments[-1].stat().st_mtime - (shown[-1] - shown[0]) - ended)


def _archived(m: Measured, filling: Filling) -> None:
    """Room is made, the air ended: both disks' files are one recording."""
    stage = filling.stage
    filling.disk.relieve()
    status = stage.service.stop()
    done = stage.service.command("archive", "verify", EVENT)
    m.equal("exit status", status, 0)
    m.equal("masters archived", len([*stage.station.archive.rglob("*_master_*.mkv")]), 2)
    m.holds("archive, verified", "whole", done.returncode == 0, done.stdout.strip() or done.stderr.strip())


BACK = {"splicer": 2.0, "pusher/youtube": 2.0, "hub": 5.0}
"""Seconds within which each must be back, full disk or not."""


def test_what_dies_on_a_full_disk_is_back_in_time(
    disk: MakeDisk, make_stage: MakeStage, measured: MakeMeasured
) -> None:
    """Nothing that brings OBS or a part of the media path back needs room, and OBS comes back as often as it dies."""
    stage = make_stage(length="30m")
    filling = Filling(stage, disk(stage.station.data))
    filling.disk.fill(leave=0)
    until(lambda: stage.status()["observed"]["record"] is False, 60, what="the recordings ended")
    until(lambda: not [*stage.station.data.glob("*.reserve")], 30, what="the database's reserve is given up")
    filling.disk.fill(leave=0)
    pids = stage.pids()
    with measured("OBS killed on a full disk") as m:
        for kill in ("first", "second"):
            _obs_killed(filling, m, _obs_of(stage), kill)
    for part, within in BACK.items():
        _part_killed(filling, measured, pids[part if part == "hub" else f"{VENUE}/{part}"], part, within)
    live = dict.fromkeys(NAMES, "live")
    until(lambda: stage.status()["observed"]["stream"] == live, 15, what="streams told to be live while it is full")
    filling.disk.relieve()
    well_on_air(stage)


def _obs_of(stage: Stage) -> int:
    """The OBS that runs: on a full disk nobody may have been able to write its number down."""
    home = str(stage.station.data / "run" / VENUE / "obs")
    (found,) = [each.pid for each in psutil.process_iter(["name"]) if each.name() == "obs" and each.cwd() == home]
    return found


def _obs_killed(filling: Filling, m: Measured, pid: int, kill: str) -> None:
    stage, fault = filling.stage, Continuity(filling.stage)
    filling.disk.fill(leave=0)
    fault.mark, free = now(), filling.disk.free()
    os.kill(pid, signal.SIGKILL)
    fault.wait_slate()
    fault.wait_back()
    m.holds(f"free at the {kill} kill", "under 64 kB", free < 65536, f"{free} bytes")
    m.at_most(f"slate at the sinks, {kill} kill", fault.slate(), 0.5)
    m.at_most(f"programme back at the sinks, {kill} kill", fault.back(fault.mark), 3)
    m.at_most("longest freeze at the sinks", [freeze(stage.seen(name).frames, fault.mark) for name in NAMES], 0.5)
    m.none("connections anew at the sinks", [s.publishers() - fault.publishers[n] for n, s in stage.sinks.items()])
    m.none("decode errors at the sinks", [len(stage.seen(name).errors) - fault.errors[name] for name in NAMES])


def _part_killed(filling: Filling, measured: MakeMeasured, pid: int, part: str, within: float) -> None:
    stage = filling.stage
    steady(stage, 3)
    filling.disk.fill(leave=0)
    mark, hit = now(), [name for name in NAMES if part in {"splicer", "hub", f"pusher/{name}"}]
    os.kill(pid, signal.SIGKILL)
    until(lambda: all(stage.frames_since(name, mark + 0.5) for name in NAMES), 15, what=f"pictures without {part}")
    until(lambda: all(stage.sees(name) == SCENE for name in NAMES), 15, what="the programme back")
    steady(stage, 5)
    with measured(f"{part.partition('/')[0]} killed on a full disk") as m:
        m.at_most("longest freeze at the sinks", [freeze(stage.seen(name).frames, mark) for name in hit], within)
        calm = [freeze(stage.seen(name).frames, mark) for name in NAMES if name not in hit]
        if calm:
            m.at_most("longest freeze at the other sink", calm, 0.5)
        m.equal("told of it while it is full", filling.codes() & {"process.disk-full", "process.folder"}, set())


def test_full_to_the_last_byte(disk: MakeDisk, make_stage: MakeStage, measured: MakeMeasured) -> None:
    """Without a second disk the recordings end, loudly, and go on once there is room; viewers see nothing of it."""
    stage = make_stage(length="30m")
    data = stage.station.data
    filling = Filling(stage, disk(data))
    filling.disk.fill(leave=350 * MB)
    until(lambda: "storage.full" in filling.codes(), 15, what="the full disk is told")
    warned = stage.status()["observed"]["record"]
    filling.disk.fill(leave=0)
    until(lambda: stage.status()["observed"]["record"] is False, 40, what="the recordings ended")
    left = [filling.earlier, *filling.files(data, "studio"), *filling.files(data, "safety")]
    until(lambda: _at_rest(left), 10, what="OBS's last bytes, which it writes after it says that it has ended")
    before = hashes(left)
    steady(stage, 40)
    full, streams = filling.codes(), stage.status()["observed"]["stream"]
    asked = stage.service.command("extend", EVENT, "5m")
    after = hashes(left)
    filling.disk.relieve()
    relieved = now()
    well_on_air(stage)
    back = now() - relieved
    until(lambda: "storage.full" not in filling.codes(), 30, what="the full disk is told over")
    with measured("disk of the recordings full, without a second one") as m:
        hours = filling.forecast["hours_left"]
        m.holds("hours left, in status before", "a figure", hours is not None and hours > 0, f"{hours} h")
        m.equal("told before that it won't do (storage.low)", filling.foretold, True)
        m.equal("recordings when storage.full is told", "on" if warned else "off", "on")
        filling.unbroken(m)
        m.equal("streams while it is full", streams, dict.fromkeys(NAMES, "live"))
        m.holds("told while it is full", "storage.full", "storage.full" in full, ", ".join(sorted(full)))
        m.holds("an operator's change while it is full", "taken", asked.returncode == 0, asked.stderr.strip())
        _untouched(m, "earlier files and what was recorded", before, after)
        m.at_most("recordings on again after room is made", back, 20)
        filling.said(m, "storage.full", lasts=False)
