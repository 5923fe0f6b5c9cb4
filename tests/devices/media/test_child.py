"""One supervised program: real ones, that misbehave."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.clock import SystemClock
from orchestrator.devices.media import child as child_module
from orchestrator.devices.media import heartbeat as heartbeat_module
from orchestrator.devices.media import journal
from orchestrator.devices.media.child import Child
from orchestrator.devices.media.exits import Meaning
from orchestrator.devices.media.heartbeat import Beat
from orchestrator.devices.media.pulse import PROGRESS, FfmpegPulse
from orchestrator.devices.media.supervision import LEGAL, Order, Policy, State
from orchestrator.devices.process import ProcessSpec
from orchestrator.errors import DeviceError, Problem
from tests.devices.test_process import MISBEHAVE
from tests.fakes.processes import MemoryStore
from tests.support import until

QUICK = Policy(
    start_within=5.0,
    stall_after=0.6,
    first_pause=0.05,
    most_pause=0.2,
    refused_pause=1.0,
    steady_after=0.5,
    ladder=((signal.SIGINT, 1.5), (signal.SIGKILL, 2.0)),
    stall_ladder=((signal.SIGINT, 0.2), (signal.SIGKILL, 2.0)),
)
NEVER = replace(QUICK, refused_pause=600.0)
"""Tries a refused key again in a time that no test has."""
DROP = "av_interleaved_write_frame(): Broken pipe"
KEY = "aula/child"


class Keeper:
    """Ticks a child in a thread, as a device does."""

    def __init__(self, folder: Path, store: MemoryStore | None = None, policy: Policy = QUICK) -> None:
        self.folder = folder
        self.store = store or MemoryStore()
        self.child = Child(KEY, FfmpegPulse(), policy, self.store, SystemClock())
        self.progress = folder / "progress"
        self.launches = 0
        self.states: list[State] = []
        self.meanings: list[Meaning | None] = []
        self.stopped = threading.Event()
        self.nudge = threading.Event()
        self.child.on_exit = self.nudge.set
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.hold = self.unheard = False

    def run(self) -> None:
        while not self.stopped.is_set():
            self.child.tick(self.hold, self.unheard)
            if not self.states or self.states[-1] is not self.child.state:
                self.states.append(self.child.state)
                self.meanings.append(self.child.view().meaning)
            self.nudge.wait(0.02)
            self.nudge.clear()

    def order(self, how: str, *arguments: str, fingerprint: str = "a", secrets: tuple[str, ...] = ()) -> Order:
        def make() -> ProcessSpec:
            self.launches += 1
            self.progress.unlink(missing_ok=True)
            argv = (sys.executable, str(MISBEHAVE), how, str(self.progress), *arguments)
            return ProcessSpec(KEY, argv, self.folder / "log", files={PROGRESS: str(self.progress)})

        return Order(fingerprint, make, secrets=secrets)

    def start(self, order: Order | None = None) -> None:
        if order is not None:
            self.child.order(order)
        self.thread.start()

    def close(self) -> None:
        self.stopped.set()
        self.thread.join()
        self.child.order(None)
        until(lambda: (self.child.tick(), self.child.state is State.STOPPED)[1], 10)


@pytest.fixture
def keep(tmp_path: Path) -> Iterator[Callable[[], Keeper]]:
    keepers: list[Keeper] = []

    def make(store: MemoryStore | None = None, policy: Policy = QUICK) -> Keeper:
        keepers.append(Keeper(tmp_path, store, policy))
        return keepers[-1]

    yield make
    for each in keepers:
        each.close()


def test_what_is_ordered_runs_and_is_live(keep: Callable[[], Keeper]) -> None:
    """A child that is ordered is started, and counts as live once it has done work."""
    keeper = keep()
    keeper.start(keeper.order("beat"))
    until(lambda: keeper.child.view().live)
    assert keeper.states[-2:] == [State.STARTING, State.RUNNING]
    assert keeper.child.view().reached


def test_a_killed_child_is_back_at_once(keep: Callable[[], Keeper]) -> None:
    """A child that is killed runs again within a second."""
    keeper = keep()
    keeper.start(keeper.order("beat"))
    first = until(lambda: keeper.child.view().live and keeper.child.view().pid)
    os.kill(first, signal.SIGKILL)
    until(lambda: keeper.child.view().live and keeper.child.view().pid != first, 3)
    assert keeper.child.view().total_restarts == 1
    assert State.WAITING in keeper.states


def test_a_child_that_ignores_the_polite_signal_is_killed(keep: Callable[[], Keeper]) -> None:
    """A child that ignores SIGINT is gone after its time nevertheless."""
    keeper = keep()
    keeper.start(keeper.order("stubborn"))
    until(lambda: keeper.child.view().live)
    keeper.child.order(None)
    until(lambda: keeper.child.state is State.STOPPED, 5)
    assert keeper.states[-2:] == [State.STOPPING, State.STOPPED]
    assert keeper.store.rows == {}


def test_a_child_that_hangs_in_the_kernel_is_replaced(
    keep: Callable[[], Keeper], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A recorder whose disk never answers outlives even SIGKILL: the one for the other disk doesn't wait for it."""
    hung = replace(QUICK, ladder=((signal.SIGINT, 0.1), (signal.SIGKILL, 0.1)))
    keeper = keep(policy=hung)  # type: ignore[call-arg]
    keeper.start(keeper.order("beat"))
    first = until(lambda: keeper.child.view().live and keeper.child.view().pid)
    stuck = keeper.child._process
    assert stuck is not None
    with monkeypatch.context() as patch:
        patch.setattr(stuck, "signal", lambda _: None)
        keeper.child.order(keeper.order("beat", fingerprint="b"))
        until(lambda: keeper.child.view().live and keeper.child.view().pid != first, 5)
        assert keeper.child.view().fingerprint == "b"
        assert stuck.alive()
    stuck.end()


def test_a_child_that_is_slow_to_exit_finishes(keep: Callable[[], Keeper]) -> None:
    """A child that needs a moment to finish its file gets it, and its end is clean."""
    keeper = keep()
    keeper.start(keeper.order("slow"))
    until(lambda: keeper.child.view().live)
    keeper.child.order(None)
    until(lambda: keeper.child.state is State.STOPPED, 5)
    assert keeper.child.view().meaning is Meaning.CLEAN


def test_a_child_that_goes_silent_is_replaced(keep: Callable[[], Keeper]) -> None:
    """A child that stands still is ended for it and started anew: running alone isn't working."""
    keeper = keep()
    keeper.start(keeper.order("silent"))
    until(lambda: keeper.launches >= 2, 10)
    assert State.STALLED in keeper.states


def test_a_silent_source_is_not_the_readers_fault(keep: Callable[[], Keeper], monkeypatch: pytest.MonkeyPatch) -> None:
    """While the programme itself is silent, its readers aren't ended for standing still."""
    monkeypatch.setattr(heartbeat_module, "FRESH", 2 * QUICK.stall_after)
    keeper = keep()
    keeper.hold = True
    keeper.start(keeper.order("silent"))
    until(lambda: keeper.child.view().live)
    until(lambda: not keeper.child.view().live, 10)
    assert keeper.child.state is State.RUNNING
    assert keeper.launches == 1


def test_a_child_that_cant_tell_of_its_work_isnt_blamed(
    keep: Callable[[], Keeper], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk takes no report, and ffmpeg makes none after that: it is left alone for good, and counts as live."""
    monkeypatch.setattr(heartbeat_module, "FRESH", QUICK.stall_after / 2)
    keeper = keep()
    keeper.start(keeper.order("silent"))
    until(lambda: keeper.child.view().live)
    keeper.unheard = True

    def stood_for() -> float:
        return time.time() - keeper.progress.stat().st_mtime  # noqa: TID251 - a file's time

    until(lambda: stood_for() > QUICK.stall_after, 10)
    keeper.unheard = False
    until(lambda: stood_for() > 3 * QUICK.stall_after, 10)
    assert keeper.child.view().live
    assert keeper.launches == 1


def test_a_child_that_exits_at_once_is_tried_on_and_on(keep: Callable[[], Keeper]) -> None:
    """An exit code of 0 isn't success: the child is tried again, with pauses, for as long as it is ordered."""
    keeper = keep()
    keeper.start(keeper.order("exit", "0"))
    until(lambda: keeper.launches >= 5, 10)
    view = keeper.child.view()
    assert view.meaning is Meaning.SOURCE_GONE
    assert not view.reached
    keeper.child.order(None)
    until(lambda: keeper.child.state is State.STOPPED)


def test_the_log_of_this_launch_tells_why_it_ended(keep: Callable[[], Keeper]) -> None:
    """The last words of a child say why it ended; those of an earlier launch don't."""
    keeper = keep()
    (keeper.folder / "log").write_text("Failed to resolve hostname old.example\n")
    keeper.start(keeper.order("exit", "1", "NetStream.Publish.BadName"))
    until(lambda: keeper.child.view().meaning is Meaning.REFUSED)


def test_a_key_in_use_is_tried_again_as_soon_as_a_lost_network(keep: Callable[..., Keeper]) -> None:
    """The connection from before a break holds the name for a moment: viewers don't wait as for a refused key."""
    keeper = keep(policy=NEVER)
    keeper.start(keeper.order("exit", "1", "Server error: Already publishing"))
    until(lambda: keeper.launches >= 5, 10)
    assert set(keeper.meanings) <= {None, Meaning.BUSY}
    assert keeper.child.view().meaning is Meaning.BUSY


def test_the_third_drop_soon_after_the_connection_is_a_refusal(keep: Callable[..., Keeper]) -> None:
    """One or two drops may be the network and are tried again at once; a key that is corrected begins anew."""
    keeper = keep(policy=NEVER)
    keeper.start(keeper.order("exit", "1", DROP))
    until(lambda: keeper.child.view().meaning is Meaning.REFUSED, 10)
    assert keeper.launches == 3
    assert list(dict.fromkeys(keeper.meanings)) == [None, Meaning.DROPPED, Meaning.REFUSED]
    keeper.child.order(keeper.order("exit", "1", DROP, fingerprint="b"))
    until(lambda: keeper.launches == 6, 10)


def test_drops_with_another_end_between_them_are_no_refusal(keep: Callable[..., Keeper]) -> None:
    """Only drops in a row tell of the key: a network that comes and goes drops as well."""
    keeper = keep(policy=NEVER)
    ends = [DROP, DROP, "Connection refused"]

    def make() -> ProcessSpec:
        end = ends[keeper.launches % len(ends)]
        return keeper.order("exit", "1", end).make()

    keeper.start(Order("a", make))
    until(lambda: keeper.launches >= 7, 10)
    assert Meaning.REFUSED not in keeper.meanings


def test_a_flooded_log_is_emptied(keep: Callable[[], Keeper], monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that floods its log can't fill the disk of the recordings."""
    monkeypatch.setattr(journal, "_MOST", 100_000)
    monkeypatch.setattr(child_module, "_LOG_LOOK", 0.05)
    keeper = keep()
    keeper.start(keeper.order("flood"))
    until(lambda: keeper.child.view().live, 10)
    until(lambda: (keeper.folder / "log").stat().st_size < 100_000)


def test_a_secret_leaves_the_log_with_the_program(keep: Callable[[], Keeper]) -> None:
    """What a program said of its address tells why it ended, and the password is struck out before its next start."""
    keeper = keep()
    keeper.start(keeper.order("exit", "1", "rtmp://x/geheim: Connection refused", secrets=("geheim",)))
    until(lambda: keeper.launches > 2)
    assert keeper.child.view().meaning is Meaning.UNREACHABLE
    assert (keeper.folder / "log").read_text().startswith("rtmp://x/******: Connection refused\n")


def test_another_order_replaces_what_runs(keep: Callable[[], Keeper]) -> None:
    """A child whose order changed, such as a corrected key, is ended and started anew."""
    keeper = keep()
    keeper.start(keeper.order("beat"))
    first = until(lambda: keeper.child.view().live and keeper.child.view().pid)
    keeper.child.order(keeper.order("beat", fingerprint="b"))
    until(lambda: keeper.child.view().live and keeper.child.view().pid != first, 5)
    assert keeper.child.view().total_restarts == 0


def test_the_same_order_again_changes_nothing(keep: Callable[[], Keeper]) -> None:
    """An order that is given again leaves what runs alone."""
    keeper = keep()
    keeper.start(keeper.order("beat"))
    first = until(lambda: keeper.child.view().live and keeper.child.view().pid)
    keeper.child.order(keeper.order("beat"))
    seen = keeper.progress.stat().st_size
    until(lambda: keeper.progress.stat().st_size > seen)
    assert (keeper.child.view().pid, keeper.launches) == (first, 1)


def test_a_child_that_cant_be_started_says_so_and_is_tried_again(keep: Callable[[], Keeper]) -> None:
    """A child that can't be started at all is a problem in words, and is tried again."""
    keeper = keep()
    tries = []

    def make() -> ProcessSpec:
        tries.append(1)
        raise DeviceError(Problem("recording.disk-full", "The disk is full"))

    keeper.start(Order("a", make))
    until(lambda: len(tries) >= 3)
    problem = keeper.child.view().problem
    assert problem is not None
    assert problem.code == "recording.disk-full"
    keeper.child.order(keeper.order("beat", fingerprint="b"))
    until(lambda: keeper.child.view().live)
    assert keeper.child.view().problem is None


def test_a_child_is_adopted_and_not_started_twice(keep: Callable[..., Keeper]) -> None:
    """The next service takes over what runs, and starts nothing beside it."""
    first = keep()
    first.start(first.order("beat"))
    pid = until(lambda: first.child.view().live and first.child.view().pid)
    first.stopped.set()
    first.thread.join()
    second = keep(first.store)
    assert second.child.adopt(second.folder / "log")
    assert second.child.view().reached
    second.start(second.order("beat"))
    until(lambda: second.child.view().live)
    assert (second.child.view().pid, second.launches) == (pid, 0)
    os.kill(pid, signal.SIGKILL)
    first.child.tick()
    until(lambda: second.launches == 1 and second.child.view().live)


def test_what_was_adopted_goes_on_until_an_order_comes(keep: Callable[..., Keeper]) -> None:
    """What runs from before is neither ended nor replaced while nobody has said what is wanted."""
    first = keep()
    first.start(first.order("beat"))
    pid = until(lambda: first.child.view().live and first.child.view().pid)
    first.stopped.set()
    first.thread.join()
    second = keep(first.store)
    second.child.adopt(second.folder / "log")
    second.start()
    until(lambda: second.child.view().live)
    assert second.child.view().pid == pid
    second.child.order(None)
    until(lambda: second.child.state is State.STOPPED)


def test_only_legal_transitions_happen() -> None:
    """Every state can be left, and a child that is stopped can't become anything but started."""
    assert set(LEGAL) == set(State)
    assert all(targets for targets in LEGAL.values())
    assert LEGAL[State.STOPPED] == {State.STARTING, State.FAILED}


def test_a_keeper_that_stood_still_blames_nobody(tmp_path: Path) -> None:
    """Whoever was frozen for a while can't say that the program stood still meanwhile, and doesn't end it."""

    class Leaping(SystemClock):
        ahead = 0.0

        def monotonic(self) -> float:
            return super().monotonic() + self.ahead

    class Silent:
        def read(self, files: object) -> child_module.Beat:
            return Beat(1, working=True)

    clock = Leaping()
    child = Child(KEY, Silent(), QUICK, MemoryStore(), clock)
    child.order(Order("x", lambda: ProcessSpec(KEY, ("sleep", "30"), tmp_path / "log")))
    child.tick()
    child.tick()
    assert child.state is State.RUNNING
    clock.ahead = 30.0
    child.tick()
    assert child.state is State.RUNNING
    child.order(None)
    child.tick()
    until(lambda: child.tick() or child.state is State.STOPPED, 5)
