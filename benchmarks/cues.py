"""How late cues are on a real OBS with 10,000 events loaded, against a bare loop with obs-websocket-py in the same run.

    .venv/bin/python benchmarks/cues.py [--cues 120] [--events 10000] [--panels 0]

Starts `orchestrator run` on a headless OBS (640x360, 30 fps) with a ceremony of scene cues a second apart, reads the
as-run log, then lets a bare sleep loop switch the same OBS, and prints percentiles of both in milliseconds.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml
from obswebsocket import events, obsws, requests

ZONE = ZoneInfo("Asia/Jakarta")
PASSWORD = "benchmark"  # noqa: S105 - of a loopback OBS that lives as long as this script
COLOURS = {"Merah": "#aa2222", "Hijau": "#22aa22", "Biru": "#2222aa", "Kuning": "#aaaa22"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def write_station(root: Path, port: int) -> None:
    profiles = root / "profiles"
    (profiles / "venues").mkdir(parents=True)
    (profiles / "ceremonies").mkdir()
    station = {
        "name": "Benchmark",
        "timezone": ZONE.key,
        "language": "en",
        "hub": {"port": free_port()},
        "web": {"port": 0},
    }
    (profiles / "station.yaml").write_text(yaml.safe_dump(station))
    (profiles / "destinations.yaml").write_text("{}\n")
    for index in range(5):
        studio = {
            "host": "127.0.0.1",
            "port": port if index == 0 else free_port(),
            "password": "${OBS_PASSWORD}",
            "launch": "auto" if index == 0 else "never",
        }
        venue = {
            "name": f"Venue {index}",
            "timezone": ZONE.key,
            "latitude": 0.9,
            "longitude": 104.4,
            "studio": studio,
            "video": {"width": 640, "height": 360, "fps": 30, "bitrate": 1000},
            "scenes": {name: [{"color": colour}] for name, colour in COLOURS.items()},
        }
        (profiles / "venues" / f"v{index}.yaml").write_text(yaml.safe_dump(venue))


def write_schedule(root: Path, start: datetime, cues: int, count: int) -> None:
    names = list(COLOURS)
    run = [{"id": f"c{n}", "at": f"start+{n}s", "do": {"scene": names[n % len(names)]}} for n in range(cues)]
    (root / "profiles/ceremonies/bench.yaml").write_text(yaml.safe_dump({"name": "Bench", "cues": run}))
    entries = [_entry("bench", "v0", start, f"{cues + 5}s")]
    for n in range(count - 1):
        day = datetime(2027, 6, 1, 0, 0, tzinfo=ZONE) + timedelta(hours=3 * (n // 4))
        entries.append(_entry(f"e{n}", f"v{1 + n % 4}", day, "30m"))
    (root / "schedules.yaml").write_text(yaml.safe_dump({"events": entries}, sort_keys=False))


def _entry(name: str, venue: str, start: datetime, duration: str) -> dict[str, object]:
    local = start.astimezone(ZONE)
    return {
        "id": name,
        "title": name,
        "ceremony": "bench",
        "venue": venue,
        "start": f"{local:%Y-%m-%d %H:%M:%S}",
        "duration": duration,
    }


def command(root: Path, *words: str) -> list[str]:
    program = str(Path(sys.executable).with_name("orchestrator"))
    paths = [
        "--schedule",
        str(root / "schedules.yaml"),
        "--profiles",
        str(root / "profiles"),
        "--data",
        str(root / "data"),
    ]
    return [program, *words, *paths]


def as_run(root: Path) -> list[dict[str, str]]:
    done = subprocess.run(
        command(root, "log", "--json"), capture_output=True, text=True, env=environment(), check=False
    )
    return json.loads(done.stdout) if done.stdout.startswith("[") else []


PICTURES: list[float] = []
"""When messages with pictures came."""


def follow(root: Path) -> None:
    """Be an open page."""
    found = root / "data/service.json"
    wait_for(found.exists, 60)
    time.sleep(1)
    with urllib.request.urlopen(json.loads(found.read_text())["url"] + "/api/v1/live?page=home") as stream:  # noqa: S310
        PICTURES.extend(time.time() for line in stream if b"data:image/jpeg" in line)


def environment() -> dict[str, str]:
    return {**os.environ, "OBS_PASSWORD": PASSWORD}


def wait_for(condition: object, timeout: float) -> None:
    deadline = time.monotonic() + timeout
    while not condition():  # type: ignore[operator]
        if time.monotonic() > deadline:
            raise SystemExit("the service did not get that far in time; see its log")
        time.sleep(0.5)


def milliseconds(line: dict[str, str], key: str) -> float:
    return (datetime.fromisoformat(line[key]) - datetime.fromisoformat(line["planned_at"])).total_seconds() * 1000


def bare_loop(port: int, cues: int) -> tuple[list[float], list[float]]:
    """Sent and seen, ms after the planned instant, by obs-websocket-py as it comes."""
    client = obsws("127.0.0.1", port, PASSWORD)
    client.connect()
    seen = threading.Event()
    client.register(lambda _: seen.set(), events.CurrentProgramSceneChanged)
    names, sent_at, seen_at = list(COLOURS), [], []
    for n in range(cues):
        planned = float(int(time.time()) + 1)
        seen.clear()
        time.sleep(max(0.0, planned - time.time()))
        client.call(requests.SetCurrentProgramScene(sceneName=names[(n + 2) % len(names)]))
        sent_at.append((time.time() - planned) * 1000)
        if seen.wait(2):
            seen_at.append((time.time() - planned) * 1000)
    client.disconnect()
    return sent_at, seen_at


def report(name: str, values: Sequence[float]) -> None:
    ordered = sorted(values)
    p50, p99 = statistics.median(ordered), ordered[min(len(ordered) - 1, round(0.99 * len(ordered)))]
    print(f"{name:<44} n={len(ordered):<4} p50 {p50:6.1f}  p99 {p99:6.1f}  max {ordered[-1]:6.1f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cues", type=int, default=120)
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--panels", type=int, default=0, help="open pages, for which pictures are taken meanwhile")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root, port = Path(folder), free_port()
        write_station(root, port)
        write_schedule(root, datetime.now(UTC) + timedelta(seconds=40), options.cues, options.events)
        with (root / "service.log").open("w") as log:
            service = subprocess.Popen(
                command(root, "run", "--stop-air"), env=environment(), stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        try:
            for _ in range(options.panels):
                threading.Thread(target=follow, args=(root,), daemon=True).start()
            wait_for(
                lambda: len([x for x in as_run(root) if x["confirmed_at"]]) >= options.cues, 90 + options.cues * 1.5
            )
            lines = [x for x in as_run(root) if x["field"] == "scene" and x["sent_at"] and x["confirmed_at"]]
            print(f"{len(PICTURES)} messages with pictures to {options.panels} panels")
            print(f"{options.events} events loaded, {len(lines)} of {options.cues} scene cues by command")
            report("orchestrator: planned to sent", [milliseconds(x, "sent_at") for x in lines])
            report("orchestrator: planned to confirmed", [milliseconds(x, "confirmed_at") for x in lines])
            sent, seen = bare_loop(port, min(options.cues, 60))
            report("bare obs-websocket-py: planned to answered", sent)
            report("bare obs-websocket-py: planned to event", seen)
        finally:
            service.send_signal(signal.SIGTERM)
            service.wait(60)


if __name__ == "__main__":
    main()
