"""Building a venue's studio for an operator."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.backstage.places import Places
from orchestrator.catalogue.store import Catalogue
from orchestrator.config.folders import DataFolder
from orchestrator.devices.obs.state import ObsObserved
from orchestrator.errors import RefusedError, Saying
from tests.fakes.clock import ManualClock
from tests.fakes.station import a_configuration

VENUE = "gedung-daerah"


class Studio:
    """An OBS that is there, does nothing, and is built at once."""

    def observe(self) -> ObsObserved:
        return ObsObserved()

    def provision(self) -> list[Saying]:
        return [Saying("a scene")]


@pytest.mark.parametrize("free", [60.0, 0.0])
def test_who_needs_to_know_hears_that_a_studio_was_built(tmp_path: Path, free: float) -> None:
    """Its slate may be cut from then on; where an event needs it nothing is built, and nobody is told so."""
    told: list[str] = []
    with Catalogue(f"sqlite:///{tmp_path}/catalogue.sqlite3") as catalogue:
        places = Places(
            lambda: a_configuration(tmp_path),
            {VENUE: Studio()},  # type: ignore[dict-item]
            DataFolder(tmp_path),
            catalogue,
            ManualClock(),
            lambda _: free,
            told.append,
        )
        if free:
            assert places.provision(VENUE, "siti") == [Saying("a scene")]
        else:
            with pytest.raises(RefusedError):
                places.provision(VENUE, "siti")
    assert told == ([VENUE] if free else [])
