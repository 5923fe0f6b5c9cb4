"""Small stations drawn by chance: one or two events with every kind of cue, at one or two venues."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

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
    Late,
    SceneItem,
    Source,
    StartSpec,
    Studio,
    Venue,
    Video,
)
from orchestrator.plan.rundown import rundown_faults
from orchestrator.plan.secret import Address, Secret
from orchestrator.simulation.chance import Draw, choose
from orchestrator.simulation.plagues import Stretch, draw_faults
from orchestrator.simulation.run import Scenario

BEGIN = datetime(2027, 8, 17, 0, 0, tzinfo=UTC)
"""07:00 WIB."""
ZONE = "Asia/Jakarta"
_SCENES = ("Lapangan", "Mimbar", "Tiang")
_STATION = Station(
    name="Humas",
    timezone=ZONE,
    language="id",
    data=Path("/model"),
    database="sqlite://",
    hub=HubSettings(),
    web=WebSettings(),
    archive=ArchiveSettings(Path("/model/archive")),
)
_DESTINATIONS = MappingProxyType(
    {
        name: Destination(name, name.title(), Secret(f"rtmp://127.0.0.1/{name}"), Secret("kunci"))
        for name in ("facebook", "youtube")
    }
)


def make_venue(name: str, launch: str = "never") -> Venue:
    name_item = SceneItem("text", "", "Nama")
    scenes = {"Tunggu": (SceneItem("text", "", "Judul"),), **dict.fromkeys(_SCENES, (name_item,)), "Penutup": ()}
    return Venue(
        id=name,
        name=name.title(),
        timezone=ZONE,
        latitude=0.9289,
        longitude=104.443,
        studio=Studio("127.0.0.1", 4455, Secret("x"), launch, None),  # type: ignore[arg-type]
        video=Video(640, 360, 30, 1000),
        audio=(AudioInput("Mimbar", "pulse", "default"), AudioInput("Suasana", "pulse", "default")),
        scenes=MappingProxyType(scenes),
    )


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def draw_ceremony(draw: Draw, name: str, start: datetime, length: int) -> Ceremony:
    """A run of show from waiting screen to end, with up to four cues in between."""
    lead = 5 * draw.integer(1, 5)
    if draw.integer(0, 7) == 7:
        return _relayed(name, lead, draw.integer(0, 1) == 1)
    opening = Do(scene="Tunggu", mute="all", record=True, text=MappingProxyType({"Judul": "{title}"}), hide=("Nama",))
    cues = [
        Cue("tunggu", At(Anchor.START, -seconds(lead)), opening),
        Cue("tayang", At(Anchor.START, -seconds(5)), Do(stream=True)),
        Cue("mulai", At(Anchor.START), Do(scene="Lapangan", mute="none")),
    ]
    draw.many(0, 4, lambda one: cues.append(_draw_cue(one, f"cue{len(cues) - 3}", start, length, cues)))
    cues += [
        Cue("penutup", At(Anchor.END), Do(scene="Penutup", mute="all", source=Source.STUDIO)),
        Cue("turun", At(Anchor.END, seconds(5)), Do(stream=False)),
        Cue("selesai", At(Anchor.END, seconds(10)), Do(record=False)),
    ]
    made = Ceremony(name, name.title(), tuple(cues))
    if rundown_faults(made):
        made = replace(made, cues=(*made.cues[:3], *made.cues[-3:]))
    return made


def _relayed(name: str, lead: int, locked: bool) -> Ceremony:
    """What comes from elsewhere and goes on whole: the studio has no part in it."""
    cues = (
        Cue("rekam", At(Anchor.START, -seconds(lead)), Do(record=True)),
        Cue("tayang", At(Anchor.START), Do(stream=True), lock=locked),
        Cue("jeda", At(Anchor.END, -seconds(10)), Do(source=Source.SLATE)),
        Cue("turun", At(Anchor.END), Do(stream=False)),
        Cue("selesai", At(Anchor.END, seconds(5)), Do(record=False)),
    )
    return Ceremony(name, name.title(), cues, source=Source.RELAY)


def _draw_cue(draw: Draw, name: str, start: datetime, length: int, before: list[Cue]) -> Cue:
    offset = 5 * draw.integer(1, length // 5)
    kind = draw.integer(0, 6)
    latest = None
    at = At(Anchor.START, seconds(offset))
    if kind in {1, 2}:
        at, latest = At(Anchor.GO), at if kind == 1 else None
    elif kind == 3:
        at = At(Anchor.CLOCK, clock=(start + seconds(offset)).astimezone(ZoneInfo(ZONE)).time())
    elif kind == 4:
        at = At(Anchor.CUE, seconds(5 * draw.integer(0, 4)), cue=before[draw.integer(2, len(before) - 1)].id)
    elif kind == 5:
        at = At(Anchor.END, -seconds(5 * draw.integer(1, length // 5)))
    late = choose(draw, (Late.JOIN, Late.JOIN, Late.SKIP, Late.ASK))
    grace, lock = seconds(draw.integer(1, 5)), draw.integer(0, 5) == 5
    return Cue(name, at, _draw_do(draw), latest=latest, late=late, grace=grace, lock=lock)


def _draw_do(draw: Draw) -> Do:
    match draw.integer(0, 7):
        case 0 | 1 | 2:
            return Do(scene=choose(draw, _SCENES))
        case 3:
            return Do(scene=choose(draw, _SCENES), mute=frozenset({"Mimbar"}))
        case 4:
            return Do(text=MappingProxyType({"Nama": "{title}"}), show=("Nama",))
        case 5:
            return Do(source=choose(draw, (Source.RELAY, Source.SLATE)))
        case 6:
            return Do(scene=choose(draw, _SCENES), transition="Fade")
        case _:
            return Do()


def draw_scenario(draw: Draw, most_faults: int = 3, seed: int = 0) -> Scenario:
    """A station with one or two events, and what is done to it."""
    station = _Station(choose(draw, ("never", "auto")))
    draw.many(1, 2, station.add_event)
    end = BEGIN + seconds(max(stretch.end for stretch in station.stretches))
    faults = draw_faults(draw, station.stretches, most_faults)
    if any(fault.what == "elsewhere" for fault in faults):
        station.build_another()
    return Scenario(station.configuration(), BEGIN, end, faults, seed)


class _Station:
    """A station while it is drawn."""

    def __init__(self, launch: str) -> None:
        self.venues = {"utara": make_venue("utara", launch)}
        self.ceremonies: dict[str, Ceremony] = {}
        self.events: list[Event] = []
        self.stretches: list[Stretch] = []
        self.free = {"utara": 40, "selatan": 40}

    def add_event(self, draw: Draw) -> None:
        number = len(self.events)
        place = "selatan" if number and draw.integer(0, 2) == 2 else "utara"
        if place == "selatan":
            self.build_another()
        length = 10 * draw.integer(2, 18)
        offset = self.free[place] + 5 * draw.integer(0, 8) * number
        start = BEGIN + seconds(offset)
        name = f"acara{number}"
        self.ceremonies[name] = draw_ceremony(draw, name, start, length)
        local = start.astimezone(ZoneInfo(ZONE))
        destinations = choose(draw, (("youtube",), ("youtube", "facebook"), ()))
        self.events.append(
            Event(
                id=name,
                title=f"Acara {number}",
                ceremony=name,
                venue=place,
                timezone=ZONE,
                start=StartSpec(local.date(), local.time()),
                duration=seconds(length),
                destinations=destinations if place == "utara" else ("facebook",),
                relay=Address("rtmp://192.0.2.1/relai"),
            )
        )
        # The next one's first cue comes up to 25 s before its start; sometimes both meet.
        self.free[place] = offset + length + 10 + 25
        self.stretches.append(Stretch(place, max(0, offset - 35), offset + length + 20))

    def build_another(self) -> None:
        """A second house, for an event or for one to be moved to."""
        self.venues.setdefault("selatan", make_venue("selatan"))

    def configuration(self) -> Configuration:
        venues, ceremonies = MappingProxyType(self.venues), MappingProxyType(self.ceremonies)
        return Configuration(_STATION, venues, ceremonies, _DESTINATIONS, tuple(self.events))
