"""Tiny recordings, made by real ffmpeg, as the recorders of this program leave them."""

from __future__ import annotations

import os
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

FPS = 25


def ffmpeg(*arguments: str) -> None:
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *arguments], check=True)


def picture(seconds: float, source: str = "testsrc") -> list[str]:
    """Moving picture and a tone, encoded as small and as fast as can be."""
    return [
        *("-f", "lavfi", "-i", f"{source}{':' if '=' in source else '='}size=160x90:rate={FPS}:duration={seconds}"),
        *("-f", "lavfi", "-i", f"sine=440:duration={seconds}", "-pix_fmt", "yuv420p"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-g", str(FPS), "-c:a", "aac", "-b:a", "48k"),
    ]


def make_master(path: Path, seconds: float, source: str = "testsrc") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    ffmpeg(*picture(seconds, source), str(path))
    return path


def make_segments(folder: Path, stamp: str, seconds: float) -> list[Path]:
    """One run of the safety recorder: segments of a second, and the list of those that are closed."""
    folder.mkdir(parents=True, exist_ok=True)
    listing = ["-segment_list", str(folder / f"{stamp}.csv"), "-segment_list_type", "csv"]
    cut = ["-f", "segment", "-segment_time", "1", "-segment_format", "mpegts", *listing]
    ffmpeg(*picture(seconds), *cut, str(folder / f"{stamp}_%05d.ts"))
    return sorted(folder.glob(f"{stamp}_*.ts"))


def tear(path: Path, part: float = 0.6) -> Path:
    """What a power cut leaves of a file: its beginning."""
    os.truncate(path, int(path.stat().st_size * part))
    return path


def date_back(path: Path, ended: datetime) -> Path:
    """Give a file the time of its last write."""
    os.utime(path, (ended.timestamp(), ended.timestamp()))
    return path


def date_segments(segments: list[Path], begun: datetime) -> None:
    for number, segment in enumerate(segments, start=1):
        date_back(segment, begun + timedelta(seconds=number))
    for listing in segments[0].parent.glob("*.csv"):
        date_back(listing, begun + timedelta(seconds=len(segments)))


def frames(path: Path) -> int:
    """Pictures that decode."""
    argv = ["ffprobe", "-v", "error", "-count_frames", "-select_streams", "v:0"]
    argv += ["-show_entries", "stream=nb_read_frames", "-of", "csv=p=0", str(path)]
    said = subprocess.run(argv, capture_output=True, text=True, check=True)
    return int(said.stdout.split()[0].strip(","))


def picture_digest(path: Path) -> str:
    """One digest of all decoded pictures and sound, whatever holds them."""
    argv = ["ffmpeg", "-nostdin", "-v", "error", "-i", str(path), "-map", "0:v", "-map", "0:a"]
    said = subprocess.run([*argv, "-f", "streamhash", "-hash", "md5", "-"], capture_output=True, text=True, check=True)
    return said.stdout
