"""A rundown in a real browser, with a desk in memory behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from orchestrator.plan.model import ChangeKind
from tests.fakes.air import VENUE
from tests.fakes.desk import FakeDesk
from tests.real.panel.conftest import DESKTOP, PHONE, TABLET, CheckAccess, OpenPage, served

pytestmark = [pytest.mark.real, pytest.mark.patient]
MINUTE = 8
"""Pixels that are a minute while a cue is dragged."""


@pytest.fixture
def desk(desk_on_air: FakeDesk) -> FakeDesk:
    return desk_on_air


@pytest.fixture
def address(desk: FakeDesk) -> Iterator[str]:
    with served(desk) as address:
        yield f"{address}/rundown/penaikan"


def ends_at(desk: FakeDesk) -> timedelta:
    """How much later the event ends than planned."""
    return desk.timeline().spans["penaikan"].course.extended


def drag(page: Page, cue: str, minutes: int) -> None:
    """Pull a cue's handle, and hold it there."""
    handle = page.locator(f'[data-move="{cue}"]')
    handle.scroll_into_view_if_needed()
    place = handle.bounding_box()
    assert place is not None
    x, y = place["x"] + 20, place["y"] + 20
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + minutes * MINUTE / 2)
    page.mouse.move(x, y + minutes * MINUTE)


def test_a_cue_is_dragged_shown_and_undone(address: str, desk: FakeDesk, open_page: OpenPage) -> None:
    """While it is dragged the table shows what would be; letting go asks with the effect; one button takes it back."""
    page = open_page(address, lang="en")
    expect(page.locator("#cue-mulai")).to_have_attribute("aria-current", "step")
    drag(page, "bendera", 5)
    expect(page.locator("#cue-bendera .ghost")).to_have_text("→ 07:47:00")
    expect(page.locator("#cue-selesai .ghost")).to_have_text("→ 08:25:00")
    expect(page.locator("#cue-detik .ghost")).to_have_count(0)
    assert not desk.timeline().changes
    page.mouse.up()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("The event then ends at 08:25:00 instead of 08:20:00.")
    expect(page.locator(".ghost")).to_have_count(0)
    dialog.get_by_role("button", name="Move it").click()
    expect(page.locator("#cue-bendera .expected")).to_contain_text("+5 min")
    assert ends_at(desk) == timedelta(minutes=5)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#cue-bendera .expected .chip")).to_have_count(0)
    assert ends_at(desk) == timedelta(0)
    drag(page, "bendera", 5)
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(dialog).to_have_count(0)


def test_a_time_is_typed_with_the_keyboard_alone(address: str, desk: FakeDesk, open_page: OpenPage) -> None:
    """The handle opens by Enter; what is typed is answered at once, refused with the reason, or done by Enter."""
    page = open_page(address, lang="id")
    page.locator('[data-move="bendera"]').focus()
    page.keyboard.press("Enter")
    page.keyboard.type("07:00")
    expect(page.locator("#move-why")).to_contain_text("akan jatuh sebelum sekarang")
    expect(page.get_by_role("button", name="Geser", exact=True)).to_be_disabled()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("7.44")
    expect(page.locator("#move-effect")).to_contain_text("Acara menjadi selesai pukul 08:22:00")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("sekarang selesai pukul 08:22:00")
    assert ends_at(desk) == timedelta(minutes=2)
    page.locator("[data-why]").click()
    expect(page.locator("#said")).to_contain_text("terikat pada jam atau matahari")


def test_texts_are_written_before_they_are_shown(address: str, desk: FakeDesk, open_page: OpenPage) -> None:
    """What is typed shows about as on the picture; it is what will be shown, and one button takes it back."""
    page = open_page(address, lang="en", size=TABLET)
    page.get_by_role("button", name="Change the texts of Detik").click()
    box = page.get_by_label("Judul", exact=True)
    expect(box).to_have_value("Penaikan Bendera")
    expect(page.get_by_role("button", name="Show this")).to_be_disabled()
    box.fill("Detik-detik Proklamasi")
    expect(page.locator(".on-picture")).to_have_text("Detik-detik Proklamasi")
    page.get_by_role("button", name="Show this").click()
    expect(page.locator("#cue-detik")).to_contain_text("“Detik-detik Proklamasi”")
    expect(page.locator("#cue-detik")).to_contain_text("written by panel")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#cue-detik")).to_contain_text("“Penaikan Bendera”")


def test_what_another_operator_did_meanwhile(address: str, desk: FakeDesk, open_page: OpenPage) -> None:
    """While one reads what a move would do, another acts: it is refused with what was done, and can be done anew."""
    page = open_page(address, lang="en", may_fail=True)
    page.locator('[data-move="bendera"]').click()
    page.get_by_label("New time").fill("+5")
    expect(page.locator("#move-effect")).to_contain_text("08:25:00")
    desk.change(ChangeKind.EXTEND, "sari", VENUE, "penaikan", value=300)
    expect(page.locator("#cue-selesai .expected")).to_contain_text("+5 min")
    page.get_by_role("button", name="Move it").click()
    expect(page.locator("#said")).to_contain_text("sari has extended the event at 07:40:00.")
    assert ends_at(desk) == timedelta(minutes=5)
    page.get_by_role("button", name="Do it all the same").click()
    expect(page.locator("#cue-selesai .expected")).to_contain_text("+10 min")


def test_the_present_cue_is_followed_but_never_forced(address: str, desk: FakeDesk, open_page: OpenPage) -> None:
    """Who follows is taken along to the present cue; who has scrolled away stays, and has a way back."""
    page = open_page(address, lang="en", size=(1000, 420))
    expect(page.locator("#cue-mulai")).to_be_in_viewport()
    page.mouse.move(500, 300)
    page.mouse.wheel(0, -4000)
    back = page.get_by_role("button", name="To the present cue")
    expect(back).to_be_visible()
    desk.change(ChangeKind.GO, "sari", VENUE, "penaikan", "bendera")
    expect(page.locator("#cue-bendera")).to_have_attribute("aria-current", "step")
    expect(page.locator("#cue-bendera")).not_to_be_in_viewport()
    back.click()
    expect(page.locator("#cue-bendera")).to_be_in_viewport()
    expect(back).to_be_hidden()


@pytest.mark.parametrize(("lang", "size"), [("id", PHONE), ("en", DESKTOP)])
def test_everybody_can_use_it(
    address: str, open_page: OpenPage, check_access: CheckAccess, lang: str, size: tuple[int, int]
) -> None:
    """Phone and desk, both languages, light and dark, with a dialog open too: nothing for axe to find."""
    page = open_page(address, size=size, lang=lang, dark=lang == "en")
    expect(page.locator(".tally.on")).to_be_visible()
    check_access(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    page.locator('[data-move="bendera"]').click()
    page.locator('[data-step="5"]').click()
    expect(page.locator("#move-yes")).to_be_enabled()
    check_access(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_a_rundown_is_printed(address: str, open_page: OpenPage, check_access: CheckAccess) -> None:
    """On A4 paper, with its page's number, without the panel's bar."""
    page = open_page(f"{address}/print", lang="id")
    expect(page.get_by_role("button", name="Cetak")).to_be_visible()
    check_access(page)
    paper = page.pdf(prefer_css_page_size=True)
    assert paper.startswith(b"%PDF")
    found = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", paper)
    assert found is not None
    assert [round(float(side) / 72 * 25.4) for side in found.groups()] == [210, 297]
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="Halaman")).to_be_hidden()
    expect(page.get_by_role("button", name="Cetak")).to_be_hidden()
    assert page.locator(".sheet").evaluate("sheet => sheet.scrollWidth <= sheet.clientWidth")
