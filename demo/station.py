"""The demo's station: its files, written anew for each run, and what is planned in them."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from string import Template
from zoneinfo import ZoneInfo

from demo.proof import Planned
from demo.seen import Colour
from demo.sinks import Sink, free_port

_HERE = Path(__file__).parent
ZONE = ZoneInfo("Asia/Jakarta")
VENUE = "lapangan"
EVENT = "penaikan-bendera"
DURATION = timedelta(seconds=34)
"""As demo/schedule.yaml has it."""
BEFORE = timedelta(seconds=12)
"""From the first cue, which begins the recording, to the start: as the ceremony has it."""
AFTER = timedelta(seconds=7)
"""From the end to the last cue, which ends the recording."""

SCENES = (
    ("layar-tunggu", "Segera Dimulai"),
    ("mulai", "Lapangan Lebar"),
    ("komandan", "Komandan"),
    ("bendera", "Tiang Bendera"),
    ("mimbar", "Mimbar"),
    ("penutup", "Penutup"),
)
CUES = ("layar-tunggu", "tayang", "mulai", "komandan", "bendera", "mimbar", "penutup", "turun", "selesai")
PALETTE: Mapping[str, Colour] = {
    "Segera Dimulai": (0x0B, 0x3D, 0x91),
    "Lapangan Lebar": (0x2E, 0x8B, 0x3A),
    "Komandan": (0xE0, 0xA1, 0x00),
    "Tiang Bendera": (0xC8, 0x10, 0x2E),
    "Mimbar": (0x7B, 0x2D, 0x8E),
    "Penutup": (0x00, 0xA0, 0xB0),
    "Gangguan Teknis": (0x33, 0x33, 0x33),
}
PLANNED = Planned(scenes=SCENES, palette=PALETTE, cues=CUES, recorded=BEFORE + DURATION + AFTER)


class _Form(Template):
    """`@NAME` is a place, so that the files' own `${NAME}` stays."""

    delimiter = "@"


@dataclass(frozen=True, slots=True)
class Station:
    """Where the demo's files are."""

    root: Path
    """The folder of all that the demo writes."""
    start: datetime
    """When the ceremony starts."""
    environment: Mapping[str, str]
    """The secrets that its files name."""

    @property
    def profiles(self) -> Path:
        """The folder of profiles."""
        return self.root / "profiles"

    @property
    def schedule(self) -> Path:
        """The file of events."""
        return self.root / "schedules.yaml"

    @property
    def data(self) -> Path:
        """The service's data folder."""
        return self.root / "data"

    @property
    def archive(self) -> Path:
        """The archive's root, where the station doesn't name another."""
        return self.data / "archive"

    @property
    def end(self) -> datetime:
        """When its last cue is due."""
        return self.start + DURATION + AFTER


def prepare(root: Path, sinks: Mapping[str, Sink], start: datetime) -> Station:
    """Write the files of a station that starts its ceremony at `start` (whole seconds) and feeds the sinks."""
    values = {
        "HUB_PORT": str(free_port()),
        "OBS_PORT": str(free_port()),
        "START": start.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S"),
        **{f"{name.upper()}_URL": sink.url for name, sink in sinks.items()},
    }
    keys = {f"DEMO_{name.upper()}_KEY": sink.key for name, sink in sinks.items()}
    station = Station(root, start, {"DEMO_OBS_PASSWORD": secrets.token_urlsafe(16), **keys})
    shutil.copytree(_HERE / "profiles", station.profiles)
    shutil.copy(_HERE / "schedule.yaml", station.schedule)
    for file in (*station.profiles.rglob("*.yaml"), station.schedule):
        file.write_text(_Form(file.read_text()).substitute(values))
    return station
