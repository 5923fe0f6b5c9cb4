"""What a start of the service loads before the air is looked after."""

from __future__ import annotations

import subprocess
import sys

FOR_THE_OFFICE = {"argon2", "av", "babel", "bagit", "fastapi", "icalendar", "jinja2", "rich", "ruamel", "uvicorn"}
"""What only the panel, the archive and texts for people need: half of all that a start loads."""
LOAD = "import sys, orchestrator.cli.service, orchestrator.app.service; print(*sys.modules)"


def test_the_air_waits_for_nothing_of_the_office() -> None:
    """What only people and archives need isn't loaded before the loops run: a late cue would wait for it."""
    loaded = subprocess.run([sys.executable, "-c", LOAD], capture_output=True, text=True, check=True).stdout.split()
    assert "sqlalchemy" in loaded, "the catalogue is part of the ground"
    assert not FOR_THE_OFFICE & {name.partition(".")[0] for name in loaded}
    assert "orchestrator.app.office" not in loaded
