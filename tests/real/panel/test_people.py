"""Signing in and managing people in a real browser."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.fakes.desk import FakeDesk
from tests.real.panel.conftest import DESKTOP, FOLLOWS, PHONE, CheckAccess, OpenPage, served
from tests.support import until
from tests.web.browser import CHEAP, PASSWORD, PEOPLE

pytestmark = [pytest.mark.real, pytest.mark.patient]


@pytest.fixture
def desk(tmp_path: Path) -> FakeDesk:
    return FakeDesk(tmp_path)


@pytest.fixture
def address(desk: FakeDesk) -> Iterator[str]:
    with served(desk, passwords=CHEAP) as address:
        yield address


@pytest.fixture
def people(desk: FakeDesk) -> None:
    """An account of each role."""
    for name, role in PEOPLE.items():
        desk.catalogue.accounts.add(name, role, CHEAP.hash(PASSWORD), desk.clock.now())


def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.locator("#name").fill(name)
    page.locator("#password").fill(password)
    page.locator("#password").press("Enter")


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(("size", "lang"), [(DESKTOP, "id"), (PHONE, "en")])
def test_everybody_can_sign_in_and_manage_people(
    address: str, open_page: OpenPage, check_access: CheckAccess, size: tuple[int, int], lang: str
) -> None:
    """Every page about accounts works at a desk and on a phone: nothing for axe to find, nothing to scroll sideways."""
    page = open_page(f"{address}/people", size=size, lang=lang, dark=lang == "en", may_fail=True)
    check_access(page)
    sign_in(page, "sari", "wrong password")
    expect(page.get_by_role("alert")).to_be_visible()
    check_access(page)
    sign_in(page, "sari")
    expect(page.locator("section.card")).to_have_count(4)
    for summary in page.locator("section.card > details > summary").all():
        summary.click()
    check_access(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    page.goto(f"{address}/account")
    check_access(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


@pytest.mark.usefixtures("people")
def test_an_admin_changes_people_without_any_training(address: str, desk: FakeDesk, open_page: OpenPage) -> None:
    """Somebody is added, given another role, and removed after one question; each is said in words."""
    page = open_page(f"{address}/people", lang="id")
    sign_in(page, "sari")
    add = page.locator("section.card", has_text="Tambah pengguna")
    add.get_by_label("Nama").fill("Rina Putri")
    add.get_by_label("Pemantau").check()
    add.get_by_label("Kata sandi baru").fill(PASSWORD)
    add.get_by_label("Kata sandi yang sama sekali lagi").fill(PASSWORD)
    add.get_by_role("button", name="Buat akun").click()
    expect(page.get_by_role("status")).to_contain_text("Akun Rina Putri sudah dibuat.")
    rina = page.locator("section.card", has=page.get_by_role("heading", name="Rina Putri"))
    rina.get_by_text("Ubah", exact=False).first.click()
    rina.get_by_label("Petugas").check()
    rina.get_by_role("button", name="Simpan peran").click()
    expect(page.get_by_role("status")).to_contain_text("Peran Rina Putri sudah diubah")
    rina.get_by_text("Ubah", exact=False).first.click()
    rina.locator("summary", has_text="Hapus").click()
    expect(rina).to_contain_text("tidak dapat masuk lagi")
    rina.get_by_role("button", name="Hapus Rina Putri").click()
    expect(page.get_by_role("status")).to_contain_text("Akun Rina Putri sudah dihapus.")
    assert desk.catalogue.accounts.find("Rina Putri") is None


@pytest.mark.usefixtures("people")
def test_a_viewer_sees_the_air_and_signs_out(address: str, open_page: OpenPage) -> None:
    """A viewer is let in, is turned away from people in plain words, and is out when they say so."""
    page = open_page(f"{address}/", lang="id", may_fail=True)
    sign_in(page, "tini")
    expect(page.get_by_role("link", name="Akun Anda: tini")).to_be_visible()
    page.goto(f"{address}/people")
    expect(page.get_by_role("alert")).to_contain_text("hanya untuk admin")
    page.goto(f"{address}/account")
    page.get_by_role("button", name="Keluar", exact=True).click()
    expect(page).to_have_url(f"{address}/login")
    page.goto(f"{address}/")
    expect(page).to_have_url(f"{address}/login")


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("path", ["/", "/rundown/penaikan", "/schedule/new?date=2027-08-20", "/wall"])
def test_a_session_that_ends_on_an_open_page_is_told_and_begun_again(
    address: str, desk: FakeDesk, open_page: OpenPage, check_access: CheckAccess, path: str
) -> None:
    """Within one sign of life the page says so and takes no action; the way in again leads back to the same page."""
    page = open_page(f"{address}{path}", lang="id", may_fail=True)
    sign_in(page, "sari")
    page.wait_for_url(lambda url: url.startswith(f"{address}{path}"))
    there = page.url
    until(lambda: page.evaluate(FOLLOWS))
    expect(page.locator("#link")).to_be_hidden()
    typed = page.get_by_label("Judul", exact=True)
    if "new" in path:
        typed.fill("Pelantikan Pejabat")
    begun = time.monotonic()  # noqa: TID251 - a real browser's time
    desk.clock.step(8 * 24 * 3600)
    told = page.locator("#link")
    expect(told).to_contain_text("Anda sudah keluar", timeout=4000)
    assert time.monotonic() - begun < 2.0  # noqa: TID251 - as above
    for act in page.locator("main .deeds button:not([disabled])").all():
        expect(act).to_be_disabled()
    if "new" in path:
        check_access(page)  # elsewhere what may be out of date is greyed
        expect(typed).to_have_value("Pelantikan Pejabat")
    told.get_by_role("link", name="Masuk lagi").click()
    sign_in(page, "sari")
    page.wait_for_url(there)
    expect(page.locator("#link")).to_be_hidden()


def test_the_first_admin_closes_the_panel(address: str, open_page: OpenPage) -> None:
    """A station without accounts offers to make the first admin, and asks to sign in from then on."""
    page = open_page(f"{address}/people", lang="id", may_fail=True)
    expect(page.get_by_role("heading", name="Buat admin pertama")).to_be_visible()
    page.get_by_label("Nama").fill("sari")
    page.get_by_label("Kata sandi baru").fill(PASSWORD)
    page.get_by_label("Kata sandi yang sama sekali lagi").fill(PASSWORD)
    page.get_by_role("button", name="Buat akun").click()
    expect(page.get_by_role("heading", name="Masuk")).to_be_visible()
    sign_in(page, "sari")
    expect(page.get_by_role("heading", name="sari")).to_be_visible()
