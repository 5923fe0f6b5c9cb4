"""How soon a service that was killed on the air is back: its devices seen, a late cue at the sinks, a whole status.

    .venv/bin/python -m benchmarks.restart [--times 6]

A live broadcast of real OBS, hub and two sinks with a decoding viewer each. A scene cue comes every 20 s; again and
again the service is killed 4 s before one and started 4 s after it. Prints seconds from its start, and the load.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.real.faults.broadcast import SHOW, make, well_on_air
from tests.real.faults.measure import delay
from tests.real.stage import NAMES, Stage, now
from tests.support import until

EVERY = 20
"""Seconds between two cues."""
AWAY = 4
"""Seconds that the service is down before a cue, and after it."""
SCENES = ("Mimbar", "Lapangan Lebar")


def show(times: int) -> list[dict[str, object]]:
    run = [
        {"id": f"c{n}", "at": f"start+{60 + n * EVERY}s", "do": {"scene": SCENES[n % len(SCENES)]}}
        for n in range(times)
    ]
    return [*SHOW[:3], *run, *SHOW[3:]]


def pause(end: datetime) -> None:
    time.sleep(max(0.0, (end - datetime.now(UTC)).total_seconds()))


def once(stage: Stage, number: int) -> tuple[float, float, float]:
    due = stage.station.start + timedelta(seconds=60 + number * EVERY)
    scene = SCENES[number % len(SCENES)]
    pause(due - timedelta(seconds=AWAY))
    stage.service.kill()
    pause(due + timedelta(seconds=AWAY))
    begun, wall = now(), time.time()
    stage.service.start(stop_air=False)
    until(lambda: stage.status().get("observed", {}).get("record") is True, 20)
    whole = now() - begun
    until(lambda: all(stage.sees(name) == scene for name in NAMES), 20)
    time.sleep(1)
    shown = max(
        delay(stage.frames_since(name, begun), begun, lambda frame: stage.scene(frame) == scene) for name in NAMES
    )
    return seen_at(stage) - wall, shown, whole


def seen_at(stage: Stage) -> float:
    lines = (stage.station.data / "logs" / "orchestrator.log").read_text().splitlines()
    last = next(line for line in reversed(lines) if line.endswith("every device is seen"))
    return datetime.fromisoformat(last.split(maxsplit=1)[0]).timestamp()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=6)
    times = parser.parse_args().times
    with tempfile.TemporaryDirectory() as folder:
        stage = make(Path(folder) / "stage", length="3h", cues=show(times))
        try:
            stage.go(stop_air=False)
            well_on_air(stage)
            figures = []
            for number in range(times):
                figures.append(once(stage, number))
                load = os.getloadavg()[0]
                print(
                    "seen {:.2f}  late cue at the sinks {:.2f}  status whole {:.2f}".format(*figures[-1]),
                    f"  load {load:.1f}",
                )
            for name, column in zip(
                ("seen", "late cue at the sinks", "status whole"), zip(*figures, strict=True), strict=True
            ):
                print(f"{name}: median {statistics.median(column):.2f}, most {max(column):.2f} s")
        finally:
            stage.close()


if __name__ == "__main__":
    main()
