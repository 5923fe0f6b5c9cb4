"""Links by which calendar programs see the schedule."""

from __future__ import annotations

import html
import re
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from orchestrator.catalogue import migrations
from orchestrator.catalogue.database import Database
from orchestrator.catalogue.store import Catalogue
from tests.fakes.desk import FakeDesk
from tests.fakes.station import NOW
from tests.web.browser import Browser, panel, signed_in


@pytest.fixture
def desk(tmp_path: Path) -> FakeDesk:
    return FakeDesk(tmp_path)


@pytest.fixture
def app(desk: FakeDesk) -> FastAPI:
    return panel(desk)


def make_link(browser: Browser) -> str:
    """A new link, without the address of the service."""
    page = browser.submit("/account/calendar").text
    found = re.search(r'id="calendar-link" readonly value="http://127.0.0.1:8080([^"]+)"', page)
    assert found is not None
    return html.unescape(found[1])


def test_a_link_shows_a_program_the_schedule_and_opens_nothing_else(app: FastAPI) -> None:
    """A program that can't sign in sees the calendar by the link alone; without one it sees nothing."""
    link = make_link(signed_in(app, "tini"))
    program = Browser(app)
    assert program.get("/schedule.ics").status_code == 401
    assert program.get("/schedule.ics?key=salah").status_code == 401
    answer = program.get(link)
    assert answer.status_code == 200
    assert "BEGIN:VEVENT" in answer.text
    assert program.client.head(link).status_code == 200
    key = link.partition("?")[2]
    assert program.get(f"/schedule?{key}").status_code == 303
    assert program.get(f"/api/v1/status?{key}", accept="application/json").status_code == 401


def test_a_link_is_shown_once_and_a_new_one_ends_it(app: FastAPI, desk: FakeDesk) -> None:
    """Neither a page nor the database can tell a link again."""
    browser = signed_in(app, "tini")
    first = make_link(browser)
    secret = first.partition("key=")[2]
    assert secret not in browser.get("/account").text
    second = make_link(browser)
    program = Browser(app)
    assert program.get(first).status_code == 401
    assert program.get(second).status_code == 200
    with desk.catalogue._database.read() as connection:
        assert secret not in str(connection.exec_driver_sql("SELECT * FROM calendar_links").all())
    assert not [line for line in desk.catalogue.audit.between() if secret in f"{line}"]


def test_a_link_ends_when_its_owner_removes_it_or_is_shut_out(app: FastAPI, desk: FakeDesk) -> None:
    """Removing it, an admin's signing out everywhere, and removing the account end it; signing oneself out doesn't."""
    tini, sari, program = signed_in(app, "tini"), signed_in(app, "sari"), Browser(app)
    link = make_link(tini)
    tini.submit("/account/sessions")
    assert program.get(link).status_code == 200
    tini.submit("/account/calendar/remove")
    assert program.get(link).status_code == 401
    link = make_link(tini)
    sari.submit("/people/tini/sessions", "/people")
    assert program.get(link).status_code == 401
    budi = make_link(signed_in(app, "budi"))
    sari.submit("/people/budi/remove", "/people")
    assert program.get(budi).status_code == 401


def test_it_is_told_when_a_link_was_last_used(app: FastAPI, desk: FakeDesk) -> None:
    """Its owner sees whether anybody uses it."""
    browser = signed_in(app, "tini")
    link = make_link(browser)
    assert "Not used yet" in browser.get("/account?lang=en").text
    desk.clock.forward(2 * 3600)
    Browser(app).get(link)
    found = desk.catalogue.calendar_links.of("tini")
    assert found is not None
    assert found.used_at == NOW + timedelta(hours=2)
    assert "Last used" in browser.get("/account?lang=en").text


def test_without_accounts_there_are_no_links(desk: FakeDesk) -> None:
    """Whoever sits at the machine takes the file itself."""
    browser = Browser(panel(desk, people=False))
    assert browser.submit("/account/calendar").status_code == 303
    assert browser.get("/schedule.ics").status_code == 200


def test_a_file_of_the_form_before_takes_links(tmp_path: Path) -> None:
    """A station that is brought up to date keeps its accounts, and they may have links."""
    url = f"sqlite:///{tmp_path / 'old.db'}"
    Database(url, [step for step in migrations.MIGRATIONS if step.version < 7]).close()
    with sqlite3.connect(tmp_path / "old.db") as old:
        old.execute("DROP TABLE calendar_links")
        old.execute("ALTER TABLE changes DROP COLUMN starts_at")
    old.close()
    with Catalogue(url) as catalogue:
        catalogue.accounts.add("sari", "admin", "x", NOW)
        catalogue.calendar_links.put("Sari", "0" * 64, NOW)
        found = catalogue.calendar_links.find("0" * 64)
        assert found is not None
        assert found[1].name == "sari"
        catalogue.accounts.add("budi", "admin", "x", NOW)
        catalogue.accounts.remove("sari")
        assert catalogue.calendar_links.find("0" * 64) is None
