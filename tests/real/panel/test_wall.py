"""The wallboard in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from orchestrator.config.model import WebSettings
from orchestrator.web.server import WebServer
from tests.fakes.air import on_air
from tests.fakes.desk import FakeDesk
from tests.fakes.station import a_venue
from tests.real.panel.conftest import CheckAccess, OpenPage, served

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
