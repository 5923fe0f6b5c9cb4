"""A child that misbehaves as it is told: its first argument is how, its second a file that it writes."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path


def beat(path: Path, seconds: float, start: int = 0) -> int:
    """Write ffmpeg's kind of progress for a while."""
    end = time.monotonic() + seconds  # noqa: TID251 - a program of its own
    count = start
    while time.monotonic() < end:  # noqa: TID251 - a program of its own
        count += 1
        with path.open("a") as file:
            file.write(
                f"frame={count}\nbitrate=800.0kbits/s\ntotal_size={count * 1000}\nout_time_us={count * 100000}\n"
            )
            file.write("speed=1.0x\nprogress=continue\n")
        time.sleep(0.05)  # noqa: TID251 - a program of its own
    return count


def main() -> int:
    how, path = sys.argv[1], Path(sys.argv[2])
    # A suite that runs in the background has its programs ignore SIGINT.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if how == "exit":
        sys.stdout.write(" ".join(sys.argv[4:]) + "\n")
        return int(sys.argv[3])
    if how == "stubborn":
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    if how == "slow":
        signal.signal(signal.SIGINT, lambda *_: (time.sleep(0.7), sys.exit(0)))  # noqa: TID251 - a program of its own
    if how == "silent":
        beat(path, 0.5)
        time.sleep(600)  # noqa: TID251 - a program of its own
    if how == "flood":
        line = "x" * 999
        end = time.monotonic() + 0.5  # noqa: TID251 - a program of its own
        while time.monotonic() < end:  # noqa: TID251 - a program of its own
            sys.stdout.write(line + "\n")
    beat(path, 600)
    return 0


if __name__ == "__main__":
    sys.exit(main())
