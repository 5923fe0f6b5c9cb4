"""A lost connection and a second operator, in real browsers at the real service."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from demo.station import VENUE
from tests.real.panel.conftest import FOLLOWS, OpenPage
from tests.real.panel.house import House, Network
from tests.support import until

pytestmark = pytest.mark.real

TOLD_WITHIN = 2.0
"""Seconds until a page says that it hears nothing."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The service, with a ceremony under way."""
    made = House(tmp_path_factory.mktemp("house") / "station")
    made.open()
    yield made
    made.close()


@pytest.fixture
def network(house: House) -> Iterator[Network]:
    made = Network(house.port)
    yield made
    made.close()


def opened(open_page: OpenPage, address: str, lang: str = "id") -> Page:
    """The day's page, once it is told what changes."""
    page = open_page(f"{address}/", lang=lang, may_fail=True)
    until(lambda: page.evaluate(FOLLOWS))
    expect(page.locator(f"#{VENUE} .cue-now .cue-name")).to_have_text("Mulai")
    return page


def until_told(page: Page) -> float:
    """Seconds until the page says that its connection is gone."""
    begun = time.monotonic()  # noqa: TID251 - a real browser's time
    until(lambda: page.evaluate("document.documentElement.classList.contains('stale')"))
    return time.monotonic() - begun  # noqa: TID251 - as above


def changes(page: Page) -> int:
    """How many changes the page offers to undo."""
    return page.locator(f"#{VENUE} .undo li").count()


def test_a_network_that_stalls(network: Network, open_page: OpenPage) -> None:
    """No packet comes and nothing is closed: said within 2 s, greyed, no action is offered, and it mends by itself."""
    page = opened(open_page, network.address)
    act = page.get_by_role("button", name="Perpanjang 15 menit")
    expect(act).to_be_enabled()
    network.stall()
    assert until_told(page) < TOLD_WITHIN
    expect(page.locator("#link")).to_contain_text("Terputus")
    assert page.locator("main").evaluate("main => getComputedStyle(main).filter") != "none"
    expect(act).to_be_disabled()
    act.click(force=True)
    page.keyboard.press("e")
    network.flow()
    expect(page.locator("#link")).to_contain_text("Tersambung kembali")
    expect(act).to_be_enabled()
    assert changes(page) == 0
    act.click()
    expect(page.locator("#said")).to_contain_text("berakhir")
    page.get_by_role("button", name="Urungkan").click()
    expect(page.locator(f"#{VENUE} .undo li")).to_have_count(0)


def test_a_service_that_is_restarted(house: House, open_page: OpenPage) -> None:
    """The page says at once that the service is gone; when it is back, the page is too, and acts on what is now."""
    page = opened(open_page, house.address, lang="en")
    house.service.kill()
    assert until_told(page) < TOLD_WITHIN
    house.open()
    expect(page.locator("#link")).to_have_text("Connected again.")
    page.get_by_role("button", name="Hold").click()
    expect(page.locator(f"#{VENUE}")).to_contain_text("Held.")
    held = page.locator(f"#{VENUE} .notice.hold")
    until(lambda: held.count() == 0 or page.get_by_role("button", name="Go on").click(), every=0.3)


def test_two_operators_at_once(house: House, open_page: OpenPage) -> None:
    """What one does is on the other's screen; who decides on what is past is told what has changed, and by whom."""
    first = opened(open_page, house.address, lang="en")
    second = opened(open_page, house.address, lang="en")
    second.get_by_role("button", name="End the event now").click()
    expect(second.get_by_role("dialog")).to_contain_text("closing cues follow")
    first.get_by_role("button", name="Extend by 30 minutes").click()
    expect(first.locator("#said")).to_contain_text("now ends at")
    expect(second.locator(f"#{VENUE} .undo")).to_contain_text("panel extended the event by 30 min")
    second.get_by_role("button", name="Yes, end the event").click()
    expect(second.locator("#said")).to_contain_text("panel has extended the event at")
    expect(second.locator(f"#{VENUE} .cue-now .cue-name")).to_have_text("Mulai")
    first.get_by_role("button", name="Undo").first.click()
    expect(second.locator(f"#{VENUE} .undo", has_text="extended")).to_have_count(0)
    second.locator("#said").get_by_role("button", name="Do it all the same").click()
    expect(first.locator(f"#{VENUE} .cue-now .cue-name")).to_have_text("Penutup")
