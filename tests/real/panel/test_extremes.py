"""Much and long: many venues, long names, a full disk, hundreds of recordings; no page breaks, wide or narrow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from orchestrator.catalogue.records import ArchivedRecording
from orchestrator.devices.problems import storage_full
from orchestrator.plan.model import Anchor, At, Cue, Do
from orchestrator.status import StandingProblem, Storage, StorageVolume
from tests.fakes.air import on_air
from tests.fakes.desk import FakeDesk
from tests.fakes.station import CEREMONY, NOW, a_venue
from tests.real.panel.conftest import DESKTOP, PHONE, OpenPage, served

pytestmark = [pytest.mark.real, pytest.mark.patient]

TITLE = (
    "Upacara Peringatan Hari Ulang Tahun Kemerdekaan Republik Indonesia "
    "ke-82 Tingkat Provinsi Kepulauan Riau, Gedung Daerah"
)
DESTINATION = "Kanal YouTube Pemerintah Provinsi Kepulauan Riau (cadangan)"
PAGES = (
    "/", "/rundown/penaikan", "/rundown/penaikan/print", "/schedule", "/schedule?view=month", "/archive", "/readiness",
    "/venues", "/destinations", "/wall", "/log",
)  # fmt: skip


@pytest.fixture
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Twelve venues, a title of 119 letters, 31 cues, 500 recordings, and no room left."""
    desk = FakeDesk(tmp_path_factory.mktemp("data"))
    before = desk.configuration()
    venues = {name: a_venue(name, f"Balai Adat Melayu Indera Perkasa {name}") for name in (f"v{n}" for n in range(11))}
    cues = [
        Cue(
            f"menyanyikan-lagu-wajib-nasional-bersama-{n}",
            At(Anchor.START, timedelta(minutes=13 + n)),
            Do(scene="Penutup"),
        )
        for n in range(25)
    ]
    (event,), destination = before.events, before.destinations["youtube"]
    desk._configuration = replace(
        before,
        venues={"gedung-daerah": a_venue("gedung-daerah", "Gedung Daerah, Tanjungpinang"), **venues},
        destinations={"youtube": replace(destination, name=DESTINATION)},
        ceremonies={"flag-raising": replace(CEREMONY, cues=(*CEREMONY.cues[:-1], *cues, CEREMONY.cues[-1]))},
        events=(replace(event, title=TITLE), *(replace(event, id=name, title=TITLE, venue=name) for name in venues)),
    )
    disk = StorageVolume("/srv/rekaman", 0, 10**12)
    desk.publish(
        venues=on_air(desk),
        storage=Storage((disk,), 0.0, 9.5, 0, 6 * 10**10),
        problems=(StandingProblem(storage_full("/srv/rekaman/humas-kepri/siaran/cadangan", 400), NOW),),
    )
    for n in range(500):
        start = NOW - timedelta(days=n)
        row = ArchivedRecording(f"r{n}", "v1", TITLE, start, f"2027/r{n}", 3000.0, 9 * 10**9, NOW, "whole")
        desk.catalogue.recordings.put(row, {"title": TITLE})
    with served(desk) as address:
        yield address


@pytest.mark.parametrize("size", [DESKTOP, (1366, 768), PHONE])
def test_nothing_breaks_a_page(address: str, open_page: OpenPage, size: tuple[int, int]) -> None:
    """There is nothing to scroll sideways, and what is wrong is told in lines, not letter by letter."""
    page = open_page(f"{address}/more", size=size, may_fail=True)
    for path in PAGES:
        page.goto(f"{address}{path}")
        expect(page.locator("body")).to_contain_text("Ruang simpan")
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], path
        narrow = page.locator(".notice > span").evaluate_all("all => Math.min(...all.map(one => one.clientWidth))")
        assert narrow > 150, path
