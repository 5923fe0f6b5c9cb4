"""What it costs those who record that their files are put on the disk each second.

    .venv/bin/python benchmarks/flushing.py [--disk FOLDER]

Eight writers (four venues, masters and segments) write 6 Mbit/s each in pieces of 25 a second, without and
with syncing, by turns; then one writes as fast as it can.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import threading
import time
from pathlib import Path

from orchestrator.clock import SystemClock
from orchestrator.devices.flushing import Flushing

_PIECE = bytes(30_000)
_WRITERS = 8


def write(file: Path, seconds: float, pause: float, took: list[float], written: list[int]) -> None:
    """Write pieces to a file, and note how long each write took, seconds."""
    end = time.monotonic() + seconds
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    while (began := time.monotonic()) < end:
        os.write(descriptor, _PIECE)
        took.append(time.monotonic() - began)
        written.append(len(_PIECE))
        time.sleep(pause)
    os.close(descriptor)


def run(spool: Path, seconds: float, writers: int, pause: float, *, synced: bool) -> tuple[float, float, float]:
    """The median and the 99th percentile of a write, ms, and what was written, MB/s."""
    took: list[float] = []
    written: list[int] = []
    flushing = Flushing((spool,), SystemClock())
    if synced:
        flushing.start()
    threads = [
        threading.Thread(target=write, args=(spool / f"v{n}/apel/safety/a.ts", seconds, pause, took, written))
        for n in range(writers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if synced:
        flushing.stop()
    return statistics.median(took) * 1e3, statistics.quantiles(took, n=100)[98] * 1e3, sum(written) / seconds / 1e6


def main() -> None:
    """Measure, by turns, and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--disk", type=Path, help="a folder on the disk that is measured")
    parser.add_argument("--seconds", type=float, default=8.0)
    arguments = parser.parse_args()
    for what, writers, pause, share in (("paced", _WRITERS, 0.04, 1.0), ("as fast as it can", 1, 0.0, 0.25)):
        for synced in (False, True):
            with tempfile.TemporaryDirectory(dir=arguments.disk) as folder:
                median, late, rate = run(Path(folder), arguments.seconds * share, writers, pause, synced=synced)
            print(
                f"{what}, {'synced' if synced else 'bare'}: median {median:.3f} ms, p99 {late:.3f} ms, {rate:.1f} MB/s"
            )


if __name__ == "__main__":
    main()
