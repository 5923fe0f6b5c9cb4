"""The panel without a mouse: what has the focus is seen, the skip link skips, and dialogs give the focus back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.fakes.desk import FakeDesk
from tests.real.panel.conftest import DESKTOP, PHONE, OpenPage, served

pytestmark = [pytest.mark.real, pytest.mark.patient]

PAGES = (
    "/", "/rundown/penaikan", "/rundown/penaikan/print", "/schedule", "/schedule/new", "/schedule/upload",
    "/schedule/history", "/archive", "/readiness", "/log", "/venues", "/destinations", "/people", "/account", "/more",
    "/tidak-ada",
)  # fmt: skip
_MOST = 150
"""Stops of the Tab key on a page, at most."""
_FOCUSED = """() => {
    const one = document.activeElement;
    if (!one || one === document.body) return null;
    const shown = [one, one.closest(".pick")].some((box) => box && getComputedStyle(box).outlineStyle !== "none");
    const { left, top, width, height } = one.getBoundingClientRect();
    const above = document.elementFromPoint(Math.min(Math.max(left + width / 2, 1), innerWidth - 1), top + height / 2);
    const said = `${one.tagName} ${one.id} ${one.getAttribute("aria-label") ?? one.textContent.trim().slice(0, 40)}`;
    if (!above || !(one.contains(above) || above.contains(one))) return `${said}: covered`;
    return shown || one.type === "date" ? "" : `${said}: without a frame`; // a date's parts have frames of their own
}"""


@pytest.fixture
def address(desk_on_air: FakeDesk) -> Iterator[str]:
    with served(desk_on_air) as address:
        yield address


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_whatever_has_the_focus_is_seen(address: str, open_page: OpenPage, size: tuple[int, int]) -> None:
    """From the top of each page Tab comes to every part of it, with a frame and clear of bars that stay."""
    page = open_page(f"{address}/more", size=size, may_fail=True)
    for path in PAGES:
        page.goto(f"{address}{path}")
        stops = 0
        while stops < _MOST:
            page.keyboard.press("Tab")
            found = page.evaluate(_FOCUSED)
            if found is None:
                break
            assert not found, f"{path}: {found}"
            stops += 1
        assert 5 < stops < _MOST, path


def test_the_first_stop_leads_past_the_navigation(address: str, open_page: OpenPage) -> None:
    """The skip link comes first, is seen, and puts the focus into the page's own part."""
    page = open_page(f"{address}/more", may_fail=True)
    for path in PAGES:
        page.goto(f"{address}{path}")
        page.keyboard.press("Tab")
        skip = page.get_by_role("link", name="Langsung ke isi")
        expect(skip).to_be_focused()
        expect(skip).to_be_in_viewport()
        page.keyboard.press("Enter")
        expect(page.locator("#content")).to_be_focused()
        page.keyboard.press("Tab")
        assert not page.evaluate("document.activeElement.closest('.bar') !== null"), path


@pytest.mark.parametrize(
    ("path", "opener"),
    [
        ("/", "button[data-opens^=scenes]"),
        ("/", "button[data-deed=stop]"),
        ("/rundown/penaikan", "button[data-move]"),
        ("/rundown/penaikan", "button[data-texts]"),
        ("/schedule/events/penaikan", "a[data-opens=remove]"),
    ],
)
def test_a_dialog_keeps_the_focus_and_gives_it_back(address: str, open_page: OpenPage, path: str, opener: str) -> None:
    """Opened by Enter, Tab stays in it; Esc closes it, changes nothing, and the focus is where it was."""
    page = open_page(f"{address}{path}")
    button = page.locator(opener).first
    button.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("dialog[open]")
    expect(dialog).to_be_visible()
    expect(dialog).to_have_attribute("aria-labelledby", opened := dialog.get_attribute("aria-labelledby") or "")
    assert page.locator(f"#{opened}").inner_text()
    for _ in range(25):
        page.keyboard.press("Tab")
        assert page.evaluate("""document.activeElement === document.body
            || document.activeElement.closest("dialog[open]") !== null"""), "the page behind is out of reach"
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(button).to_be_focused()
