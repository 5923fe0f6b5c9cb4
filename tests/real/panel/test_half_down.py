"""A panel whose system is half down: it comes up, says in one sentence what to do, and has the button that helps."""

from __future__ import annotations

import json
import re
import socket
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from demo.station import EVENT, VENUE
from orchestrator.archive.card import to_json
from orchestrator.config.folders import DataFolder
from tests.archive.conftest import CARD, SECOND, START
from tests.archive.media import date_back, make_master
from tests.real.panel.conftest import PHONE, CheckAccess, OpenPage
from tests.real.panel.house import House
from tests.support import remount, small_disk, until

pytestmark = [pytest.mark.real, pytest.mark.patient]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path / "station")
    yield made
    made.close()


def answers(house: House) -> bool:
    """Whether anything is at the panel's address."""
    try:
        httpx.get(f"{house.address}/healthz", trust_env=False)
    except httpx.HTTPError:
        return False
    return True


def start(house: House, *, without: Mapping[str, str] | None = None) -> None:
    """Start the service, and wait until anything answers; `without`: changes of its environment."""
    environment = dict(house.station.environment) | dict(without or {})
    house.service._station = replace(house.station, environment=environment)
    house.service.start()
    until(lambda: answers(house), 20)


def notice(page: Page, text: str) -> Locator:
    """What the page says of the service, once it says so."""
    found = page.locator("#station-problems .notice", has_text=text)
    expect(found).to_be_visible(timeout=15_000)
    return found


def test_no_obs_and_no_hub(house: House, tmp_path: Path, open_page: OpenPage, check_access: CheckAccess) -> None:
    """OBS isn't installed, and something else holds the hub's port: both are said, each with where to look."""
    house.edit(f"profiles/venues/{VENUE}.yaml", "launch: never", "launch: auto")
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("ffmpeg", "ffprobe", "nice"):
        (programs / name).symlink_to(f"/usr/bin/{name}")
    port = int(re.findall(r"port: (\d+)", house.file("profiles/station.yaml").read_text())[0])
    with socket.create_server(("127.0.0.1", port)):
        start(house, without={"PATH": f"{programs}:/usr/sbin"})
        page = open_page(f"{house.address}/", size=PHONE)
        assert notice(page, str(port)).get_by_role("link", name="Periksa kesiapan").is_visible()
        trouble = page.locator(f"#{VENUE} .trouble")
        expect(trouble).to_contain_text("belum terpasang")
        expect(trouble).to_contain_text("make setup")
        check_access(page)
        trouble.get_by_role("link", name="Periksa kesiapan").click()
        expect(page.locator("main")).to_contain_text("belum terpasang")
    page.goto(f"{house.address}/")
    expect(page.locator("#station-problems")).to_have_count(0, timeout=20_000)


def test_broken_files(house: House, open_page: OpenPage, check_access: CheckAccess) -> None:
    """Nothing right yet: a page says where, until it is mended. An error later: what was right stays in force."""
    right = house.file("schedules.yaml").read_text()
    house.file("schedules.yaml").write_text("events: [apa]\n")
    start(house)
    page = open_page(f"{house.address}/", may_fail=True, lang="en")
    expect(page.locator("main .notice")).to_contain_text("schedules.yaml:1:10")
    check_access(page)
    page.get_by_role("button", name="Try again now").click()
    expect(page.locator("main .notice")).to_be_visible()
    house.file("schedules.yaml").write_text(right)
    expect(page.locator(f"#{VENUE} .cue-now .cue-name")).to_have_text("Mulai", timeout=20_000)

    house.edit("schedules.yaml", "lapangan", "di-bulan")
    assert notice(page, "di-bulan").get_by_role("link", name="Open the schedule").is_visible()
    expect(page.locator(f"#{VENUE} .cue-now .cue-name")).to_have_text("Mulai")
    house.service.kill()
    start(house)
    again = open_page(f"{house.address}/", lang="en")
    notice(again, "di-bulan").get_by_role("link", name="Open the schedule").click()
    check_access(again)
    assert house.service.status() is not None
    assert house.service.status()["venues"][VENUE]["event"] == EVENT  # type: ignore[index]


def test_a_key_that_is_nowhere(house: House, open_page: OpenPage) -> None:
    """A destination's key is missing at the start: the rest goes on, and the key is entered where the button leads."""
    start(house, without={"DEMO_YOUTUBE_KEY": ""})
    page = open_page(f"{house.address}/")
    expect(page.locator(f"#{VENUE} .cue-now .cue-name")).to_have_text("Mulai")
    notice(page, "DEMO_YOUTUBE_KEY").get_by_role("link", name="Isi kunci").click()
    card = page.locator(".card", has_text="YouTube")
    card.locator("summary", has_text="Ganti kunci").click()
    card.get_by_label("Kunci siaran baru").fill("kunci-yang-benar-1234")
    card.get_by_role("button", name="Ganti kunci").click()
    expect(page.locator("main")).to_contain_text("1234")
    expect(page.locator("#station-problems")).to_have_count(0, timeout=15_000)
    assert "kunci-yang-benar" not in page.content()


def test_disks_that_cannot_be_written(house: House, open_page: OpenPage, check_access: CheckAccess) -> None:
    """The database's folder is read-only at the start until mended; so is the archive's, which stops nothing."""
    database, archive = house.file("db"), house.file("disk")
    with house.file("profiles/station.yaml").open("a") as file:
        file.write(f"database: sqlite:///{database}/catalogue.sqlite3\narchive: {archive}/arsip\n")
    spool = DataFolder(house.station.data).card(VENUE, CARD.occurrence)
    spool.parent.mkdir(parents=True)
    spool.write_text(json.dumps(to_json(replace(CARD, venue=VENUE, end=START + 4 * SECOND))))
    date_back(make_master(spool.parent / "studio" / "a.mkv", 4), START + 4 * SECOND)
    with small_disk(database, "20m", "ro"), small_disk(archive, "300m", "ro"):
        start(house)
        page = open_page(f"{house.address}/", may_fail=True)
        expect(page.locator("main .notice")).to_contain_text(str(database))
        check_access(page)
        remount(database, "rw")
        expect(page.locator(f"#{VENUE}")).to_be_visible(timeout=20_000)
        notice(page, str(archive)).get_by_role("link", name="Buka arsip").click()
        check_access(page)
        remount(archive, "rw")
        expect(page.locator("#station-problems")).to_have_count(0, timeout=15_000)
        fills_up_and_is_cleared(page, house, database)
        house.close()


def fills_up_and_is_cleared(page: Page, house: House, database: Path) -> None:
    """The database's disk is full while the service runs: operators act all the same, and are told its worth."""
    page.goto(f"{house.address}/")
    for _ in range(2):  # a log that has been moved into its file has room of its own, for which no disk is needed
        with closing(sqlite3.connect(database / "catalogue.sqlite3")) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with suppress(OSError), (database / "more").open("ab", buffering=0) as file:
            while file.write(bytes(4096)) == 4096:
                pass
    card = page.locator(f"#{VENUE}")
    card.get_by_role("button", name="Tahan").click()
    expect(card.locator(".notice.hold")).to_be_visible()
    expect(page.locator("body")).to_contain_text("belum tertulis")
    told = notice(page, str(database))
    expect(told).to_contain_text("akan hilang")
    expect(told.get_by_role("link", name="Periksa kesiapan")).to_be_visible()
    (database / "more").unlink()
    expect(page.locator("#station-problems")).to_have_count(0, timeout=15_000)
    house.service.kill()
    start(house)
    expect(card.locator(".notice.hold")).to_be_visible(timeout=15_000)
    with closing(sqlite3.connect(database / "catalogue.sqlite3")) as connection:
        assert connection.execute("SELECT kind FROM changes WHERE who != 'service'").fetchall() == [("hold",)]
