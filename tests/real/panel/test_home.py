"""The day's page in a real browser, with a desk in memory behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from orchestrator.config.model import WebSettings
from orchestrator.plan.model import ChangeKind
from orchestrator.sights import Picture, Shot
from orchestrator.web.server import WebServer
from tests.fakes.air import VENUE, on_air
from tests.fakes.desk import FakeDesk
from tests.real.panel.conftest import DESKTOP, FOLLOWS, PHONE, CheckAccess, OpenPage, served
from tests.support import until

pytestmark = [pytest.mark.real, pytest.mark.patient]


@pytest.fixture
def desk(desk_on_air: FakeDesk) -> FakeDesk:
    return desk_on_air


@pytest.fixture
def address(desk: FakeDesk) -> Iterator[str]:
    with served(desk) as address:
        yield address


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
@pytest.mark.parametrize("lang", ["id", "en"])
def test_everybody_can_use_it(
    address: str, open_page: OpenPage, check_access: CheckAccess, size: tuple[int, int], lang: str
) -> None:
    """Desk and phone, both languages, light and dark: nothing for axe to find, nothing to scroll sideways."""
    page = open_page(f"{address}/", size=size, lang=lang, dark=lang == "en")
    expect(page.locator(".tally.on")).to_have_text("SEDANG TAYANG" if lang == "id" else "ON AIR")
    check_access(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_the_second_operator_sees_what_the_first_did(address: str, desk: FakeDesk, open_page: OpenPage) -> None:
    """What one does is on the other's screen; an action on what was changed meanwhile is refused, and says by whom."""
    page = open_page(f"{address}/", lang="en", may_fail=True)
    expect(page.locator(f"#{VENUE} .undo")).to_have_count(0)
    # An action that was on its way while another operator's came first carries what its page showed.
    page.evaluate("document.querySelector('[data-venue]').dataset.kept = 'data-seen'")
    desk.change(ChangeKind.HOLD, "sari", VENUE, "penaikan")
    expect(page.locator(f"#{VENUE}")).to_contain_text("sari held the rundown")
    page.get_by_role("button", name="Extend by 15 minutes").click()
    expect(page.locator("#said")).to_contain_text("sari has held the rundown at 07:40:00.")
    assert desk.timeline().spans["penaikan"].course.extended.total_seconds() == 0
    page.evaluate("delete document.querySelector('[data-venue]').dataset.kept")
    desk.change(ChangeKind.TAKE, "budi", VENUE, None, None, "mute", "all")
    expect(page.locator(f"#{VENUE}")).to_contain_text("By hand:")
    page.get_by_role("button", name="Do it all the same").click()
    expect(page.locator("#said")).to_contain_text("now ends at 08:35:00")


def test_an_undo_is_offered_until_it_happens(address: str, desk: FakeDesk, open_page: OpenPage) -> None:
    """What was done by a shortcut can be taken back with one button, on every screen."""
    page = open_page(f"{address}/", lang="en")
    page.keyboard.press("e")
    expect(page.locator(f"#{VENUE} .undo")).to_contain_text("panel extended the event by 15 min")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(f"#{VENUE} .undo")).to_have_count(0)
    assert desk.timeline().spans["penaikan"].course.extended.total_seconds() == 0


def test_dangerous_actions_ask_once(address: str, desk: FakeDesk, open_page: OpenPage) -> None:
    """Ending the stream asks in plain words what will happen; a no changes nothing, a yes does it."""
    page = open_page(f"{address}/", lang="id")
    page.get_by_role("button", name="Hentikan siaran").click()
    expect(page.get_by_role("dialog")).to_contain_text(
        "Siaran ke YouTube Pemprov akan berakhir. Rekaman tetap berjalan."
    )
    page.get_by_role("button", name="Tidak jadi").click()
    assert not desk.timeline().changes
    page.get_by_role("button", name="Hentikan siaran").click()
    page.get_by_role("button", name="Ya, hentikan siaran").click()
    expect(page.locator("#said")).not_to_be_empty()
    (change,) = desk.timeline().changes
    assert (change.kind, change.field, change.value) == (ChangeKind.TAKE, "stream", False)


def test_a_lost_connection_is_told_and_mends(desk: FakeDesk, open_page: OpenPage) -> None:
    """A page whose service is gone says so at once and greys; when it is back the page is too, with what is new."""
    server = WebServer(desk, WebSettings(port=0))
    port = server.start()
    page = open_page(f"http://127.0.0.1:{port}/", lang="en", may_fail=True)
    until(lambda: page.evaluate(FOLLOWS))
    expect(page.locator("#link")).to_be_hidden()
    server.stop()
    expect(page.locator("#link")).to_contain_text("Disconnected", timeout=2000)
    assert "stale" in (page.locator("html").get_attribute("class") or "")
    desk.publish(venues=on_air(desk, stream={"youtube": "failed"}))
    again = WebServer(desk, WebSettings(port=port))
    again.start()
    try:
        expect(page.locator(f"#{VENUE} .tally")).to_have_text("Not getting through")
        expect(page.locator("#link")).to_have_text("Connected again.")
        assert "stale" not in (page.locator("html").get_attribute("class") or "")
    finally:
        again.stop()


class Eye:
    """Shows one picture after another."""

    def __init__(self) -> None:
        self._shown = 0
        self._told: list[Callable[[], None]] = []

    def show(self) -> None:
        """The next one."""
        self._shown += 1
        for listener in self._told:
            listener()

    def watch(self, next_scene: str | None) -> None:
        pass

    def picture(self, shot: Shot) -> Picture:
        return Picture(_DOT, f"{shot} {self._shown}")

    def level(self) -> None:
        pass

    def listen(self, listener: Callable[[], None]) -> None:
        self._told = [listener]


_DOT = b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\1\0\1\0\0\2\2D\1\0;"
_COUNTED = """() => {
    window.held = new Set();
    const { createObjectURL: make, revokeObjectURL: end } = URL;
    URL.createObjectURL = (blob) => { const place = make.call(URL, blob); window.held.add(place); return place; };
    URL.revokeObjectURL = (place) => { window.held.delete(place); end.call(URL, place); };
}"""


def test_a_page_keeps_no_picture_that_is_over(address: str, desk: FakeDesk, open_page: OpenPage) -> None:
    """However long a page stays open, its browser holds only the pictures that it shows."""
    eye = Eye()
    desk.eyes[VENUE] = eye
    page = open_page(f"{address}/")
    programme = page.locator("img[data-picture=programme]")
    desk.clock.forward(2)  # pictures come a second apart, by the desk's clock
    eye.show()
    expect(programme).to_be_visible()
    page.evaluate(_COUNTED)
    for _ in range(3):
        before = programme.get_attribute("src")
        desk.clock.forward(2)
        eye.show()
        expect(programme).not_to_have_attribute("src", before or "")
    until(lambda: page.evaluate("window.held.size") <= 2, what="the pictures that are over given back")
    assert page.evaluate("window.held.size") > 0
