"""Editing the schedule in a real browser: the form, the upload and the history, with good and bad input."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from orchestrator.config.editing import Put
from tests.backstage.test_schedule import NEW
from tests.fakes.desk import FakeDesk
from tests.fakes.paper import SCHEDULE
from tests.real.panel.conftest import FOLLOWS, PHONE, CheckAccess, OpenPage, served
from tests.web.browser import CHEAP

pytestmark = [pytest.mark.real, pytest.mark.patient]


@pytest.fixture
def desk(tmp_path: Path) -> FakeDesk:
    return FakeDesk(tmp_path)


@pytest.fixture
def address(desk: FakeDesk) -> Iterator[str]:
    with served(desk, passwords=CHEAP) as address:
        yield address


def a_file(content: str) -> FilePayload:
    return {"name": "jadwal.yaml", "mimeType": "application/yaml", "buffer": content.encode()}


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_an_event_is_added_by_somebody_without_training(
    address: str, desk: FakeDesk, open_page: OpenPage, check_access: CheckAccess
) -> None:
    """The form shows what a kind of event needs, tells what is missing, shows the rundown, and saves after that."""
    page = open_page(f"{address}/schedule/new?date=2027-08-20", lang="id", may_fail=True)
    expect(page.get_by_label("Narasumber")).to_be_hidden()
    page.get_by_label("Jenis acara").select_option("Konferensi Pers")
    expect(page.get_by_label("Narasumber")).to_be_visible()
    expect(page.locator("#relay")).to_be_hidden()
    expect(page.get_by_text("Jumat, 20 Agustus 2027")).to_be_visible()
    page.get_by_label("Judul").fill("Jumpa Pers")
    page.get_by_role("button", name="Periksa sebelum disimpan").click()
    expect(page.get_by_role("alert")).to_contain_text("Belum ada yang disimpan")
    expect(page.get_by_text("Isi ini: tampil di layar.")).to_have_count(4)  # two fields, told there and above
    check_access(page)
    page.get_by_label("Narasumber").fill("Gubernur")
    page.get_by_label("Jabatan").fill("Kepulauan Riau")
    page.get_by_label("Lokasi").select_option(index=2)
    page.locator("#time").fill("10.00")
    page.locator("#hours").fill("1")
    page.get_by_label("YouTube Pemprov").check()
    page.get_by_role("button", name="Periksa sebelum disimpan").click()
    expect(page.get_by_role("heading", name="Susunan acara")).to_be_visible()
    expect(page.get_by_role("row", name="Narasumber")).to_contain_text("Gubernur · Kepulauan Riau")
    assert desk.schedule.read().text == SCHEDULE
    check_access(page)
    page.get_by_role("button", name="Simpan", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("Acara sudah ada di jadwal.")
    assert desk.configuration().events[-1].title == "Jumpa Pers"
    check_access(page)
    page.get_by_role("link", name="Hapus acara").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("tidak diadakan lagi")
    dialog.get_by_role("button", name="Tidak, biarkan").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("link", name="Hapus acara").click()
    dialog.get_by_role("button", name="Ya, hapus").click()
    expect(page.get_by_role("status").first).to_contain_text("Acara sudah dihapus")
    assert desk.schedule.read().text == SCHEDULE


def test_a_file_is_uploaded_and_taken_back(
    address: str, desk: FakeDesk, open_page: OpenPage, check_access: CheckAccess
) -> None:
    """A wrong file is told line by line and changes nothing; a right one counts once its difference was shown."""
    page = open_page(f"{address}/schedule/upload", size=PHONE, dark=True, lang="id", may_fail=True)
    page.locator("#file").set_input_files(a_file(SCHEDULE.replace("venue: graha-kepri", "venue: graha-kerpi")))
    page.get_by_role("button", name="Periksa berkas").click()
    expect(page.get_by_text("baris 16")).to_be_visible()
    expect(page.locator(".wrong-lines .line")).to_contain_text("venue: graha-kerpi")
    assert desk.schedule.read().text == SCHEDULE
    check_access(page)
    assert fits(page)
    page.locator("#file").set_input_files(a_file(SCHEDULE.replace("duration: 45m", "duration: 55m")))
    page.get_by_role("button", name="Periksa berkas").click()
    expect(page.get_by_text("55 mnt")).to_be_visible()
    page.get_by_text("Yang berubah di berkas").first.click()
    check_access(page)
    assert fits(page)
    page.get_by_role("button", name="Berlakukan").click()
    expect(page.get_by_role("status").first).to_contain_text("Jadwal yang diunggah sudah berlaku")
    check_access(page)
    assert fits(page)
    page.get_by_role("link", name="Kembali ke versi 1").click()
    page.get_by_role("button", name="Kembali ke versi 1").click()
    expect(page.get_by_role("status").first).to_contain_text("Versi sebelumnya berlaku lagi")
    assert desk.schedule.read().text == SCHEDULE


def test_an_events_form_fits_on_a_phone(address: str, open_page: OpenPage, check_access: CheckAccess) -> None:
    """All of the form, unfolded, is there for everybody."""
    page = open_page(f"{address}/schedule/events/apel", size=PHONE, lang="id")
    page.get_by_text("Lainnya: perpanjangan").click()
    page.get_by_role("button", name="Tambah tanggal libur").click()
    expect(page.locator("input[name='except']")).to_have_count(3)
    check_access(page)
    assert fits(page)


def test_open_pages_hear_of_another_operator_s_change(address: str, desk: FakeDesk, open_page: OpenPage) -> None:
    """A calendar shows it where its reader is; a half-filled form says it and stays as it is."""
    base = desk.schedule.read().digest
    calendar = open_page(f"{address}/schedule?from=2027-08-20", size=PHONE, lang="en")
    form = open_page(f"{address}/schedule/new?date=2027-08-20", lang="en")
    form.get_by_label("Title").fill("Rapat Kerja")
    for page in (calendar, form):
        page.wait_for_function(FOLLOWS)
        expect(page.locator("#schedule-news > *")).to_have_count(1)
    calendar.evaluate("window.same = true, scrollTo(0, 90)")
    read = calendar.get_by_role("heading", name="Apel Pagi").first
    reads_at = (read.bounding_box() or {})["y"]
    desk.schedule.apply(Put(NEW), base, "sari")
    desk.publish()
    expect(calendar.get_by_role("heading", name="Jumpa Pers")).to_be_visible()
    assert calendar.evaluate("window.same && scrollY > 0")
    assert (read.bounding_box() or {})["y"] == pytest.approx(reads_at, abs=2)  # whatever came or went above it
    expect(calendar.get_by_role("status").filter(has_text="Added: Jumpa Pers (sari")).to_be_visible()
    expect(form.locator("#schedule-changed")).to_contain_text("What you typed is still here.")
    expect(form.get_by_label("Title")).to_have_value("Rapat Kerja")
    form.get_by_role("button", name="Close").click()
    expect(form.locator("#schedule-changed")).to_be_empty()
