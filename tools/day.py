"""A day at the office, for pictures of the panel: the shipped profiles, drawn fields for cameras, local sinks."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from demo.sinks import Sink, free_port
from demo.station import Station
from tools.assets import draw
from tools.scenes import PROFILES, SCENERY

ZONE = ZoneInfo("Asia/Jakarta")
ON_AIR = "upacara-bendera"
"""The event that is on air when the pictures are taken."""
DONE = "jumpa-pers"
"""The event that is in the archive by then."""
STUDIOS = ("gedung-daerah", "aula-wan-seri-beni", "kantor-gubernur-lt4")
"""The venues that there are."""
LEAD = timedelta(seconds=35)
"""From now to the start of what will be on air."""

_BRIEF = {
    "name": "Jumpa Pers",
    "source": "studio",
    "cues": [
        {"id": "rekam", "at": "start-4s", "do": {"scene": "Segera Dimulai", "mute": "all", "record": True}},
        {"id": "pembukaan", "at": "start", "do": {"scene": "Ruangan Lebar"}},
        {"id": "pernyataan", "at": "start+8s", "do": {"scene": "Mimbar"}},
        {"id": "penutup", "at": "end", "do": {"scene": "Penutup"}},
        {"id": "selesai", "at": "end+3s", "do": {"record": False}},
    ],
}
"""A press conference of seconds, so that the archive holds something."""


def prepare(root: Path, sinks: Mapping[str, Sink], now: datetime) -> Station:
    """Write the station's files: one ceremony about to begin, one of seconds, and a week of others."""
    shutil.copytree(PROFILES, root / "profiles")
    field = root / "profiles" / "assets" / "lapangan.png"
    draw(SCENERY, field)
    for path in (root / "profiles" / "venues").glob("*.yaml"):
        if path.stem not in STUDIOS:
            path.unlink()
            continue
        _change(path, lambda venue: _tame(venue, field.name))
    (root / "profiles/ceremonies/jumpa-pers.yaml").write_text(yaml.safe_dump(_BRIEF, sort_keys=False))
    _change(root / "profiles/station.yaml", _on_free_ports)
    _change(root / "profiles/destinations.yaml", lambda found: _to_sinks(found, sinks))
    (root / "schedules.yaml").write_text(yaml.safe_dump({"events": _events(now)}, sort_keys=False, allow_unicode=True))
    keys = {f"{name.upper()}_KEY": sink.key for name, sink in sinks.items()}
    extra = {"OBS_PASSWORD": secrets.token_urlsafe(16), "YOUTUBE_RELAI_KEY": secrets.token_urlsafe(12)}
    return Station(root, now + LEAD, {**keys, **extra})


def _change(path: Path, change: Any) -> None:
    path.write_text(yaml.safe_dump(change(yaml.safe_load(path.read_text())), sort_keys=False, allow_unicode=True))


def _tame(venue: dict[str, Any], picture: str) -> dict[str, Any]:
    """The venue with pictures for cameras and tones for microphones, on its own port, light for one machine."""
    venue["studio"] |= {"port": free_port(), "launch": "auto", "host": "127.0.0.1"}
    venue["video"] |= {"width": 1280, "height": 720, "fps": 10, "bitrate": 1500}
    for tone, sound in enumerate(venue.get("audio", {})):
        venue["audio"][sound] = {"input": "tone", "device": str(330 + 110 * tone)}
    for items in venue["scenes"].values():
        for item in items:
            if "camera" in item or "relay" in item:
                item.pop("camera", None)
                item.pop("relay", None)
                item.pop("audio", None)
                item["image"] = f"assets/{picture}"
    return venue


def _on_free_ports(station: dict[str, Any]) -> dict[str, Any]:
    station["hub"] = {"port": free_port()}
    station["web"] = {"host": "127.0.0.1", "port": free_port()}
    return station


def _to_sinks(destinations: dict[str, Any], sinks: Mapping[str, Sink]) -> dict[str, Any]:
    for name, sink in sinks.items():
        destinations[name]["url"] = sink.url
    return destinations


def _events(now: datetime) -> list[dict[str, Any]]:
    start = (now + LEAD).astimezone(ZONE)
    brief = (now + timedelta(seconds=25)).astimezone(ZONE)
    tomorrow = start.replace(hour=9, minute=0, second=0) + timedelta(days=1)
    monday = tomorrow.replace(hour=7, minute=30) + timedelta(days=(7 - tomorrow.weekday()) % 7)
    return [
        _event(ON_AIR, "Upacara Bendera Hari Kesadaran Nasional", "flag-raising", "gedung-daerah", start, "50m")
        | {
            "destinations": ["youtube", "facebook"],
            "max_overrun": "45m",
            "details": {"inspektur_upacara": "Gubernur Kepulauan Riau"},
            "archive": {"classification": "400.14", "access": "terbuka"},
        },
        _event(DONE, "Jumpa Pers Persiapan Upacara", "jumpa-pers", "aula-wan-seri-beni", brief, "16s")
        | {"details": {"narasumber": "Kepala Biro Humas"}},
        _event("pelantikan", "Pelantikan Pejabat Eselon II", "inauguration", "kantor-gubernur-lt4", tomorrow, "1h")
        | {
            "destinations": ["youtube"],
            "details": {
                "pejabat_pelantik": "Gubernur Kepulauan Riau",
                "jabatan_pelantik": "Gubernur",
                "yang_dilantik": "Pejabat Eselon II",
            },
        },
        _event("apel-senin", "Apel Pagi", "apel", "kantor-gubernur-lt4", monday, "45m")
        | {
            "repeat": {"rrule": "FREQ=WEEKLY;BYDAY=MO", "until": f"{monday + timedelta(days=90):%Y-%m-%d}"},
            "details": {"pembina_apel": "Sekretaris Daerah"},
        },
    ]


def _event(name: str, title: str, ceremony: str, venue: str, start: datetime, duration: str) -> dict[str, Any]:
    return {
        "id": name,
        "title": title,
        "ceremony": ceremony,
        "venue": venue,
        "start": f"{start:%Y-%m-%d %H:%M:%S}",
        "duration": duration,
    }
