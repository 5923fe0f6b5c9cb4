"""What the pictures of the panel show: each page, and what one does there first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import FilePayload, Page

from tools.day import DONE, ON_AIR


@dataclass(frozen=True)
class Shot:
    """One picture."""

    name: str
    """The picture's, and of what it shows in the panel's own language."""
    path: str
    """The page's address."""
    act: Callable[[Page], object] | None = None
    """Done on the page before the picture is taken."""
    who: str = "admin"
    """The role of who looks; "" where nobody is signed in."""
    live: bool = False
    """Whether pictures and countdowns come in first."""
    status: int = 200
    """What the page answers with."""


def _fill(page: Page, date: str) -> None:
    page.locator("#title").fill("Konferensi Pers Kesiapan STQH")
    page.locator("#ceremony").select_option("press-conference")
    page.locator("#venue").select_option("kantor-gubernur-lt4")
    for field in page.locator("#details .field:visible input").all():
        field.fill("Kepala Biro Humas")
    page.locator("#date").fill(date)
    page.locator("#time").fill("10:00")
    page.locator("#hours").fill("1")
    page.locator("[name=destination][value=youtube]").check()


def check_event(date: str) -> Callable[[Page], object]:
    """Fill the form and have it checked; nothing is saved."""

    def act(page: Page) -> None:
        _fill(page, date)
        page.locator("[name=step][value=preview]").click()
        page.locator(".reading").wait_for()

    return act


def _send_nothing(page: Page) -> None:
    page.locator("#title").fill("Konferensi Pers Kesiapan STQH")
    page.locator("[name=step][value=preview]").click()
    page.locator("[aria-invalid]").first.wait_for()


_BAD = b"""events:
  - id: apel
    title: Apel Pagi
    ceremony: apell
    venue: kantor-gubernur-lt4
    start: 2027-02-30 07:30
    duration: 45m
    lokasi: Dompak
"""


def _send_bad_file(page: Page) -> None:
    wrong: FilePayload = {"name": "jadwal-baru.yaml", "mimeType": "application/yaml", "buffer": _BAD}
    page.locator("#file").set_input_files(wrong)
    page.locator("form.form button.primary").click()
    page.locator(".wrong-lines").wait_for()


def _press(*selectors: str) -> Callable[[Page], object]:
    def act(page: Page) -> None:
        for selector in selectors:
            page.locator(selector).first.click()
            page.wait_for_timeout(300)

    return act


def shots(date: str) -> tuple[Shot, ...]:
    """Every page; `date`: the day of the event in the form, as YYYY-MM-DD."""
    return (
        Shot("masuk", "/login", who=""),
        Shot("hari-ini", "/", live=True),
        Shot("ganti-tampilan", "/", _press("[data-opens^=scenes]"), live=True),
        Shot("hentikan-siaran", "/", _press("[data-deed=stop]"), live=True),
        Shot("susunan-acara", f"/rundown/{ON_AIR}", live=True),
        Shot("geser-cue", f"/rundown/{ON_AIR}", _press("[data-move]", "[data-step='5']"), live=True),
        Shot("teks-nama", f"/rundown/{ON_AIR}", _press("[data-texts]"), live=True),
        Shot("cetak", f"/rundown/{ON_AIR}/print"),
        Shot("jadwal", "/schedule"),
        Shot("jadwal-bulan", "/schedule?view=month"),
        Shot("acara-baru", f"/schedule/new?date={date}"),
        Shot("acara-keliru", f"/schedule/new?date={date}", _send_nothing),
        Shot("acara-diperiksa", f"/schedule/new?date={date}", check_event(date)),
        Shot("acara", "/schedule/events/apel-senin"),
        Shot("unggah", "/schedule/upload"),
        Shot("unggah-keliru", "/schedule/upload", _send_bad_file),
        Shot("riwayat", "/schedule/history"),
        Shot("versi", "/schedule/history/1"),
        Shot("arsip", "/archive"),
        Shot("rekaman", f"/archive/{DONE}", live=True),
        Shot("kesiapan", "/readiness"),
        Shot("catatan", "/log"),
        Shot("lokasi", "/venues"),
        Shot("tujuan-siaran", "/destinations"),
        Shot("pengguna", "/people"),
        Shot("akun", "/account"),
        Shot("lainnya", "/more"),
        Shot("layar-penuh", "/wall", live=True),
        Shot("tidak-ada", "/tidak-ada", status=404),
        Shot("tidak-boleh", "/people", who="viewer", status=403),
        Shot("penonton", "/", who="viewer", live=True),
    )
