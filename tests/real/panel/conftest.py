"""A real browser for the panel's tests: Debian's Chromium, with nothing on its console, and axe for who can't see."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, sync_playwright

from orchestrator.config.model import WebSettings
from orchestrator.web.server import WebServer
from tests.fakes.air import on_air
from tests.fakes.desk import FakeDesk

DESKTOP = (1440, 900)
TABLET = (820, 1180)
PHONE = (390, 844)

OpenPage = Callable[..., Page]
"""Opens an address: `open_page(url, size=PHONE, lang="en", dark=True)`."""
CheckAccess = Callable[[Page], None]
"""Fails with what axe finds wrong on a page."""

FOLLOWS = "performance.getEntriesByName(location.origin + '/assets/live.js').length > 0"
"""In a page: whether it is told what changes, since its script is there."""

_LET_GO = ("net::ERR_", "Failed to load resource")
"""What a browser says when a server goes away or refuses something, which tests of exactly that allow."""


@contextmanager
def served(desk: FakeDesk, **options: Any) -> Iterator[str]:
    """The address of a desk's panel, while it lasts; `options` are the server's."""
    server = WebServer(desk, WebSettings(port=0), **options)
    address = f"http://127.0.0.1:{server.start()}"
    try:
        yield address
    finally:
        server.stop()


@pytest.fixture
def desk_on_air(tmp_path: Path) -> FakeDesk:
    """A desk whose ceremony is on the air."""
    made = FakeDesk(tmp_path)
    made.publish(venues=on_air(made))
    return made


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests."""
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        yield opened
        opened.close()


@pytest.fixture
def console() -> Iterator[list[str]]:
    """What the pages of a test have complained about: nothing may be left in it at the end."""
    said: list[str] = []
    yield said
    assert not said, said


@pytest.fixture
def open_page(browser: Browser, console: list[str]) -> Iterator[OpenPage]:
    """Opens pages, each in a browser of its own as far as cookies go; what they say on the console fails the test."""
    contexts = []

    def opened(
        url: str,
        *,
        size: tuple[int, int] = DESKTOP,
        lang: str = "id",
        dark: bool = False,
        may_fail: bool = False,
        **options: Any,
    ) -> Page:
        phone = size[0] < 500
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            is_mobile=phone,
            has_touch=phone,
            **options,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        listen(page, console, may_fail=may_fail)
        page.goto(f"{url}{'&' if '?' in url else '?'}lang={lang}")
        return page

    yield opened
    for context in contexts:
        context.close()


def listen(page: Page, console: list[str], *, may_fail: bool) -> None:
    """Note what a page says on its console; `may_fail`: requests may fail, as in a test of a lost connection."""

    def heard(kind: str, text: str) -> None:
        if kind in {"error", "warning"} and not (may_fail and any(part in text for part in _LET_GO)):
            console.append(f"{page.url}: {text}")

    page.on("console", lambda message: heard(message.type, message.text))
    page.on("pageerror", lambda error: heard("error", str(error)))


@pytest.fixture(scope="session")
def check_unfolded(check_access: CheckAccess) -> CheckAccess:
    """Unfolds all that a page holds: nothing for axe, and nothing to scroll sideways."""

    def check(page: Page) -> None:
        for folded in page.locator("details").all():
            folded.evaluate("fold => { fold.open = true; }")
        check_access(page)
        assert page.viewport_size is not None
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]

    return check


@pytest.fixture(scope="session")
def check_access() -> CheckAccess:
    """The check of axe: WCAG 2.2 AA and its best practices."""
    axe = Axe()

    def check(page: Page) -> None:
        found = axe.run(page)
        wrong = [
            f"{one['id']}: {one['help']}: {[n['html'][:160] for n in one['nodes']]}"
            for one in found.response["violations"]
        ]
        assert not wrong, "\n".join(wrong)

    return check
