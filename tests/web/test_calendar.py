"""The calendar's pages, and the file that office calendars subscribe to."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import httpx
import pytest

from orchestrator.catalogue.records import ArchivedRecording
from orchestrator.clock import SystemClock
from orchestrator.config.time_problems import not_a_start
from orchestrator.plan.model import ChangeKind, Repeat, StartSpec
from orchestrator.status import Snapshot, StandingProblem
from orchestrator.web.agenda import days_of, marks, step
from tests.fakes.desk import FakeDesk
from tests.fakes.station import NOW, a_venue

WEEKLY = Repeat("FREQ=WEEKLY;BYDAY=MO", None, frozenset({date(2027, 8, 23)}))


def plan(desk: FakeDesk, *events: dict[str, object]) -> None:
    """More events at the desk's station, each like the one that it has but for these."""
    (first,) = desk.configuration().events
    more = [replace(first, **{"id": f"acara-{n}", **given}) for n, given in enumerate(events)]
    desk._configuration = replace(desk.configuration(), events=(first, *more))


def entry(page: str, title: str) -> str:
    """The part of a page that is about an occurrence."""
    return next(part for part in re.findall(r'<li class="entry.*?</li>', page, re.DOTALL) if title in part)


def test_a_week_shows_each_occurrence_with_its_venue_and_state(client: httpx.Client, desk: FakeDesk) -> None:
    """What runs, is planned, repeats, was cancelled or is archived can be told apart in words."""
    monday = StartSpec(date(2027, 8, 2), time(7, 0))
    plan(
        desk,
        {"title": "Apel", "venue": "graha-kepri", "start": monday, "repeat": WEEKLY, "destinations": ()},
        {"title": "Batal", "venue": "graha-kepri", "start": StartSpec(date(2027, 8, 19), time(9, 0))},
    )
    desk.catalogue.changes.add(ChangeKind.CANCEL, NOW, "sari", "graha-kepri", "acara-1")
    at = datetime(2027, 8, 16, tzinfo=UTC)
    row = ArchivedRecording("acara-0@2027-08-16T07:00", "graha-kepri", "Apel", at, "2027/x", 1.0, 1, at, "whole")
    desk.catalogue.recordings.put(row, {})
    page = client.get("/schedule?lang=en").text
    running, apel, off = (entry(page, title) for title in ("Penaikan Bendera", "Apel", "Batal"))
    assert "07:30\u201308:20" in running
    assert "YouTube Pemprov" in running
    assert "under way" in running
    assert "/rundown/penaikan" in running
    assert "repeats" in apel
    assert "done" in apel
    assert 'href="/archive/acara-0%402027-08-16T07%3A00"' in apel
    assert "Graha Kepri &lt;Batam&gt;" in apel
    assert "cancelled" in off
    assert page.count("now-line") == 1
    assert 'aria-current="date"' in page


def test_days_left_out_and_other_venues_don_t_show(client: httpx.Client, desk: FakeDesk) -> None:
    """A repeat's exceptions hold, and a venue may be asked for alone."""
    plan(
        desk, {"title": "Apel", "venue": "graha-kepri", "start": StartSpec(date(2027, 8, 2), time(7)), "repeat": WEEKLY}
    )
    left_out = client.get("/schedule", params={"from": "2027-08-23"}).text
    assert 'class="entry' not in left_out
    assert "Apel, Senin, 30 Agustus 2027" in left_out, "the one after it is named"
    assert "Apel" in client.get("/schedule", params={"from": "2027-08-30"}).text
    alone = client.get("/schedule", params={"from": "2027-08-17", "venue": "graha-kepri"}).text
    assert "Apel" in alone
    assert "Penaikan" not in alone


def test_a_month_shows_whole_weeks_and_leads_to_the_week(client: httpx.Client, desk: FakeDesk) -> None:
    """A full day says how many more there are; days of other months are set apart."""
    day = date(2027, 8, 17)
    plan(desk, *({"title": f"Acara {n}", "start": StartSpec(day, time(9 + n)), "destinations": ()} for n in range(5)))
    page = client.get("/schedule?view=month&from=2027-08-17&lang=en").text
    assert "August 2027" in page
    assert len(re.findall(r'<section class="cal-day', page)) == 42
    assert "2 more" in page
    assert "view=week&amp;from=2027-08-17" in page
    assert page.count("outside") == 11


def test_events_that_want_one_venue_at_once_say_so(client: httpx.Client, desk: FakeDesk) -> None:
    """Both sides of a clash name the other."""
    plan(desk, {"title": "Tandingan", "start": StartSpec(date(2027, 8, 17), time(8, 0))})
    page = client.get("/schedule?lang=en").text
    assert "Wants the same venue as “Tandingan”" in entry(page, ">Penaikan Bendera<")
    assert "Wants the same venue as “Penaikan Bendera”" in entry(page, ">Tandingan<")


def test_a_broken_file_s_errors_stand_beside_the_schedule_in_force(client: httpx.Client, desk: FakeDesk) -> None:
    """The page comes up all the same, and says what is wrong at which line."""
    where = "schedules.yaml:12:5: events[3].start"
    wrong = replace(not_a_start("besok"), where=where)
    desk.status.publish(lambda _: Snapshot(NOW, problems=(StandingProblem(wrong, NOW),)))
    page = client.get("/schedule?lang=en").text
    assert f"<code>{where}</code>" in page
    assert "The last good schedule stays in force" in page
    assert "Penaikan Bendera" in page


@pytest.mark.parametrize(("view", "begin"), [("week", "2027-05-03"), ("month", "2027-06-01")])
def test_an_empty_period_leads_to_what_comes_next(client: httpx.Client, view: str, begin: str) -> None:
    """Who opens a schedule whose events are months away sees that it is there, and when it begins."""
    page = client.get(f"/schedule?lang=en&view={view}&from={begin}").text
    assert "Next: Penaikan Bendera, Tuesday, 17 August 2027 at 07:30." in page
    assert "from=2027-08-17" in page
    assert "Next: " not in client.get("/schedule?lang=en&from=2028-05-01").text
    assert "Next: " not in client.get(f"/schedule?lang=en&venue=graha-kepri&from={begin}").text


@pytest.mark.parametrize(
    "query", ["from=besok", "view=x&venue=tidak-ada", "from=0001-01-01", "from=9999-12-31&view=month"]
)
def test_an_address_that_makes_no_sense_still_shows_a_calendar(client: httpx.Client, query: str) -> None:
    """Nobody is stopped by an address that was typed wrong."""
    assert client.get(f"/schedule?{query}").status_code == 200


def test_weeks_begin_on_monday_and_months_are_whole_weeks() -> None:
    """Steps back and forth keep to weeks and months, over the year's end too."""
    assert days_of("week", date(2027, 8, 22)) == (date(2027, 8, 16), date(2027, 8, 23))
    assert days_of("month", date(2027, 8, 17)) == (date(2027, 7, 26), date(2027, 9, 6))
    assert step("month", date(2027, 12, 31), 1) == date(2028, 1, 1)
    assert step("month", date(2027, 1, 31), -1) == date(2026, 12, 1)
    assert step("week", date(2027, 12, 31), 1) == date(2028, 1, 7)


def test_no_two_venues_have_the_same_mark() -> None:
    """Letters tell venues apart where colours can't be seen."""
    names = ["Gedung Daerah", "Gelanggang Dompak", "Graha Kepri", "12", "Gedung Dua"]
    letters = [mark.letters for mark in marks([a_venue(f"v{n}", name) for n, name in enumerate(names)]).values()]
    assert letters[0] == "GD"
    assert len(set(letters)) == len(names)


def test_a_month_of_ten_thousand_events_comes_at_once(client: httpx.Client, desk: FakeDesk) -> None:
    """A station that plans years ahead still turns its pages quickly."""
    days = (date(2020, 1, 1) + timedelta(days=n // 4) for n in range(10_000))
    plan(desk, *({"start": StartSpec(day, time(6 + n % 4 * 4)), "destinations": ()} for n, day in enumerate(days)))
    clock = SystemClock()
    begun = clock.monotonic()
    page = client.get("/schedule?view=month&from=2026-05-01")
    assert page.text.count('class="entry') >= 35 * 4
    assert clock.monotonic() - begun < 10


def test_the_calendar_s_file_is_kept_until_the_schedule_changes(client: httpx.Client, desk: FakeDesk) -> None:
    """Calendars ask again and again: nothing is sent twice, and a change is seen at once."""
    first = client.get("/schedule.ics")
    assert first.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "SUMMARY:Penaikan Bendera" in first.text
    again = {"if-none-match": first.headers["etag"]}
    assert client.get("/schedule.ics", headers=again).status_code == 304
    desk.catalogue.changes.add(ChangeKind.CANCEL, NOW, "sari", "gedung-daerah", "penaikan")
    assert "STATUS:CANCELLED" in client.get("/schedule.ics", headers=again).text
    plan(desk, {"title": "Baru", "start": StartSpec(date(2027, 9, 1), time(9))})
    assert "SUMMARY:Baru" in client.get("/schedule.ics", headers=again).text


def test_a_calendar_s_file_may_be_of_one_venue(client: httpx.Client) -> None:
    """`?venue=` leaves all others out; a venue that isn't there is said to be none."""
    assert "VEVENT" not in client.get("/schedule.ics?venue=graha-kepri").text
    assert "VEVENT" in client.get("/schedule.ics?venue=gedung-daerah").text
    assert client.get("/schedule.ics?venue=tidak-ada").status_code == 404
