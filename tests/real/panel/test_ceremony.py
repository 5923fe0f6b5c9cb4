"""The story of a ceremony: one person at the panel, the real service and OBS, and what viewers get at the sinks."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page, expect

from demo.station import EVENT, VENUE
from orchestrator.devices.slates import SCENE as SLATE
from tests.real.panel.conftest import PHONE, CheckAccess, OpenPage
from tests.real.stage import NAMES, MakeStage, Stage
from tests.support import until

pytestmark = [pytest.mark.real, pytest.mark.patient]

CUES = [
    {"id": "layar-tunggu", "at": "start-8s", "do": {"scene": "Segera Dimulai", "mute": "none", "record": True}},
    {"id": "tayang", "at": "start-6s", "do": {"stream": True}},
    {"id": "mulai", "at": "start", "do": {"scene": "Lapangan Lebar"}},
    {"id": "bendera", "at": "go", "latest": "start+5m", "do": {"scene": "Tiang Bendera"}},
    {"id": "mimbar", "at": "bendera+9s", "do": {"scene": "Mimbar"}},
    {"id": "penutup", "at": "end", "do": {"scene": "Penutup"}},
    {"id": "turun", "at": "end+3s", "do": {"stream": False}},
    {"id": "selesai", "at": "end+4s", "do": {"record": False}},
]
ON_AIR = "SEDANG TAYANG"


class Operator:
    """Who sits at the panel: presses buttons by their names, and reads."""

    def __init__(self, page: Page, stage: Stage) -> None:
        self.page = page
        self.card = page.locator(f"#{VENUE}")
        self.stage = stage

    def press(self, name: str) -> None:
        """Press a button of the venue, and read that it was done."""
        said = self.page.locator("#said .notice.good")
        before = said.text_content() if said.count() else None
        button = self.card.get_by_role("button", name=name)

        def done() -> bool:
            if said.count() and said.text_content() != before:
                return True
            button.click()  # a second press at once counts as a slip, as of a person who was too quick
            return False

        until(done, every=0.8)

    def reads(self, part: str, text: str | re.Pattern[str]) -> None:
        """Wait until a part of the venue's card says so."""
        expect(self.card.locator(part)).to_contain_text(text, timeout=20_000)

    def on_the_air(self, scene: str) -> None:
        """Wait until viewers at both sinks see a scene."""
        until(lambda: all(self.stage.sees(name) == scene for name in NAMES), 15, what=f"{scene} at the sinks")


def seconds(page: Page) -> float:
    """Where the film is."""
    place: float = page.evaluate("document.getElementById('video').currentTime")
    return place


def goes_live(sari: Operator, phone: Page, check_access: CheckAccess) -> None:
    """It goes on the air by itself; a phone sees the same."""
    page = sari.page
    expect(sari.card.locator(".cue-next .countdown")).to_be_visible()
    check_access(page)
    sari.reads(".tally", ON_AIR)
    sari.on_the_air("Lapangan Lebar")
    sari.reads(".cue-now .cue-name", "Mulai")
    expect(phone.locator(".tally.on")).to_have_text("ON AIR")
    for shown in (page, phone):
        expect(shown.locator("img[data-picture=programme]")).to_be_visible()
        check_access(shown)
    until(lambda: sari.card.locator(".output.is-live").count() == len(NAMES), what="both destinations live")


def is_led(sari: Operator, phone: Page) -> None:
    """GO, hold, go on, fifteen minutes more."""
    sari.press("GO")
    sari.on_the_air("Tiang Bendera")
    sari.reads(".cue-now .cue-name", "Bendera")
    expect(phone.locator(f"#{VENUE} .cue-now .cue-name")).to_have_text("Bendera")

    sari.press("Tahan")
    sari.reads(".notice.hold", "Ditahan")
    sari.reads(".cue-next .countdown", "ditahan")
    sari.press("Lanjut")
    sari.reads(".cue-next .countdown", re.compile(r"^0:\d\d$"))
    sari.press("Perpanjang 15 menit")
    sari.reads(".venue-head", "rencana sampai")


def is_taken_over(sari: Operator, check_access: CheckAccess) -> None:
    """The slate and back; a scene by hand, under which the rundown goes on, and back to automation."""
    page = sari.page
    sari.press("Layar gangguan")
    sari.on_the_air(SLATE)
    sari.reads(".tally", "LAYAR GANGGUAN")
    sari.reads(".programme", "Pemirsa melihat layar gangguan")
    check_access(page)
    sari.press("Kembali dari layar gangguan")
    until(lambda: all(sari.stage.sees(name) != SLATE for name in NAMES), 15)

    page.get_by_role("button", name="Ganti tampilan").click()
    page.get_by_label("sampai saya kembalikan").check()
    page.get_by_role("dialog").get_by_role("button", name="Komandan").click()
    sari.on_the_air("Komandan")
    sari.reads(".cue-now .cue-name", "Mimbar")
    assert sari.stage.sees(NAMES[0]) == "Komandan"
    sari.press("Kembali otomatis")
    sari.on_the_air("Mimbar")


def ends(sari: Operator) -> None:
    """It is ended with one question: the closing scene, then the stream, then the recording, then the archive."""
    page, stage = sari.page, sari.stage
    page.get_by_role("button", name="Selesai sekarang").click()
    expect(page.get_by_role("dialog")).to_contain_text("berakhir sekarang")
    page.get_by_role("button", name="Ya, akhiri acara").click()
    sari.on_the_air("Penutup")
    expect(page.locator(".tally.on")).to_have_count(0, timeout=20_000)
    until(lambda: stage.status().get("observed", {}).get("record") is False, 20)

    until(lambda: any(found["occurrence"] == EVENT for found in stage.service.archive()), 30, what="archived")


def is_played(page: Page, check_access: CheckAccess) -> None:
    """The recording is found by its words, and played from the moment of a cue."""
    page.get_by_role("link", name="Arsip").click()
    page.get_by_role("searchbox").fill("Gubernur bendera")
    page.get_by_role("button", name="Cari").click()
    check_access(page)
    page.locator(".result").get_by_role("link", name="Upacara Penaikan Bendera").click()
    check_access(page)
    until(lambda: page.evaluate("document.getElementById('video').readyState >= 2"))
    page.evaluate("document.getElementById('video').muted = true")
    page.locator(".moment", has_text="Bendera").first.click()
    until(lambda: seconds(page) > 5)
    until(lambda: page.evaluate("!document.getElementById('video').paused"))
    at = seconds(page)
    until(lambda: seconds(page) > at + 0.5)


def test_a_ceremony(make_stage: MakeStage, open_page: OpenPage, check_access: CheckAccess) -> None:
    """From the first look at the panel to playing the recording, with one person's clicks and nothing else."""
    stage = make_stage(cues=CUES)
    stage.go()
    address = json.loads((stage.station.data / "service.json").read_text())["url"]
    phone = open_page(f"{address}/", size=PHONE, lang="en", dark=True)
    sari = Operator(open_page(f"{address}/"), stage)
    goes_live(sari, phone, check_access)
    is_led(sari, phone)
    is_taken_over(sari, check_access)
    ends(sari)
    is_played(sari.page, check_access)
