"""The page of a rundown, on the screen and on paper."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from orchestrator.catalogue.records import ArchivedRecording
from orchestrator.plan.model import (
    Anchor,
    At,
    Ceremony,
    Cue,
    Do,
)
from orchestrator.web.occurrences import find, neighbours
from tests.fakes.air import VENUE, on_air
from tests.fakes.desk import FakeDesk
from tests.fakes.station import NOW
from tests.web.browser import Browser, panel, signed_in
from tests.web.rundowns import EVENT, START, K, apel, line, read, row_of, view_of
from tests.web.test_live import follow, next_parts


def test_a_cancelled_event(desk: FakeDesk) -> None:
    """It says so, and that nothing more of it happens."""
    desk.change(K.CANCEL, "sari", VENUE, EVENT)
    assert view_of(desk).stage == "cancelled"
    assert "was cancelled: nothing more of it happens" in read(desk, f"/rundown/{EVENT}?lang=en")


def test_the_page_tells_it_all_without_scripts(desk: FakeDesk) -> None:
    """Plan, expectation and log stand in the page, in plain words, in both languages."""
    desk.publish(venues=on_air(desk))
    desk.change(K.EXTEND, "sari", VENUE, EVENT, value=300)
    for one in (line("mulai"), line("tayang", "late", 3.214, "stream:youtube", minute=-10)):
        desk.catalogue.asrun.add(one)
    text = read(desk, f"/rundown/{EVENT}?lang=en")
    assert 'data-live="rundown?of=penaikan"' in text
    assert "ON AIR" in text
    assert "07:30:00 07:30:00 07:30:00 +0.020 s Mulai now Lapangan Lebar muted: Mimbar" in row_of(text, "mulai")
    assert "late +3 s" in row_of(text, "tayang")
    assert "GO or by itself picture locked" in row_of(text, "bendera")
    assert "bound to the clock" in row_of(text, "detik")
    assert "“Penaikan Bendera”" in row_of(text, "detik")
    assert "08:20:00 08:25:00 +5 min" in row_of(text, "selesai")
    assert "stream ends recording ends" in row_of(text, "selesai")
    assert "terlambat +3 dtk" in row_of(read(desk, f"/rundown/{EVENT}?lang=id"), "tayang")


def test_an_event_that_is_over(desk: FakeDesk) -> None:
    """Its page says what was carried out, and leads to the log and the recording."""
    for one in (line("mulai"), line("tayang", "late", 3.2), line("bendera", "missed")):
        desk.catalogue.asrun.add(one)
    desk.clock.step(30 * 86400)
    desk.catalogue.recordings.put(
        ArchivedRecording(EVENT, VENUE, "Penaikan Bendera", START, "2027/x", 60, 1, NOW, "whole")
    )
    text = read(desk, f"/rundown/{EVENT}?lang=en")
    assert "Of 6 cues 2 were carried out, 1 of them late; 0 were left out, 1 went wrong." in text
    assert 'href="/archive/penaikan"' in text
    assert 'href="/log?event=penaikan"' in text
    assert "data-kind" not in text, "nothing can be done about it"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/rundown/tidak-ada", "The schedule has no event “tidak-ada”"),
        ("/rundown/apel@2027-08-17T07:30", "“Apel Pagi” doesn&#39;t take place at that time"),
        ("/rundown/apel@9999-12-31T23:59", "doesn&#39;t take place at that time"),
        ("/rundown/apel@once", "doesn&#39;t take place at that time"),
    ],
)
def test_an_event_that_is_not_there(desk: FakeDesk, path: str, said: str) -> None:
    """A page says that there is no such rundown, and why."""
    apel(desk)
    answer = Browser(panel(desk, people=False)).get(f"{path}?lang=en")
    assert answer.status_code == 404
    assert said in answer.text


def test_an_event_that_is_switched_off(desk: FakeDesk) -> None:
    """It has no rundown, and the page says why."""
    configuration = desk.configuration()
    desk._configuration = replace(configuration, events=(replace(configuration.events[0], disabled=True),))
    assert "is switched off in the schedule" in read(desk, f"/rundown/{EVENT}?lang=en")


def test_what_is_left_of_an_event_that_is_gone(desk: FakeDesk) -> None:
    """Where the schedule has it no more, its page leads to its log."""
    desk.catalogue.asrun.add(replace(line("mulai"), event="lama"))
    assert 'href="/log?event=lama"' in read(desk, "/rundown/lama?lang=en")


def test_a_repeating_event(desk: FakeDesk) -> None:
    """Its days lead to one another; its own name leads to the one that comes next."""
    apel(desk)
    text = read(desk, "/rundown/apel@2027-08-23T07:30?lang=en")
    assert 'href="/rundown/apel%402027-08-16T07%3A30"' in text
    assert 'href="/rundown/apel%402027-08-30T07%3A30"' in text
    desk.catalogue.changes.add(K.CLOSED, NOW, "service", "graha-kepri", "apel@2027-08-16T07:30")
    answer = Browser(panel(desk, people=False)).get("/rundown/apel")
    assert (answer.status_code, answer.headers["location"]) == (303, "/rundown/apel%402027-08-23T07%3A30")


def test_the_first_and_the_last_day(desk: FakeDesk) -> None:
    """Before the first and after the last there is nothing."""
    apel(desk)
    configuration = desk.configuration()
    for name, before, after in (
        ("apel@2027-01-04T07:30", None, "apel@2027-01-11T07:30"),
        ("apel@2027-12-27T07:30", "apel@2027-12-20T07:30", None),
    ):
        found = find(desk, name)
        assert found is not None
        found_names = [one.id if one else None for one in neighbours(configuration, found.span.occurrence)]
        assert found_names == [before, after]


def test_an_event_far_ahead(desk: FakeDesk) -> None:
    """What is weeks ahead is shown as planned, without buttons, and says from when on it can be changed."""
    apel(desk)
    text = read(desk, "/rundown/apel@2027-10-04T07:30?lang=en")
    assert 'data-live="shell"' in text
    assert "can be changed here from Sunday, 26 September 2027 on" in text
    assert "data-kind" not in text


def test_a_rundown_follows_the_air(desk: FakeDesk, address: str) -> None:
    """An open page hears of a device's proof and of an operator's change."""
    desk.publish(venues=on_air(desk))
    stream = follow(address, "rundown", EVENT)
    assert "+0.020 s" not in next_parts(stream)["parts"]["rundown"]
    desk.catalogue.asrun.add(line("mulai"))
    desk.publish(venues=on_air(desk))
    assert "+0.020 s" in next_parts(stream)["parts"]["rundown"]
    desk.change(K.HOLD, "sari", VENUE, EVENT)
    assert "sari held the rundown" in next_parts(stream)["parts"]["rundown"]


@pytest.mark.parametrize("query", ["page=rundown", "page=rundown&of=nothing", f"page=home&of={EVENT}"])
def test_what_can_not_be_followed(desk: FakeDesk, query: str) -> None:
    """Only a rundown is of something, and only of what the schedule has."""
    answer = Browser(panel(desk, people=False)).send("GET", f"/api/v1/live?{query}")
    assert (answer.status_code, answer.json()["code"]) == (404, "web.not-followed")


def test_what_the_log_does_not_know(desk: FakeDesk) -> None:
    """A cue whose time is over, but of which the log holds nothing, isn't called done."""
    assert "not in the log" in row_of(read(desk, f"/rundown/{EVENT}?lang=en"), "tayang")
    desk.catalogue.asrun.add(line("tayang"))
    assert "not in the log" not in row_of(read(desk, f"/rundown/{EVENT}?lang=en"), "tayang")


def test_where_a_rundown_belongs(desk: FakeDesk) -> None:
    """Today's is under today's page, another day's under the schedule."""
    apel(desk)
    assert re.search(r'<a href="/" aria-current="true">', read(desk, f"/rundown/{EVENT}"))
    text = read(desk, "/rundown/apel@2027-08-23T07:30")
    assert re.search(r'<a href="/schedule" aria-current="true">', text)
    assert '<a class="button plain" href="/schedule">' in text


def test_who_may_look(desk: FakeDesk) -> None:
    """A viewer sees a rundown; who isn't signed in doesn't."""
    app = panel(desk)
    assert signed_in(app, "tini").get(f"/rundown/{EVENT}").status_code == 200
    assert Browser(app).get(f"/rundown/{EVENT}").status_code == 303


def test_a_rundown_on_paper(desk: FakeDesk) -> None:
    """It has what protocol staff need: officials, times as they stand, texts, who, and when it was printed."""
    configuration = desk.configuration()
    details = {"inspektur_upacara": "Gubernur Kepulauan Riau"}
    cues = (
        Cue("tayang", At(Anchor.START, timedelta(minutes=-10)), Do(stream=True)),
        Cue("amanat", At(Anchor.START, timedelta(minutes=20)), Do(text={"Nama": "{inspektur_upacara}"})),
        Cue("selesai", At(Anchor.END), Do(stream=False)),
    )
    desk._configuration = replace(
        configuration,
        ceremonies={"flag-raising": Ceremony("flag-raising", "Upacara", cues)},
        events=(replace(configuration.events[0], details=details),),
    )
    desk.change(K.SHIFT, "sari", VENUE, EVENT, "amanat", None, 300)
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", read(desk, f"/rundown/{EVENT}/print?lang=en")))
    assert (
        "Humas Kepri Penaikan Bendera Tuesday, 17 August 2027, 07:30\N{EN DASH}08:25 WIB (planned until 08:20)" in text
    )
    assert "Inspektur upacara Gubernur Kepulauan Riau" in text
    assert "07:55:00 planned 07:50:00 Amanat “Gubernur Kepulauan Riau” Gubernur Kepulauan Riau by itself" in text
    assert "Printed Tuesday, 17 August 2027, 07:40:00 WIB." in text
    assert Browser(panel(desk, people=False)).get("/rundown/nothing/print").status_code == 404
