"""Plain builders of plan values for the plan's tests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import count

from orchestrator.plan.model import (
    Anchor,
    At,
    Ceremony,
    Change,
    ChangeKind,
    Cue,
    Do,
    Event,
    Occurrence,
    Repeat,
    StartSpec,
    Studio,
    Venue,
    Video,
)
from orchestrator.plan.secret import Secret
from orchestrator.plan.timeline import Timeline, build

START = datetime(2027, 8, 17, 0, 30, tzinfo=UTC)
"""07:30 WIB."""
_numbers = count(1)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def at(number: float) -> datetime:
    """So many minutes after START."""
    return START + minutes(number)


def make_venue(
    name: str = "gedung-daerah",
    zone: str = "Asia/Jakarta",
    latitude: float = 0.9289,
    longitude: float = 104.4430,
) -> Venue:
    return Venue(
        id=name,
        name="Gedung Daerah",
        timezone=zone,
        latitude=latitude,
        longitude=longitude,
        studio=Studio("127.0.0.1", 4455, Secret("x"), "never", None),
        video=Video(640, 360, 30, 1000),
    )


def make_event(name: str = "acara", **given: object) -> Event:
    fields: dict[str, object] = {
        "id": name,
        "title": "Upacara",
        "ceremony": "upacara",
        "venue": "gedung-daerah",
        "timezone": "Asia/Jakarta",
        "start": StartSpec(date(2027, 8, 17), time(7, 30)),
        "duration": minutes(50),
        "destinations": ("youtube", "facebook"),
    }
    return Event(**{**fields, **given})  # type: ignore[arg-type]


def repeated(rule: str, start: datetime, zone: str = "Asia/Jakarta", **given: object) -> Event:
    """A repeating event; `start` is naive wall-clock time."""
    names = {"until", "exclude", "also"}
    repeat = Repeat(rule, **{name: value for name, value in given.items() if name in names})  # type: ignore[arg-type]
    rest = {name: value for name, value in given.items() if name not in names}
    return make_event(repeat=repeat, timezone=zone, start=StartSpec(start.date(), start.time()), **rest)


def make_occurrence(name: str = "acara", begin: float = 0, length: float = 50, **given: object) -> Occurrence:
    event = make_event(name, duration=minutes(length), **given)
    return Occurrence(name, event, at(begin), at(begin + length))


ANCHORS = {"start": Anchor.START, "end": Anchor.END, "sunrise": Anchor.SUNRISE, "sunset": Anchor.SUNSET}


def when(text: str, offset: float = 0) -> At:
    """`start`, `end`, `sunset`, `go`, a clock time such as `10:00`, or another cue's id; offset in minutes."""
    if text == "go":
        return At(Anchor.GO)
    if text in ANCHORS:
        return At(ANCHORS[text], minutes(offset))
    if text[0].isdigit():
        return At(Anchor.CLOCK, clock=time.fromisoformat(text))
    return At(Anchor.CUE, minutes(offset), cue=text)


def make_cue(name: str, on: At, latest: At | None = None, **do: object) -> Cue:
    lock = bool(do.pop("lock", False))
    return Cue(name, on, Do(**do), latest=latest, lock=lock)  # type: ignore[arg-type]


def make_ceremony(*cues: Cue, name: str = "upacara", **given: object) -> Ceremony:
    return Ceremony(id=name, name="Upacara", cues=cues, **given)  # type: ignore[arg-type]


FLAG = make_ceremony(
    make_cue("layar-tunggu", when("start", -20), scene="Segera Dimulai", mute="all", record=True),
    make_cue("tayang", when("start", -10), stream=True),
    make_cue("mulai", when("start"), scene="Lapangan Lebar", mute="none"),
    make_cue("bendera", when("go"), latest=when("start", 12), lock=True, scene="Tiang Bendera"),
    make_cue("doa", when("bendera", 15), scene="Doa"),
    make_cue("penutup", when("end"), scene="Penutup", mute="all"),
    make_cue("turun", when("end", 2), stream=False),
    make_cue("selesai", when("end", 3), record=False),
)
"""A flag ceremony: cues at -20, -10, 0, GO (latest 12), +15 of that, 50, 52, 53."""


def make_change(kind: ChangeKind, minute: float, occurrence: str | None = "acara", **given: object) -> Change:
    fields: dict[str, object] = {"id": next(_numbers), "who": "sari", "venue": "gedung-daerah"}
    return Change(kind=kind, at=at(minute), occurrence=occurrence, **{**fields, **given})  # type: ignore[arg-type]


def plan(
    *occurrences: Occurrence,
    changes: tuple[Change, ...] = (),
    ceremonies: Mapping[str, Ceremony] | None = None,
    venues: tuple[Venue, ...] = (),
) -> Timeline:
    """A timeline, by default of the flag ceremony at Gedung Daerah."""
    return build(
        occurrences or (make_occurrence(),),
        ceremonies or {"upacara": FLAG},
        {venue.id: venue for venue in venues or (make_venue(),)},
        changes,
    )
