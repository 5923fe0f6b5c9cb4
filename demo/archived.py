"""The archive's folder, examined without the service's own code."""

from __future__ import annotations

import hashlib
from pathlib import Path

import av

from demo.proof import Check


def check_bag(folder: Path) -> Check:
    """Every file of the bag has the checksum that its manifest says, and every file has one."""
    claim = "the archive's checksums"
    manifest = folder / "manifest-sha256.txt"
    if not manifest.exists():
        return Check(claim, holds=False, figures=f"{folder} has no manifest-sha256.txt")
    listed = dict(line.split(maxsplit=1)[::-1] for line in manifest.read_text().splitlines() if line)
    present = {path.relative_to(folder).as_posix() for path in (folder / "data").rglob("*") if path.is_file()}
    wrong = [name for name in sorted(present & listed.keys()) if _sha256(folder / name) != listed[name]]
    astray = sorted(present ^ listed.keys())
    size = sum((folder / name).stat().st_size for name in present)
    figures = f"{len(present)} files, {size / 1e6:.1f} MB, SHA-256 of each recomputed; {len(wrong)} wrong"
    if wrong or astray:
        figures += f": {', '.join([*wrong, *(f'{name} is not in both' for name in astray)])}"
    return Check(claim, bool(present) and not wrong and not astray, figures)


def mp4_of(folder: Path) -> Path | None:
    """The file to watch."""
    return next(iter(sorted((folder / "data").glob("*.mp4"))), None)


def length_of(file: Path) -> float:
    """Seconds from the first to past the last frame of picture, from the packets themselves."""
    with av.open(str(file)) as container:
        video = container.streams.video[0]
        ends = [
            (packet.pts, packet.pts + (packet.duration or 0))
            for packet in container.demux(video)
            if packet.pts is not None
        ]
        if not ends or video.time_base is None:
            return 0.0
        return float((max(end for _, end in ends) - min(start for start, _ in ends)) * video.time_base)


def is_faststart(file: Path) -> bool:
    """Whether its index comes before its media, so that a browser plays it at once."""
    with file.open("rb") as mp4:
        while header := mp4.read(8):
            size, kind = int.from_bytes(header[:4]), header[4:8]
            if kind in {b"moov", b"mdat"}:
                return kind == b"moov"
            if size == 1:
                size = int.from_bytes(mp4.read(8)) - 8
            mp4.seek(size - 8, 1)
    return False


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
