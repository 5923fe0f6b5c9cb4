from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from orchestrator.config.load import load
from orchestrator.config.model import Configuration
from orchestrator.plan.model import Cue, Mute, Occurrence
from orchestrator.plan.planned import planned_times
from orchestrator.plan.recurrence import occurrences
from orchestrator.plan.rundown import Rundown

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
    """The picture and sound from one cue on, if nobody touches anything."""

    cue: Cue
    at: datetime
    scene: str | None
    mute: Mute | None
    lower_third: bool
    streaming: bool
    recording: bool


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
def run(shipped: Configuration) -> Callable[[Occurrence], list[Moment]]:
    """An occurrence from cue to cue, each GO at its latest."""

    def play(occurrence: Occurrence) -> list[Moment]:
        event = occurrence.event
        ceremony = shipped.ceremonies[event.ceremony]
        times = planned_times(occurrence, Rundown(ceremony), shipped.venues[event.venue])
        due = [(at, place, cue) for place, (at, cue) in enumerate(zip(times, ceremony.cues, strict=True)) if at]
        moments: list[Moment] = []
        scene: str | None = None
        mute: Mute | None = None
        lower_third = streaming = recording = False
        for at, _, cue in sorted(due, key=lambda entry: entry[:2]):
            do = cue.do
            scene = do.scene or scene
            mute = do.mute if do.mute is not None else mute
            lower_third = ("Teks Nama" in do.show or lower_third) and "Teks Nama" not in do.hide
            streaming = streaming if do.stream is None else do.stream
            recording = recording if do.record is None else do.record
            local = at.astimezone(ZoneInfo(event.timezone))
            moments.append(Moment(cue, local, scene, mute, lower_third, streaming, recording))
        return moments

    return play
