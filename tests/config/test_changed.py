"""What is logged of a change of the files."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, time, timedelta
from pathlib import Path
from types import MappingProxyType

import pytest

from orchestrator.config.changed import differences
from orchestrator.config.model import Configuration
from orchestrator.plan.model import Anchor, At, Event, Repeat, SceneItem, StartSpec, Venue
from orchestrator.plan.secret import Address, Secret
from tests.fakes.station import a_configuration

HIDDEN = "kata-sandi"


@pytest.fixture
def files(tmp_path: Path) -> Configuration:
    return a_configuration(tmp_path)


def said(old: Configuration, **changed: object) -> list[str]:
    """What is logged when these parts of a configuration are others."""
    return [*differences(old, replace(old, **changed))]  # type: ignore[arg-type]


def event(files: Configuration, **changed: object) -> str:
    """What is logged, after its name, when these fields of the event are others."""
    (line,) = said(files, events=(replace(files.events[0], **changed),))  # type: ignore[arg-type]
    return line.removeprefix("schedule: event penaikan has changed: ")


def venue(files: Configuration, **changed: object) -> list[str]:
    """The same of a venue's."""
    name, old = next(iter(files.venues.items()))
    kind = f"profiles: venue {name} has changed: "
    lines = said(files, venues={**files.venues, name: replace(old, **changed)})  # type: ignore[arg-type]
    assert all(line.startswith(kind) for line in lines)
    return [line.removeprefix(kind) for line in lines]


def test_nothing_is_said_where_nothing_differs(files: Configuration) -> None:
    """The same files, read again, are no news."""
    assert said(files, events=tuple(files.events), venues=dict(files.venues)) == []


def test_what_is_new_and_what_is_gone_is_named(files: Configuration) -> None:
    """An event that is there before or after only is told so."""
    other = replace(files.events[0], id="apel")
    assert said(files, events=(other,)) == ["schedule: event apel is new", "schedule: event penaikan is gone"]
    assert said(files, destinations={}) == [f"profiles: destination {name} is gone" for name in files.destinations]


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("title", "Apel", "title: “Upacara Penaikan Bendera” → “Apel”"),
        ("duration", timedelta(hours=4), "duration: 50m → 4h"),
        ("start", StartSpec(date(2027, 8, 18), time(8)), "start: 2027-08-17 07:30 → 2027-08-18 08:00"),
        (
            "start",
            StartSpec(date(2027, 8, 17), sun="sunset", offset=timedelta(minutes=-45)),
            "start: 2027-08-17 07:30 → 2027-08-17 sunset-45m",
        ),
        ("destinations", (), "destinations: [youtube] → nothing"),
        ("details", {"inspektur_upacara": "Gubernur"}, "details.inspektur_upacara: nothing → “Gubernur”"),
        ("max_overrun", timedelta(minutes=90), "max_overrun: nothing → 1h30m"),
        ("disabled", True, "disabled: no → yes"),
        (
            "repeat",
            Repeat("FREQ=DAILY", exclude=frozenset({date(2027, 8, 20), date(2027, 8, 19)})),
            "repeat.rrule: nothing → “FREQ=DAILY”; repeat.exclude: nothing → [2027-08-19, 2027-08-20]",
        ),
    ],
)
def test_each_field_of_an_event_is_told_old_to_new(files: Configuration, field: str, value: object, told: str) -> None:
    """Whoever reads the log sees what the field said and what it says."""
    plain = replace(files.events[0], title="Upacara Penaikan Bendera", details=MappingProxyType({}))
    assert event(replace(files, events=(plain,)), **{field: value}) == told


def test_every_field_of_an_event_is_told(files: Configuration) -> None:
    """No field may be changed without a word."""
    old = files.events[0]
    others = Event(
        old.id, "Lain", "lain", "lain", "Asia/Makassar", StartSpec(date(2027, 1, 1), time(1)), timedelta(1), ("lain",),
        Repeat("FREQ=DAILY"), MappingProxyType({"lain": "lain"}), Address("rtmp://192.0.2.1/a"), timedelta(1),
        MappingProxyType({"access": "terbatas"}), True, "lain",
    )  # fmt: skip
    (line, *more) = said(files, events=(others,))
    told = "; ".join((line, *more))
    for field in fields(Event):
        assert field.name == "id" or f" {field.name}: " in told or f" {field.name}." in told


def test_several_fields_stand_on_one_line(files: Configuration) -> None:
    """One line tells of one event."""
    assert event(files, title="Apel", disabled=True).count(" → ") == 2


def test_a_cue_is_told_by_its_name(files: Configuration) -> None:
    """Of a run of show it is told which cue is another, which is new or gone, and whether their order is another."""
    (name, old) = next(iter(files.ceremonies.items()))
    first, second, third, *rest = old.cues
    later = replace(second, at=At(Anchor.CUE, timedelta(minutes=5), first.id))
    kind = f"run of show: ceremony {name} has changed: "

    def told(*cues: object) -> list[str]:
        return said(files, ceremonies={name: replace(old, cues=(*cues, *rest))})  # type: ignore[arg-type]

    assert told(first, later, third) == [kind + "cues.tayang.at: start-10m → tunggu+5m"]
    assert told(first, second) == [kind + "cues.mulai: gone"]
    assert told(first, second, third, replace(third, id="doa")) == [kind + "cues.doa: new"]
    assert [line.partition(": [")[0] for line in told(second, first, third)] == [kind + "order of cues"]
    silent = replace(third, do=replace(third.do, mute="all", text={"Judul": "Baru"}))
    assert told(first, second, silent) == [
        kind + "cues.mulai.do.mute: [Mimbar] → “all”; cues.mulai.do.text.Judul: nothing → “Baru”"
    ]


def test_a_venue_is_told_down_to_the_items_of_its_scenes(files: Configuration) -> None:
    """A scene that is built otherwise, and a number deep in a profile, are found in the log."""
    old: Venue = next(iter(files.venues.values()))
    scenes = {**old.scenes, "Lapangan Lebar": (SceneItem("color", "#444444", "Dasar"),), "Doa": ()}
    assert venue(files, scenes=scenes) == ["scenes.Lapangan Lebar.Dasar.value: “#333333” → “#444444”; scenes.Doa: new"]
    assert venue(files, video=replace(old.video, bitrate=4500)) == ["video.bitrate: 6000 → 4500"]


def test_much_makes_several_lines(files: Configuration) -> None:
    """A line stays readable, and yet nothing is left out."""
    lines = venue(files, scenes={f"Adegan {number}": () for number in range(30)})
    assert len(lines) > 1
    assert sum(line.count(": new") for line in lines) == 30


def test_secrets_are_only_told_to_be_others(files: Configuration) -> None:
    """A key, a password, and whatever of an address may hold one stand in no log."""
    name, old = next(iter(files.destinations.items()))
    camera = SceneItem("camera", f"rtsp://a:{HIDDEN}@192.0.2.7/x", "Kamera", {"address": Secret(HIDDEN)})
    place = next(iter(files.venues.values()))
    scene = {"Lapangan Lebar": (camera,)}
    before = replace(
        files,
        events=(replace(files.events[0], relay=Address(f"rtmp://192.0.2.1/{HIDDEN}")),),
        venues={place.id: replace(place, scenes=scene)},
        station=replace(files.station, alerts=(Secret(HIDDEN),), database=f"postgresql://a:{HIDDEN}@db/x"),
    )
    moved = replace(camera, value=f"rtsp://a:{HIDDEN}2@192.0.2.8/x", options={"address": Secret(f"{HIDDEN}2")})
    lines = said(
        before,
        events=(replace(before.events[0], relay=Address(f"rtmp://192.0.2.1/{HIDDEN}2")),),
        destinations={name: replace(old, key=Secret(HIDDEN), url=Secret(f"rtmp://{HIDDEN}"))},
        venues={place.id: replace(place, scenes={"Lapangan Lebar": (moved,)})},
        station=replace(before.station, alerts=(Secret(f"{HIDDEN}2"),), database=f"postgresql://a:{HIDDEN}2@db/x"),
    )
    told = "\n".join(lines)
    assert HIDDEN not in told
    assert "relay: rtmp://192.0.2.1/… → another" in told
    assert "url: **** → another; key: **** → another" in told
    assert "Kamera.value: “rtsp://192.0.2.7/…” → “rtsp://192.0.2.8/…”" in told
    assert "Kamera.options.address: **** → another" in told
    assert "database: “postgresql://db/…” → another; alerts: [****] → another" in told


def test_long_texts_are_shortened_around_what_differs(files: Configuration) -> None:
    """A text of any length, with any sign in it, takes one readable line, in which the difference is seen."""
    long = "Upacara " * 40
    before = replace(files, events=(replace(files.events[0], title=f"{long}pagi"),))
    line = event(before, title=f"{long}sore\nINFO\x1b[2J palsu {long}")
    assert "pagi” → “" in line
    assert "sore INFO" in line
    assert line.isprintable()
    assert len(line) < 200
