"""A station in memory: two venues, one destination, one flag ceremony on 17 August 2027."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from types import MappingProxyType

from orchestrator.config.model import ArchiveSettings, Configuration, HubSettings, Station, WebSettings
from orchestrator.plan.model import (
    Anchor,
    At,
    AudioInput,
    Ceremony,
    Cue,
    Destination,
    Do,
    Event,
    SceneItem,
    StartSpec,
    Studio,
    Venue,
    Video,
)
from orchestrator.plan.secret import Secret

NOW = datetime(2027, 8, 17, 0, 40, tzinfo=UTC)
"""07:40 WIB: the flag ceremony at Gedung Daerah has been on for 10 minutes."""


def a_venue(identifier: str, name: str) -> Venue:
    return Venue(
        id=identifier,
        name=name,
        timezone="Asia/Jakarta",
        latitude=0.9289,
        longitude=104.443,
        studio=Studio("127.0.0.1", 4455, Secret("rahasia-obs"), "never", None),
        video=Video(1920, 1080, 30, 6000),
        audio=(AudioInput("Mimbar", "pulse", "default"),),
        scenes=MappingProxyType({"Lapangan Lebar": (SceneItem("color", "#333333", "Dasar"),), "Penutup": ()}),
    )


CEREMONY = Ceremony(
    "flag-raising",
    "Upacara Penaikan Bendera",
    (
        Cue("tunggu", At(Anchor.START, timedelta(minutes=-20)), Do(scene="Penutup", mute="all", record=True)),
        Cue("tayang", At(Anchor.START, timedelta(minutes=-10)), Do(stream=True)),
        Cue("mulai", At(Anchor.START), Do(scene="Lapangan Lebar", mute=frozenset({"Mimbar"}))),
        Cue("bendera", At(Anchor.GO), Do(scene="Penutup"), latest=At(Anchor.START, timedelta(minutes=12)), lock=True),
        Cue("detik", At(Anchor.CLOCK, clock=time(8, 0)), Do(text={"Judul": "{title}"})),
        Cue("selesai", At(Anchor.END), Do(stream=False, record=False)),
    ),
)


def a_configuration(data: Path) -> Configuration:
    return Configuration(
        station=Station(
            name="Humas Kepri",
            timezone="Asia/Jakarta",
            language="id",
            data=data,
            database="sqlite://",
            hub=HubSettings(),
            web=WebSettings(port=0),
            archive=ArchiveSettings(data / "archive"),
        ),
        venues=MappingProxyType(
            {
                "gedung-daerah": a_venue("gedung-daerah", "Gedung Daerah"),
                "graha-kepri": a_venue("graha-kepri", "Graha Kepri <Batam>"),
            }
        ),
        ceremonies=MappingProxyType({"flag-raising": CEREMONY}),
        destinations=MappingProxyType(
            {"youtube": Destination("youtube", "YouTube Pemprov", Secret("rtmp://x/live"), Secret("kunci-rahasia"))}
        ),
        events=(
            Event(
                id="penaikan",
                title="Penaikan Bendera",
                ceremony="flag-raising",
                venue="gedung-daerah",
                timezone="Asia/Jakarta",
                start=StartSpec(date(2027, 8, 17), time(7, 30)),
                duration=timedelta(minutes=50),
                destinations=("youtube",),
            ),
        ),
    )
