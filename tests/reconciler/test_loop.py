"""The loop of a venue, on a clock that tests move and a device that is a dictionary."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

import pytest

from orchestrator.catalogue.records import AsRun
from orchestrator.catalogue.store import Catalogue
from orchestrator.devices.device import Command, Sent
from orchestrator.incidents import IncidentBook
from orchestrator.plan.model import (
    Anchor,
    At,
    Ceremony,
    ChangeKind,
    Cue,
    Do,
    Event,
    Late,
    Occurrence,
    Source,
    StartSpec,
    Studio,
    Venue,
    Video,
)
from orchestrator.plan.secret import Secret
from orchestrator.plan.timeline import Timeline, build
from orchestrator.reconciler import Reconciler
from orchestrator.status import Snapshot, StatusBoard
from tests.fakes.clock import START, ManualClock
from tests.fakes.device import DictDevice

VENUE = Venue(
    id="v",
    name="V",
    timezone="Asia/Jakarta",
    latitude=0.9,
    longitude=104.4,
    studio=Studio("127.0.0.1", 4455, Secret("x"), "never", None),
    video=Video(640, 360, 30, 1000),
)


def at(anchor: Anchor, seconds: float = 0) -> At:
    return At(anchor, timedelta(seconds=seconds))


CEREMONY = Ceremony(
    "c",
    "C",
    (
        Cue("tunggu", at(Anchor.START, -60), Do(scene="Tunggu", record=True)),
        Cue("tayang", at(Anchor.START, -30), Do(stream=True)),
        Cue("mulai", at(Anchor.START), Do(scene="Lapangan")),
        Cue("sirene", at(Anchor.START, 30), Do(scene="Sirene"), late=Late.SKIP),
        Cue("bendera", at(Anchor.GO), Do(scene="Tiang"), latest=at(Anchor.START, 60)),
        Cue("penutup", at(Anchor.END), Do(scene="Penutup")),
        Cue("turun", at(Anchor.END, 10), Do(stream=False)),
        Cue("selesai", at(Anchor.END, 20), Do(record=False)),
    ),
)
BEGIN = START + timedelta(minutes=5)
EVENT = Event(
    "e",
    "E",
    "c",
    "v",
    "Asia/Jakarta",
    StartSpec(date=BEGIN.date(), time=BEGIN.time()),
    timedelta(minutes=2),
    destinations=("yt",),
)
OCCURRENCE = Occurrence("e", EVENT, BEGIN, BEGIN + timedelta(minutes=2))
RELAYED = Ceremony("r", "R", (Cue("siaran", at(Anchor.START), Do(source=Source.STUDIO)),), source=Source.RELAY)
NEXT = Occurrence("n", replace(EVENT, id="n", ceremony="r"), BEGIN + timedelta(seconds=140), BEGIN + timedelta(hours=1))
"""Takes over as soon as the first one is over, and doesn't speak of its stream and recording."""


class SlowDevice(DictDevice):
    """A device in whose sending time may pass."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__(clock)
        self.time = clock
        self.sleeps = 0.0

    def send(self, commands: Sequence[Command]) -> Sequence[Sent]:
        sent = super().send(commands)
        self.time.forward(self.sleeps)
        self.sleeps = 0.0
        return sent


@dataclass
class Stage:
    """A loop with everything around it."""

    catalogue: Catalogue
    clock: ManualClock = field(default_factory=ManualClock)
    board: StatusBoard = field(default_factory=lambda: StatusBoard(Snapshot(START)))
    announced: list[str] = field(default_factory=list)
    others: list[DictDevice] = field(default_factory=list)
    ceremony: Ceremony = CEREMONY
    occurrence: Occurrence = OCCURRENCE
    following: tuple[Occurrence, ...] = ()

    def __post_init__(self) -> None:
        self.device = DictDevice(self.clock)
        self.loop = self.new_loop()

    def new_loop(self, venue: str = "v") -> Reconciler:
        return Reconciler(
            venue,
            [*self.others, self.device],
            clock=self.clock,
            plans=self,
            asrun=self.catalogue.asrun,
            changes=self.catalogue.changes,
            incidents=IncidentBook(self.catalogue.incidents),
            board=self.board,
            announce=lambda occurrence: self.announced.append(occurrence.id),
        )

    def timeline(self) -> Timeline:
        return build(
            [self.occurrence, *self.following],
            MappingProxyType({"c": self.ceremony, "r": RELAYED}),
            MappingProxyType({"v": VENUE, "w": replace(VENUE, id="w")}),
            self.catalogue.changes.active(),
        )

    def run_to(self, seconds: float) -> None:
        """Let the clock go to `seconds` after the event's start, looking every half second."""
        target = BEGIN + timedelta(seconds=seconds)
        while self.clock.now() < target:
            self.clock.forward(min(0.5, (target - self.clock.now()).total_seconds()))
            self.loop.turn()

    def jump_to(self, seconds: float) -> None:
        """Let the clock go there without a look on the way: a freeze, or a dead service."""
        self.clock.forward((BEGIN + timedelta(seconds=seconds) - self.clock.now()).total_seconds())

    def lines(self, cue: str) -> list[AsRun]:
        return [line for line in self.catalogue.asrun.of("e") if line.cue == cue]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with Catalogue(f"sqlite:///{tmp_path}/catalogue.sqlite3") as catalogue:
        yield Stage(catalogue)


def test_a_ceremony_runs_by_itself_and_each_cue_has_its_line(stage: Stage) -> None:
    """Every cue is reached at its time and leaves a line; at the end the venue is given free."""
    stage.run_to(200)
    assert [command.after for command in stage.device.sent if command.field == "scene"] == [
        "Tunggu",
        "Lapangan",
        "Sirene",
        "Tiang",
        "Penutup",
    ]
    outcomes = {
        cue.id: [line.outcome for line in stage.lines(cue.id) if line.field != "source"] for cue in CEREMONY.cues
    }
    assert outcomes == {cue.id: ["done"] * len(named(cue)) for cue in CEREMONY.cues}
    assert stage.device.values == {"scene": "Penutup", "record": False, "stream": False}
    assert [change.kind for change in stage.catalogue.changes.active()] == [ChangeKind.CLOSED]
    assert stage.announced == ["e"]


def named(cue: Cue) -> list[str]:
    return [name for name in ("scene", "record", "stream") if getattr(cue.do, name) is not None]


def test_what_the_loop_writes_down_is_of_the_events_date(stage: Stage) -> None:
    """Moved to another day, the event takes place there whatever was said of it here."""
    stage.run_to(25)
    stage.jump_to(58)
    stage.run_to(200)
    rows = [(row.kind, row.starts_at) for row in stage.catalogue.changes.active()]
    assert rows == [(ChangeKind.MISSED, BEGIN), (ChangeKind.CLOSED, BEGIN)]


def test_an_event_that_takes_place_once_more_has_its_lines_once_more(stage: Stage) -> None:
    """Its date in the file was moved by a week, once it was over: nothing is held for told already."""
    stage.run_to(200)
    once = [line.outcome for line in stage.lines("mulai")]
    week = timedelta(days=7)
    stage.occurrence = replace(OCCURRENCE, start=BEGIN + week, end=OCCURRENCE.end + week)
    stage.jump_to(week.total_seconds() - 61)
    stage.run_to(week.total_seconds() + 29)
    stage.jump_to(week.total_seconds() + 58)
    stage.run_to(week.total_seconds() + 200)
    assert [line.outcome for line in stage.lines("mulai")] == once * 2 == ["done", "done"]
    assert [line.outcome for line in stage.lines("sirene")] == ["done", "missed"]


def test_what_was_missed_is_not_replayed(stage: Stage) -> None:
    """After a freeze over several cues only the state of now is sent, and those passed over are logged as missed."""
    stage.run_to(-40)
    stage.device.sent.clear()
    stage.jump_to(70)
    stage.loop.turn()
    assert {command.field: command.after for command in stage.device.sent} == {"scene": "Tiang", "stream": True}
    assert [line.outcome for line in stage.lines("mulai")] == ["missed"]
    assert [line.outcome for line in stage.lines("tayang")] == ["sent"]


def test_a_cue_that_may_only_come_in_time_is_left_out_when_late(stage: Stage) -> None:
    """A `late: skip` cue that couldn't be reached in its grace is logged as missed and never shown."""
    stage.run_to(10)
    stage.jump_to(45)
    stage.loop.turn()
    assert stage.device.values["scene"] == "Lapangan"
    assert [line.outcome for line in stage.lines("sirene")] == ["missed"]
    assert ChangeKind.MISSED in [change.kind for change in stage.catalogue.changes.active()]


def test_a_restart_reaches_the_state_of_now_and_starts_nothing_twice(stage: Stage) -> None:
    """A new loop on the same catalogue sends nothing for what is already so, and logs no cue twice."""
    stage.run_to(5)
    stage.device.sent.clear()
    stage.loop = stage.new_loop()
    stage.run_to(10)
    assert stage.device.sent == []
    assert [line.outcome for line in stage.lines("mulai")] == ["done"]


def test_a_turn_that_was_kept_waiting_sends_nothing_that_is_out_of_date(stage: Stage) -> None:
    """A machine that slept in the middle of a turn wakes up to a new turn, and not to the rest of the old one."""
    second = SlowDevice(stage.clock)
    stage.others = [second]
    stage.loop = stage.new_loop()
    stage.run_to(-40)
    second.values["scene"] = "Tunggu"
    stage.device.sent.clear()
    second.sleeps = 180
    stage.run_to(0.5)
    stage.loop.turn()
    assert stage.device.values["scene"] == "Penutup"
    assert "Lapangan" not in [command.after for command in stage.device.sent]


def test_a_take_that_the_next_cue_ended_is_released_for_good(stage: Stage) -> None:
    """The loop writes down that a take until the next cue is over."""
    stage.run_to(-40)
    change(stage, ChangeKind.TAKE, field="scene", value="Tamu", until="next-cue")
    stage.run_to(-25)
    rows = [(c.kind, c.field, c.who) for c in stage.catalogue.changes.active()]
    assert rows == [(ChangeKind.TAKE, "scene", "sari"), (ChangeKind.RELEASE, "scene", "service")]


def test_a_clock_put_back_tells_nothing_twice(stage: Stage) -> None:
    """What was logged before the clock was put back is known after a restart, though it lies ahead now."""
    stage.run_to(5)
    stage.clock.step(-30)
    stage.loop = stage.new_loop()
    stage.run_to(10)
    assert [line.outcome for line in stage.lines("mulai") if line.outcome != "restored"] == ["done"]


def test_a_cue_that_waited_for_its_go_after_all_has_one_outcome(stage: Stage) -> None:
    """A `late: ask` cue that came late is done, by whoever gave its GO, and not missed as well."""
    stage.ceremony = Ceremony(
        "c", "C", tuple(replace(c, late=Late.ASK) if c.id == "sirene" else c for c in CEREMONY.cues)
    )
    stage.run_to(10)
    stage.jump_to(45)
    stage.loop.turn()
    assert (stage.device.values["scene"], stage.lines("sirene")) == ("Lapangan", [])
    change(stage, ChangeKind.GO, cue="sirene")
    stage.run_to(50)
    assert stage.device.values["scene"] == "Sirene"
    assert [(line.outcome, line.reason.partition(":")[0]) for line in stage.lines("sirene")] == [
        ("done", "cue sirene, go by sari")
    ]


def test_a_go_that_nobody_gave_has_its_line(stage: Stage) -> None:
    """A cue whose time never came is told when its occurrence is closed."""
    waiting = Cue("tamu", at(Anchor.GO), Do(scene="Tamu"))
    stage.ceremony = Ceremony("c", "C", (*CEREMONY.cues, waiting))
    stage.run_to(200)
    assert [(line.field, line.outcome) for line in stage.lines("tamu")] == [("-", "cancelled")]
    assert [change.kind for change in stage.catalogue.changes.active()] == [ChangeKind.CLOSED]


@pytest.mark.parametrize(
    "edited",
    [
        replace(OCCURRENCE, event=replace(EVENT, venue="w")),
        replace(OCCURRENCE, end=OCCURRENCE.end + timedelta(minutes=10)),
        replace(OCCURRENCE, event=replace(EVENT, venue="w"), end=OCCURRENCE.end + timedelta(minutes=10)),
    ],
    ids=["elsewhere", "longer", "both"],
)
def test_what_is_past_stays_past_when_its_event_is_edited(stage: Stage, edited: Occurrence) -> None:
    """An event that is over neither begins again nor gets other lines, wherever it is moved to and however long it is.

    Nor do cues that its run of show has got since.
    """
    stage.run_to(200)
    told = stage.catalogue.asrun.of("e")
    stage.occurrence = edited
    stage.ceremony = replace(CEREMONY, cues=(*CEREMONY.cues, Cue("doa", at(Anchor.START, 90), Do(scene="Doa"))))
    stage.device.sent.clear()
    stage.loop = stage.new_loop(edited.event.venue)
    stage.run_to(260)
    assert (stage.device.sent, stage.catalogue.asrun.of("e")) == ([], told)


def test_a_device_that_lost_its_state_is_put_back(stage: Stage) -> None:
    """What a device loses by itself is restored, and logged so."""
    stage.run_to(5)
    stage.device.values["scene"] = "Lain"
    stage.run_to(6)
    assert stage.device.values["scene"] == "Lapangan"
    assert [line.outcome for line in stage.lines("mulai")] == ["done", "restored"]


def test_a_device_that_is_gone_is_reached_when_it_is_back(stage: Stage) -> None:
    """While a device can't be reached nothing is sent; when it is back it gets the state of now, logged as late."""
    stage.run_to(-40)
    stage.device.sent.clear()
    stage.device.reachable = False
    stage.run_to(5)
    assert stage.device.sent == []
    stage.device.reachable = True
    stage.run_to(6)
    assert stage.device.values == {"scene": "Lapangan", "record": True, "stream": True}
    assert [line.outcome for line in stage.lines("mulai")] == ["late"]


@pytest.mark.parametrize("restarted", [False, True])
def test_what_an_event_left_on_at_a_device_that_was_away_is_ended_however_late(stage: Stage, restarted: bool) -> None:
    """The next event has long begun when the device is back; once it was seen off, it is nobody's again."""
    stage.following = (NEXT,)
    stage.run_to(100)
    stage.device.reachable = False
    stage.run_to(390)
    assert (stage.device.values["record"], stage.device.values["stream"]) == (True, True)
    if restarted:
        stage.loop = stage.new_loop()
    stage.run_to(400)
    stage.device.reachable = True
    stage.run_to(402)
    assert (stage.device.values["record"], stage.device.values["stream"]) == (False, False)
    stage.device.values["record"] = True
    stage.run_to(410)
    assert stage.device.values["record"] is True


def test_a_device_that_is_gone_for_good_does_not_keep_the_venue(stage: Stage) -> None:
    """Somebody closed OBS at the end: the event is over all the same, and what OBS still has on ends later."""
    stage.run_to(125)
    stage.device.reachable = False
    stage.run_to(250)
    assert stage.board.latest.venues["v"].wanted.occurrence == "e"
    stage.run_to(262)
    assert [row.kind for row in stage.catalogue.changes.active()] == [ChangeKind.CLOSED]
    assert stage.board.latest.venues["v"].wanted.occurrence is None
    assert [(line.field, line.outcome) for line in stage.lines("selesai")] == [("record", "missed")]
    stage.device.reachable = True
    stage.run_to(270)
    assert (stage.device.values["record"], stage.device.values["stream"]) == (False, False)
    assert [line.outcome for line in stage.lines("selesai")] == ["missed", "restored"]


def test_what_an_operator_gave_back_is_ended_however_late(stage: Stage) -> None:
    """A recording begun by hand outside of any event, whose device is away when it is given back."""
    stage.catalogue.changes.add(ChangeKind.TAKE, stage.clock.now(), "sari", "w", field="record", value=True)
    stage.loop = stage.new_loop("w")
    stage.run_to(-290)
    stage.device.reachable = False
    stage.catalogue.changes.add(ChangeKind.RELEASE, stage.clock.now(), "sari", "w", field="record")
    stage.run_to(-100)
    assert stage.device.values["record"] is True
    stage.device.reachable = True
    stage.run_to(-98)
    assert stage.device.values["record"] is False


def test_what_is_not_named_is_not_touched(stage: Stage) -> None:
    """Before the first cue and after the end nothing is sent, whatever people do with the device."""
    stage.run_to(-100)
    stage.device.values["record"] = True
    stage.run_to(-70)
    assert stage.device.sent == []
    stage.run_to(150)
    stage.device.sent.clear()
    stage.device.values["record"] = True
    stage.run_to(200)
    assert stage.device.sent == []


def test_a_refused_command_is_a_problem_and_the_rest_goes_on(stage: Stage) -> None:
    """A device that refuses one field still gets the others, and status says what is refused."""
    stage.device.refuses.add("record")
    stage.run_to(5)
    assert stage.device.values["scene"] == "Lapangan"
    assert [entry.problem.code for entry in stage.board.latest.venues["v"].problems] == ["dict.refused"]


@pytest.mark.parametrize(
    ("act", "scene"),
    [
        (lambda stage: change(stage, ChangeKind.GO, cue="bendera"), "Tiang"),
        (lambda stage: change(stage, ChangeKind.HOLD), "Lapangan"),
        (lambda stage: change(stage, ChangeKind.TAKE, field="scene", value="Gangguan"), "Gangguan"),
        (lambda stage: change(stage, ChangeKind.FINISH), "Penutup"),
    ],
)
def test_an_operator_is_heard_at_once(stage: Stage, act: Callable[[Stage], None], scene: str) -> None:
    """GO, hold, take over and finish count in the turn after they were written."""
    stage.run_to(20)
    act(stage)
    stage.run_to(21)
    assert stage.device.values["scene"] == scene


def change(stage: Stage, kind: ChangeKind, **columns: object) -> None:
    stage.catalogue.changes.add(kind, stage.clock.now(), "sari", "v", "e", **columns)  # type: ignore[arg-type]


def test_the_air_can_be_cleared(stage: Stage) -> None:
    """After `clear_air` streams and recordings end, whatever the schedule says."""
    stage.run_to(5)
    stage.loop.clear_air()
    stage.run_to(6)
    assert stage.device.values == {"scene": "Lapangan", "record": False, "stream": False}
    assert stage.loop.is_clear()


def test_a_turn_that_hangs_shows_in_when_the_last_one_ended(stage: Stage) -> None:
    """Each turn that ends is noted, one that failed as well, so that the watchdog sees a loop that hangs."""
    stage.loop._guarded_turn()
    assert stage.loop.turned_at == stage.clock.monotonic()
    stage.clock.forward(20)
    assert stage.clock.monotonic() - stage.loop.turned_at == 20
