"""What the splicer costs and covers, measured on a real hub: `.venv/bin/python -m benchmarks.media_path` (30 s).

A test picture stands in for OBS. Latency is the time between a packet's arrival at two readers of the hub, one of the
studio's stream and one of the programme, matched by its bytes.
"""

from __future__ import annotations

import hashlib
import statistics
import tempfile
import threading
import time
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import av
import psutil

from orchestrator.devices.media.splicer.slate import capture_slate
from orchestrator.plan.model import Source
from tests.devices.media.bench import Broadcast, Publisher, Sink, decode_errors, destination, read_stream
from tests.support import until

_OPEN = {"fpsprobesize": "0", "probesize": "5000000", "analyzeduration": "4000000"}


class Watcher:
    """Notes when each packet of a stream arrives."""

    def __init__(self, address: str) -> None:
        self.seen: dict[str, float] = {}
        self.times: list[float] = []
        self._address = address
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        with (
            suppress(av.FFmpegError),  # the hub ends before its watchers
            av.open(self._address, format="live_flv", options=_OPEN, timeout=(30, 30)) as container,
        ):
            for packet in container.demux():
                now = time.monotonic()
                if packet.stream.type == "video" and packet.size:
                    self.seen.setdefault(hashlib.sha1(bytes(packet)).hexdigest(), now)  # noqa: S324 - a name
                    self.times.append(now)

    def next_after(self, at: float) -> float:
        """Seconds from `at` to the first packet after it."""
        return until(lambda: next((when - at for when in self.times if when > at), None), 15)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        sink = Sink(root / "sink")
        air = Broadcast(root / "data", {"sink": destination("sink", sink.url)})
        air.device.needed(True)
        air.turn()
        publisher = Publisher(air.studio, kbits=4000)
        try:
            air.reach()
            studio, programme = Watcher(air.studio), Watcher(air.program)
            until(lambda: len(programme.seen) > 60 and len(studio.seen) > 60)
            splicer = psutil.Process(air.child("splicer").pid)
            before, begin = splicer.cpu_times(), time.monotonic()
            until(lambda: len(programme.seen) > 450, 30)
            spent = splicer.cpu_times()
            cpu = (spent.user + spent.system - before.user - before.system) / (time.monotonic() - begin)
            late = sorted(
                (programme.seen[name] - at) * 1000 for name, at in studio.seen.items() if name in programme.seen
            )
            print(f"latency added: p50 {statistics.median(late):.0f} ms, p99 {late[int(len(late) * 0.99)]:.0f} ms")
            print(f"splicer: {cpu * 100:.1f} % of a core, {splicer.memory_info().rss / 1e6:.0f} MB")
            capture_slate(air.studio, air.files.slate, 2, air.clock)
            until(lambda: air.child("splicer").data.slate)
            for _ in range(3):
                killed = time.monotonic()
                publisher.kill()
                until(lambda: air.seen.source is Source.SLATE)
                print(
                    f"source killed -> next picture: {max(programme.next_after(killed + 0.05) + 0.05, 0) * 1000:.0f} ms"
                )
                publisher = Publisher(air.studio, kbits=4000)
                until(lambda: air.seen.source is Source.STUDIO)
            until(lambda: air.child("splicer").data.since > 2)
            air.state = type(air.state)(occurrence=air.state.occurrence, destinations=frozenset(), record=False)
            air.reach()
            (file,) = sink.files()
            stream = read_stream(file)
            gaps = ", ".join(f"{_longest(stream.pts[kind]):.0f} ms of {kind}" for kind in ("video", "audio"))
            print(f"three kills at the sink: one connection, longest gaps {gaps}, ", end="")
            print(f"{stream.backwards('video')} times backwards, decode errors: {decode_errors([file]) or 'none'}")
            print(f"longest pause in arrival on programme: {_longest(programme.times):.0f} ms")
        finally:
            publisher.kill()
            air.close()
            sink.stop()


def _longest(times: list[float]) -> float:
    ordered = sorted(times)
    return max(b - a for a, b in pairwise(ordered)) * 1000


if __name__ == "__main__":
    main()
