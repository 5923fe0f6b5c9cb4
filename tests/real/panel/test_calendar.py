"""The calendar in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from orchestrator.plan.model import Repeat, StartSpec
from tests.fakes.desk import FakeDesk
from tests.real.panel.conftest import DESKTOP, PHONE, CheckAccess, OpenPage, served

pytestmark = [pytest.mark.real, pytest.mark.patient]

FITS = "document.documentElement.scrollWidth <= innerWidth"


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    desk = FakeDesk(tmp_path)
    (first,) = desk.configuration().events
    weekly = replace(
        first,
        id="apel",
        title="Apel Pagi Pegawai",
        venue="graha-kepri",
        start=StartSpec(date(2027, 8, 2), time(7, 30)),
        repeat=Repeat("FREQ=WEEKLY;BYDAY=MO"),
    )
    desk._configuration = replace(desk.configuration(), events=(first, weekly))
    with served(desk) as address:
        yield address


def test_the_calendar_can_be_used_by_everybody(address: str, open_page: OpenPage, check_access: CheckAccess) -> None:
    """Week and month at a desk and on a phone: nothing for axe to find, nothing to scroll sideways, all by keyboard."""
    page = open_page(f"{address}/schedule", size=PHONE, lang="en", dark=True)
    expect(page.get_by_role("heading", level=3)).to_have_count(2)
    check_access(page)
    assert page.evaluate(FITS)
    page.get_by_role("link", name="Graha Kepri").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=3)).to_have_count(1)
    page.locator(".views a").last.click()
    expect(page.locator(".is-month .entry")).to_have_count(5)
    assert page.evaluate(FITS)
    page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    check_access(page)
    assert page.evaluate(FITS)
    page.locator("a[rel=next]").click()
    expect(page.locator(".period")).to_contain_text("September 2027")
