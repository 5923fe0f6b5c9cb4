"""A program that writes without end and says what is written; the tests kill it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from orchestrator.catalogue.records import AsRun
from orchestrator.catalogue.store import Catalogue
from orchestrator.plan.model import ChangeKind

AT = datetime(2027, 8, 17, tzinfo=UTC)


def main() -> None:
    catalogue = Catalogue(sys.argv[1])
    while True:
        change = catalogue.changes.add(ChangeKind.HOLD, AT, "writer", "v")
        line = catalogue.asrun.add(AsRun("o", "c", "v", "scene", AT, AT, None, None, "x", "because", "sent"))
        catalogue.asrun.settle(line.id, confirmed_at=AT, outcome="done")
        sys.stdout.write(f"{change.id} {line.id}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
