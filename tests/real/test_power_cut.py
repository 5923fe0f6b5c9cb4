"""What a power cut leaves of recordings, on a real file system."""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from orchestrator.clock import SystemClock
from orchestrator.devices.flushing import Flushing
from tests.support import image_disk, until

PROMISED = 3.0
"""Seconds that may be lost at the tail of what was being written."""
RECORDED = 9.0
"""Seconds of recording before the cut: well before the kernel writes back by itself."""

pytestmark = pytest.mark.real


def last(files: list[Path]) -> float:
    """The time of the last picture in files, seconds; 0 where none can be read."""
    command = ["ffprobe", "-v", "quiet", "-select_streams", "v", "-show_entries", "packet=pts_time", "-of", "csv=p=0"]
    times = [0.0]
    for file in files:
        said = subprocess.run([*command, file], capture_output=True, text=True, check=False).stdout
        times += [float(line.strip(",")) for line in said.split() if line.strip(",") not in {"", "N/A"}]
    return max(times)


def tails(folder: Path) -> dict[str, float]:
    """Until when each recording in a spool goes, seconds."""
    return {kind: last(sorted(folder.rglob(f"*.{kind}"))) for kind in ("ts", "mkv")}


@contextmanager
def recording(spool: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A program that writes segments and a Matroska file at the pace of time, as recorder and studio do."""
    studio, safety = spool / "aula/apel/studio", spool / "aula/apel/safety"
    studio.mkdir(parents=True)
    safety.mkdir(parents=True)
    pictures = ["-re", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=30"]
    coding = ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "30", "-pix_fmt", "yuv420p"]
    segments = ["-f", "segment", "-segment_time", "4", "-segment_format", "mpegts"]
    segments += ["-segment_format_options", "flush_packets=1", str(safety / "x_%05d.ts")]
    arguments = [*pictures, *coding, *segments, *coding, "-flush_packets", "1", str(studio / "x.mkv")]
    child = subprocess.Popen(["ffmpeg", "-v", "quiet", "-nostdin", *arguments])
    try:
        yield child
    finally:
        child.kill()
        child.wait()


def lost_by_a_cut(tmp_path: Path, *, synced: bool) -> dict[str, float]:
    """Seconds that each recording lacks at its tail on a disk that lost its power: what hadn't reached it is gone."""
    tmp_path.mkdir()
    image, cut, disk = tmp_path / "disk.img", tmp_path / "cut.img", tmp_path / "disk"
    with image.open("wb") as file:
        file.truncate(64_000_000)
    subprocess.run(["mkfs.ext4", "-q", "-F", image], check=True)
    with image_disk(image, disk):
        flushing = Flushing((disk / "spool",), SystemClock())
        with recording(disk / "spool") as child:
            if synced:
                flushing.start()
            until(lambda: tails(disk / "spool")["ts"] > RECORDED, 40, every=0.3)
            child.send_signal(signal.SIGSTOP)  # the copy is of one moment
            shutil.copyfile(image, cut)
            written = tails(disk / "spool")
        if synced:
            flushing.stop()
    with image_disk(cut, tmp_path / "after"):
        left = tails(tmp_path / "after" / "spool")
    return {kind: written[kind] - left[kind] for kind in written}


def test_a_power_cut_costs_at_most_three_seconds(tmp_path: Path) -> None:
    """What is recorded is put on the disk each second: without that, a power cut takes all that the kernel held."""
    with ThreadPoolExecutor() as both:
        bare, synced = both.map(
            lambda name: lost_by_a_cut(tmp_path / name, synced=name == "synced"), ("bare", "synced")
        )
    assert max(synced.values()) <= PROMISED, (bare, synced)
    assert max(bare.values()) > PROMISED, (bare, synced)
