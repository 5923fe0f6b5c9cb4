"""The archive in a real browser: a real recording, archived by the real archive, found, played, saved, verified."""

from __future__ import annotations

import csv
import json
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import bagit
import pytest
from playwright.sync_api import Page, expect

from orchestrator.archive.card import PlannedCue, to_json
from orchestrator.archive.keeper import Archivist
from orchestrator.catalogue.records import AsRun
from orchestrator.config.folders import DataFolder
from tests.archive.conftest import CARD, SECOND, START
from tests.archive.media import date_back, make_master
from tests.fakes.desk import FakeDesk
from tests.real.panel.conftest import DESKTOP, PHONE, CheckAccess, OpenPage, served
from tests.support import until

pytestmark = [pytest.mark.real, pytest.mark.patient]

LENGTH = 20
"""Seconds of the recording."""
NAME = CARD.occurrence
CUES = (("mulai", 1.0, "Lapangan Lebar"), ("pembacaan-teks", 6.0, "Pembaca Teks"), ("doa", 12.0, "Mimbar"))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> FakeDesk:
    """A station with one recording in its archive, and what was noted during it."""
    root = tmp_path_factory.mktemp("panel")
    made = FakeDesk(root)
    end = START + LENGTH * SECOND
    plan = (PlannedCue("mulai", START, {"record": True}), PlannedCue("selesai", end, {"record": False}))
    card = replace(CARD, end=end, plan=plan)
    folder = DataFolder(root)
    path = folder.card(card.venue, card.occurrence)
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(to_json(card)))
    date_back(make_master(path.parent / "studio" / "a.mkv", LENGTH), end)
    for cue, second, scene in CUES:
        at = START + second * SECOND
        made.catalogue.asrun.add(
            AsRun(NAME, cue, card.venue, "scene", at, at, at + 0.04 * SECOND, None, scene, f"cue {cue}", "done")
        )
    message = "OBS has no scene named 'Tamu'. Run `orchestrator provision`, or give the scene in OBS exactly this name."
    made.catalogue.incidents.begin("obs.missing-scene", card.venue, f"{card.venue}: {message}", START + 9 * SECOND)
    made.catalogue.incidents.end("obs.missing-scene", card.venue, START + 10 * SECOND)
    archive = made.configuration().station.archive
    (done,) = Archivist(archive, folder, made.catalogue, made.clock, lambda *_: False).run_once()
    assert done.state == "whole"
    return made


@pytest.fixture(scope="module")
def address(desk: FakeDesk) -> Iterator[str]:
    with served(desk) as address:
        yield address


def place(page: Page) -> float:
    seconds: float = page.evaluate("document.getElementById('video').currentTime")
    return seconds


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
@pytest.mark.parametrize("path", ["/archive?words=doa", f"/archive/{NAME}", "/log"])
def test_everybody_can_use_it(
    address: str, open_page: OpenPage, check_unfolded: CheckAccess, size: tuple[int, int], path: str
) -> None:
    """On a desk in Indonesian and on a phone in English, in the dark: nothing for axe, nothing to scroll sideways."""
    page = open_page(f"{address}{path}", size=size, lang="id" if size == DESKTOP else "en", dark=size == PHONE)
    check_unfolded(page)


def test_a_moment_is_found_and_played(address: str, open_page: OpenPage) -> None:
    """The words of the test question lead to the recording, to the prayer in it, and the film plays from there."""
    page = open_page(f"{address}/archive")
    page.get_by_role("searchbox").fill("Gubernur, Gedung Daerah, 17 Agustus 2027, doa")
    page.get_by_role("button", name="Cari").click()
    expect(page.locator(".result")).to_have_count(1)
    assert page.locator(".result img").evaluate("picture => picture.decode().then(() => picture.naturalWidth)") > 0
    page.get_by_role("link", name="Doa").click()
    until(lambda: page.evaluate("document.getElementById('video').readyState >= 2") and abs(place(page) - 12) < 1.1)
    page.evaluate("document.getElementById('video').muted = true")
    before = place(page)
    page.get_by_role("button", name="Pembacaan teks").click()
    until(lambda: page.evaluate("!document.getElementById('video').paused"))
    until(lambda: page.evaluate("document.getElementById('video').currentTime > 6.3"))
    assert place(page) < before
    expect(page.locator(".moment[aria-current]")).to_contain_text("Pembaca Teks")
    page.get_by_role("button", name="OBS tidak punya tampilan").click()
    until(lambda: page.evaluate("document.getElementById('video').currentTime >= 8.9"))
    expect(page.locator("#track .tick")).to_have_count(4)


def test_files_and_the_package_are_saved(address: str, open_page: OpenPage, tmp_path: Path) -> None:
    """A file is saved under its own name; the package unpacks to the bag, whole."""
    page = open_page(f"{address}/archive/{NAME}", lang="en")
    with page.expect_download() as one:
        page.get_by_role("link", name="_master_01.mkv").click()
    assert one.value.suggested_filename.endswith("_master_01.mkv")
    with page.expect_download() as whole:
        page.get_by_role("link", name="Download the whole package").click()
    whole.value.save_as(tmp_path / "package.zip")
    with zipfile.ZipFile(tmp_path / "package.zip") as unpacked:
        unpacked.extractall(tmp_path)
    bagit.Bag(str(tmp_path / whole.value.suggested_filename.removesuffix(".zip"))).validate()


def test_a_recording_is_verified_on_request(
    address: str, desk: FakeDesk, open_page: OpenPage, check_access: CheckAccess
) -> None:
    """One button reads every byte again; a damaged file is named, and once mended all is well."""
    page = open_page(f"{address}/archive/{NAME}", lang="id")
    page.get_by_role("button", name="Periksa sekarang").click()
    expect(page.locator("#verified")).to_contain_text("Setiap berkas sama seperti saat diarsipkan.")
    archive = desk.configuration().station.archive.folder
    (sheet,) = archive.glob("*/*/data/*_contact.jpg")
    shutil.copy(sheet, archive / "kept")
    sheet.chmod(0o644)
    try:
        sheet.write_bytes(b"x")
        page.get_by_role("button", name="Periksa sekarang").click()
        expect(page.locator("#verified .warn")).to_contain_text("_contact.jpg")
        check_access(page)
    finally:
        shutil.copy(archive / "kept", sheet)
    page.get_by_role("button", name="Periksa sekarang").click()
    expect(page.locator("#verified .good")).to_be_visible()


def test_the_log_is_narrowed_and_saved(address: str, open_page: OpenPage, tmp_path: Path) -> None:
    """What is looked for in the log is what the sheet holds."""
    page = open_page(f"{address}/log", lang="id")
    page.get_by_role("searchbox").fill("doa")
    page.get_by_role("button", name="Cari").click()
    expect(page.locator(".entry")).to_have_count(1)
    expect(page.locator(".entry")).to_contain_text("Mimbar")
    with page.expect_download() as sheet:
        page.get_by_role("link", name="Simpan sebagai CSV").click()
    sheet.value.save_as(tmp_path / "log.csv")
    rows = list(csv.reader((tmp_path / "log.csv").read_text("utf-8-sig").splitlines(), delimiter=";"))
    assert [row[4] for row in rows[1:]] == ["doa"]
    page.locator("summary", has_text="Persempit").click()
    page.get_by_label("Jenis").select_option(label="gangguan")
    page.get_by_role("searchbox").fill("")
    page.get_by_role("button", name="Cari").click()
    expect(page.locator(".entry")).to_have_count(1)
    expect(page.locator(".entry")).to_contain_text("OBS tidak punya tampilan")
