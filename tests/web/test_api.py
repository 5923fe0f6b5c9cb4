from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from fastapi import APIRouter
from fastapi._compat import ModelField
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from orchestrator.catalogue.records import ArchivedRecording, AsRun
from orchestrator.errors import Problem
from orchestrator.plan.model import ChangeKind, VenueState
from orchestrator.plan.state import still_begun
from orchestrator.status import Observed, VenueStatus
from orchestrator.web import api, operations, pages, schedule_api, session_api, station_api
from orchestrator.web.bad_values import _RULES
from orchestrator.web.live import stream
from tests.fakes.desk import FakeDesk
from tests.fakes.station import NOW


def line(cue: str, venue: str = "gedung-daerah", event: str = "penaikan") -> AsRun:
    return AsRun(event, cue, venue, "scene", NOW, NOW, NOW + timedelta(milliseconds=20), "a", "b", f"cue {cue}", "done")


def both_venues() -> dict[str, VenueStatus]:
    return {
        name: VenueStatus(name, VenueState(), Observed("Penutup", {"youtube": "live"}))
        for name in ("gedung-daerah", "graha-kepri")
    }


def test_status_is_the_snapshot(desk: FakeDesk, client: httpx.Client) -> None:
    """The status over HTTP is the status of the command."""
    desk.publish(venues=both_venues(), ready=True)
    found = client.get("/api/v1/status").json()
    assert found["ready"] is True
    assert found["venues"]["gedung-daerah"]["on_air"] is True


def test_the_log_is_filtered(desk: FakeDesk, client: httpx.Client) -> None:
    """The log can be asked for one venue, event, cue and time."""
    for entry in (line("mulai"), line("selesai"), line("mulai", "graha-kepri", "rapat")):
        desk.catalogue.asrun.add(entry)
    assert len(client.get("/api/v1/log").json()) == 3
    assert len(client.get("/api/v1/log", params={"venue": "gedung-daerah"}).json()) == 2
    assert len(client.get("/api/v1/log", params={"event": "rapat"}).json()) == 1
    assert len(client.get("/api/v1/log", params={"cue": "mulai"}).json()) == 2
    assert client.get("/api/v1/log", params={"from": "2027-08-18"}).json() == []
    assert client.get("/api/v1/log", params={"cue": "selesai"}).json()[0]["from"] == "a"


def test_the_plan_of_a_window(client: httpx.Client) -> None:
    """The plan can be asked for any time."""
    asked = {"from": "2027-08-17T07:25", "to": "2027-08-17T07:35"}
    assert [entry["cue"] for entry in client.get("/api/v1/plan", params=asked).json()] == ["mulai"]


def test_go_finds_the_cue_that_waits(command: httpx.Client) -> None:
    """GO at a venue fires the one cue that waits, and says what happens and how to take it back."""
    response = command.post("/api/v1/changes", json={"kind": "go", "target": "gedung-daerah", "who": "sari"})
    made = response.json()
    assert response.status_code == 201
    assert (made["kind"], made["occurrence"], made["cue"], made["who"]) == ("go", "penaikan", "bendera", "sari")
    assert made["message"] == "“Bendera” of Penaikan Bendera fires now."


def test_what_the_clock_says_has_not_begun_is_ended_at_once(
    desk: FakeDesk, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock was put back: whoever ends what is on the air is told that no closing cues follow."""
    plain = desk.timeline
    begun = still_begun(plain(), NOW, NOW - timedelta(hours=2))
    desk.clock.step(-7200)
    monkeypatch.setattr(desk, "timeline", lambda: replace(plain(), begun=begun))
    made = client.post("/api/v1/changes", json={"kind": "finish", "target": "gedung-daerah"}).json()
    assert made["message"] == "Penaikan Bendera ends now, and nothing more of it happens."


def test_an_extension_tells_the_new_end(client: httpx.Client) -> None:
    """An operator who extends is told when the event now ends."""
    made = client.post("/api/v1/changes", json={"kind": "extend", "target": "penaikan", "value": 900}).json()
    assert made["message"] == "Penaikan Bendera now ends at 08:35:00."


def test_a_change_is_in_the_history_and_can_be_undone(
    desk: FakeDesk, client: httpx.Client, command: httpx.Client
) -> None:
    """Whoever changes something can take it back, and both are kept."""
    made = client.post("/api/v1/changes", json={"kind": "skip", "target": "penaikan", "cue": "detik"}).json()
    undone = command.delete(f"/api/v1/changes/{made['id']}", params={"who": "budi"})
    assert undone.status_code == 200
    assert undone.json()["undone_by"] == "budi"
    assert [entry["undone_by"] for entry in client.get("/api/v1/changes").json()] == ["budi"]
    assert desk.catalogue.changes.active() == []


def test_a_change_that_cannot_be_is_refused_in_words(command: httpx.Client) -> None:
    """A number that no database has is an error of whoever sent it."""
    answer = command.delete(f"/api/v1/changes/{10**20}")
    assert answer.status_code == 422
    assert answer.json()["problems"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"kind": "go", "target": "graha-kepri"}, 404, "web.nothing-running"),
        ({"kind": "go", "target": "tidak-ada"}, 404, "web.unknown-target"),
        ({"kind": "go"}, 422, "web.missing-field"),
        ({"kind": "skip", "target": "penaikan"}, 422, "web.missing-field"),
        ({"kind": "extend", "target": "penaikan"}, 422, "web.missing-field"),
        ({"kind": "extend", "target": "penaikan", "value": True}, 409, "change.bad-length"),
        ({"kind": "extend", "target": "penaikan", "value": "15m"}, 409, "change.bad-length"),
        ({"kind": "take", "target": "gedung-daerah", "field": "stream", "value": "ya"}, 409, "change.bad-value"),
        ({"kind": "take", "target": "gedung-daerah", "field": "source", "value": "tv"}, 409, "change.bad-value"),
        ({"kind": "closed", "target": "penaikan"}, 422, "web.bad-value"),
        ({"kind": "go", "target": "penaikan", "extra": 1}, 422, "web.bad-value"),
    ],
)
def test_a_change_that_cannot_be_is_refused(
    desk: FakeDesk, client: httpx.Client, body: dict[str, object], status: int, code: str
) -> None:
    """A request that makes no sense changes nothing and says why."""
    response = client.post("/api/v1/changes", json=body)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert set(response.json()) == {"code", "message", "where", "problems"}
    assert response.json()["problems"][0].items() <= response.json().items()
    assert desk.catalogue.changes.active() == []


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"kind": "closed", "until": "besok", "extra": 1}, ["kind", "until", "extra"]),
        ({"value": {"a": 1}, "seen": 5}, ["kind", "value", "seen"]),
        ({"kind": "extend", "target": "penaikan", "value": ["a", {}, 5]}, ["value.1", "value.2", "value"]),
        ({"kind": "shift", "target": "penaikan"}, ["cue", "value"]),
        ([], [""]),
    ],
)
def test_all_that_is_wrong_with_a_request_is_told(client: httpx.Client, body: object, wrong: list[str]) -> None:
    """Who writes a program corrects everything at once: each value once, with its place and what to do."""
    answer = client.post("/api/v1/changes", json=body)
    assert answer.status_code == 422
    document = answer.json()
    assert sorted(one["where"] for one in document["problems"]) == sorted(wrong)
    assert document["problems"][0] == {name: document[name] for name in ("code", "message", "where")}
    assert all(one["message"].count(". ") == 1 for one in document["problems"])


def test_a_query_is_told_whole_too(client: httpx.Client) -> None:
    """What is wrong in an address stands beside each other as well; a flood of errors is cut."""
    wrong = client.get("/api/v1/schedule/versions?before=nol&limit=0").json()["problems"]
    assert [one["where"] for one in wrong] == ["before", "limit"]
    flood = client.post("/api/v1/changes", json={"kind": "go"} | {f"x{number}": 1 for number in range(300)})
    assert len(flood.json()["problems"]) == 100


def test_a_refusal_by_the_plan_is_a_conflict(desk: FakeDesk, client: httpx.Client) -> None:
    """What makes no sense in the present state is refused with the plan's own reason."""
    response = client.post("/api/v1/changes", json={"kind": "resume", "target": "penaikan"})
    assert response.status_code == 409
    assert response.json()["message"]
    assert desk.catalogue.changes.active() == []


def test_a_take_over_holds_the_value_as_given(desk: FakeDesk, client: httpx.Client) -> None:
    """An operator takes over one field of a venue."""
    body = {"kind": "take", "target": "gedung-daerah", "field": "scene", "value": "Penutup", "until": "next-cue"}
    made = client.post("/api/v1/changes", json=body).json()
    assert made["message"] == "Gedung Daerah: the scene is Penutup until the next cue."
    change = desk.catalogue.changes.active()[0]
    assert (change.kind, change.field, change.value, change.until) == (ChangeKind.TAKE, "scene", "Penutup", "next-cue")


def test_a_reload_tells_what_is_wrong(desk: FakeDesk, client: httpx.Client) -> None:
    """Reading the files again answers with their errors, as one list."""
    desk.wrong = (Problem("config.unknown-key", "unknown key", {}, "schedules.yaml:3:5"),)
    assert client.post("/api/v1/reload").json() == {
        "problems": [{"code": "config.unknown-key", "message": "unknown key", "where": "schedules.yaml:3:5"}]
    }


def test_venues_and_devices_show_no_secret(desk: FakeDesk, client: httpx.Client) -> None:
    """Passwords and keys never leave the service."""
    desk.publish(venues=both_venues())
    text = client.get("/api/v1/venues").text + client.get("/api/v1/devices").text + client.get("/").text
    assert "Gedung Daerah" in text
    assert "rahasia" not in text


def test_the_archive_is_searched(desk: FakeDesk, client: httpx.Client) -> None:
    """Recordings are found by their words, venue and day."""
    recording = ArchivedRecording("penaikan", "gedung-daerah", "Penaikan Bendera", NOW, "2027/x", 61.0, 9, NOW, "whole")
    desk.catalogue.recordings.put(recording)
    assert [entry["folder"] for entry in client.get("/api/v1/archive", params={"words": "bendera"}).json()] == [
        "2027/x"
    ]
    assert client.get("/api/v1/archive", params={"words": "rapat"}).json() == []
    assert client.get("/api/v1/archive/penaikan").json()["state"] == "whole"
    assert client.get("/api/v1/archive/tidak-ada").status_code == 404


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/v1/nothing", 404, "web.no-such-page"),
        ("/api/v1/log?venue=bulan", 404, "web.unknown-venue"),
        ("/api/v1/log?from=besok", 422, "web.bad-moment"),
        ("/api/v1/plan?from=2027-08-18&to=2027-08-17", 422, "web.backward-window"),
    ],
)
def test_every_error_has_one_shape(client: httpx.Client, path: str, status: int, code: str) -> None:
    """Programs find code, message and where in every error, and the list of all that is wrong."""
    response = client.get(path)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert set(response.json()) == {"code", "message", "where", "problems"}


def test_a_wrong_method_has_the_same_shape(client: httpx.Client) -> None:
    """Programs find code, message and where in every error."""
    response = client.put("/api/v1/status", headers={"content-type": "application/json"}, content="{}")
    assert (response.status_code, response.json()["code"]) == (405, "web.wrong-method")


@pytest.mark.parametrize("content", ["{", "[1,", '"', "{'kind': 'go'}"])
def test_broken_json_is_said_to_be_broken(client: httpx.Client, content: str) -> None:
    """A body that can't be read is refused in plain words."""
    response = client.post("/api/v1/changes", content=content, headers={"content-type": "application/json"})
    assert (response.status_code, response.json()["code"]) == (400, "web.not-json")


def test_a_body_without_a_length_is_cut_off_at_the_limit(client: httpx.Client) -> None:
    """A request can't fill the memory by hiding its size."""

    def parts() -> object:
        for _ in range(100):
            yield b" " * 4096

    response = client.post("/api/v1/changes", content=parts(), headers={"content-type": "application/json"})  # type: ignore[arg-type]
    assert (response.status_code, response.json()["code"]) == (413, "web.too-large")


def test_errors_are_in_the_reader_s_language(client: httpx.Client) -> None:
    """The language is chosen by header or address; Indonesian is the station's."""
    english = client.get("/api/v1/log?from=besok").json()["message"]
    indonesian = client.get("/api/v1/log?from=besok&lang=id").json()["message"]
    default = client.get("/api/v1/log?from=besok", headers={"accept-language": "fr"}).json()["message"]
    assert english.startswith("besok isn't a date or time.")
    assert indonesian == default != english


def test_a_page_under_another_name_reads_nothing(client: httpx.Client) -> None:
    """DNS rebinding gets nothing."""
    response = client.get("/api/v1/status", headers={"host": "evil.example"})
    assert (response.status_code, response.json()["code"]) == (403, "web.foreign-host")


def test_another_site_s_page_changes_nothing(desk: FakeDesk, client: httpx.Client) -> None:
    """A form on another site can't act on the air."""
    response = client.post(
        "/api/v1/changes",
        json={"kind": "finish", "target": "gedung-daerah"},
        headers={"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
    )
    assert response.status_code == 403
    assert desk.catalogue.changes.active() == []


def test_a_fault_in_the_program_is_one_sentence(
    desk: FakeDesk, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No traceback reaches a user."""

    def fail() -> object:
        raise ZeroDivisionError("inner detail")

    monkeypatch.setattr(desk, "reload", fail)
    response = client.post("/api/v1/reload")
    assert (response.status_code, response.json()["code"]) == (500, "web.broken")
    assert "inner detail" not in response.text


def test_openapi_describes_the_documents(client: httpx.Client) -> None:
    """Other programs can read what the interface offers, with every field."""
    schema = client.get("/api/v1/openapi.json").json()
    assert set(schema["components"]["schemas"]["LineModel"]["properties"]) == {
        "event",
        "cue",
        "venue",
        "field",
        "planned_at",
        "sent_at",
        "confirmed_at",
        "from",
        "to",
        "reason",
        "outcome",
    }
    assert {"/api/v1/status", "/api/v1/log", "/api/v1/plan", "/api/v1/changes", "/api/v1/archive"} <= set(
        schema["paths"]
    )


@pytest.mark.parametrize(
    ("method", "address", "body", "place", "english", "indonesian"),
    [
        ("post", "changes", {}, "kind", "This is missing. Add it", "Ini belum ada. Tambahkan"),
        (
            "post",
            "changes",
            {"kind": "go", "lokasi": 1},
            "lokasi",
            "Nothing of this name is known",
            "Tidak ada yang bernama",
        ),
        ("post", "changes", {"kind": "tutup"}, "kind", "Choose one of: go, hold, resume", "Pilih salah satu: go, hold"),
        ("post", "changes", {"kind": "go", "cue": 5}, "cue", "must be a text", "harus berupa teks"),
        (
            "post",
            "changes",
            {"kind": "go", "cue": "x" * 2001},
            "cue",
            "Shorten it to 2000",
            "paling banyak 2000",
        ),
        ("post", "changes", {"kind": "take", "value": "x" * 2001}, "value", "Shorten it to 2000", "paling banyak 2000"),
        (
            "post",
            "changes",
            {"kind": "take", "value": {}},
            "value",
            "can't be used here",
            "tidak dapat dipakai di sini",
        ),
        ("post", "changes", ["go"], "", "must be a JSON object", "harus berupa objek JSON"),
        ("delete", "changes/lima", None, "number", "must be a whole number", "harus berupa bilangan bulat"),
        ("delete", f"changes/{'9' * 5000}", None, "number", "must be a whole number", "harus berupa bilangan bulat"),
        ("delete", "changes/1?who=", None, "who", "Write 1 characters at least", "Tulis paling sedikit 1 huruf"),
        (
            "put",
            "destinations/youtube/key",
            {"key": "rahasia", "restart": "?"},
            "restart",
            "true or false",
            "true atau false",
        ),
    ],
)
def test_what_is_wrong_with_a_value_is_told_in_the_readers_language(
    client: httpx.Client, method: str, address: str, body: object, place: str, english: str, indonesian: str
) -> None:
    """Where, what and what to do, whatever kind of rule it broke; what was sent isn't told again."""
    for language, wanted in (("en", english), ("id", indonesian)):
        answer = client.request(method, f"/api/v1/{address}", json=body, headers={"accept-language": language})
        told = answer.json()
        assert (answer.status_code, told["code"], told["where"]) == (422, "web.bad-value", place)
        assert wanted in told["message"]
        assert "rahasia" not in answer.text
        assert "Input should" not in answer.text


def test_every_rule_that_requests_can_break_has_its_sentence() -> None:
    """Nobody gets the sentence for what nobody thought of where a rule that is in use is broken."""
    sent = (None, 5, -1, 10**9, 1.5, "x", "x" * 10_000, "", "9" * 5000, [], {}, {"zz": 1}, float("inf"), b"\xff")
    kinds = {
        one["type"]
        for module in (api, operations, pages, schedule_api, session_api, station_api, stream)
        for route in routes_of(module.router)
        for part in (*parts_of(route.dependant), *([route.body_field] if route.body_field else []))
        for value in sent
        for one in part.validate(value, {}, loc=("x",))[1] or ()
    }
    assert {"missing", "literal_error", "less_than_equal", "string_too_long"} <= kinds
    assert kinds <= _RULES.keys()


def routes_of(router: APIRouter) -> Iterator[APIRoute]:
    for route in router.routes:
        if isinstance(route, APIRoute):
            yield route
        elif (inner := getattr(route, "original_router", None)) is not None:
            yield from routes_of(inner)


def parts_of(needs: Dependant) -> Iterator[ModelField]:
    """What a route reads of a request, that which it needs for it included."""
    yield from (*needs.path_params, *needs.query_params, *needs.header_params, *needs.body_params)
    for other in needs.dependencies:
        yield from parts_of(other)
