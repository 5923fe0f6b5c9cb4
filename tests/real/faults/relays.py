"""Broadcasts whose programme is a relay: nothing of them comes from a studio."""

from __future__ import annotations

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import yaml

from demo.sinks import Sink, free_port
from demo.station import EVENT, VENUE
from tests.real.faults.source import PLAIN, REORDERED, Coding, Source
from tests.real.stage import NAMES, Stage
from tests.support import until

SHOW = [
    {"id": "rekam", "at": "start-8s", "do": {"record": True}},
    {"id": "tayang", "at": "start-6s", "do": {"stream": True}},
    {"id": "turun", "at": "end", "do": {"stream": False}},
    {"id": "selesai", "at": "end+2s", "do": {"record": False}},
]
OTHER = "alun-alun"
"""The second venue, and its event."""
PLACES = ((VENUE, EVENT), (OTHER, OTHER))


class House:
    """Where a relay comes from: an RTMP server, an SRT listener or a web server with a playlist."""

    def __init__(self, folder: Path, kind: str) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        self._rtmp: Sink | None = None
        self._http: ThreadingHTTPServer | None = None
        self._writes = self.address = f"srt://127.0.0.1:{free_port()}"
        """Where it is taken from."""
        if kind == "rtmp":
            self._rtmp = Sink(folder, key="istana")
            self._rtmp.start()
            self._writes = self.address = self._rtmp.address
        elif kind == "hls":
            self._http = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
            threading.Thread(target=self._http.serve_forever, daemon=True).start()
            self._writes = str(folder / "live.m3u8")
            self.address = f"http://127.0.0.1:{self._http.server_port}/live.m3u8"

    def begin(self, coding: Coding) -> Source:
        """Begin to send, and return when it does; a listener sends only once it is called."""
        before = self._sent()
        source = Source(self._writes, coding, self._folder / "source.log")
        if self._rtmp is not None or self._http is not None:
            until(lambda: self._sent() != before, 15, what="the source sends")
        return source

    def close(self) -> None:
        if self._rtmp is not None:
            self._rtmp.stop()
        if self._http is not None:
            self._http.shutdown()
            self._http.server_close()

    def _sent(self) -> int:
        """Changes when a source begins to send."""
        if self._rtmp is not None:
            return self._rtmp.publishers()
        playlist = self._folder / "live.m3u8"
        return playlist.stat().st_mtime_ns if playlist.exists() else 0


class _Quiet(SimpleHTTPRequestHandler):
    """Serves files without a word."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class RelayStage(Stage):
    """A stage that relays a source whole; the source runs before the service does."""

    def __init__(self, root: Path, kind: str = "rtmp", coding: Coding = PLAIN) -> None:
        """Relay what the palace publishes to its own RTMP server, offers by SRT, or writes as a playlist (hls)."""
        super().__init__(root, lead=14.0, length="3h", record=True)
        self.house = House(root / "source", kind)
        self.source = self.house.begin(coding)
        relayed(self, EVENT, VENUE, self.house.address)

    def again(self, coding: Coding) -> None:
        """Start the source anew, and return when it sends."""
        self.source = self.house.begin(coding)

    def problems(self) -> list[str]:
        """What status says is wrong, without the studio, which isn't there and needn't be."""
        return [code for code in super().problems() if code != "obs.not-there"]

    def close(self) -> None:
        self.source.kill()
        super().close()
        self.house.close()


class TwoVenues(RelayStage):
    """Two venues at once: one feeds the first sink from one source, the other the second from another."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.other_house = House(root / "other-source", "rtmp")
        self.other_source = self.other_house.begin(REORDERED)
        venues = self.station.profiles / "venues"
        venue = yaml.safe_load((venues / f"{VENUE}.yaml").read_text())
        venue["studio"]["port"] = free_port()
        (venues / f"{OTHER}.yaml").write_text(yaml.safe_dump(venue, allow_unicode=True))
        document = yaml.safe_load(self.station.schedule.read_text())
        first = document["events"][0]
        second = {**first, "id": OTHER, "venue": OTHER, "relay": self.other_house.address, "destinations": [NAMES[1]]}
        document["events"] = [{**first, "destinations": [NAMES[0]]}, second]
        self.station.schedule.write_text(yaml.safe_dump(document, allow_unicode=True))

    def on_air_at_both(self) -> None:
        """Wait until each sink has its venue's picture, and each venue is recorded."""
        self.on_air()
        until(lambda: all(segments(self, *each) for each in PLACES), 30, what="both are recorded")

    def close(self) -> None:
        self.other_source.kill()
        super().close()
        self.other_house.close()


def segments(stage: Stage, venue: str, event: str) -> list[Path]:
    """The safety recording of an event at a venue."""
    return sorted((stage.station.data / "spool" / venue / event / "safety").glob("*.ts"))


def relayed(stage: Stage, event: str, venue: str, address: str) -> None:
    """Make a stage's event one that relays an address, at a venue whose studio isn't needed."""
    ceremony = {"name": "Relai", "source": "relay", "cues": SHOW}
    profiles = stage.station.profiles
    (profiles / "ceremonies/flag-raising.yaml").write_text(yaml.safe_dump(ceremony))
    path = profiles / "venues" / f"{venue}.yaml"
    path.write_text(path.read_text().replace("launch: auto", "launch: never"))
    document = yaml.safe_load(stage.station.schedule.read_text())
    for each in document["events"]:
        if each["id"] == event:
            each["relay"] = address
    stage.station.schedule.write_text(yaml.safe_dump(document, allow_unicode=True))
