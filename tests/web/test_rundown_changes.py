"""Cues that are moved and texts that are edited: what is asked, what it will do, what it did."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from orchestrator.plan.model import (
    Anchor,
    At,
    Ceremony,
    Change,
    Cue,
    Do,
    SceneItem,
    StartSpec,
)
from orchestrator.web.effects import effect_of
from orchestrator.web.shifts import ShiftError, parse_shift
from tests.fakes.air import VENUE
from tests.fakes.desk import FakeDesk
from tests.fakes.station import NOW
from tests.web.browser import Browser, panel, signed_in
from tests.web.rundowns import EVENT, START, K, read, row_of, rows, view_of


@pytest.mark.parametrize(
    ("written", "minutes"),
    [
        ("+5", 5),
        ("-2", -2),
        (" \N{MINUS SIGN}2 ", -2),
        ("+1:30", 1.5),
        ("+1:00:00", 60),
        ("07:45", 3),
        ("7.40", -2),
        ("07:42:30", 0.5),
        ("00:10", -452),
    ],
)
def test_how_far_a_cue_is_moved(written: str, minutes: float) -> None:
    """Minutes with a sign, or the new time, on the day on which it is nearest."""
    due = START + timedelta(minutes=12)
    assert parse_shift(written, due, "Asia/Jakarta") == timedelta(minutes=minutes)


def test_a_time_across_midnight() -> None:
    """Shortly after midnight 23:55 is the day before."""
    due = datetime(2027, 8, 16, 17, 5, tzinfo=UTC)
    assert parse_shift("23:55", due, "Asia/Jakarta") == timedelta(minutes=-10)


@pytest.mark.parametrize("written", ["", "5", "25:00", "07:61", "+", "later", "+12345", "++5"])
def test_what_is_no_time(written: str) -> None:
    """What can be read in two ways, or in none, is refused with what would do."""
    with pytest.raises(ShiftError) as error:
        parse_shift(written, START, "Asia/Jakarta")
    assert error.value.problem.code == "web.bad-shift"


def shift(by: float, cue: str = "bendera", field: str | None = None) -> Change:
    return Change(0, K.SHIFT, NOW, "sari", VENUE, EVENT, cue, field, by)


def test_the_effect_is_what_then_happens(desk: FakeDesk) -> None:
    """What is shown before a shift is what it then does, to every cue and to the end."""
    found = effect_of(desk.timeline(), shift(300), NOW)
    assert [(one.timed.cue.id, one.moves) for one in found.cues] == [
        ("bendera", True),
        ("detik", False),
        ("selesai", True),
    ]
    desk.change(K.SHIFT, "sari", VENUE, EVENT, "bendera", None, 300)
    after = rows(view_of(desk))
    assert {one.timed.cue.id: one.after for one in found.cues} == {
        one.timed.cue.id: after[one.timed.cue.id].expected for one in found.cues
    }
    assert found.end == (START + timedelta(minutes=50), view_of(desk).end)
    assert not found.dangers


def test_the_effect_on_a_cue_alone(desk: FakeDesk) -> None:
    """Alone, only the cue moves, and the end stays."""
    found = effect_of(desk.timeline(), shift(300, field="alone"), NOW)
    assert [one.timed.cue.id for one in found.cues if one.moves] == ["bendera"]
    assert found.end[0] == found.end[1]


def another(desk: FakeDesk, venue: str, start: time) -> None:
    """Give the desk another event on the same day."""
    configuration = desk.configuration()
    cues = (Cue("tayang", At(Anchor.START), Do(stream=True)), Cue("selesai", At(Anchor.END), Do(stream=False)))
    event = replace(
        configuration.events[0], id="lain", ceremony="lain", venue=venue, start=StartSpec(date(2027, 8, 17), start)
    )
    desk._configuration = replace(
        configuration,
        ceremonies={**configuration.ceremonies, "lain": Ceremony("lain", "Lain", cues)},
        events=(*configuration.events, event),
    )


@pytest.mark.parametrize(("by", "wanted"), [(-100, ["shift.soon"]), (-30, []), (300, []), (21000, ["shift.overlap"])])
def test_what_an_operator_should_know(desk: FakeDesk, by: float, wanted: list[str]) -> None:
    """A cue that would fire at once, and an event that would have to wait, are told of."""
    another(desk, VENUE, time(14, 0))
    found = effect_of(desk.timeline(), shift(by), NOW)
    assert [one.code for one in found.dangers] == wanted


def test_a_locked_picture_is_told_of(desk: FakeDesk) -> None:
    """Who would end a locked picture earlier is told so."""
    desk.clock.step(180)
    found = effect_of(desk.timeline(), replace(shift(-300, "selesai"), at=desk.clock.now()), desk.clock.now())
    assert [one.code for one in found.dangers] == ["shift.locked"]


def test_a_destination_that_another_venue_wants(desk: FakeDesk) -> None:
    """An event at another venue that wants the same destination is told of."""
    another(desk, "graha-kepri", time(9, 0))
    assert [one.code for one in effect_of(desk.timeline(), shift(3000), NOW).dangers] == ["shift.destination"]
    assert not effect_of(desk.timeline(), shift(600), NOW).dangers


def asked_move(browser: Browser, to: str, cue: str = "bendera", **rest: str) -> dict[str, Any]:
    query = urlencode({"to": to, "lang": "en", **rest})
    answer = browser.get(f"/rundown/{EVENT}/cues/{cue}/move?{query}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_shift_is_shown_before_it_is_made(desk: FakeDesk) -> None:
    """The dialog gets the seconds to send, what would happen in words, and the new times for the table."""
    browser = Browser(panel(desk, people=False))
    found = asked_move(browser, "07:47")
    assert (found["seconds"], found["told"], found["dangerous"]) == (300, "+5 min → 07:47:00", False)
    assert found["times"] == {"bendera": "07:47:00", "selesai": "08:25:00"}
    assert "The event then ends at 08:25:00 instead of 08:20:00." in found["html"]
    assert "08:00:00 · stays" in re.sub(r"\s+", " ", found["html"])
    assert asked_move(browser, "+5", alone="true")["times"] == {"bendera": "07:47:00"}
    assert asked_move(browser, "-1:30")["dangerous"]
    assert not desk.timeline().changes


@pytest.mark.parametrize(
    ("cue", "to", "said"),
    [
        ("bendera", "later", "can't be read as a time"),
        ("bendera", "07:00", "would come before now"),
        ("bendera", "+0", None),
        ("detik", "+5", "bound to the clock or the sun"),
        ("mulai", "+5", "already happened"),
    ],
)
def test_a_shift_that_can_not_be(desk: FakeDesk, cue: str, to: str, said: str | None) -> None:
    """It says why, and there is nothing to send."""
    found = asked_move(Browser(panel(desk, people=False)), to, cue)
    assert found["seconds"] == 0
    assert found["refused"] is None if said is None else said in found["refused"]


def test_why_a_cue_can_not_be_moved(desk: FakeDesk) -> None:
    """A cue that is bound has no handle, but a reason."""
    text = read(desk, f"/rundown/{EVENT}?lang=en")
    assert 'data-move="bendera"' in text
    assert 'data-move="detik"' not in text
    assert 'data-why="“Detik” is bound to the clock or the sun and is never moved.' in text
    assert 'data-move="mulai"' not in text


def test_the_texts_of_a_cue(desk: FakeDesk) -> None:
    """The form has what will be shown, filled in, and how much room there is for it."""
    configuration = desk.configuration()
    title = SceneItem("text", "x", "Judul", {"width": 1080, "height": 80, "size": 60})
    venue = replace(configuration.venues[VENUE], scenes={"Penutup": (title,)})
    desk._configuration = replace(configuration, venues={**configuration.venues, VENUE: venue})
    browser = Browser(panel(desk, people=False))
    form = browser.get(f"/rundown/{EVENT}/cues/detik/texts?lang=en").text
    assert ">Penaikan Bendera</textarea>" in form
    assert 'data-letters="36"' in form
    assert "readonly" not in form
    desk.change(K.TEXT, "sari", VENUE, EVENT, "detik", "Judul", "Detik-detik <Proklamasi>")
    form = browser.get(f"/rundown/{EVENT}/cues/detik/texts?lang=en").text
    assert ">Detik-detik &lt;Proklamasi&gt;</textarea>" in form
    assert "written by sari" in form
    assert "written by sari" in row_of(browser.get(f"/rundown/{EVENT}?lang=en").text, "detik")
    desk.clock.step(25 * 60)
    form = browser.get(f"/rundown/{EVENT}/cues/detik/texts?lang=en").text
    assert "readonly" in form
    assert "has already happened" in form
    assert "shown already, so it stays as it is" in row_of(browser.get(f"/rundown/{EVENT}?lang=en").text, "detik")


@pytest.mark.parametrize("what", ["move?to=%2B5", "texts"])
def test_who_may_prepare_a_change(desk: FakeDesk, what: str) -> None:
    """An operator; a viewer may not, and is shown no buttons. What isn't there is told."""
    app = panel(desk)
    viewer, operator = signed_in(app, "tini"), signed_in(app, "budi")
    assert viewer.get(f"/rundown/{EVENT}/cues/detik/{what}").status_code == 403
    assert operator.get(f"/rundown/{EVENT}/cues/detik/{what}").status_code == 200
    assert operator.get(f"/rundown/{EVENT}/cues/nothing/{what}").status_code == 404
    assert operator.get(f"/rundown/nothing/cues/detik/{what}").status_code == 404


def test_several_changes_in_a_row(desk: FakeDesk) -> None:
    """Each answer has the mark for the next change; what somebody else does in between is still noticed."""
    browser = Browser(panel(desk, people=False))
    asked: dict[str, Any] = {"kind": "text", "target": EVENT, "cue": "detik", "field": "Judul", "seen": "0-0"}
    first = browser.send("POST", "/api/v1/changes", {**asked, "value": "A"}).json()
    second = browser.send("POST", "/api/v1/changes", {**asked, "value": "B", "seen": first["seen"]})
    assert second.status_code == 201
    desk.change(K.EXTEND, "sari", VENUE, EVENT, value=300)
    third = browser.send("POST", "/api/v1/changes", {**asked, "value": "C", "seen": second.json()["seen"]})
    assert (third.status_code, third.json()["message"]) == (409, "sari has extended the event at 07:40:00.")
    assert browser.send("POST", "/api/v1/changes", {**asked, "value": "C", "seen": None}).json()["seen"] is None


def test_a_shift_alone_by_the_api(desk: FakeDesk) -> None:
    """A cue may be moved alone; the answer, the history and the second operator are told so."""
    browser = Browser(panel(desk, people=False))
    asked = {"kind": "shift", "target": EVENT, "cue": "bendera", "value": 60, "field": "alone"}
    made = browser.send("POST", "/api/v1/changes", asked)
    assert made.json()["message"] == "“Bendera” moves; what comes after it stays."
    assert rows(view_of(desk))["selesai"].drift == 0
    refused = browser.send("POST", "/api/v1/changes", {**asked, "seen": "0-0"})
    assert refused.json()["message"] == "panel has moved “Bendera” at 07:40:00."
    assert "panel moved “Bendera” by +1 min" in browser.get(f"/rundown/{EVENT}?lang=en").text
    assert "“Bendera” moved by +1 minutes" in browser.get("/log?lang=en").text
