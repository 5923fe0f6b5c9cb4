"""How soon a browser shows what somebody has changed by hand in OBS.

    .venv/bin/python benchmarks/panel_dom.py [--changes 100]

Starts `orchestrator run` with a real OBS and an event under way that asks for no scene and no sound, opens the day's
page in Chromium, and switches scenes and sound in OBS past the service. Prints the time from OBS's own event to the
change of the page, and to the frame after it, in milliseconds. Takes two minutes.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from demo.station import PALETTE, VENUE
from orchestrator.config.load import load
from orchestrator.devices.obs.connection import ALL_EVENTS, Connection
from tests.real.panel.house import House
from tests.support import until

NOTHING = [{"id": f"pada-{at}", "at": at, "do": {"text": {"Judul": at}}} for at in ("start", "end")]
"""A ceremony that leaves scene and sound to whoever changes them."""
WATCH = """
([venue, before]) => new Promise((resolve) => {
  const words = () => ["figcaption strong", ".meter > span"].map((one) =>
    document.querySelector(`#${venue} ${one}`).textContent).join();
  window.shown = new Promise((done, never) => {
    setTimeout(() => never(new Error(`not shown: ${words()}`)), 5000);
    const was = words();
    const watcher = new MutationObserver(() => {
      if (words() === was) return;
      watcher.disconnect();
      const changed = Date.now();
      requestAnimationFrame(() => requestAnimationFrame(() => done([changed, Date.now()])));
    });
    watcher.observe(document.getElementById(venue), { subtree: true, childList: true, characterData: true });
    resolve();
  });
})
"""
SEEN = {"CurrentProgramSceneChanged", "InputMuteStateChanged"}


class Hand:
    """Somebody at OBS itself, who notes when OBS told of what they did."""

    def __init__(self, house: House) -> None:
        station = house.station
        found = load(station.schedule, station.profiles, data=station.data, environment=station.environment)
        self._told: list[float] = []
        self._connection = Connection(found.venues[VENUE].studio, VENUE, ALL_EVENTS, self._heard)
        self._connection.connect()

    def does(self, request: str, **data: Any) -> float:
        """Do it; when OBS told of it, ms since 1970."""
        self._told.clear()
        self._connection.request(request, **data)
        until(lambda: self._told, 5, every=0.001)
        return self._told[0]

    def _heard(self, name: str, _: Mapping[str, Any]) -> None:
        if name in SEEN:
            self._told.append(time.time() * 1000)


def measure(page: Page, hand: Hand, changes: int) -> list[tuple[float, float]]:
    """From OBS's event to the page's change, and to the frame after it, ms."""
    scenes, muted, found = [name for name in PALETTE if name != "Gangguan Teknis"], False, []
    for number in range(changes):
        page.evaluate(WATCH, [VENUE, ""])
        if number % 2:
            muted = not muted
            told = hand.does("SetInputMute", inputName="Mikrofon", inputMuted=muted)
        else:
            told = hand.does("SetCurrentProgramScene", sceneName=scenes[(number // 2 + 1) % len(scenes)])
        changed, drawn = page.evaluate("window.shown")
        found.append((changed - told, drawn - told))
        time.sleep(0.3 + 0.037 * (number % 20))
    return found


def report(name: str, values: Sequence[float]) -> None:
    ordered = sorted(values)
    p99 = ordered[min(len(ordered) - 1, round(0.99 * len(ordered)))]
    print(f"{name:<32} n={len(ordered)}  p50 {statistics.median(ordered):.0f}  p99 {p99:.0f}  max {ordered[-1]:.0f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=100)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        house = House(Path(folder) / "station", cues=NOTHING, obs=True)
        house.open()
        try:
            until(lambda: (house.service.status() or {})["venues"][VENUE]["observed"]["scene"], 60)
            arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(f"{house.address}/")
            until(lambda: page.locator(f"#{VENUE} img[data-picture=programme]").is_visible(), 30)
            found = measure(page, Hand(house), options.changes)
            report("OBS's event to the page's change", [changed for changed, _ in found])
            report("the same to the frame after it", [drawn for _, drawn in found])
            browser.close()
        finally:
            house.close()


if __name__ == "__main__":
    main()
