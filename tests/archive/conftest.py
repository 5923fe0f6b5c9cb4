"""An office with a spool, an archive and a catalogue, on real files, at its own time."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import bagit
import pytest

from orchestrator.archive.card import Card, PlannedCue, to_json
from orchestrator.archive.keeper import Archivist
from orchestrator.catalogue.store import Catalogue
from orchestrator.config.folders import DataFolder
from orchestrator.config.model import ArchiveSettings
from tests.archive.media import date_back, date_segments, make_master, make_segments
from tests.fakes.clock import ManualClock

START = datetime(2027, 8, 17, 0, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)
BASE = "2027-08-17_0730_upacara-penaikan-bendera-hut-ri-ke-82_gedung-daerah"

CARD = Card(
    occurrence="hut-ri-82-penaikan",
    event="hut-ri-82-penaikan",
    title="Upacara Penaikan Bendera HUT RI ke-82",
    venue="gedung-daerah",
    venue_name="Gedung Daerah, Tanjungpinang",
    ceremony="flag-raising",
    ceremony_name="Upacara Penaikan Bendera",
    start=START,
    end=START + 6 * SECOND,
    timezone="Asia/Jakarta",
    station="Humas Kepri",
    language="id",
    destinations=("youtube",),
    details={"inspektur_upacara": "Gubernur Kepulauan Riau"},
    archive={"classification": "003.1", "access": "terbuka"},
    plan=(
        PlannedCue("mulai", START, {"scene": "Lapangan Lebar", "record": True}),
        PlannedCue("doa", None, {"scene": "Doa"}),
        PlannedCue("selesai", START + 6 * SECOND, {"record": False}),
    ),
)


@dataclass
class Office:
    """What the tests work on; a second one on the same folder is the service after a restart."""

    root: Path
    media: Path
    clock: ManualClock = field(default_factory=lambda: ManualClock(START + timedelta(minutes=5)))

    def __post_init__(self) -> None:
        self.folder = DataFolder(self.root)
        self.catalogue = Catalogue(f"sqlite:///{self.root}/catalogue.db")

    @property
    def archive(self) -> Path:
        return self.root / "archive"

    def archivist(self, *, busy: Callable[[str, str], bool] = lambda *_: False, **options: Any) -> Archivist:
        settings = ArchiveSettings(self.archive, options.pop("verify", "decode"))
        return Archivist(settings, self.folder, self.catalogue, self.clock, busy, **options)

    def announce(self, card: Card = CARD) -> Path:
        path = self.folder.card(card.venue, card.occurrence)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(to_json(card)), "utf-8")
        return path.parent

    def master(self, kind: str = "master", card: Card = CARD, *, name: str = "a.mkv", begun: datetime = START) -> Path:
        """A master of 6 s in the spool."""
        path = self.announce(card) / "studio" / name
        path.parent.mkdir(exist_ok=True)
        shutil.copy(self.media / f"{kind}.mkv", path)
        return date_back(path, begun + 6 * SECOND)

    def safety(self, stamp: str = "20270817T003000Z", *, begun: datetime = START, most: int = 99) -> list[Path]:
        """A run of the safety recorder, 6 segments of a second, in the spool."""
        folder = self.announce() / "safety"
        folder.mkdir(exist_ok=True)
        for path in sorted((self.media / "safety").iterdir()):
            if path.suffix == ".csv" or int(path.stem[-5:]) < most:
                shutil.copy(path, folder / path.name.replace("STAMP", stamp))
        segments = sorted(folder.glob(f"{stamp}_*.ts"))
        date_segments(segments, begun)
        return segments

    def bags(self) -> list[Path]:
        return sorted(self.archive.glob("*/*")) if self.archive.exists() else []

    def bag(self) -> Path:
        """The only thing in the archive, a valid bag."""
        (only,) = self.bags()
        bagit.Bag(str(only)).validate()
        return only

    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.bag() / "data" / "event.json").read_text("utf-8"))
        return found

    def names(self) -> list[str]:
        """What the only bag holds, without what all files begin with."""
        return sorted(path.name.removeprefix(BASE) for path in (self.bag() / "data").iterdir())

    def spooled(self) -> list[str]:
        return sorted(str(path.relative_to(self.folder.spool)) for path in self.folder.spool.rglob("*.*"))


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("media")
    make_master(folder / "master.mkv", 6)
    make_master(folder / "other.mkv", 6, "testsrc2")
    make_master(folder / "black.mkv", 6, "color=black")
    make_segments(folder / "safety", "STAMP", 6)
    return folder


@pytest.fixture
def office(tmp_path: Path, media: Path) -> Iterator[Office]:
    made = Office(tmp_path / "data", media)
    yield made
    made.catalogue.close()


def another(occurrence: str) -> Card:
    """An occurrence of the same title, time and venue."""
    return replace(CARD, occurrence=occurrence, event=occurrence)
