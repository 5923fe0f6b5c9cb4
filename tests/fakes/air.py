"""A ceremony that is on air, as its devices would tell it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from orchestrator.plan.state import next_cue, state_at
from orchestrator.status import Observed, VenueStatus
from tests.fakes.desk import FakeDesk

VENUE = "gedung-daerah"


def on_air(desk: FakeDesk, **observed: Any) -> Mapping[str, VenueStatus]:
    """The status of the fake station's ceremony at the desk's time, seen so unless told otherwise."""
    seen = Observed(scene="Lapangan Lebar", stream={"youtube": "live"}, record=True, source="studio")
    timeline, now = desk.timeline(), desk.clock.now()
    following = next_cue(timeline, VENUE, now)
    coming = None if following is None else (following.cue.id, following.at)
    return MappingProxyType(
        {VENUE: VenueStatus(VENUE, state_at(timeline, VENUE, now), replace(seen, **observed), coming)}
    )
