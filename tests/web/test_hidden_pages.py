"""Passwords in the addresses of relays and cameras, and stream keys: on no page of the panel, whatever is done."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from orchestrator.errors import Problem
from orchestrator.plan.secret import Address
from orchestrator.status import StandingProblem
from orchestrator.web.live.broadcast import Broadcast
from orchestrator.web.live.topics import Topic
from orchestrator.web.pages import PAINTERS
from tests.fakes.air import VENUE, on_air
from tests.fakes.desk import FakeDesk
from tests.fakes.paper import SCHEDULE
from tests.fakes.station import NOW
from tests.test_hidden_addresses import HIDDEN, RELAYS
from tests.web.browser import Browser, panel
from tests.web.test_accounts import routes
from tests.web.test_schedule_event import kept

SECRETS = (*HIDDEN, "kunci-rahasia", "kunci-lain", "rahasia-obs")
EVENTS = "".join(
    f"""\
  - id: istana-{number}
    title: Siaran Istana {number}
    ceremony: relay
    venue: graha-kepri
    start: 2027-08-1{7 + number} 10:00
    duration: 30m
    relay: "{relay}"
"""
    for number, relay in enumerate(RELAYS)
)
LENS = '  Depan: [{camera: "rtsp://${CAMERA}@192.0.2.7/jalur-kamera", name: Kamera}]\n'

SHOWN = {
    "/": ["/"],
    "/rundown/{occurrence}": ["/rundown/istana-0", "/rundown/istana-9"],
    "/rundown/{occurrence}/print": ["/rundown/istana-0/print"],
    "/rundown/{occurrence}/cues/{cue}/move": ["/rundown/istana-0/cues/selesai/move?to=%2B5"],
    "/rundown/{occurrence}/cues/{cue}/texts": ["/rundown/istana-0/cues/selesai/texts"],
    "/schedule": ["/schedule", "/schedule?view=month"],
    "/schedule.ics": ["/schedule.ics"],
    "/schedule/new": ["/schedule/new", "/schedule/new?copy=istana-1"],
    "/schedule/events/{event}": [f"/schedule/events/istana-{number}" for number in range(3)],
    "/schedule/events/{event}/remove": ["/schedule/events/istana-2/remove"],
    "/schedule/schedules.yaml": ["/schedule/schedules.yaml"],
    "/schedule/upload": ["/schedule/upload"],
    "/schedule/history": ["/schedule/history"],
    "/schedule/history/{number}": ["/schedule/history/2", "/schedule/history/3"],
    "/schedule/history/{number}/schedules.yaml": ["/schedule/history/2/schedules.yaml"],
    "/schedule/history/{number}/restore": ["/schedule/history/1/restore", "/schedule/history/2/restore"],
    "/api/v1/schedule": ["/api/v1/schedule"],
    "/api/v1/schedule/versions": ["/api/v1/schedule/versions"],
    "/api/v1/schedule/versions/{number}": ["/api/v1/schedule/versions/2", "/api/v1/schedule/versions/3"],
    **{
        path: [path]
        for path in (
            "/wall", "/log", "/log.csv", "/venues", "/readiness", "/destinations", "/archive", "/more", "/people",
            "/account", "/login", "/metrics", "/healthz", "/readyz", "/api/v1/status", "/api/v1/log", "/api/v1/plan",
            "/api/v1/changes", "/api/v1/devices", "/api/v1/venues", "/api/v1/readiness", "/api/v1/destinations",
            "/api/v1/archive", "/api/v1/session",
        )
    },
}  # fmt: skip
"""Every page, by its route."""
NOT_PAGES = {
    "/assets/{name}",  # the same at every station
    "/api/v1/live",  # below, page by page
    "/api/v1/venues/{venue}/pictures/{shot}",  # pictures
    # What an archived recording says is in its document, of which test_hidden_addresses makes sure.
    "/archive/{name}", "/archive/{name}/files/{file}", "/archive/{name}/package.zip",
    "/api/v1/archive/{name}", "/api/v1/archive/{name}/check",
}  # fmt: skip


@pytest.fixture
def desk(desk: FakeDesk) -> Iterator[FakeDesk]:
    """A station with relays, a camera and keys, whose schedule was changed and now has a mistake beside a relay."""
    file = desk.schedule._file
    profiles = file.parent / "profiles"
    (profiles / "secrets.env").write_text("CAMERA=kamera:kata-sandi-kamera\n")
    (profiles / "secrets.env").chmod(0o600)
    venue = profiles / "venues" / "graha-kepri.yaml"
    venue.write_text(venue.read_text() + LENS)
    for text in (SCHEDULE + EVENTS, SCHEDULE + EVENTS.replace("pengirim-istana", "kata-sandi-baru")):
        file.write_text(text)
        desk.schedule._reload()
    relay = str(Address(RELAYS[0]))
    standing = StandingProblem(Problem("relay.lost", "The relay {relay} is lost.", {"relay": relay}, VENUE), NOW)
    venues = on_air(desk)
    desk.publish(venues={VENUE: replace(venues[VENUE], problems=(standing,))})
    return desk


def assert_hidden(what: str, answer: httpx.Response | str) -> None:
    text = answer if isinstance(answer, str) else answer.text + repr(answer.headers)
    assert [part for part in SECRETS if part in text] == [], what


def test_every_page_is_looked_at(desk: FakeDesk) -> None:
    """A page that is new is added here, so that it is looked at too."""
    there = {route.path for method, route in routes(panel(desk)) if method == "GET"}
    assert there == SHOWN.keys() | NOT_PAGES


def test_no_page_shows_what_is_secret(desk: FakeDesk) -> None:
    """Neither pages nor documents nor files to download have more of an address than may be seen, and no key."""
    browser = Browser(panel(desk, people=False))
    for addresses in SHOWN.values():
        for address in addresses:
            answer = browser.get(address)
            assert answer.status_code in {200, 303, 401, 404, 503}, address
            assert_hidden(address, answer)
    assert "192.0.2.1" in browser.get("/schedule/events/istana-0").text


@pytest.mark.parametrize("page", [*PAINTERS])
def test_no_live_update_shows_what_is_secret(desk: FakeDesk, page: str) -> None:
    """What an open page hears is no more than it shows."""
    broadcast: Broadcast = panel(desk, people=False).state.broadcast
    of = "istana-0" if page == "rundown" else ""
    parts = PAINTERS[page](broadcast.look(), Topic(page, of, "id"))
    assert parts
    assert_hidden(page, "".join(part.html for part in parts.values()))


def test_no_edit_shows_what_is_secret(desk: FakeDesk) -> None:
    """Previews, differences and what is wrong at its line cut every address, whoever typed it."""
    browser = Browser(panel(desk, people=False))
    token = browser.token("/schedule/upload")
    right = desk.schedule.read().text
    wrong = right.replace("title: Siaran Istana 0", "tilte: Siaran").replace('relay: "', "relay: ", 1)
    given = (right.replace("duration: 30m", "duration: 40m"), wrong, right.replace("https://", "ftp://"), right[:-9])
    for number, text in enumerate(given):
        files = {"file": ("jadwal.yaml", text.encode(), "application/yaml")}
        answer = browser.client.post("/schedule/upload", data={"csrf": token}, files=files)
        assert answer.status_code in {200, 422}, number
        # What its sender gave goes along, unseen, in the page that asks; it is shown nowhere.
        assert_hidden(f"upload {number}", re.sub(r'<input type="hidden"[^>]*>', "", answer.text))
    form = kept(browser.get("/schedule/events/istana-0"))
    for relay in ("", RELAYS[1], "ftp://pengirim-istana:kata-sandi@192.0.2.1/x"):
        fields = {"csrf": token, **form, "title": "Siaran", "relay": relay, "hours": "1"}
        answer = browser.client.post("/schedule/events/istana-0", data=fields)
        if not relay:
            assert_hidden("form", answer.text)
    desk.schedule._file.write_text(wrong)
    for address in ("/schedule", "/schedule/events/istana-0", "/schedule/schedules.yaml", "/api/v1/schedule"):
        assert_hidden(f"{address} of a broken file", browser.get(address))
