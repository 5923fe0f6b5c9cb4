from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from orchestrator.config.load import load
from orchestrator.config.model import Configuration
from orchestrator.plan.model import Change, Cue, Occurrence, VenueState
from orchestrator.plan.recurrence import occurrences
from orchestrator.plan.state import state_at
from orchestrator.plan.timeline import build

ROOT = Path(__file__).parents[2]
PROFILES = ROOT / "profiles"
SCHEDULE = ROOT / "schedules.yaml"
EXAMPLE = ROOT / "secrets.env.example"

YEAR = (datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))


def secret_names() -> list[str]:
    """The secrets that the example file asks for."""
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    return [line.partition("=")[0] for line in lines if line and not line.startswith("#")]


@dataclass(frozen=True)
class Moment:
    """What a venue should be in from one cue on."""

    cue: Cue
    at: datetime
    state: VenueState

    @property
    def time(self) -> str:
        return f"{self.at:%H:%M:%S}"

    @property
    def lower_third(self) -> bool:
        return self.state.items.get("Teks Nama", False)

    @property
    def streaming(self) -> bool:
        return bool(self.state.destinations)


Run = Callable[..., list[Moment]]
"""An occurrence from cue to cue under these changes; each GO at its latest unless a change gives it."""


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Configuration:
    secrets = {name: f"test-{name}" for name in secret_names()}
    return load(SCHEDULE, PROFILES, data=tmp_path_factory.mktemp("data"), environment=secrets)


@pytest.fixture(scope="session")
def first(shipped: Configuration) -> Callable[[str], Occurrence]:
    """The first occurrence of an event."""

    def find(event_id: str) -> Occurrence:
        event = next(event for event in shipped.events if event.id == event_id)
        return occurrences(event, shipped.venues[event.venue], *YEAR)[0]

    return find


@pytest.fixture(scope="session")
def run(shipped: Configuration) -> Run:
    def play(occurrence: Occurrence, *changes: Change) -> list[Moment]:
        venue = occurrence.event.venue
        timeline = build([occurrence], shipped.ceremonies, shipped.venues, changes)
        zone = ZoneInfo(occurrence.event.timezone)
        fired = [cue for cue in timeline.spans[occurrence.id].cues if cue.fires and cue.at is not None]
        return [Moment(cue.cue, cue.at.astimezone(zone), state_at(timeline, venue, cue.at)) for cue in fired if cue.at]

    return play
