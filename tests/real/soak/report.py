"""The soak's figures as a section of docs/reliability.md."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from statistics import median

from tests.real.soak.figures import spark
from tests.real.soak.run import Result

HEADING = "## Soak"
_UNITS = {"memory": " MB"}


def text(result: Result, minutes: float) -> str:
    """The section, in Markdown."""
    took: dict[str, list[float]] = defaultdict(list)
    for name, seconds in result.faults:
        took[name].append(seconds)
    lines = [
        HEADING,
        "",
        (
            f"`make soak MINUTES={minutes:g} SEED={result.seed}`: {len(result.faults)} faults in "
            f"{result.seconds / 60:.0f} minutes on one live broadcast (640x360, real OBS → hub → two sinks), one after "
            "another at random. In the first fifth the service and the splicer are killed, too; then they live on. "
            "After everything else was done to them once what they hold is counted after every fault, for "
            f"{result.measured / 60:.0f} minutes. Begin and end are "
            "medians of the first and last tenth of the counts; the slope is the median of all pairs."
        ),
        "",
        "| figure | begin | end | most | slope an hour | series |",
        "|---|---|---|---|---|---|",
    ]
    for growth in result.growths:
        unit = _UNITS.get(growth.name.rpartition(" ")[2], "")
        series = spark([sample.figures[growth.name] for sample in result.samples])
        cells = (
            f"{growth.begin:g}{unit}",
            f"{growth.end:g}{unit}",
            f"{growth.most:g}{unit}",
            f"{growth.slope:+.1f}{unit}",
        )
        lines.append(f"| {growth.name} | {' | '.join(cells)} | `{series}` |")
    lines += ["", "| fault | times | all as planned again, s: median | most |", "|---|---|---|---|"]
    lines += [f"| {name} | {len(all_)} | {median(all_):.1f} | {max(all_):.1f} |" for name, all_ in sorted(took.items())]
    lines += ["", *(f"{name}: {seen}." for name, seen in result.viewers.items()), ""]
    lines += ["Nothing went wrong." if not result.complaints else "What went wrong:", ""]
    lines += [*(f"- {complaint}" for complaint in result.complaints), ""] if result.complaints else []
    return "\n".join(lines)


def put(section: str, path: Path) -> None:
    """Write the section in place of the one that is there, or at the end."""
    old = path.read_text() if path.exists() else "# Reliability\n"
    found = re.search(rf"^{HEADING}\n.*?(?=^## |\Z)", old, re.DOTALL | re.MULTILINE)
    if found is None:
        new = old.rstrip("\n") + "\n\n" + section
    else:
        new = old[: found.start()] + section + ("\n" if old[found.end() :] else "") + old[found.end() :]
    path.write_text(new)
