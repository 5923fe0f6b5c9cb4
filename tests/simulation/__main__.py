"""Runs seeds of the suite again and tells what happened: `python -m tests.simulation 17 18 19`."""

from __future__ import annotations

import sys

from tests.simulation.judged import scenario_of, story_of


def main(seeds: list[str]) -> int:
    failed = 0
    for seed in seeds:
        story = story_of(scenario_of(int(seed)))
        failed += story is not None
        sys.stdout.write(f"{seed}: {story or 'all holds'}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
