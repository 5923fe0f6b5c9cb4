"""Photographs the standing scenes of a venue in a real OBS: `python -m tools.scenes --venue gedung-daerah`.

Cameras and relays show a drawn field instead, since the real ones aren't here. Needs a quiet machine for a minute.
"""

from __future__ import annotations

import argparse
import base64
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from orchestrator.catalogue.records import ProcessRow
from orchestrator.clock import Clock, SystemClock
from orchestrator.config.folders import DataFolder
from orchestrator.config.load import load
from orchestrator.config.model import Configuration
from orchestrator.devices.obs.client import ObsClient
from orchestrator.devices.obs.launch import Launcher
from orchestrator.devices.obs.provision import provision
from orchestrator.errors import DeviceError
from orchestrator.plan.model import SceneItem, Venue
from tools.assets import draw

ROOT = Path(__file__).parents[1]
PROFILES = ROOT / "profiles"
SCENERY = Path(__file__).with_name("scenery.svg")
SECRETS = ("OBS_PASSWORD", "YOUTUBE_KEY", "YOUTUBE_RELAI_KEY", "FACEBOOK_KEY")

TITLE = "Upacara Penaikan Bendera HUT RI ke-82"
SHOWN = ("Segera Dimulai", "Mimbar", "Konferensi", "Jeda", "Gangguan Teknis", "Penutup")
TEXTS = {
    "Judul": TITLE,
    "Judul Konferensi": TITLE,
    "Hitung Mundur": "14:32",
    "Nama": "Gubernur Kepulauan Riau",
    "Jabatan": "Inspektur Upacara",
    "Tempat dan Waktu": "{venue} · pukul 07:30",
}
_OBS_WITHIN = 20.0
"""Seconds that OBS may take to answer."""
_DRAWN = 1.0
"""Seconds until a new text is in the picture."""


class Forgetful:
    """Where running programs are written down for as long as this command runs."""

    def __init__(self) -> None:
        self._rows: dict[str, ProcessRow] = {}

    def put(self, row: ProcessRow) -> None:
        """Keep a row."""
        self._rows[row.key] = row

    def drop(self, key: str) -> None:
        """Forget a key."""
        self._rows.pop(key, None)

    def all(self) -> Sequence[ProcessRow]:
        """Every row."""
        return tuple(self._rows.values())


def without_cameras(venue: Venue, picture: Path) -> Venue:
    """The venue with a picture for each camera and relay, on a free port, without its microphones."""

    def tame(item: SceneItem) -> SceneItem:
        if item.kind not in {"camera", "relay"}:
            return item
        options = {name: value for name, value in item.options.items() if name != "audio"}
        return replace(item, kind="image", value=str(picture), options=options)

    scenes = {name: tuple(tame(item) for item in items) for name, items in venue.scenes.items()}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        studio = replace(venue.studio, host="127.0.0.1", port=free.getsockname()[1])
    return replace(venue, scenes=scenes, audio=(), studio=studio)


@contextmanager
def studio(venue: Venue, folder: DataFolder, clock: Clock) -> Iterator[ObsClient]:
    """An OBS of its own, for as long as it is needed."""
    launcher = Launcher(venue, folder, clock, Forgetful())
    launcher.launch()
    client = ObsClient(venue.studio, venue.id)
    try:
        deadline = clock.monotonic() + _OBS_WITHIN
        while True:
            try:
                client.connect()
                break
            except DeviceError:
                if clock.monotonic() > deadline:
                    raise
                clock.sleep(0.2)
                client = ObsClient(venue.studio, venue.id)
        yield client
    finally:
        client.close()
        launcher.quit()


def dress(client: ObsClient, venue: Venue, title: str) -> None:
    """Texts as in an event, and the name shown."""
    named = {item.name for items in venue.scenes.values() for item in items}
    texts = {**TEXTS, "Judul": title, "Judul Konferensi": title}
    for name in sorted(texts.keys() & named):
        client.request("SetInputSettings", inputName=name, inputSettings={"text": texts[name].format(venue=venue.name)})
    for scene, items in venue.scenes.items():
        for item in items:
            if item.kind == "scene":
                found = client.request("GetSceneItemId", sceneName=scene, sourceName=item.value)
                where = {"sceneName": scene, "sceneItemId": found["sceneItemId"]}
                client.request("SetSceneItemEnabled", **where, sceneItemEnabled=True)


def photograph(configuration: Configuration, venue_id: str, folder: Path, title: str, width: int) -> None:
    """Build a venue in OBS and write a picture of each of its standing scenes."""
    clock = SystemClock()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        field = Path(scratch) / "scenery.png"
        draw(SCENERY, field)
        venue = without_cameras(configuration.venues[venue_id], field)
        with studio(venue, DataFolder(Path(scratch)), clock) as client:
            provision(client, venue, configuration.station, PROFILES, clock)
            dress(client, venue, title)
            for scene in (name for name in SHOWN if name in venue.scenes):
                client.request("SetCurrentProgramScene", sceneName=scene)
                clock.sleep(_DRAWN)
                size = {"imageWidth": width, "imageHeight": width * venue.video.height // venue.video.width}
                answer = client.request("GetSourceScreenshot", sourceName=scene, imageFormat="png", **size)
                picture = Path(scratch) / "shot.png"
                picture.write_bytes(base64.b64decode(answer["imageData"].partition(",")[2]))
                small = folder / f"{scene.lower().replace(' ', '-')}.jpg"
                argv = ["ffmpeg", "-v", "error", "-y", "-i", str(picture), "-q:v", "3", "-update", "1", str(small)]
                subprocess.run(argv, check=True, stdin=subprocess.DEVNULL)


def main() -> None:
    """Read the arguments and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--venue", default="gedung-daerah", help="which venue")
    parser.add_argument("--folder", type=Path, default=ROOT / "docs" / "images" / "scenes", help="where to")
    parser.add_argument("--title", default=TITLE, help="the event's title")
    parser.add_argument("--width", type=int, default=960, help="width of the pictures, px")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as data:
        secrets = {name: f"pictures-only-{name}" for name in SECRETS}
        configuration = load(ROOT / "schedules.yaml", PROFILES, data=Path(data), environment=secrets)
        photograph(configuration, given.venue, given.folder, given.title, given.width)


if __name__ == "__main__":
    main()
