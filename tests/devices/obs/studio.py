"""A small venue, shared by the tests of the studio's decisions and of a real OBS."""

from __future__ import annotations

from pathlib import Path

from orchestrator.config.model import ArchiveSettings, HubSettings, Station, WebSettings
from orchestrator.plan.model import AudioInput, SceneItem, Studio, Venue, Video
from orchestrator.plan.secret import Secret


def item(kind: str, value: str, name: str, **options: object) -> SceneItem:
    return SceneItem(kind, value, name, options)  # type: ignore[arg-type]


SCENES = {
    "Segera Dimulai": (
        item("color", "#0b3d91", "Latar Biru"),
        item("text", "Segera Dimulai", "Judul", size=48),
        item("countdown", "start", "Hitung Mundur", size=64),
    ),
    "Lapangan": (
        item("color", "#117733", "Latar Hijau"),
        item("scene", "Teks Nama", "Bilah", visible=False),
    ),
    "Teks Nama": (
        item("color", "#d0142c", "Pita", x=40, y=270, width=360, height=60, opacity=80),
        item("text", "Nama Pejabat", "Nama", x=60, y=270, width=320, height=60, size=28, bold=True, valign="center"),
    ),
    "Relai": (
        item("color", "#000000", "Dasar"),
        item("relay", "true", "Umpan", audio=True),
        item("countdown", "end", "Sisa", x=500, y=20, width=120, height=40, size=24, align="right"),
    ),
    "Penutup": (item("color", "#333333", "Latar Abu"), item("text", "Terima kasih", "Ucapan", size=48)),
}


def make_venue(port: int = 4455, launch: str = "auto", host: str = "127.0.0.1", recordings: str | None = None) -> Venue:
    return Venue(
        id="aula",
        name="Aula",
        timezone="Asia/Jakarta",
        latitude=0.9,
        longitude=104.4,
        studio=Studio(host, port, Secret("kata-sandi"), launch, recordings),  # type: ignore[arg-type]
        video=Video(640, 360, 30, 1500),
        audio=(AudioInput("Mimbar", "tone", "440"), AudioInput("Suasana", "tone", "660")),
        scenes=SCENES,
    )


def make_station(root: Path, hub_port: int = 1935, hub_host: str = "127.0.0.1", key: str = "") -> Station:
    return Station(
        name="Stasiun Uji",
        timezone="Asia/Jakarta",
        language="en",
        data=root,
        database="",
        hub=HubSettings(host=hub_host, port=hub_port, publish_key=Secret(key)),
        web=WebSettings(port=0),
        archive=ArchiveSettings(root / "archive"),
    )
