"""A whole broadcast on real parts: the real command, a headless OBS, the hub, two sinks with a viewer each."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml

from demo.seen import Frame, Seen, scene_of
from demo.service import Service
from demo.sinks import Sink
from demo.station import EVENT, PALETTE, VENUE, ZONE, Station, prepare
from demo.viewers import Viewer
from orchestrator.catalogue.records import Incident
from orchestrator.catalogue.store import Catalogue
from orchestrator.config.folders import DataFolder
from orchestrator.config.load import load
from orchestrator.devices.media.splicer.control import SplicerFiles
from orchestrator.devices.obs.connection import NO_EVENTS, Connection
from orchestrator.devices.slates import kind_of
from orchestrator.plan.model import Studio
from tests.real.road import Road
from tests.support import until

NAMES = ("youtube", "facebook")
LONG_SHOW = [
    {"id": "layar-tunggu", "at": "start-8s", "do": {"scene": "Segera Dimulai", "mute": "none", "record": True}},
    {"id": "tayang", "at": "start-6s", "do": {"stream": True}},
    {"id": "mulai", "at": "start", "do": {"scene": "Lapangan Lebar", "text": {"Judul": "{title}"}}},
    {"id": "penutup", "at": "end", "do": {"scene": "Penutup"}},
    {"id": "turun", "at": "end+2s", "do": {"stream": False}},
    {"id": "selesai", "at": "end+3s", "do": {"record": False}},
]
"""A ceremony that is soon on air and then stands for as long as a test needs."""
_START = "%Y-%m-%d %H:%M:%S"
_SLATE_WITHIN = 90.0
"""Seconds that the studio gets to start and to give its own slate."""


class Stage:
    """One station with its event; `go` starts the service, `on_air` waits until viewers see the ceremony."""

    def __init__(
        self,
        root: Path,
        *,
        lead: float = 14.0,
        length: str = "30m",
        cues: object = None,
        record: bool = False,
        roads: bool = False,
        own_slate: bool = False,
    ) -> None:
        """Write the station's files.

        Args:
            root: Where to.
            lead: Seconds until the ceremony starts.
            length: How long it lasts.
            cues: Its cues, if not those of LONG_SHOW.
            record: The sinks write down what they get.
            roads: The sinks can be cut off.
            own_slate: The ceremony waits for the studio's own slate, which is cut while nothing needs the studio.
        """
        self.root = root
        self.sinks = {name: Sink(root / "sinks" / name, record=record) for name in NAMES}
        for sink in self.sinks.values():
            sink.start()
        self.viewers = {name: Viewer(name, root / "viewers" / name) for name in NAMES}
        for name, viewer in self.viewers.items():
            viewer.start(self.sinks[name])
        self._lead, self._waits = lead, own_slate
        self.station: Station = prepare(root, self.sinks, _in(_SLATE_WITHIN * 2 if own_slate else lead))
        self.edit("schedules.yaml", lambda text: text.replace("duration: 34s", f"duration: {length}"))
        self.roads = {name: Road(sink.port) for name, sink in self.sinks.items()} if roads else {}
        for name, road in self.roads.items():
            self.lead(name, f"127.0.0.1:{road.port}")
        ceremony = {"name": "Uji", "cues": cues or LONG_SHOW}
        (self.station.profiles / "ceremonies/flag-raising.yaml").write_text(yaml.safe_dump(ceremony))
        self.service = Service(self.station)

    def edit(self, name: str, change: Callable[[str], str]) -> None:
        """Change a file of the station."""
        path = self.root / name
        path.write_text(change(path.read_text()))

    def lead(self, name: str, to: str) -> None:
        """Have a destination fed at another host and port."""
        address = f"127.0.0.1:{self.sinks[name].port}"
        self.edit("profiles/destinations.yaml", lambda text: text.replace(address, to))

    def go(self, *, stop_air: bool = True) -> None:
        """Start the service."""
        self.service.start(stop_air=stop_air)
        self.service.wait_ready(30)
        if self._waits:
            self._waits = False
            until(lambda: self.slate() == "own", _SLATE_WITHIN, what="the studio's own slate")
            before, start = self.station.start, _in(self._lead)
            self.edit("schedules.yaml", lambda text: text.replace(*(f"{each:{_START}}" for each in (before, start))))
            self.station = replace(self.station, start=start)

    def slate(self) -> str | None:
        """Whose picture the venue's slate is: own or drawn."""
        return kind_of(SplicerFiles(DataFolder(self.station.data).run(VENUE)).slate)

    def on_air(self, within: float = 60.0) -> None:
        """Wait until both viewers see the ceremony's picture."""
        until(lambda: all(self.sees(name) == "Lapangan Lebar" for name in NAMES), within, what="on air at both sinks")

    def seen(self, name: str) -> Seen:
        """What a viewer got until now."""
        return self.viewers[name].seen()

    def sees(self, name: str) -> str | None:
        """The scene of a viewer's latest frame."""
        frames = self.seen(name).frames
        return self.scene(frames[-1]) if frames else None

    @staticmethod
    def scene(frame: Frame) -> str | None:
        """The scene that a frame shows."""
        return scene_of(frame.colour, PALETTE)

    def frames_since(self, name: str, mono: float) -> list[Frame]:
        """The frames that arrived at or after a moment of the steady clock."""
        return [frame for frame in self.seen(name).frames if frame.arrived is not None and frame.arrived >= mono]

    def scenes_since(self, name: str, mono: float) -> list[str]:
        """The scenes that a viewer saw since a moment, each once in a row."""
        scenes: list[str] = []
        for frame in self.frames_since(name, mono):
            scene = scene_of(frame.colour, PALETTE)
            if scene is not None and (not scenes or scenes[-1] != scene):
                scenes.append(scene)
        return scenes

    def freeze(self, name: str, mono: float) -> float:
        """The longest wait between two frames of a viewer from a moment on, seconds."""
        arrivals = [frame.arrived or 0.0 for frame in self.frames_since(name, mono - 1.0)]
        return max((later - earlier for earlier, later in itertools.pairwise(arrivals)), default=999.0)

    def status(self) -> Mapping[str, Any]:
        """The venue's status; empty while the service doesn't answer."""
        found = self.service.status()
        venue: Mapping[str, Any] = found["venues"].get(VENUE, {}) if found else {}
        return venue

    def details(self, part: str) -> Mapping[str, Any]:
        """What a part tells of itself: `obs`, `destinations`, `safety`, `programme`."""
        found: Mapping[str, Any] = until(self.service.devices, 10)["venues"][VENUE]["details"][part]
        return found

    def left_out(self) -> int:
        """Frames that OBS itself has left out since its start, because the machine was too slow for it."""
        about = self.details("obs")
        return int(about["skipped_render"]) + int(about["skipped_output"])

    def obs(self, request: str, **data: Any) -> Mapping[str, Any]:
        """What the studio itself answers, past the service."""
        connection = Connection(self._studio, VENUE, NO_EVENTS)
        connection.connect()
        try:
            answer: Mapping[str, Any] = connection.request(request, **data)
            return answer
        finally:
            connection.disconnect()

    @cached_property
    def _studio(self) -> Studio:
        """How the studio is reached; kept, since a test may spoil the files."""
        station = self.station
        found = load(station.schedule, station.profiles, data=station.data, environment=station.environment)
        return found.venues[VENUE].studio

    def incidents(self, since: datetime, code: str = "") -> list[Incident]:
        """What was told to be wrong since a time, of codes that begin so."""
        with Catalogue(f"sqlite:///{self.station.data}/catalogue.sqlite3") as catalogue:
            return [each for each in catalogue.incidents.between(since) if each.code.startswith(code)]

    def problems(self) -> list[str]:
        """The codes of what status says is wrong with the venue."""
        return [str(problem["code"]) for problem in self.status().get("problems", ())]

    def pids(self) -> dict[str, int]:
        """The processes written down in the catalogue, by key."""
        with Catalogue(f"sqlite:///{self.station.data}/catalogue.sqlite3") as catalogue:
            return {row.key: row.pid for row in catalogue.processes.all()}

    def pid(self, key: str) -> int:
        """One of them: `hub`, or what follows the venue's id, such as `obs`, `splicer`, `pusher/youtube`."""
        return self.pids()[key if key == "hub" else f"{VENUE}/{key}"]

    def log(self) -> list[dict[str, Any]]:
        """The as-run log, by the command."""
        done = self.service.command("log", "--json")
        lines: list[dict[str, Any]] = json.loads(done.stdout)
        return lines

    def lines(self, cue: str) -> list[dict[str, Any]]:
        """A cue's lines of the as-run log."""
        return [line for line in self.log() if line["cue"] == cue]

    def spool(self, kind: str) -> list[Path]:
        """The files being recorded: kind is studio or safety."""
        return sorted((self.station.data / "spool" / VENUE / EVENT / kind).glob("*.*"))

    def close(self) -> None:
        """End everything; the air's own end takes long, with its recordings being archived."""
        self.service.kill()
        self.service.sweep()
        for viewer in self.viewers.values():
            viewer.stop()
        for road in self.roads.values():
            road.close()
        for sink in self.sinks.values():
            sink.stop()


def _in(seconds: float) -> datetime:
    """A moment of the machine's clock, whole seconds."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).astimezone(ZONE).replace(microsecond=0)  # noqa: TID251


def now() -> float:
    """The steady clock by which viewers note arrivals."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def alive(pid: int) -> bool:
    """Whether a process runs."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


MakeStage = Callable[..., Stage]


@pytest.fixture
def make_stage(tmp_path: Path) -> Iterator[MakeStage]:
    """Makes stages and ends them after the test."""
    with ExitStack() as stack:

        def make(**options: Any) -> Stage:
            stage = Stage(tmp_path / "stage", **options)
            stack.callback(stage.close)
            return stage

        yield make
