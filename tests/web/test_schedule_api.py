"""The schedule's file over the API."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.backstage.test_schedule import NEW
from tests.fakes.desk import FakeDesk
from tests.fakes.paper import SCHEDULE

EDITS = "/api/v1/schedule/edits"


def edit(client: httpx.Client, desk: FakeDesk, **asked: Any) -> httpx.Response:
    return client.post(EDITS, json={"base": desk.schedule.read().digest, **asked})


def test_an_edit_is_told_first_and_saved_then(client: httpx.Client, desk: FakeDesk) -> None:
    """A program sees what an edit would change, saves it, and finds it in the history."""
    base = client.get("/api/v1/schedule").json()
    assert (base["text"], base["right"], base["version"]["action"]) == (SCHEDULE, True, "found")
    would = edit(client, desk, put=NEW, dry_run=True).json()
    assert would["version"] is None
    assert would["events"] == [{"id": "jumpa-pers", "title": "Jumpa Pers", "kind": "added", "fields": []}]
    assert would["occurrences"][0]["after"] == "2027-08-20T10:00:00.000+07:00"
    assert desk.schedule.read().text == SCHEDULE
    done = edit(client, desk, put=NEW).json()
    assert (done["version"]["number"], done["version"]["subject"]) == (2, "Jumpa Pers")
    assert [row["action"] for row in client.get("/api/v1/schedule/versions").json()] == ["added", "found"]
    assert client.get("/api/v1/schedule/versions/2").json()["events"][0]["kind"] == "added"
    assert edit(client, desk, remove="jumpa-pers").status_code == 200
    assert edit(client, desk, text=SCHEDULE.replace("Apel Pagi", "Apel")).status_code == 200
    assert edit(client, desk, restore=1).status_code == 200
    assert desk.schedule.read().text == SCHEDULE


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"put": NEW, "base": "x"}, 409, "schedule.changed-meanwhile"),
        ({"put": {**NEW, "venue": "nowhere"}}, 422, "config.unknown-venue"),
        ({"put": NEW, "event": "bulan"}, 409, "schedule.no-such-event"),
        ({"remove": "bulan"}, 409, "schedule.no-such-event"),
        ({"restore": 99}, 409, "schedule.no-such-version"),
        ({"text": "events: ["}, 422, "config.syntax"),
        ({"text": SCHEDULE}, 409, "schedule.nothing-to-save"),
        ({}, 422, "web.one-edit"),
        ({"remove": "apel", "restore": 1}, 422, "web.one-edit"),
    ],
)
def test_what_cannot_be_saved_is_a_problem(
    client: httpx.Client, desk: FakeDesk, asked: dict[str, Any], status: int, code: str
) -> None:
    """Each refusal has its code, and changes nothing."""
    answer = edit(client, desk, **asked)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert desk.schedule.read().text == SCHEDULE
    assert len(desk.schedule.history()) == 1


def test_a_whole_year_fits_in_a_request(client: httpx.Client, desk: FakeDesk) -> None:
    """A schedule is longer than what other requests may be."""
    long = SCHEDULE + "".join(f"# catatan {number} {'x' * 80}\n" for number in range(2000))
    assert len(long) > 64 * 1024
    assert edit(client, desk, text=long).status_code == 200
