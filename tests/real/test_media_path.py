"""The media path on real nginx-rtmp and ffmpeg: what viewers see when a part of it dies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from demo.sinks import free_port
from orchestrator.catalogue.records import ProcessRow
from orchestrator.devices.media.device import MediaDevice
from orchestrator.devices.media.splicer.slate import capture_slate
from orchestrator.plan.model import Source, VenueState
from orchestrator.plan.secret import Address
from tests.devices.media.bench import Broadcast, Publisher, Sink, decode_errors, destination, read_stream
from tests.fakes.processes import MemoryStore
from tests.support import until

pytestmark = pytest.mark.real

NOTHING = VenueState(occurrence="apel@2027-01-04T07:30", destinations=frozenset(), record=False, source=Source.STUDIO)


class Live:
    """A broadcast to two platforms, on air."""

    def __init__(self, root: Path) -> None:
        self.sinks = {"youtube": Sink(root / "youtube"), "facebook": Sink(root / "facebook")}
        self.destinations = {name: destination(name, sink.url) for name, sink in self.sinks.items()}
        self.air = Broadcast(root / "data", self.destinations)
        self.publisher: Publisher | None = None

    def go(self, kbits: int = 300) -> None:
        self.air.device.needed(True)
        self.air.turn()
        until(lambda: not self.air.hub.problems() and self.air.child("splicer").live, 15)
        self.publisher = Publisher(self.air.studio, kbits=kbits)
        self.air.reach()

    def kill(self, name: str, within: float) -> float:
        """Kill a child and wait until its successor works; returns the seconds."""
        pid = self.air.child(name).pid
        assert pid is not None
        begin = time.monotonic()  # noqa: TID251 - a measurement
        os.kill(pid, signal.SIGKILL)
        until(lambda: self.air.child(name).live and self.air.child(name).pid != pid, within + 5, what=f"{name} back")
        took = time.monotonic() - begin  # noqa: TID251 - a measurement
        assert took < within, f"{name} back after {took:.2f} s"
        return took

    def stop_publisher(self) -> None:
        if self.publisher is not None:
            self.publisher.kill()
            self.publisher = None

    def off(self) -> None:
        """Take everything off the air in order."""
        self.air.state = NOTHING
        self.air.turn()
        self.air.reach()

    def close(self) -> None:
        self.air.close()  # what reads from a silent source needs a second signal
        self.stop_publisher()
        for sink in self.sinks.values():
            sink.stop()


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    live = Live(tmp_path)
    yield live
    live.close()


def wait_for_packets(live: Live, seconds: float) -> None:
    """Let the programme run for some seconds of its own time."""
    start = live.air.child("youtube").data
    until(lambda: live.air.child("youtube").data.time >= (start.time if start else 0) + seconds, seconds + 20)


def test_a_killed_source_leaves_the_viewers_connected(live: Live) -> None:
    """When the encoder is killed and comes back, viewers see the slate between, on one connection, without an error."""
    live.go()
    capture_slate(live.air.studio, live.air.files.slate, 2, live.air.clock)
    until(lambda: live.air.child("splicer").data.slate)
    wait_for_packets(live, 2)
    live.stop_publisher()
    until(lambda: live.air.seen.source is Source.SLATE, 2)
    assert [p.code for p in live.air.device.problems()] == ["programme.slate"]
    wait_for_packets(live, 3)
    live.publisher = Publisher(live.air.studio)
    until(lambda: live.air.seen.source is Source.STUDIO, 10)
    wait_for_packets(live, 3)
    live.off()
    (file,) = live.sinks["youtube"].files()
    stream = read_stream(file)
    assert stream.backwards("video") == stream.backwards("audio") == 0
    assert stream.gaps("video", 0.25) == []
    assert stream.gaps("audio", 0.4) == []
    assert decode_errors([file]) == ""
    assert decode_errors(live.air.segments(), "error") == ""


def test_a_frozen_source_is_covered(live: Live) -> None:
    """When the encoder freezes, viewers see the slate within 1.5 s, and the programme again when it thaws."""
    live.go()
    capture_slate(live.air.studio, live.air.files.slate, 2, live.air.clock)
    until(lambda: live.air.child("splicer").data.slate)
    assert live.publisher is not None
    live.publisher.signal(signal.SIGSTOP)
    until(lambda: live.air.seen.source is Source.SLATE, 1.5)
    wait_for_packets(live, 2)
    live.publisher.signal(signal.SIGCONT)
    until(lambda: live.air.seen.source is Source.STUDIO, 8)
    wait_for_packets(live, 2)
    live.off()
    (file,) = live.sinks["youtube"].files()
    stream = read_stream(file)
    assert stream.backwards("video") == 0
    assert stream.gaps("video", 0.9) == []
    assert decode_errors([file]) == ""


def test_every_part_that_is_killed_is_back(live: Live) -> None:
    """Pusher, recorder and splicer are back within seconds of a kill, and the others never notice."""
    live.go()
    wait_for_packets(live, 1)
    live.kill("youtube", 3.5)
    live.kill("recorder", 3.5)
    wait_for_packets(live, 1)
    live.kill("splicer", 2.0)
    wait_for_packets(live, 3)
    live.off()
    (untouched,) = live.sinks["facebook"].files()
    stream = read_stream(untouched)
    assert stream.backwards("video") == 0
    assert [length for _, length in stream.gaps("video", 0.25) if length > 2.5] == []
    assert len(stream.gaps("video", 0.25)) <= 1
    assert len(live.sinks["youtube"].files()) == 2
    assert decode_errors(live.air.segments(), "error") == ""


def test_a_killed_hub_is_back(live: Live) -> None:
    """When the hub is killed, everybody is fed again by itself."""
    live.go()
    row = live.air.store.rows["hub"]
    os.kill(row.pid, signal.SIGKILL)
    live.stop_publisher()
    until(lambda: live.air.store.rows.get("hub", row).pid != row.pid, 2)
    live.publisher = Publisher(live.air.studio)
    until(lambda: all(live.air.child(name).live for name in ("youtube", "facebook", "recorder")), 10)
    live.off()
    assert decode_errors(live.air.segments(), "error") == ""


@pytest.mark.patient
@pytest.mark.parametrize("part", ["splicer", "hub"])
def test_a_hung_part_is_noticed_and_replaced(live: Live, part: str) -> None:
    """A splicer or a hub that hangs, though it is there, is replaced."""
    live.go()
    key = "hub" if part == "hub" else f"{live.air.venue.id}/splicer"
    pid = live.air.store.rows[key].pid
    os.kill(pid, signal.SIGSTOP)
    until(lambda: key in live.air.store.rows and live.air.store.rows[key].pid != pid, 15)
    until(lambda: live.air.child("splicer").live, 10)
    assert not psutil.pid_exists(pid)


def put_programme_clock(live: Live, at: float) -> None:
    """Let the programme's clock stand at so many milliseconds when the splicer starts, as if it had run as long."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    now = time.monotonic() * 1000  # noqa: TID251 - the machine's clock is what it counts on
    live.air.files.folder.mkdir(parents=True, exist_ok=True)
    live.air.files.clock.write_text(json.dumps({"boot": boot, "zero": now - at, "noted": now - 3_600_000}))


EXTENDED = 2**24
"""Milliseconds, 4 h 40 min: from here on an RTMP timestamp takes its extended field."""


def test_a_broadcast_goes_on_over_hours_where_timestamps_take_more_room(live: Live) -> None:
    """Across 4 h 40 min on the programme's clock, a source killed there, viewers miss nothing on one connection."""
    put_programme_clock(live, EXTENDED - 12_000)
    live.go()
    capture_slate(live.air.studio, live.air.files.slate, 2, live.air.clock)
    until(lambda: live.air.child("splicer").data.slate)
    wait_for_packets(live, 2)
    clock = json.loads(live.air.files.clock.read_text())
    left = EXTENDED / 1000 - (time.monotonic() - clock["zero"] / 1000)  # noqa: TID251 - as above
    assert 0 < left < 12, "the crossing is still to come"
    until(lambda: time.monotonic() * 1000 - clock["zero"] > EXTENDED - 700, 12)  # noqa: TID251 - as above
    live.stop_publisher()
    until(lambda: live.air.seen.source is Source.SLATE, 2)
    wait_for_packets(live, 3)
    live.publisher = Publisher(live.air.studio)
    until(lambda: live.air.seen.source is Source.STUDIO, 10)
    wait_for_packets(live, 3)
    live.off()
    for sink in live.sinks.values():
        (file,) = sink.files()
        stream = read_stream(file)
        assert stream.backwards("video") == stream.backwards("audio") == 0
        assert stream.gaps("video", 0.25) == []
        assert stream.gaps("audio", 0.4) == []
        assert decode_errors([file]) == ""
    assert decode_errors(live.air.segments(), "error") == ""


@pytest.mark.long
def test_one_dead_platform_leaves_the_other_alone(live: Live) -> None:
    """While one platform is stalled and then gone, the other's viewers miss nothing; it is fed again on return."""
    live.go(kbits=8000)  # so much that the kernel's buffers are soon full
    live.sinks["youtube"].signal(signal.SIGSTOP)
    until(live.air.device.problems, 45)
    assert [p.where for p in live.air.device.problems()] == ["aula/youtube"]
    live.sinks["youtube"].stop()
    until(lambda: [p.code for p in live.air.device.problems()] == ["destination.unreachable"], 15)
    live.sinks["youtube"].start()
    until(lambda: live.air.child("youtube").live, 8)
    until(lambda: not live.air.device.problems(), 8)
    live.off()
    (file,) = live.sinks["facebook"].files()
    stream = read_stream(file)
    assert stream.gaps("video", 0.1) == []
    assert decode_errors([file]) == ""


@pytest.mark.patient
def test_a_replaced_key_waits_for_the_next_start_unless_told(live: Live) -> None:
    """A live stream goes on with its old key until it ends by itself, or whoever replaces it says otherwise."""
    live.go()
    first = live.air.child("youtube").pid
    changed = {**live.destinations, "youtube": destination("youtube", live.sinks["youtube"].url, "second")}
    live.air.device.renew(changed)
    live.air.turn()
    assert live.air.device.diff(live.air.seen, live.air.device.wanted(live.air.state)) == []
    assert live.air.child("youtube").pid == first
    live.air.device.renew(changed, {"youtube"})
    live.air.turn()
    until(lambda: live.air.child("youtube").live and live.air.child("youtube").pid != first, 15)
    assert "second" in " ".join(psutil.Process(live.air.child("youtube").pid).cmdline())
    second, again = live.air.child("youtube").pid, {**changed, "youtube": live.destinations["youtube"]}
    live.air.device.renew(again)
    os.kill(second or 0, signal.SIGKILL)

    def fed_with_the_first_key() -> bool:
        live.air.turn()
        view = live.air.child("youtube")
        return view.live and view.pid != second and "second" not in " ".join(psutil.Process(view.pid).cmdline())

    until(fed_with_the_first_key, 20, every=0.2)


@pytest.mark.patient
def test_a_refused_key_is_told_apart_from_a_lost_network(tmp_path: Path) -> None:
    """Who has a wrong key is told to compare the key; who has no network is told that."""
    sink = Sink(tmp_path / "sink")
    given = {
        "wrong": destination("wrong", f"rtmp://127.0.0.1:{sink.port}/closed", "SECRET-KEY"),
        "gone": destination("gone", f"rtmp://127.0.0.1:{free_port()}/live"),
        "lost": destination("lost", "rtmp://no-such-host.invalid/live"),
    }
    air = Broadcast(tmp_path / "data", given)
    air.turn()
    publisher = Publisher(air.studio)
    try:
        expected = {
            "aula/gone": "destination.unreachable",
            "aula/lost": "destination.name",
            "aula/wrong": "destination.refused",
        }
        until(lambda: {p.where: p.code for p in air.device.problems()} == expected, 20)
        written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        assert b"SECRET-KEY" not in written
    finally:
        publisher.kill()
        air.close()
        sink.stop()


SERVICE = """
import json, sys, time
from dataclasses import asdict
from pathlib import Path
from tests.devices.media.bench import Broadcast, destination
from tests.fakes.processes import MemoryStore
class Store(MemoryStore):
    def put(self, row):
        super().put(row)
        sys.stdout.write(json.dumps(asdict(row), default=str) + "\\n")
        sys.stdout.flush()
air = Broadcast(Path(sys.argv[1]), {"youtube": destination("youtube", sys.argv[2])}, Store(), int(sys.argv[3]))
while True:
    air.turn()
    time.sleep(0.5)
"""


def test_the_air_outlives_the_service(tmp_path: Path) -> None:
    """When the service is killed everything runs on, and the next one takes it over without a missing frame."""
    sink, port = Sink(tmp_path / "sink"), free_port()
    command = [sys.executable, "-c", SERVICE, str(tmp_path / "data"), sink.url, str(port)]
    service = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert service.stdout is not None
    store = MemoryStore()
    publisher = None
    try:
        for line in service.stdout:
            row = ProcessRow(**{**json.loads(line), "started_at": datetime(2027, 1, 1, tzinfo=UTC)})
            store.put(row)
            if publisher is None and row.key == "aula/splicer":
                publisher = Publisher(f"rtmp://127.0.0.1:{port}/studio/aula")
            if len(store.rows) == 4:
                break
        until(lambda: sink.files() and sink.files()[0].stat().st_size > 100_000, 20)
    finally:
        os.kill(service.pid, signal.SIGKILL)
        service.wait()
    before = {key: row.pid for key, row in store.rows.items()}
    given = {"youtube": destination("youtube", sink.url)}
    air = Broadcast(tmp_path / "data", given, store, port)
    try:
        assert air.turn() == []
        until(lambda: air.child("youtube").live and air.child("recorder").live, 2)
        assert {key: row.pid for key, row in store.rows.items()} == before
        air.state = NOTHING
        air.turn()
        air.reach()
        (file,) = sink.files()
        assert read_stream(file).gaps("video", 0.1) == []
        assert len({path.name.rpartition("_")[0] for path in air.segments()}) == 1
    finally:
        assert publisher is not None
        publisher.kill()
        air.close()
        sink.stop()
    assert store.rows == {}


def test_a_relay_is_taken_in_and_put_on(live: Live) -> None:
    """A relay source becomes the programme at its keyframe, and the studio comes back the same way."""
    live.go()
    address = f"{live.sinks['facebook'].url}/palace"
    palace = Publisher(address, tone=880)
    try:
        live.air.state = VenueState(
            occurrence="apel@2027-01-04T07:30",
            destinations=frozenset(live.destinations),
            record=True,
            source=Source.RELAY,
            relay=Address(address),
        )
        live.air.reach()
        assert live.air.seen.source is Source.RELAY
        wait_for_packets(live, 2)
        live.air.state = VenueState(
            occurrence="apel@2027-01-04T07:30",
            destinations=frozenset(live.destinations),
            record=True,
            source=Source.STUDIO,
        )
        live.air.reach()
        assert live.air.seen.source is Source.STUDIO
    finally:
        palace.kill()
    live.off()
    (file,) = live.sinks["youtube"].files()
    stream = read_stream(file)
    assert stream.backwards("video") == stream.backwards("audio") == 0
    assert stream.gaps("video", 0.25) == []
    assert decode_errors([file]) == ""


@pytest.mark.patient
def test_an_srt_platform_is_fed(tmp_path: Path) -> None:
    """A destination may take SRT."""
    port, file = free_port(), tmp_path / "srt.ts"
    command = ["ffmpeg", "-v", "error", "-nostdin", "-i", f"srt://127.0.0.1:{port}?mode=listener", "-c", "copy"]
    listener = subprocess.Popen([*command, str(file)], stderr=subprocess.DEVNULL)
    air = Broadcast(tmp_path / "data", {"srt": destination("srt", f"srt://127.0.0.1:{port}", "")})
    air.turn()
    publisher = Publisher(air.studio)
    try:
        until(lambda: air.child("srt").live, 20)
        until(lambda: file.exists() and file.stat().st_size > 50_000, 15)
    finally:
        publisher.kill()
        air.close()
        listener.kill()
        listener.wait()


@pytest.mark.patient
def test_a_taken_port_is_told_with_its_holder(tmp_path: Path) -> None:
    """Who finds the hub's port taken is told by whom, and the hub comes up as soon as it is free."""
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        air = Broadcast(tmp_path, {}, port=port)
        try:
            problem = until(air.hub.problems, 5)[0]
            assert problem.code == "hub.port-taken"
            assert f"process {os.getpid()}" in str(problem)
            taken.close()
            until(lambda: not air.hub.problems(), 10)
        finally:
            air.close()


@pytest.mark.patient
def test_the_end_leaves_nothing_behind(live: Live) -> None:
    """After an event every process of it has ended by itself, and nothing is written down any more but the hub."""
    live.go()
    live.off()
    live.air.device.needed(False)
    until(lambda: set(live.air.store.rows) == {"hub"}, 10)
    assert isinstance(live.air.device, MediaDevice)
    assert live.air.device.problems() == []
