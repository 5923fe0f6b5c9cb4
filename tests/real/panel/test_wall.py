"""The wallboard in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import expect

from orchestrator.config.model import WebSettings
from orchestrator.web.server import WebServer
from tests.fakes.air import on_air
from tests.fakes.desk import FakeDesk
from tests.fakes.station import CEREMONY, a_venue
from tests.real.panel.conftest import PHONE, CheckAccess, OpenPage, served
from tests.support import until

pytestmark = [pytest.mark.real, pytest.mark.patient]

WALL, PORTRAIT = (1920, 1080), (1080, 1920)
NAMES = (
    "Gedung Daerah, Tanjungpinang",
    "Graha Kepri",
    "Aula Wan Seri Beni",
    "Gedung A Kantor Gubernur Lantai 4, Dompak",
)
CUT_OFF = """[document.documentElement, document.body, ...document.querySelectorAll('.card-in')]
    .filter(one => one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1)
    .map(one => one.className)"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[WebServer]:
    desk = FakeDesk(tmp_path)
    venues = {name: a_venue(name, title) for name, title in zip(("gedung-daerah", "b", "c", "d"), NAMES, strict=True)}
    desk._configuration = replace(desk.configuration(), venues=venues)
    server = WebServer(desk, WebSettings(port=0))
    server.start()
    yield server
    server.stop()


def test_the_wall_is_whole_without_scrolling_and_says_when_it_is_alone(
    server: WebServer, open_page: OpenPage, check_access: CheckAccess
) -> None:
    """Four venues fit a screen either way up, nothing on it is cut off, the pointer goes; a lost connection is told."""
    page = open_page(f"{server.url}/wall", size=WALL, lang="en", dark=True, may_fail=True)
    expect(page.locator(".wall-venue")).to_have_count(4)
    check_access(page)
    for width, height in (PORTRAIT, WALL):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate(CUT_OFF) == []
    assert page.locator(".has-event .countdown").evaluate("one => parseFloat(getComputedStyle(one).fontSize)") > 60
    server.stop()
    expect(page.locator("#link")).to_be_visible()
    expect(page.locator("html")).to_contain_class("stale")
    expect(page.locator("html")).to_contain_class("unmoved")


def test_an_end_that_comes_by_itself_is_read_from_two_metres(
    tmp_path: Path, open_page: OpenPage, check_access: CheckAccess
) -> None:
    """The warning is on the wall in figures that can be read across a room, with nothing cut off for it."""
    desk = FakeDesk(tmp_path)
    names = ("gedung-daerah", "b", "c", "d")
    venues = {name: a_venue(name, title) for name, title in zip(names, NAMES, strict=True)}
    desk._configuration = replace(desk.configuration(), venues=venues)
    desk.clock.step(36 * 60)
    desk.publish(venues=on_air(desk))
    with served(desk) as address:
        page = open_page(f"{address}/wall", size=WALL, may_fail=True)
        told = page.locator(".wall-closing")
        expect(told).to_contain_text("Kurang dari 5 menit")
        expect(told.locator(".count")).to_have_text(re.compile(r"^[34]:\d\d$"))
        assert told.evaluate("one => parseFloat(getComputedStyle(one).fontSize)") >= 26
        assert page.locator(".wall-venues button").count() == 0
        check_access(page)
        for width, height in (PORTRAIT, WALL):
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate(CUT_OFF) == []


def test_a_wall_of_many_venues_can_still_be_read(tmp_path: Path, open_page: OpenPage) -> None:
    """With ten venues, and a countdown of days, the cards keep the screen, and nothing on them is cut off."""
    desk = FakeDesk(tmp_path)
    names = ["gedung-daerah", *(f"v{number}" for number in range(9))]
    (event,) = desk.configuration().events
    desk._configuration = replace(
        desk.configuration(),
        venues={name: a_venue(name, f"Aula Wan Seri Beni {name}") for name in names},
        events=(event, replace(event, id="mtq", title="MTQ Tingkat Provinsi", venue="v0", duration=timedelta(days=5))),
    )
    desk.clock.step(30 * 60)
    with served(desk) as address:
        page = open_page(f"{address}/wall", size=WALL, may_fail=True)
        expect(page.locator(".days")).to_be_visible()
        assert page.locator(".wall-venue").first.evaluate("one => one.clientHeight") > 200
        assert page.evaluate(CUT_OFF) == []


def test_the_wall_on_a_phone(server: WebServer, open_page: OpenPage) -> None:
    """Who looks at it on a phone finds each card whole, one below the other, and nothing to scroll sideways."""
    page = open_page(f"{server.url}/wall", size=PHONE, may_fail=True)
    expect(page.locator(".has-event .countdown")).to_be_visible()
    assert page.evaluate(CUT_OFF.replace("document.documentElement, document.body, ", "")) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    boxes = [one.bounding_box() for one in page.locator(".card-in").all()]
    for upper, lower in pairwise(box for box in boxes if box is not None):
        assert upper["y"] + upper["height"] <= lower["y"]


def test_what_is_on_is_read_whole_beside_a_long_title(tmp_path: Path, open_page: OpenPage) -> None:
    """A title of two lines, a locked picture and two destinations leave the cues room: no word lies over another."""
    desk = FakeDesk(tmp_path)
    before = desk.configuration()
    (event,), youtube = before.events, before.destinations["youtube"]
    event = replace(event, title="Upacara Bendera Hari Kesadaran Nasional", destinations=("youtube", "facebook"))
    cues = tuple(replace(cue, id="mengheningkan-cipta") if cue.id == "detik" else cue for cue in CEREMONY.cues)
    desk._configuration = replace(
        before,
        venues={name: a_venue(name, title) for name, title in zip(("gedung-daerah", "b", "c"), NAMES[:3], strict=True)},
        ceremonies={"flag-raising": replace(CEREMONY, cues=cues)},
        destinations={to: replace(youtube, name=f"{to} Pemprov Kepri") for to in ("youtube", "facebook")},
        events=(event,),
    )
    desk.clock.step(3 * 60)  # the picture is locked for the flag
    desk.publish(venues=on_air(desk, stream={"youtube": "live", "facebook": "live"}))
    with served(desk) as address:
        page = open_page(f"{address}/wall", size=WALL, may_fail=True)
        text = page.locator(".has-event .text")
        expect(text.locator(".chip")).to_be_visible()
        expect(page.locator("#link")).to_be_hidden()
        until(lambda: text.evaluate("one => one.scrollHeight <= one.parentElement.clientHeight"))
        assert page.evaluate(CUT_OFF) == []
