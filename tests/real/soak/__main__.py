"""`python -m tests.real.soak --minutes 30 [--seed N] [--write docs/reliability.md]`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from random import SystemRandom

from tests.real.soak import report
from tests.real.soak.run import Soak


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Faults at random on a live broadcast; counts what its processes hold."
    )
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=None, help="the same faults again")
    parser.add_argument("--write", type=Path, help="put the figures into this Markdown file")
    parser.add_argument("--keep", type=Path, help="leave all files in this new folder")
    given = parser.parse_args()
    seed = SystemRandom().randrange(10**6) if given.seed is None else given.seed
    _say(f"seed {seed}")
    with tempfile.TemporaryDirectory(prefix="soak-") as scratch:
        root = given.keep or Path(scratch) / "stage"
        result = Soak(root, given.minutes, seed, _say).run()
    section = report.text(result, given.minutes)
    _say(section)
    if given.write is not None:
        report.put(section, given.write)
    return 1 if result.complaints else 0


if __name__ == "__main__":
    sys.exit(main())
