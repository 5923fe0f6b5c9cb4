from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "check.py"


def test_benchmark() -> None:
    """A schedule of a thousand events is checked well within the limits for ten thousand, and every fault is told."""
    command = [sys.executable, str(BENCHMARK), "--events", "1000", "--runs", "1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "within the limits"
    assert done.stdout.count("1000 found") == 3
