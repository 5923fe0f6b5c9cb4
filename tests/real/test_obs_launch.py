"""Starting, losing and ending an OBS of our own."""

from __future__ import annotations

import os
import signal
import stat
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from demo.sinks import free_port
from orchestrator.devices.obs import reviver
from orchestrator.devices.obs.connection import NO_EVENTS, Connection
from orchestrator.devices.obs.device import ObsDevice
from orchestrator.devices.obs.messages import LinkError
from orchestrator.plan.model import VenueState
from orchestrator.plan.secret import Secret
from tests.fakes.processes import MemoryStore
from tests.real.obs_fixture import RealStudio, loudness
from tests.support import until

pytestmark = pytest.mark.real


def test_the_password_of_obs_is_readable_by_this_user_alone(studio: RealStudio) -> None:
    """Nobody else gets into the folder of its configuration, and no argument of any process holds it."""
    home = studio.folder.run("aula") / "obs"
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    config = home / "obs-studio" / "plugin_config" / "obs-websocket" / "config.json"
    assert stat.S_IMODE(config.stat().st_mode) == 0o600
    for row in studio.store.all():
        assert "kata-sandi" not in " ".join(psutil.Process(row.pid).cmdline())


def test_a_wrong_password_is_said_so(studio: RealStudio) -> None:
    """And names the place to look it up."""
    wrong = replace(studio.venue.studio, password=Secret("bukan-ini"))
    with pytest.raises(LinkError) as caught:
        Connection(wrong, "aula", NO_EVENTS).connect()
    assert caught.value.problem.code == "obs.password"
    assert "bukan-ini" not in str(caught.value)


def test_an_obs_that_is_killed_is_there_again_with_its_scenes(
    studio: RealStudio, record_property: pytest.RecordProperty
) -> None:
    """Noticed at once, started again, built as before, and the state of now can be reached."""
    studio.reach(VenueState(scene="Lapangan", mute=frozenset()))
    killed = studio.pid()
    began = time.perf_counter()
    os.kill(killed, signal.SIGKILL)
    until(lambda: studio.device.observe() is None, 2, every=0.002)
    record_property("noticed_s", round(time.perf_counter() - began, 3))
    observed = studio.ready(15)
    took = time.perf_counter() - began
    record_property("ready_again_s", round(took, 3))
    assert studio.pid() != killed
    assert observed.scenes == frozenset(studio.venue.scenes)
    assert took < 5
    studio.reach(VenueState(scene="Lapangan", mute=frozenset()))
    until(lambda: loudness(studio).get("Mimbar", 0.0) > 0.01, 5, what="its tone is heard again")


def test_a_frozen_obs_is_noticed_and_taken_back_when_it_wakes(
    studio: RealStudio, record_property: pytest.RecordProperty
) -> None:
    """A freeze that passes costs a reconnection and no restart."""
    pid = studio.pid()
    began = time.perf_counter()
    os.kill(pid, signal.SIGSTOP)
    try:
        until(lambda: studio.device.observe() is None, 5, every=0.01)
        record_property("noticed_s", round(time.perf_counter() - began, 2))
        until(lambda: "obs.frozen" in {each.code for each in studio.device.problems()}, 5)
        commands = [sent.error for sent in studio.device.send([]) if sent.error is not None]
        assert commands == []
    finally:
        os.kill(pid, signal.SIGCONT)
    studio.ready(5)
    assert studio.pid() == pid
    assert "obs.frozen" not in {each.code for each in studio.device.problems()}


def test_an_obs_that_stays_frozen_is_started_again(studio: RealStudio, monkeypatch: pytest.MonkeyPatch) -> None:
    """After its time without an answer it is ended and another one started."""
    monkeypatch.setattr(reviver, "FROZEN_FOR", 1.0)
    pid = studio.pid()
    os.kill(pid, signal.SIGSTOP)
    until(lambda: studio.device.observe() is None, 5, every=0.01)
    studio.ready(20)
    assert studio.pid() != pid
    assert not runs(pid)


def test_an_obs_of_ours_ends_with_its_recording_whole(tmp_path: Path, studio: RealStudio) -> None:
    """Outputs are stopped and waited for; then OBS and its screen go, and none is left behind."""
    studio.reach(VenueState(occurrence="akhir", record=True, studio=True))
    until(lambda: studio.ready().stats.record_bytes > 10_000, 10)
    path = Path(studio.ready().record_path or "")
    pids = [row.pid for row in studio.store.all()]
    assert len(pids) == 2
    studio.device.stop()
    studio.device.end()
    assert not studio.store.all()
    assert not any(runs(pid) for pid in pids)
    tail = path.read_bytes()[:4]
    assert tail == b"\x1a\x45\xdf\xa3"
    assert path.stat().st_size > 10_000
    studio.device = studio.make_device()
    studio.start()
    studio.ready()


def test_obs_is_not_started_for_nothing(tmp_path: Path, studio: RealStudio) -> None:
    """Without an event within the half hour no OBS is started, and that it isn't there is nothing to complain of."""
    idle = RealStudio(tmp_path, replace(studio.venue, studio=replace(studio.venue.studio, port=free_port())))
    idle.device.start(idle.changed.set)
    try:
        until(lambda: idle.device._link._reviver.tries >= 2, 5)
        assert list(idle.device.problems()) == []
        assert not idle.store.all()
        assert idle.device.observe() is None
    finally:
        idle.device.stop()


def test_another_s_obs_is_driven_and_never_ended(studio: RealStudio) -> None:
    """With `launch: never` the same code drives an OBS that somebody else started, and leaves it running."""
    theirs = replace(studio.venue, studio=replace(studio.venue.studio, launch="never"))
    store = MemoryStore()
    device = ObsDevice(theirs, studio.station, studio.folder, studio.clock, store, studio.root)
    device.start(lambda: None)
    try:
        observed = until(device.observe, 5)
        assert observed.scenes == frozenset(studio.venue.scenes)
    finally:
        device.stop()
        device.end()
    assert not store.all()
    assert runs(studio.pid())


def test_a_program_that_is_not_installed_is_told(
    tmp_path: Path, studio: RealStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without OBS on the machine the service says so and goes on trying."""
    monkeypatch.setenv("PATH", str(tmp_path))
    bare = RealStudio(tmp_path, replace(studio.venue, studio=replace(studio.venue.studio, port=free_port())))
    bare.start()
    try:
        until(lambda: "obs.not-installed" in {each.code for each in bare.device.problems()}, 5)
    finally:
        bare.device.stop()


def runs(pid: int) -> bool:
    """Whether a process lives; one that waits to be reaped doesn't."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
