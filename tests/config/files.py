"""A small set of sound files, which tests then spoil."""

from __future__ import annotations

from pathlib import Path

from orchestrator.config.load import load
from orchestrator.config.model import Configuration
from orchestrator.errors import ConfigError

STATION = "name: Humas\n"
DESTINATIONS = """\
youtube:
  url: rtmps://a.rtmps.youtube.com/live2
  key: "${YOUTUBE_KEY}"
  max_duration: 12h
facebook: {url: "rtmps://live-api-s.facebook.com:443/rtmp", key: "${FACEBOOK_KEY}", max_duration: 1h}
"""
VENUE = """\
name: Gedung Daerah
timezone: Asia/Jakarta
latitude: 0.9289
longitude: 104.4430
studio: {password: "${OBS_PASSWORD}"}
audio: {Mikrofon: {input: pulse}}
scenes:
  Tunggu: [{color: "#0B3D91"}, {text: Judul, name: Judul, size: 96}, {countdown: start}]
  Lapangan: [{camera: "rtsp://10.0.0.11/stream1", name: Kamera}]
"""
CEREMONY = """\
name: Apel
cues:
  - {id: tunggu, at: start-20m, do: {scene: Tunggu, mute: all, record: true}}
  - {id: tayang, at: start-10m, do: {stream: true}}
  - {id: mulai, at: start, do: {scene: Lapangan, mute: none}}
  - {id: turun, at: end+2m, do: {stream: false}}
  - {id: selesai, at: end+3m, do: {record: false}}
"""
SCHEDULE = """\
events:
  - id: apel
    title: Apel Pagi
    ceremony: apel
    venue: gedung-daerah
    start: 2027-01-04 07:30
    duration: 45m
    destinations: [youtube]
"""
ENVIRONMENT = {"OBS_PASSWORD": "rahasia-obs", "YOUTUBE_KEY": "rahasia-yt", "FACEBOOK_KEY": "rahasia-fb"}


class Files:
    """The files in a folder, and what loading them gives. Places in problems are relative to that folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.profiles = root / "profiles"
        self.environment: dict[str, str] = dict(ENVIRONMENT)
        self.write("profiles/station.yaml", STATION)
        self.write("profiles/destinations.yaml", DESTINATIONS)
        self.write("profiles/venues/gedung-daerah.yaml", VENUE)
        self.write("profiles/ceremonies/apel.yaml", CEREMONY)
        self.write("schedules.yaml", SCHEDULE)

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def replace(self, name: str, old: str, new: str) -> None:
        content = (self.root / name).read_text()
        assert old in content
        self.write(name, content.replace(old, new))

    def station(self, content: str) -> None:
        self.write("profiles/station.yaml", content)

    def venue(self, old: str, new: str) -> None:
        self.replace("profiles/venues/gedung-daerah.yaml", old, new)

    def ceremony(self, old: str, new: str) -> None:
        self.replace("profiles/ceremonies/apel.yaml", old, new)

    def schedule(self, old: str, new: str) -> None:
        self.replace("schedules.yaml", old, new)

    def load(self, content: bytes | None = None) -> Configuration:
        return load(self.root / "schedules.yaml", self.profiles, environment=self.environment, content=content)

    def problems(self) -> list[str]:
        """What is wrong, a line each; empty where nothing is."""
        try:
            self.load()
        except ConfigError as error:
            return [str(problem).replace(f"{self.root}/", "") for problem in error.problems]
        return []
