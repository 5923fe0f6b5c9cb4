"""Photographs every page of the panel on a real service with real OBS: `make screens`, or `python -m tools.screens`.

Takes about four minutes, and a quiet machine; with `--all` about fifteen.
"""

from __future__ import annotations

import argparse
import json
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import yaml
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as BrowserError

from demo.service import Service
from demo.sinks import Sink
from orchestrator.clock import SystemClock
from tools.day import DONE, ZONE, prepare
from tools.shots import Shot, shots

ROOT = Path(__file__).parents[1]
CHROMIUM = "/usr/bin/chromium"
SIZES = {"desktop": (1280, 800), "wide": (1920, 1080), "tablet": (820, 1180), "phone": (390, 844)}
"""Pixels."""
ROLES = {"admin": "sari", "operator": "budi", "viewer": "tamu"}
"""Who has which role."""
_SETTLED_WITHIN = 150.0
"""Seconds until the ceremony must be on air and the press conference archived."""
_COLOURS = 96
"""In a picture's palette: what the pages need, and small files."""


@dataclass(frozen=True)
class Look:
    """One way to look at the panel."""

    size: str
    """Of `SIZES`."""
    dark: bool = False
    """Whether in the dark."""
    language: str = "id"
    """Its language."""
    only: frozenset[str] = frozenset()
    """Names of the pictures that are taken; empty: all."""
    full: bool = False
    """Whether to the page's end, not only what the screen shows."""

    @property
    def suffix(self) -> str:
        """What ends its pictures' names."""
        return f"-{self.size}{'-gelap' if self.dark else ''}{'-en' if self.language == 'en' else ''}"


_SHOWN = frozenset({
    "masuk", "hari-ini", "ganti-tampilan", "hentikan-siaran", "susunan-acara", "geser-cue", "teks-nama", "cetak",
    "jadwal", "jadwal-bulan", "acara-baru", "acara-diperiksa", "unggah-keliru", "riwayat", "arsip", "rekaman",
    "kesiapan", "catatan", "lokasi", "tujuan-siaran", "pengguna",
})  # fmt: skip
_ON_PHONES = frozenset({"hari-ini", "ganti-tampilan", "susunan-acara", "jadwal", "kesiapan"})
FEW = (
    Look("desktop", only=_SHOWN),
    Look("phone", only=_ON_PHONES),
    Look("wide", only=frozenset({"hari-ini", "layar-penuh"})),
    Look("tablet", only=frozenset({"hari-ini"})),
    Look("desktop", dark=True, only=frozenset({"hari-ini", "susunan-acara"})),
    Look("wide", dark=True, only=frozenset({"layar-penuh"})),
    Look("desktop", language="en", only=frozenset({"hari-ini"})),
)
"""The looks that are kept in docs/."""
ALL = (
    *(Look(size, dark, full=True) for size in SIZES for dark in (False, True)),
    Look("desktop", language="en", full=True),
)
"""Every look, for who judges them."""


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


def answers(address: str) -> bool:
    """Whether anything is there."""
    try:
        return httpx.get(f"{address}/healthz", trust_env=False).is_success
    except httpx.HTTPError:
        return False


def enter(page: Page, address: str, role: str, password: str) -> None:
    """Sign in as somebody of this role."""
    page.goto(f"{address}/login")
    page.locator("#name").fill(ROLES[role])
    page.locator("#password").fill(password)
    page.locator("form .primary").click()
    page.wait_for_url(f"{address}/")


def shrink(picture: Path) -> None:
    """Give a picture a palette, which the pages need no more than."""
    small = picture.with_suffix(".small.png")
    palette = f"split[a][b];[a]palettegen=max_colors={_COLOURS}:stats_mode=full[p];[b][p]paletteuse=dither=none"
    argv = ["ffmpeg", "-v", "error", "-y", "-i", str(picture), "-vf", palette, "-frames:v", "1", "-update", "1"]
    subprocess.run([*argv, "-pred", "mixed", "-compression_level", "9", str(small)], check=True)
    small.replace(picture)


class Camera:
    """Takes pictures of one panel.

    Args:
        browser: Debian's Chromium.
        address: The panel's.
        passwords: By role; empty where nobody has to sign in.
        folder: Where the pictures go.
    """

    def __init__(self, browser: Browser, address: str, passwords: Mapping[str, str], folder: Path) -> None:
        self._browser = browser
        self._address = address
        self._passwords = passwords
        self._folder = folder

    def take(self, look: Look, wanted: tuple[Shot, ...]) -> None:
        """Every picture in one look; those that can't be had are told and left out."""
        width, height = SIZES[look.size]
        of_phone = look.size == "phone"
        for who in dict.fromkeys(shot.who for shot in wanted):
            context = self._browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if look.dark else "light",
                locale="id-ID" if look.language == "id" else "en-GB",
                is_mobile=of_phone,
                has_touch=of_phone or look.size == "tablet",
            )
            context.set_default_timeout(10_000)
            page = context.new_page()
            if who and self._passwords:
                enter(page, self._address, who, self._passwords[who])
            for shot in wanted:
                if shot.who == who and (not look.only or shot.name in look.only):
                    self._shoot(page, shot, look)
            context.close()

    def _shoot(self, page: Page, shot: Shot, look: Look) -> None:
        join = "&" if "?" in shot.path else "?"
        try:
            answer = page.goto(f"{self._address}{shot.path}{join}lang={look.language}", wait_until="load")
            if answer is None or answer.status != shot.status:
                print(f"{shot.path}: {answer.status if answer else 'no answer'}", file=sys.stderr)  # noqa: T201 - a tool
                return
            page.wait_for_timeout(2500 if shot.live else 400)  # pictures and countdowns come in
            if shot.act is not None:
                shot.act(page)
                page.wait_for_timeout(500)
        except BrowserError as error:
            print(f"{shot.name}{look.suffix}: {error}", file=sys.stderr)  # noqa: T201 - a tool
            return
        picture = self._folder / f"{shot.name}{look.suffix}.png"
        dialog = page.locator("dialog[open]").count() > 0
        page.screenshot(path=picture, full_page=look.full and not dialog and shot.name != "layar-penuh")
        shrink(picture)


def photograph_waiting(browser: Browser, folder: Path, root: Path, looks: tuple[Look, ...]) -> None:
    """The page of a service that can't begin, since its schedule is wrong."""
    station = prepare(root, {}, datetime.now(UTC))  # noqa: TID251 - a tool's own clock
    station.schedule.write_text("events:\n  - {id: apel, title: Apel Pagi, ceremony: apell, venue: dompak}\n")
    service = Service(station)
    web = yaml.safe_load((station.profiles / "station.yaml").read_text())["web"]
    address = f"http://{web['host']}:{web['port']}"
    try:
        service.start()
        wait_until(SystemClock(), lambda: answers(address), "a page that says what is wrong")
        camera = Camera(browser, address, {}, folder)
        for look in looks:
            camera.take(look, (Shot("menunggu", "/", who="", status=503),))
    finally:
        service.stop()
        service.sweep()


def main() -> None:
    """Put the day on and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / "docs" / "images" / "panel", help="where to")
    parser.add_argument("--all", action="store_true", help="every size, also in the dark and in English")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    looks = ALL if given.all else FEW
    clock = SystemClock()
    passwords = {role: secrets.token_urlsafe(12) for role in ROLES}
    with ExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sinks = {name: Sink(root / "sinks" / name) for name in ("youtube", "facebook")}
        for sink in sinks.values():
            sink.start()
            stack.callback(sink.stop)
        now = datetime.now(UTC)  # noqa: TID251 - a tool's own clock
        service = Service(prepare(root / "station", sinks, now))
        stack.callback(service.sweep)
        stack.callback(service.stop)
        service.start()
        service.wait_ready(30)
        address = settle(service, clock)
        for role, name in ROLES.items():
            service.command("account", "add", name, "--role", role, "--password-stdin", said=passwords[role])
        browser = stack.enter_context(sync_playwright()).chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"]
        )
        stack.callback(browser.close)
        wanted = shots(f"{now.astimezone(ZONE) + timedelta(days=3):%Y-%m-%d}")
        camera = Camera(browser, address, passwords, given.folder)
        for look in looks:
            camera.take(look, wanted)
        if given.all:
            photograph_waiting(browser, given.folder, root / "broken", looks)


if __name__ == "__main__":
    main()
