"""Enter measured faults in docs/reliability.md: `python -m tools.reliability ROWS.json [--whole]`, or `make faults`.

A fault that was measured again gets all its rows anew, the others stay as they are; each row has its day. After a whole
run nothing that it didn't measure stays. Exit status 1 where a promise was broken: the table then says so too.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "reliability.md"
BEGIN, END = "<!-- measured: written by `make faults` -->", "<!-- /measured -->"
_HEAD = "| fault | looked at | promised | measured | day |\n|---|---|---|---|---|\n"


def enter(page: str, rows: Sequence[Mapping[str, object]], day: str, machine: str, *, whole: bool = False) -> str:
    """The page with these rows in its table.

    Args:
        page: The page as it was.
        rows: What was measured: fault, what, promise, measured, held.
        day: When.
        machine: On what.
        whole: Whether every fault there is was measured.

    Raises:
        ValueError: the page has no place for the table.
    """
    before, begin, rest = page.partition(BEGIN)
    old, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"there are no {BEGIN} and {END} in the page")
    anew = {_cell(row["fault"]) for row in rows}
    faults: dict[str, list[list[str]]] = {}
    for cells in _read(old):
        if cells[0] in anew:
            faults.setdefault(cells[0], [])
        elif not whole:
            faults.setdefault(cells[0], []).append(cells)
    for row in rows:
        measured = f"{row['measured']}" if row["held"] else f"**{row['measured']}: broken**"
        cells = [_cell(each) for each in (row["fault"], row["what"], row["promise"], measured, day)]
        faults.setdefault(cells[0], []).append(cells)
    lines = "".join(f"| {' | '.join(cells)} |\n" for own in faults.values() for cells in own)
    return f"{before}{BEGIN}\n\n`make faults` on {machine}.\n\n{_HEAD}{lines}\n{END}{after}"


def machine() -> str:
    """This machine, in a few words."""
    cpu = Path("/proc/cpuinfo").read_text("utf-8") if Path("/proc/cpuinfo").exists() else ""
    model = next((line.partition(":")[2].strip() for line in cpu.splitlines() if line.startswith("model name")), "CPU")
    release = Path("/etc/os-release").read_text("utf-8") if Path("/etc/os-release").exists() else ""
    system = next(
        (line.partition("=")[2].strip('"') for line in release.splitlines() if line.startswith("PRETTY_")), ""
    )
    return f"{os.cpu_count()} cores {model}, {system or sys.platform}"


def _read(table: str) -> list[list[str]]:
    rows = [line.strip().strip("|").split(" | ") for line in table.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in rows[1:] if len(row) == 5]


def _cell(value: object) -> str:
    return str(value).replace("|", "/").replace("\n", " ").strip()


def main(arguments: Sequence[str]) -> int:
    """Enter the rows of a file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=Path)
    parser.add_argument("--whole", action="store_true", help="every fault was measured: what wasn't goes")
    options = parser.parse_args(arguments)
    rows = json.loads(options.rows.read_text("utf-8") or "[]")
    day = datetime.now(UTC).date().isoformat()  # noqa: TID251 - the day on which it was measured
    page = enter(PAGE.read_text("utf-8"), rows, day, machine(), whole=options.whole and bool(rows))
    PAGE.write_text(page, encoding="utf-8")
    broken = [row for row in rows if not row["held"]]
    sys.stdout.write(f"{len(rows)} measurements entered in docs/reliability.md; {len(broken)} broken promises\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
