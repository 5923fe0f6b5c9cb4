from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, get_args

import httpx
import pytest

from orchestrator.catalogue.asrun import AsRunStore
from orchestrator.catalogue.changes import ChangeStore
from orchestrator.catalogue.problems import cannot_write
from orchestrator.catalogue.recordings import RecordingStore
from orchestrator.catalogue.records import Session
from orchestrator.catalogue.versions import VersionStore
from orchestrator.config.editing import Put
from orchestrator.config.model import WebSettings
from orchestrator.errors import StorageError
from orchestrator.plan.model import ChangeKind
from orchestrator.status import StandingProblem, Storage, StorageVolume
from orchestrator.web.identity import SESSION
from orchestrator.web.live.broadcast import QUIET
from orchestrator.web.live.observer import Observer
from orchestrator.web.live.topics import KEPT, Channel, Part
from orchestrator.web.models import OperatorKind
from orchestrator.web.server import WebServer
from orchestrator.web.sessions import digest_of
from tests.backstage.test_schedule import NEW
from tests.fakes.air import VENUE, on_air
from tests.fakes.desk import FakeDesk
from tests.fakes.paper import SCHEDULE
from tests.fakes.station import NOW


def parts(**texts: str) -> dict[str, Part]:
    return {name: Part(text, slow=name == "figures") for name, text in texts.items()}


def read(message: bytes) -> dict[str, Any]:
    event, data = message.decode().strip().split("\n")
    assert event == "event: parts"
    body: dict[str, Any] = json.loads(data.removeprefix("data: "))
    return body


def test_only_what_has_changed_is_sent() -> None:
    """Who is up to date gets what changed; who is new, or far behind, gets everything."""
    channel = Channel()
    channel.paint(parts(a="1", b="1"), NOW, 0)
    assert [read(m)["parts"] for m in channel.since(0)[1]] == [{"a": "1", "b": "1"}]
    channel.paint(parts(a="1", b="2"), NOW, 1)
    serial, messages = channel.since(1)
    assert serial == 2
    assert [(read(m)["parts"], read(m)["whole"]) for m in messages] == [({"b": "2"}, False)]
    assert channel.since(2) == (2, [])
    for number in range(KEPT + 1):
        channel.paint(parts(a=f"x{number}", b="2"), NOW, 2)
    (message,) = channel.since(1)[1]
    assert read(message)["whole"]


def test_figures_wait_and_come_with_what_matters() -> None:
    """What are only figures comes once a second; anything else takes them along at once."""
    channel = Channel()
    channel.paint(parts(cue="mulai", figures="1 MB"), NOW, 10.0)
    assert channel.paint(parts(cue="mulai", figures="2 MB"), NOW, 10.3) == pytest.approx(0.7)
    assert channel.serial == 1
    assert channel.paint(parts(cue="bendera", figures="2 MB"), NOW, 10.4) is None
    assert read(channel.since(1)[1][0])["parts"] == {"cue": "bendera", "figures": "2 MB"}


def test_a_part_that_goes() -> None:
    """A page hears that a part of it is no more."""
    channel = Channel()
    channel.paint(parts(a="1", b="1"), NOW, 0)
    channel.paint(parts(a="1"), NOW, 0.1)
    assert read(channel.since(1)[1][0])["gone"] == ["b"]


def follow(address: str, page: str = "home", of: str = "", session: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    query = {"page": page, "of": of, "lang": "en"}
    with (
        httpx.Client(base_url=address, trust_env=False, timeout=10, cookies={SESSION: session}) as client,
        client.stream("GET", "/api/v1/live", params=query) as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        event = ""
        for line in answer.iter_lines():
            if line.startswith("event: "):
                event = line.removeprefix("event: ")
            elif line.startswith("data: "):
                yield event, json.loads(line.removeprefix("data: "))


def next_parts(stream: Iterator[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    return next(body for event, body in stream if event == "parts")


def test_a_page_hears_that_its_session_is_over(desk: FakeDesk, address: str) -> None:
    """Whoever is signed out hears it in place of the next sign of life, and nothing of the air after that."""
    account = desk.catalogue.accounts.add("sari", "admin", "", NOW)
    desk.catalogue.sessions.add(Session(digest_of("secret"), account.id, NOW, NOW, "", ""))
    stream = follow(address, session="secret")
    assert next_parts(stream)["whole"]
    desk.clock.step(8 * 24 * 3600)
    begun = time.monotonic()  # noqa: TID251 - a real connection's time
    assert [event for event, _ in stream][-1] == "signed-out"
    assert time.monotonic() - begun < 3 * QUIET  # noqa: TID251 - as above


def test_a_page_hears_what_changes(desk: FakeDesk, address: str) -> None:
    """At first everything with the service's time, then what a device has done, then what an operator has done."""
    desk.publish(venues=on_air(desk))
    stream = follow(address)
    assert next(stream)[1]["now"] == NOW.timestamp() * 1000
    whole = next_parts(stream)
    assert whole["whole"]
    assert "ON AIR" in whole["parts"][f"venue.{VENUE}"]
    desk.publish(venues=on_air(desk, stream={"youtube": "connecting"}))
    changed = next_parts(stream)
    assert "Connecting…" in changed["parts"][f"venue.{VENUE}"]
    assert "venue.graha-kepri" not in changed["parts"]
    desk.change(ChangeKind.HOLD, "sari", VENUE, "penaikan")
    assert "sari held the rundown" in next_parts(stream)["parts"][f"venue.{VENUE}"]


def test_the_schedule_s_pages_hear_of_another_schedule(desk: FakeDesk, address: str, client: httpx.Client) -> None:
    """Whoever saves it, in the panel or on the disk: an open calendar is told, with who it was and what they did."""
    desk.publish(venues=on_air(desk))
    base = desk.schedule.read().digest
    stream = follow(address, "schedule")
    first = next_parts(stream)["parts"]
    assert f'data-part="calendar" hidden>{first["calendar"]}<' in client.get("/schedule?lang=en").text
    desk.schedule.apply(Put(NEW), base, "sari")
    desk.publish()
    heard = next_parts(stream)["parts"]
    assert heard["calendar"] != first["calendar"]
    assert "Added: Jumpa Pers (sari, 07:40 WIB)" in heard["version"]
    desk.schedule._file.write_text(SCHEDULE)
    desk.schedule._reload()
    desk.publish()
    heard = next_parts(stream)["parts"]
    assert "The file was changed on the machine: Jumpa Pers (on the machine, 07:40 WIB)" in heard["version"]
    desk.change(ChangeKind.HOLD, "sari", VENUE, "penaikan")
    assert list(next_parts(stream)["parts"]) == ["calendar"]


def test_a_page_is_let_go_when_the_service_stops(desk: FakeDesk, address: str) -> None:
    """An open page doesn't keep the service from stopping: its stream ends."""
    server = WebServer(desk, WebSettings(port=0))
    stream = follow(f"http://127.0.0.1:{server.start()}")
    next_parts(stream)
    server.stop()
    assert [event for event, _ in stream if event not in {"beat", "parts"}] == []


def test_a_page_that_is_not_there(client: httpx.Client) -> None:
    """There is nothing to follow of a page or an event that isn't there."""
    assert client.get("/api/v1/live?page=nothing").status_code == 404
    assert client.get("/api/v1/live?page=home&of=nothing").status_code == 404


def test_the_home_page_without_scripts(desk: FakeDesk, client: httpx.Client) -> None:
    """The page tells it all without any script: what is on, what comes, and what is wrong."""
    desk.publish(venues=on_air(desk))
    text = client.get("/?lang=en").text
    for said in ("ON AIR", "Penaikan Bendera", "Bendera", "YouTube Pemprov", "connected", "Graha Kepri &lt;Batam&gt;"):
        assert said in text, said


def test_a_card_has_the_forecast_of_the_disks(desk: FakeDesk, client: httpx.Client) -> None:
    """The hours that are left on a card are those of the forecast, which keeps its reserve; it follows them."""
    desk.publish(venues=on_air(desk), storage=Storage((StorageVolume("/data", 9, 10),), 16.5, 1.2, 8, 6))
    assert "room for 16 h" in client.get("/?lang=en").text
    desk.publish(storage=Storage((StorageVolume("/data", 9, 10),), 3.2, 1.2, 8, 6))
    assert "room for 3 h" in client.get("/?lang=en").text


def test_an_action_on_what_has_changed(desk: FakeDesk, client: httpx.Client, command: httpx.Client) -> None:
    """The second of two operators is told what the first did, and may then do it all the same."""
    asked = {"kind": "extend", "target": "penaikan", "value": 900, "seen": "0-0"}
    assert command.post("/api/v1/changes", json={**asked, "who": "sari"}).status_code == 201
    refused = client.post("/api/v1/changes", json=asked)
    assert refused.status_code == 409
    assert refused.json()["code"] == "change.not-seen"
    assert refused.json()["message"] == "sari has extended the event at 07:40:00."
    number = desk.timeline().changes[-1].id
    assert client.post("/api/v1/changes", json={**asked, "seen": f"{number}-0"}).status_code == 201
    assert desk.timeline().spans["penaikan"].course.extended == timedelta(minutes=30)


@pytest.mark.parametrize("kind", get_args(OperatorKind))
def test_no_action_passes_over_what_others_did(desk: FakeDesk, command: httpx.Client, kind: str) -> None:
    """Whatever the second of two operators asks for, it is refused with who changed what, and nothing was done."""
    rest = {"cue": "selesai", "field": "scene", "value": "Penutup"}
    desk.change(ChangeKind.HOLD, "sari", VENUE, "penaikan")
    target = VENUE if kind in {"take", "release"} else "penaikan"
    answer = command.post("/api/v1/changes", json={"kind": kind, "target": target, "seen": "0-0", **rest})
    assert (answer.status_code, answer.json()["code"]) == (409, "change.not-seen")
    assert "sari" in answer.json()["message"]
    assert len(desk.catalogue.changes.active()) == 1


@pytest.mark.parametrize("page", ["/", "/wall", "/rundown/penaikan", "/schedule"])
def test_pages_come_up_while_the_database_cannot_be_read(
    desk: FakeDesk, client: httpx.Client, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    """The air can be watched, and what is wrong read, whatever has become of the database."""
    problem = cannot_write("/data/catalogue.sqlite3", "disk i/o error")
    desk.publish(venues=on_air(desk), problems=(StandingProblem(problem, NOW),))
    timeline = desk.timeline()  # the service goes on by the one that it has

    def broken(*_: object, **__: object) -> None:
        raise StorageError(problem)

    monkeypatch.setattr(desk, "timeline", lambda: timeline)
    monkeypatch.setattr(desk, "plan", lambda *_: timeline)
    for store in (ChangeStore, AsRunStore, VersionStore, RecordingStore):
        for name in ("recent", "history", "active", "of", "between", "all", "page", "find", "latest"):
            if hasattr(store, name):
                monkeypatch.setattr(store, name, broken)
    answer = client.get(f"{page}?lang=en")
    assert answer.status_code == 200
    assert "Penaikan Bendera" in answer.text
    assert "/data/catalogue.sqlite3" in answer.text


def test_what_was_taken_back_days_ago_is_no_news(desk: FakeDesk) -> None:
    """An operator has seen what others undid long before; it refuses no action."""
    then = NOW - timedelta(days=5)
    made = desk.catalogue.changes.add(ChangeKind.EXTEND, then, "sari", VENUE, "penaikan", value=900)
    desk.catalogue.changes.undo(made.id, "sari", then)
    seen = {view.id: view.seen for view in Observer(desk).look().venues}[VENUE]
    assert desk.change(ChangeKind.EXTEND, "budi", VENUE, "penaikan", value=900, seen=seen).who == "budi"
