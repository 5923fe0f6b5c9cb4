"""Photographs every page of the panel on a real service with real OBS: `make screens`, or `python -m tools.screens`.

Takes about three minutes, and a quiet machine.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from demo.service import Service
from demo.sinks import Sink
from orchestrator.clock import SystemClock
from tools.day import DONE, ON_AIR, prepare

ROOT = Path(__file__).parents[1]
CHROMIUM = "/usr/bin/chromium"
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
"""Pixels."""
PAGES = {
    "hari-ini": "/",
    "susunan-acara": f"/rundown/{ON_AIR}",
    "cetak": f"/rundown/{ON_AIR}/print",
    "jadwal": "/schedule",
    "acara-baru": "/schedule/new",
    "arsip": "/archive",
    "rekaman": f"/archive/{DONE}",
    "kesiapan": "/readiness",
    "catatan": "/log",
    "lokasi": "/venues",
    "tujuan-siaran": "/destinations",
    "pengguna": "/people",
    "layar-penuh": "/wall",
}
"""Name of the picture, and the page's address."""
_SETTLED_WITHIN = 150.0
"""Seconds until the ceremony must be on air and the press conference archived."""


def wait_until(clock: SystemClock, condition: Callable[[], bool], what: str) -> None:
    """Poll; raises SystemExit where it doesn't come."""
    deadline = clock.monotonic() + _SETTLED_WITHIN
    while not condition():
        if clock.monotonic() > deadline:
            raise SystemExit(f"not within {_SETTLED_WITHIN:.0f} s: {what}")
        clock.sleep(0.5)


def settle(service: Service, clock: SystemClock) -> str:
    """Wait for the day as the pictures want it; returns the panel's address."""

    def on_air() -> bool:
        status = service.status()
        return bool(status and status["venues"].get("gedung-daerah", {}).get("cue") == "inspektur")

    wait_until(clock, on_air, "the ceremony on air")
    wait_until(clock, lambda: any(found["occurrence"] == DONE for found in service.archive()), "a recording archived")
    found: str = json.loads((service.data / "service.json").read_text())["url"]
    return found


def photograph(browser: Browser, address: str, folder: Path, *, scheme: str, language: str, suffix: str = "") -> None:
    """Every page in every size; pages that there aren't are told and left out."""
    for size, (width, height) in SIZES.items():
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if scheme == "dark" else "light",
            device_scale_factor=1,
            locale="id-ID" if language == "id" else "en-GB",
            is_mobile=size == "phone",
            has_touch=size == "phone",
        )
        shown = context.new_page()
        for name, path in PAGES.items():
            answer = shown.goto(f"{address}{path}?lang={language}", wait_until="load")
            if answer is None or answer.status != 200:
                print(f"{path}: {answer.status if answer else 'no answer'}", file=sys.stderr)  # noqa: T201 - a tool
                continue
            shown.wait_for_timeout(2500)  # pictures and countdowns come in
            shown.screenshot(path=folder / f"{name}-{size}{suffix}.png")
        context.close()


def main() -> None:
    """Put the day on and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / "docs" / "images" / "panel", help="where to")
    parser.add_argument("--dark", action="store_true", help="also in the dark")
    parser.add_argument("--english", action="store_true", help="also in English")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    clock = SystemClock()
    with ExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sinks = {name: Sink(root / "sinks" / name) for name in ("youtube", "facebook")}
        for sink in sinks.values():
            sink.start()
            stack.callback(sink.stop)
        service = Service(prepare(root / "station", sinks, datetime.now(UTC)))  # noqa: TID251 - a tool's own clock
        stack.callback(service.sweep)
        stack.callback(service.stop)
        service.start()
        service.wait_ready(30)
        address = settle(service, clock)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            photograph(browser, address, given.folder, scheme="light", language="id")
            if given.dark:
                photograph(browser, address, given.folder, scheme="dark", language="id", suffix="-gelap")
            if given.english:
                photograph(browser, address, given.folder, scheme="light", language="en", suffix="-en")
            browser.close()


if __name__ == "__main__":
    main()
