"""Passwords and keys in the addresses of relays and cameras: used, and seen nowhere."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field, replace
from datetime import date, time
from io import StringIO
from pathlib import Path
from types import MappingProxyType

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.archive import document
from orchestrator.archive.pieces import Contents
from orchestrator.config.model import Configuration, WebSettings
from orchestrator.plan.model import Anchor, At, Ceremony, Cue, Do, Event, SceneItem, Source, StartSpec
from orchestrator.plan.secret import Address, Secret, showable
from orchestrator.simulation.chance import SeededDraw
from orchestrator.simulation.faults import Fault
from orchestrator.simulation.rows import LivingIncidents
from orchestrator.simulation.run import Scenario, simulate
from orchestrator.simulation.story import Failure, tell
from orchestrator.simulation.strikes import strike
from orchestrator.simulation.violation import Violation
from orchestrator.simulation.world import World
from orchestrator.status import Snapshot
from orchestrator.web.server import WebServer
from tests.archive.conftest import CARD
from tests.fakes.desk import FakeDesk
from tests.simulation.stations import BEGIN, ZONE, draw_scenario, make_venue
from tests.simulation.stations import seconds as after

RELAYS = (
    "srt://192.0.2.1:9000?streamid=istana&passphrase=kata-sandi-srt",
    "rtmp://pengirim-istana:kata-sandi-rtmp@192.0.2.1/live/kunci-rtmp",
    "https://192.0.2.1/live/kunci-hls/index.m3u8?token=tanda-hls",
)
CAMERA = "rtsp://kamera:kata-sandi-kamera@192.0.2.7:554/jalur-kamera"
HIDDEN = ("kata-sandi", "kunci-rtmp", "kunci-hls", "tanda-hls", "passphrase", "jalur-kamera", "pengirim-istana")
"""Whatever of these stands anywhere gives something away."""


def a_station(relay: str) -> Configuration:
    """An event that takes its relay both whole and as a part of the studio's picture, beside a camera."""
    camera = SceneItem("camera", "rtsp://${CAM}@192.0.2.7/", "Kamera", MappingProxyType({"address": Secret(CAMERA)}))
    scenes = {"Lapangan": (camera,), "Istana": (SceneItem("relay", "", "Umpan"),)}
    venue = replace(make_venue("utara"), scenes=MappingProxyType(scenes))
    cues = (
        Cue("mulai", At(Anchor.START), Do(scene="Istana", record=True, stream=True)),
        Cue("istana", At(Anchor.START, after(20)), Do(source=Source.RELAY)),
        Cue("selesai", At(Anchor.END), Do(record=False, stream=False, source=Source.STUDIO)),
    )
    start = StartSpec(date(2027, 8, 17), time(7, 1))
    event = Event("acara", "Acara", "acara", "utara", ZONE, start, after(90), ("youtube",), relay=Address(relay))
    base = draw_scenario(SeededDraw(0)).configuration
    return replace(
        base,
        venues=MappingProxyType({"utara": venue}),
        ceremonies=MappingProxyType({"acara": Ceremony("acara", "Acara", cues)}),
        events=(event,),
    )


FAULTS = (Fault("obs-ignores", 55.0, "utara", 12.0, "SetInputSettings"), Fault("relays-away", 80.0, "utara", 5.0))


@dataclass
class Day:
    """What a day with a relay left behind."""

    configuration: Configuration
    world: World
    told: list[tuple[str, str, str]] = field(default_factory=list)
    snapshots: list[Snapshot] = field(default_factory=list)
    logged: StringIO = field(default_factory=StringIO)


def lived_through(relay: str) -> Day:
    configuration = a_station(relay)
    world = World(configuration, BEGIN, 0)
    day = Day(configuration, world)
    for fault in FAULTS:
        world.agenda.after(fault.at, lambda struck=fault: strike(world, struck))  # type: ignore[misc]
    logger, handler = logging.getLogger("orchestrator"), logging.StreamHandler(day.logged)
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            LivingIncidents, "begin", lambda _, code, where, message, at: day.told.append((code, where, message))
        )
        for second in (58, 66, 90, 200):
            world.agenda.run_until(float(second))
            day.snapshots.append(world.service.board.latest)
    logger.removeHandler(handler)
    logger.setLevel(level)
    return day


@pytest.fixture(params=RELAYS, ids=["srt", "rtmp", "hls"], scope="module")
def day(request: pytest.FixtureRequest) -> Day:
    return lived_through(request.param)


def assert_hidden(text: str) -> None:
    assert [part for part in HIDDEN if part in text] == []


def test_a_relay_is_used_whole_and_logged_in_part(day: Day) -> None:
    """OBS gets the whole address; the log, the problems and the program's own log have its scheme, host and port."""
    relay = day.configuration.events[0].relay
    assert relay is not None
    assert day.world.studios["utara"].inside.relays["Umpan"] == relay.reveal()
    lines = {line.field: line.after for line in day.world.asrun.lines if line.after}
    assert lines["relay"] == lines["relay:Umpan"] == str(relay)
    assert str(relay).startswith(("srt://192.0.2.1:9000/…", "rtmp://192.0.2.1/…", "https://192.0.2.1/…"))
    assert any(code == "loop.without-effect" and str(relay) in message for code, _, message in day.told)
    assert_hidden(repr(day.world.asrun.lines) + repr(day.told) + repr(day.snapshots) + repr(day.world.tape))
    assert "utara/relay: starting -> running" in day.logged.getvalue()
    assert_hidden(repr(day.configuration) + day.logged.getvalue())


def test_a_story_and_an_archived_document_hide_it(day: Day) -> None:
    """What `simulate` tells of a failure, and event.json, show no more of an address."""
    result = simulate(Scenario(day.configuration, BEGIN, BEGIN + after(200), FAULTS))
    problem = day.snapshots[1].venues["utara"].problems[0].problem
    violation = Violation(result.ended.at, result.ended.second, "utara", problem)
    story = "\n".join(tell(Failure(result, violation, (0, 1))))
    assert "relay" in story
    assert_hidden(story)
    history = document.History(lines=tuple(result.lines))
    archived = json.dumps(document.to_json(CARD, Contents(), history, {}, BEGIN), ensure_ascii=False)
    assert "192.0.2.1" in archived
    assert_hidden(archived)


READ = (
    "/", "/log?period=all", "/log.csv", "/venues", "/readiness", "/destinations", "/archive", "/more",
    "/api/v1/status", "/api/v1/log", "/api/v1/plan", "/api/v1/changes", "/api/v1/devices", "/api/v1/venues",
    "/api/v1/readiness", "/api/v1/destinations", "/metrics",
)  # fmt: skip


def test_pages_documents_and_figures_hide_it(day: Day, tmp_path: Path) -> None:
    """No page of the panel, no document of the API, no table and no figure has more of an address than may be seen."""
    desk = FakeDesk(tmp_path)
    desk._configuration = replace(day.configuration, station=replace(day.configuration.station, data=tmp_path))
    desk.clock.step((BEGIN + after(90) - desk.clock.now()).total_seconds())
    for line in day.world.asrun.lines:
        desk.catalogue.asrun.add(line)
    for code, where, message in day.told:
        desk.catalogue.incidents.begin(code, where, message, BEGIN + after(60))
    desk.publish(**{name: getattr(day.snapshots[2], name) for name in ("time", "venues", "problems")})
    server = WebServer(desk, WebSettings(port=0), "token")
    with httpx.Client(base_url=f"http://127.0.0.1:{server.start()}", trust_env=False) as client:
        pages = {path: client.get(path, follow_redirects=True) for path in READ}
    server.stop()
    assert {path: page.status_code for path, page in pages.items()} == dict.fromkeys(READ, 200)
    for path, page in pages.items():
        assert_hidden(f"{path}\n{page.content.decode()}")
    for path in ("/log.csv", "/api/v1/log"):
        assert "192.0.2.1" in pages[path].text


PART = st.text(st.characters(codec="ascii", min_codepoint=33), min_size=1, max_size=12)


@given(PART, PART, PART, st.sampled_from(("rtsp", "srt", "rtmp", "https")))
def test_nothing_but_scheme_host_and_port_is_ever_shown(user: str, password: str, path: str, scheme: str) -> None:
    """Whatever a password or a path is made of, what is shown holds no sign of it."""
    address = f"{scheme}://{user}:{password}@host.example:9000/{path}?key={password}"
    assert showable(address) in {f"{scheme}://host.example:9000/…", f"{scheme}://…"}
    if not set(user + password + path) & set("/?#@"):
        assert showable(address) == f"{scheme}://host.example:9000/…"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("srt://192.0.2.1:9000", "srt://192.0.2.1:9000"),
        ("srt://192.0.2.1:9000?passphrase=abc://def", "srt://192.0.2.1:9000/…"),
        ("rtmp://[2001:db8::1]:1935/app", "rtmp://[2001:db8::1]:1935/…"),
        ("rtsp://user:geheim/2@host/x", "rtsp://…"),
        ("rtsp://user:12?geheim@host/x", "rtsp://…"),
        ("rtsp:user:geheim", "…"),
        ("rtmp://${HOST}:${PORT}/x", "rtmp://${HOST}:${PORT}/…"),
        ("", ""),
    ],
)
def test_what_is_shown_of_an_address(address: str, shown: str) -> None:
    """Enough to see which machine is meant; nothing where a sign in the password hides where the host begins."""
    assert showable(address) == shown
    assert repr(Address(address)) == f"Address({shown!r})"
