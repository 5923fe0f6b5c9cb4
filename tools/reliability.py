"""Enter measured faults in docs/reliability.md: `python -m tools.reliability ROWS.json`, or `make faults`.

A row that was measured again takes its old one's place, the others stay as they are; each has its day. Exit status 1
where a promise was broken: the table then says so too.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "reliability.md"
BEGIN, END = "<!-- measured: written by `make faults` -->", "<!-- /measured -->"
_HEAD = "| fault | looked at | promised | measured | day |\n|---|---|---|---|---|\n"
Key = tuple[str, str]


def enter(page: str, rows: Iterable[Mapping[str, object]], day: str, machine: str) -> str:
    """The page with these rows in its table.

    Args:
        page: The page as it was.
        rows: What was measured: fault, what, promise, measured, held.
        day: When.
        machine: On what.

    Raises:
        ValueError: the page has no place for the table.
    """
    before, begin, rest = page.partition(BEGIN)
    old, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"there are no {BEGIN} and {END} in the page")
    table: dict[Key, list[str]] = {}
    for cells in _read(old):
        table[cells[0], cells[1]] = cells
    for row in rows:
        measured = f"{row['measured']}" if row["held"] else f"**{row['measured']}: broken**"
        cells = [_cell(each) for each in (row["fault"], row["what"], row["promise"], measured, day)]
        table[cells[0], cells[1]] = cells
    lines = "".join(f"| {' | '.join(cells)} |\n" for cells in _together(table.values()))
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


def _together(rows: Iterable[list[str]]) -> list[list[str]]:
    """The rows of one fault under each other, the faults in the order in which they first stand."""
    faults: dict[str, list[list[str]]] = {}
    for cells in rows:
        faults.setdefault(cells[0], []).append(cells)
    return [cells for own in faults.values() for cells in own]


def _cell(value: object) -> str:
    return str(value).replace("|", "/").replace("\n", " ").strip()


def main(arguments: Sequence[str]) -> int:
    """Enter the rows of a file."""
    rows = json.loads(Path(arguments[0]).read_text("utf-8") or "[]")
    day = datetime.now(UTC).date().isoformat()  # noqa: TID251 - the day on which it was measured
    PAGE.write_text(enter(PAGE.read_text("utf-8"), rows, day, machine()), encoding="utf-8")
    broken = [row for row in rows if not row["held"]]
    sys.stdout.write(f"{len(rows)} measurements entered in docs/reliability.md; {len(broken)} broken promises\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
