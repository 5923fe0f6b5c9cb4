"""Whose picture a venue's slate is, and what is done to the studio for it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from orchestrator.config.folders import DataFolder
from orchestrator.devices import slates
from orchestrator.devices.device import Command
from orchestrator.devices.media import problems
from orchestrator.devices.media.paths import HubPaths
from orchestrator.devices.media.splicer.control import SplicerFiles
from orchestrator.devices.obs.state import ObsWanted, Output
from orchestrator.devices.slates import SCENE, SlateKeeper, kind_of
from orchestrator.errors import DeviceError
from tests.devices.obs.studio import item, make_station, make_venue
from tests.fakes.clock import ManualClock

INPUTS = ("Mimbar", "Suasana")


@dataclass(frozen=True)
class Seen:
    """What of a studio matters here."""

    scene: str = "Penutup"
    muted: frozenset[str] = frozenset({"Suasana"})
    stream: Output = Output.OFF
    record: Output = Output.OFF

    @property
    def mutes(self) -> dict[str, bool]:
        return {name: name in self.muted for name in INPUTS}


@dataclass
class Room:
    """A venue whose studio does at once what it is told, and whose slate is cut by `cut`."""

    folder: Path
    cut: Callable[[], None] = lambda: None
    free: float = 60.0
    seen: Seen = Seen()
    during: list[Seen] = field(default_factory=list)
    sent: int = 0

    def observe(self) -> Seen:
        return self.seen

    def diff(self, seen: Seen, wanted: ObsWanted) -> Sequence[Command]:
        after = seen
        if wanted.scene is not None:
            after = replace(after, scene=wanted.scene)
        if wanted.mute is not None:
            after = replace(after, muted=frozenset(INPUTS) if wanted.mute == "all" else frozenset(wanted.mute))
        if wanted.publish is not None:
            after = replace(after, stream=Output.LIVE if wanted.publish else Output.OFF)
        return [] if after == seen else [Command("all", "slate", seen, after, "as wanted")]

    def send(self, commands: Sequence[Command]) -> None:
        self.sent += 1
        self.seen = commands[0].after  # type: ignore[assignment]

    @property
    def slate(self) -> Path:
        return SplicerFiles(DataFolder(self.folder).run("aula")).slate

    def capture(self, _: str, path: Path, *__: object, **___: object) -> None:
        self.during.append(self.seen)
        self.cut()
        path.write_text("own")

    def keeper(self, launch: str = "auto", host: str = "127.0.0.1", **options: object) -> SlateKeeper:
        venue = make_venue(launch=launch, host=host)
        venue = replace(venue, scenes={**venue.scenes, SCENE: (item("color", "#333333", "Abu", **options),)})
        station = make_station(self.folder, hub_host="0.0.0.0", key="kunci")
        paths, data = HubPaths(station.hub, venue), DataFolder(self.folder)
        return SlateKeeper(venue, paths, data, ManualClock(), self, lambda: self.free)  # type: ignore[arg-type]


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Room:
    there = Room(tmp_path)

    def draw(argv: Sequence[str], **_: Any) -> subprocess.CompletedProcess[bytes]:
        next(Path(each) for each in argv if each.endswith(".drawn.flv")).write_text("drawn")
        return subprocess.CompletedProcess(argv, 0)

    monkeypatch.setattr(slates.subprocess, "run", draw)
    monkeypatch.setattr(slates, "capture_slate", there.capture)
    return there


def test_it_is_cut_out_of_the_studios_stream_and_all_put_back(room: Room) -> None:
    """A drawn one is there first; then the scene is published, silent, for a moment, and all is as it was."""
    keeper, before = room.keeper(), room.seen
    keeper.keep()
    assert (kind_of(room.slate), room.sent) == ("drawn", 0)
    keeper.keep()
    assert room.during == [Seen(SCENE, frozenset(INPUTS), Output.LIVE)]
    assert (kind_of(room.slate), room.slate.read_text(), room.seen) == ("own", "own", before)
    keeper.keep()
    assert len(room.during) == 1


def test_the_next_service_keeps_it(room: Room) -> None:
    """It is made anew when it should look otherwise, and not because options were read in another order."""
    for _ in range(2):
        room.keeper(x=4.0, y=2.0).keep()
    room.keeper(y=2.0, x=4.0).keep()
    assert (kind_of(room.slate), len(room.during)) == ("own", 1)
    room.keeper(x=5.0, y=2.0).keep()
    assert kind_of(room.slate) == "drawn"


@pytest.mark.parametrize(
    "busy", [{"free": 14.0}, {"seen": Seen(stream=Output.LIVE)}, {"seen": Seen(record=Output.STARTING)}]
)
def test_a_studio_that_is_or_will_be_needed_is_left_alone(room: Room, busy: dict[str, Any]) -> None:
    """It is cut once the studio does nothing, and no event comes before it is done."""
    keeper = room.keeper()
    keeper.keep()
    for name, value in busy.items():
        setattr(room, name, value)
    keeper.keep()
    assert (room.sent, kind_of(room.slate)) == (0, "drawn")
    room.free, room.seen = 15.0, Seen()
    keeper.keep()
    assert kind_of(room.slate) == "own"


def test_an_event_that_begins_meanwhile_has_the_studio(room: Room) -> None:
    """What it has set isn't put back."""
    on_air = Seen("Lapangan", frozenset(), Output.LIVE, Output.LIVE)

    def begin() -> None:
        room.free, room.seen = 0.0, on_air

    room.cut = begin
    keeper = room.keeper()
    keeper.keep()
    keeper.keep()
    assert room.seen == on_air


def test_a_cut_that_fails_leaves_the_drawn_one_and_the_studio_as_it_was(room: Room) -> None:
    """The failure is raised, to be told of and tried again later."""

    def fail() -> None:
        raise DeviceError(problems.slate_not_captured("aula"))

    room.cut = fail
    keeper, before = room.keeper(), room.seen
    keeper.keep()
    with pytest.raises(DeviceError):
        keeper.keep()
    assert (room.seen, kind_of(room.slate), room.slate.read_text()) == (before, "drawn", "drawn")


@pytest.mark.parametrize("studio", [{"launch": "never"}, {"host": "10.0.0.9"}])
def test_somebody_elses_studio_is_used_once_an_operator_had_it_built(room: Room, studio: dict[str, str]) -> None:
    """Before that nothing is touched there."""
    keeper = room.keeper(**studio)
    for _ in range(3):
        keeper.keep()
    assert (room.sent, kind_of(room.slate)) == (0, "drawn")
    keeper.allow()
    keeper.keep()
    assert kind_of(room.slate) == "own"


def test_a_venue_without_any_slate_is_told_until_it_has_one(
    room: Room, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Why it can't be drawn is told once, however often it is tried; a plain one is enough for it to be over."""

    def refuse(*_: object, **__: object) -> None:
        raise FileNotFoundError(2, "No such file or directory", "nice")

    keeper = room.keeper()
    with monkeypatch.context() as patched:
        patched.setattr(slates.subprocess, "run", refuse)
        for _ in range(3):
            keeper._look()
            assert [(each.code, each.where) for each in keeper.problems()] == [("slate.missing", "aula")]
    assert len(caplog.records) == 1
    keeper._look()
    assert keeper.problems() == ()
