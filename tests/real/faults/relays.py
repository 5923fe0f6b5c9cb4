"""Broadcasts whose programme is a relay: nothing of them comes from a studio."""

from __future__ import annotations

from pathlib import Path

import yaml

from demo.sinks import Sink
from demo.station import EVENT, VENUE
from tests.real.faults.source import PLAIN, Coding, Source
from tests.real.stage import Stage
from tests.support import until

SHOW = [
    {"id": "rekam", "at": "start-8s", "do": {"record": True}},
    {"id": "tayang", "at": "start-6s", "do": {"stream": True}},
    {"id": "turun", "at": "end", "do": {"stream": False}},
    {"id": "selesai", "at": "end+2s", "do": {"record": False}},
]
KEY = "istana"
"""What the source is published as."""


class RelayStage(Stage):
    """A stage that relays a source whole; the source runs before the service does."""

    def __init__(self, root: Path, address: str = "", coding: Coding = PLAIN) -> None:
        """Relay what is at an address; by default what the palace publishes to its own RTMP server."""
        super().__init__(root, lead=14.0, length="3h", record=True)
        self.server = Sink(root / "source", key=KEY)
        self.server.start()
        self.address = address or self.server.address
        self.source = Source(self.address, coding, root / "source.log")
        relayed(self, EVENT, VENUE, self.address)

    def again(self, coding: Coding) -> None:
        """Start the source anew, and return when it publishes."""
        before = self.server.publishers()
        self.source = Source(self.address, coding, self.root / "source.log")
        until(lambda: self.server.publishers() > before, 10, what="the source publishes")

    def problems(self) -> list[str]:
        """What status says is wrong, without the studio, which isn't there and needn't be."""
        return [code for code in super().problems() if code != "obs.not-there"]

    def close(self) -> None:
        self.source.kill()
        super().close()
        self.server.stop()


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
