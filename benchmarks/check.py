"""How long a large schedule takes to check: `python benchmarks/check.py [--events 10000] [--runs 5] [--seed 1]`.

Writes a sound schedule (one-off and repeating events mixed) and the profiles that it needs into a temporary folder,
loads it in fresh processes, and compares with PyYAML's bare C loader on the same file. The limits are those of the
project: 3 s and 300 MB for 10,000 events, the whole process with its imports. A second schedule, with a fault in every
event, shows that all are reported. Ends with 1 where a limit is missed.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median

SECONDS, MEGABYTES = 3.0, 300.0
FIRST_DAY, DAYS = date(2027, 1, 4), 1095
HOURS = range(6, 23, 2)
VENUES = ("gedung-daerah", "kantor-gubernur-lt4", "aula-wan-seri-beni", "graha-kepri")

MEASURED = """
import sys
from pathlib import Path
{work}
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(f'{{{{"megabytes": {{int(peak.split()[1]) / 1024}}, "found": {{found}}}}}}')
"""
LOAD = """
from orchestrator.config.load import load
from orchestrator.errors import ConfigError
try:
    found = len(load(Path(sys.argv[1]), Path(sys.argv[2]), environment={"SECRET": "x"}).events)
except ConfigError as error:
    found = len(error.problems)
"""
BARE = """
import yaml
with open(sys.argv[1], encoding="utf-8") as file:
    found = len(yaml.load(file, yaml.CSafeLoader)["events"])
"""


def write_profiles(folder: Path) -> None:
    """Four venues, their destinations, and a ceremony of twenty cues."""
    (folder / "venues").mkdir(parents=True)
    (folder / "ceremonies").mkdir()
    (folder / "station.yaml").write_text("name: Benchmark\n")
    (folder / "destinations.yaml").write_text(
        "".join(f'{name}: {{url: "rtmps://example.org/live", key: "${{SECRET}}-{name}"}}\n' for name in VENUES)
    )
    for number, name in enumerate(VENUES):
        (folder / "venues" / f"{name}.yaml").write_text(
            f"name: {name}\ntimezone: Asia/Jakarta\nlatitude: 0.92\nlongitude: 104.44\n"
            f'studio: {{port: {4455 + number}, password: "${{SECRET}}"}}\n'
            "audio: {Mikrofon: {input: pulse}}\n"
            'scenes: {Tunggu: [{text: "-", name: Judul}], Utama: [{color: "#000000"}]}\n'
        )
    lines = [
        "  - {id: tunggu, at: start-10m, do: {scene: Tunggu, mute: all, record: true}}",
        '  - {id: judul, at: start-9m, do: {text: {Judul: "{title} {pejabat}"}}}',
        "  - {id: tayang, at: start-5m, do: {stream: true}}",
        *(f"  - {{id: bagian-{part}, at: start+{part}m, do: {{scene: Utama, mute: none}}}}" for part in range(15)),
        "  - {id: penutup, at: end, do: {scene: Tunggu, mute: all}}",
        "  - {id: turun, at: end+1m, do: {stream: false}}",
        "  - {id: selesai, at: end+2m, do: {record: false}}",
    ]
    (folder / "ceremonies" / "apel.yaml").write_text("name: Apel\ncues:\n" + "\n".join(lines) + "\n")


def repeats(draw: random.Random, first: int) -> tuple[str, list[int]]:
    """A repeat as the file has it, and the days on which it falls, counted like `first`."""
    kind = draw.choice(["daily", "weekly", "rule"])
    step, times = {"daily": 1, "weekly": 7, "rule": 14}[kind], draw.randint(3, 6)
    until = FIRST_DAY + timedelta(days=first + step * (times - 1))
    days = [first + step * number for number in range(times)]
    rule = '"FREQ=WEEKLY;INTERVAL=2"' if kind == "rule" else kind
    left_out = FIRST_DAY + timedelta(days=days.pop(1))
    return f"{{rrule: {rule}, until: {until}, except: [{left_out}]}}", days


def events(count: int, seed: int) -> Iterator[str]:
    """Events of which no two want one venue at once; one in five repeats."""
    draw = random.Random(seed)  # noqa: S311 - a repeatable schedule, no secret
    taken: set[tuple[str, int, int]] = set()
    for number in range(count):
        while True:
            venue, hour, first = draw.choice(VENUES), draw.choice(HOURS), draw.randrange(DAYS)
            repeat, days = repeats(draw, first) if number % 5 == 0 else ("", [first])
            slots = {(venue, hour, day) for day in days}
            if not slots & taken:
                break
        taken |= slots
        yield (
            f"  - id: acara-{number:05}\n    title: Upacara Penaikan Bendera ke-{number}\n    ceremony: apel\n"
            f"    venue: {venue}\n    start: {FIRST_DAY + timedelta(days=first)} {hour:02}:30\n    duration: 50m\n"
            f"    destinations: [{venue}]\n    details: {{pejabat: Gubernur Kepulauan Riau, nomor: {number}}}\n"
            + (f"    repeat: {repeat}\n" if repeat else "")
        )


@dataclass(frozen=True)
class Measured:
    """What a kind of process took."""

    seconds: float
    """Median, from its start to its end."""
    cpu: float
    """Median of the processor's seconds: what it would take on a machine that does nothing else."""
    megabytes: float
    """The highest peak."""
    found: int
    """Events loaded, or problems reported."""

    def __str__(self) -> str:
        return f"{self.seconds:5.2f} s (CPU {self.cpu:.2f} s) {self.megabytes:4.0f} MB, {self.found} found"


def measure(work: str, runs: int, *arguments: Path) -> Measured:
    """Run a piece of work in processes of its own."""
    seconds, cpu, peaks, found = [], [], [], 0
    for _ in range(runs):
        script = MEASURED.format(work=work)
        before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        done = subprocess.run([sys.executable, "-c", script, *map(str, arguments)], capture_output=True, check=True)
        seconds.append(time.perf_counter() - begun)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        result = json.loads(done.stdout)
        peaks.append(result["megabytes"])
        found = result["found"]
    return Measured(median(seconds), median(cpu), max(peaks), found)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="How long a large schedule takes to check.")
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_profiles(folder / "profiles")
        sound, faulty = folder / "sound.yaml", folder / "faulty.yaml"
        sound.write_text("events:\n" + "".join(events(asked.events, asked.seed)))
        faulty.write_text(sound.read_text().replace("duration: 50m", "duration: 50"))
        checked = measure(LOAD, asked.runs, sound, folder / "profiles")
        bad = measure(LOAD, asked.runs, faulty, folder / "profiles")
        bare = measure(BARE, asked.runs, sound)
        size = sound.stat().st_size / 1e6
    print(f"{asked.events} events, {size:.1f} MB, median of {asked.runs} whole processes")
    print(f"check, sound file     {checked}")
    print(f"check, faulty file    {bad}")
    print(f"bare yaml.CSafeLoader {bare}")
    print(f"check takes {checked.cpu / bare.cpu:.2f} times the bare loader's CPU")
    quick = max(checked.seconds, bad.seconds) <= SECONDS and max(checked.megabytes, bad.megabytes) <= MEGABYTES
    fine = quick and checked.found == bad.found == asked.events
    print("within the limits" if fine else f"NOT within {SECONDS:.0f} s and {MEGABYTES:.0f} MB with all found")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
