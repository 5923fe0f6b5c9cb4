"""What a person is shown when something doesn't work: calm, in their language, with a way on."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable

import pytest
from fastapi import FastAPI

from orchestrator.errors import Problem
from orchestrator.web.page import above
from orchestrator.web.waiting import together
from tests.fakes.desk import FakeDesk
from tests.web.browser import Browser, panel, signed_in
from tests.web.test_headers import ALWAYS

CODE = re.compile(r"with the code ([A-Z0-9]{6})\.")


@pytest.fixture
def app(desk: FakeDesk) -> FastAPI:
    return panel(desk)


def fail() -> object:
    raise ZeroDivisionError("inner detail")


def test_a_fault_is_a_calm_page_with_a_code(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """No traceback; what to do, a code under which the log has the rest, and the security headers."""
    sari = signed_in(app, "sari")
    app.add_api_route("/readiness/broken", fail)
    with caplog.at_level(logging.ERROR):
        answer = sari.get("/readiness/broken?lang=en")
    assert answer.status_code == 500
    found = CODE.search(answer.text)
    assert found is not None
    assert found[1] in caplog.text
    assert "inner detail" not in answer.text
    assert 'href="/schedule"' in answer.text, "the ways on are there"
    assert ALWAYS.items() <= dict(answer.headers).items()


def test_a_fault_of_every_page_still_gets_an_answer(
    app: FastAPI, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where even the shell of the pages can't be drawn, one page that needs nothing says so."""
    sari = signed_in(app, "sari")
    monkeypatch.setattr(desk, "configuration", fail)
    answer = sari.get("/more?lang=en")
    assert (answer.status_code, CODE.search(answer.text) is not None) == (500, True)
    assert "<h1" in answer.text


def test_a_page_that_is_not_there_speaks_to_people(app: FastAPI) -> None:
    """Nobody at a browser is told of the programs' interface."""
    text = signed_in(app, "tini").get("/tidak-ada?lang=en").text
    assert "There is no page at this address" in text
    assert "openapi" not in text


@pytest.mark.parametrize(("path", "page"), [("/account/password", "/account"), ("/logout", "/")])
def test_a_form_s_address_opened_again_leads_to_its_page(app: FastAPI, path: str, page: str) -> None:
    """Who presses Enter in the address bar after a mistake in a form is back at the form."""
    assert above(path) == page
    answer = signed_in(app, "sari").get(path)
    assert (answer.status_code, answer.headers.get("location")) == (303, page)


@pytest.mark.parametrize(
    "send",
    [
        lambda browser: browser.client.post("/schedule/new", data={"title": "Apel"}),
        lambda browser: browser.client.post("/schedule/upload", data={}, headers={"content-length": "99999999"}),
        lambda browser: browser.get("/", host="panel.evil"),
    ],
    ids=["signed out meanwhile", "too large", "another name"],
)
def test_who_is_turned_away_at_the_door_gets_a_page(
    desk: FakeDesk, send: Callable[[Browser], object], request: pytest.FixtureRequest
) -> None:
    """A person's form or page that is refused before it is looked at is answered in words, never in JSON."""
    answer = send(Browser(panel(desk, people="another name" not in request.node.name)))
    assert answer.status_code in {401, 403, 413}  # type: ignore[attr-defined]
    assert answer.headers["content-type"].startswith("text/html")  # type: ignore[attr-defined]
    assert "<h1" in answer.text  # type: ignore[attr-defined]
    assert 'href="/"' in answer.text  # type: ignore[attr-defined]


def test_a_missing_right_is_told_by_its_name_in_the_panel(app: FastAPI) -> None:
    """The role that would be needed is called what the page Pengguna calls it."""
    answer = signed_in(app, "tini").get("/schedule/upload?lang=id")
    assert answer.status_code == 403
    assert "Ini untuk petugas; akun Anda hanya boleh melihat. Mintalah kepada admin" in answer.text


def test_what_is_wrong_at_many_places_is_said_once() -> None:
    """One missing secret that four venues use is one thing to mend."""
    missing = [
        Problem("config.no-secret", "there is no {value}", {"value": "OBS_PASSWORD"}, f"venues/{name}.yaml:10:49")
        for name in ("a", "b")
    ]
    other = Problem("config.no-secret", "there is no {value}", {"value": "YOUTUBE_KEY"}, "destinations.yaml:8:8")
    assert together([missing[0], other, missing[1]]) == [
        (missing[0], ["venues/a.yaml:10:49", "venues/b.yaml:10:49"]),
        (other, ["destinations.yaml:8:8"]),
    ]
